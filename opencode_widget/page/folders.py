"""Helps the user to name a folder of this machine: completes what is typed, and remembers the folders that were opened."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..server.process.paths import local_path, path_text

# How many a page gets at most.
COMPLETIONS = 50
RECENT = 20


def complete(prefix: str) -> list[str]:
    """The folders whose path begins with the prefix, written as the prefix is: "~/...", relative or absolute. Reads the disk.

    Hidden folders are left out, unless the last component of the prefix begins with a dot.
    """
    if prefix == "~":
        return ["~/"]
    head, slash, start = prefix.rpartition("/")
    try:
        with os.scandir(local_path(f"{head}{slash}" or ".").expanduser()) as entries:
            found = (path_text(entry.name) for entry in entries if _is_folder(entry))
            names = [name for name in found if name is not None]
    except (OSError, RuntimeError, ValueError):  # missing, not readable, no such home, or a NUL in the path
        return []
    return completed(f"{head}{slash}", start, names)


def completed(parent: str, start: str, names: Iterable[str]) -> list[str]:
    """The paths of the folders in a parent whose names begin with `start`."""
    return [f"{parent}{name}/" for name in sorted(name for name in names if _fits(name, start))[:COMPLETIONS]]


def _fits(name: str, start: str) -> bool:
    return name.lower().startswith(start.lower()) and (not name.startswith(".") or start.startswith("."))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        return entry.is_dir()
    return False


# ---- recent folders ---------------------------------------------------------------------------------------------------


def recent_file() -> Path:
    """The file in the user's state folder that lists them."""
    from platformdirs import user_state_path  # when the user looks for a folder

    return user_state_path("opencode_widget") / "folders.json"


def recent() -> list[str]:
    """The folders that were opened lately and still exist, the latest first. Reads the disk."""
    return [folder for folder in _read() if path_text(folder) and local_path(folder).is_dir()]


def remember(folder: str) -> None:
    """Put a folder first in the list. Writes to the disk; does nothing if that fails."""
    kept = [folder, *(known for known in _read() if known != folder)][:RECENT]
    with contextlib.suppress(OSError, UnicodeError):  # the disk is full or read-only; or the path is not valid text
        _write(kept)


def _read() -> list[str]:
    try:
        value = json.loads(recent_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # no file yet, or a damaged one
        return []
    return [folder for folder in value if isinstance(folder, str)] if isinstance(value, list) else []


def _write(folders: list[str]) -> None:
    """Replace the file in one step, so that two kernels that write at once leave one complete list."""
    path = recent_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".folders-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(folders, file, ensure_ascii=False)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
