"""Finds programs on PATH, and never in the working folder.

The folder of a notebook may be a repository of a stranger. A program in it that is called `opencode`, `npm` or `git` must not be started
only because PATH has an empty or relative entry, or because Windows searches the working folder first. Our children inherit a PATH without
such entries.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

# Makes Windows look for a program without a folder on PATH only.
ONLY_PATH = "NoDefaultCurrentDirectoryInExePath"
IS_WINDOWS = sys.platform == "win32"


def find_program(name: str, env: Mapping[str, str] | None = None) -> Path | None:
    """Return the absolute path of the first program of this name on PATH, or None.

    Args:
        name: of the program, without a folder.
        env: the environment whose PATH counts; ours if None.
    """
    env = os.environ if env is None else env
    paths = (folder / spelled for folder in _folders(env) for spelled in _spellings(name, env))
    return next((path for path in paths if is_program(path)), None)


def is_program(path: Path) -> bool:
    """Is this a file that we may execute?"""
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except (OSError, ValueError):
        return False


def _spellings(name: str, env: Mapping[str, str]) -> tuple[str, ...]:
    if not IS_WINDOWS:
        return (name,)
    endings = [ending for ending in env.get("PATHEXT", ".COM;.EXE;.BAT;.CMD").split(";") if ending]
    if any(name.lower().endswith(ending.lower()) for ending in endings):
        return (name,)
    return tuple(name + ending for ending in endings)


def _folders(env: Mapping[str, str]) -> Iterator[Path]:
    for entry in env.get("PATH", "").split(os.pathsep):
        path = Path(entry)
        if entry and path.is_absolute():
            yield path


def without_working_folder(env: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which no program is found in the working folder."""
    kept = {"PATH": os.pathsep.join(map(str, _folders(env)))} if "PATH" in env else {}
    return {**env, **kept, **({ONLY_PATH: "1"} if IS_WINDOWS else {})}
