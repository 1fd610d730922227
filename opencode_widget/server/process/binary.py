"""Finds the `opencode` program."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...errors import BinaryNotFound
from .programs import find_program, is_program

VARIABLE = "OPENCODE_WIDGET_BINARY"

Source = Literal["argument", "environment", "path", "cache", "home"]


@dataclass(frozen=True)
class Binary:
    """An `opencode` program, and where it was found."""

    path: Path
    source: Source


def find_binary(binary: str | os.PathLike[str] | None = None, *, env: Mapping[str, str] | None = None) -> Binary:
    """Find the `opencode` program.

    Looks at the argument, `$OPENCODE_WIDGET_BINARY`, PATH, `~/.opencode/bin` (the official installer's place) and our own cache, in this
    order. A program that is named must exist: a wrong name is an error, and no other program is taken instead.

    Args:
        binary: a path, or a name to look for on PATH.
        env: the environment whose variables count; ours if None.

    Raises:
        BinaryNotFound: there is none, or the named one does not exist.
    """
    env = os.environ if env is None else env
    if binary is not None:
        return Binary(_named(os.fspath(binary), "the argument `binary`", env), "argument")
    if named := env.get(VARIABLE):
        return Binary(_named(named, f"${VARIABLE}", env), "environment")
    if found := find_program("opencode", env):
        return Binary(found, "path")
    return _installed(env)


def _named(name: str, where: str, env: Mapping[str, str]) -> Path:
    path = Path(name).expanduser()
    if path.name == name:  # without a folder: looked for on PATH, and never in the working folder
        return _on_path(name, where, env)
    if path.is_file():
        return path.absolute()  # if it is not executable, the start will say so
    problem = "is a folder" if path.is_dir() else "does not exist"
    raise BinaryNotFound(
        f"The OpenCode program {name!r}, named by {where}, {problem}.",
        remedy="Name an `opencode` program, or none to have it looked for.",
    )


def _on_path(name: str, where: str, env: Mapping[str, str]) -> Path:
    if found := find_program(name, env):
        return found
    raise BinaryNotFound(
        f"The OpenCode program {name!r}, named by {where}, does not exist on PATH.",
        remedy=f"Name an `opencode` program with its folder, such as ./{name}, or none to have it looked for.",
    )


def _installed(env: Mapping[str, str]) -> Binary:
    from .install import EXECUTABLE, cached_binary  # not needed where an `opencode` is on PATH

    home = Path(env["HOME"]) if "HOME" in env else Path.home()
    official = home / ".opencode" / "bin" / EXECUTABLE
    if official.is_absolute() and is_program(official):
        return Binary(official, "home")
    if cached := cached_binary():
        return Binary(cached, "cache")
    raise BinaryNotFound(
        "No `opencode` program was found: not on PATH, not in ~/.opencode/bin, not in our cache.",
        remedy="Run `opencode-widget install`, or install OpenCode as https://opencode.ai says.",
    )
