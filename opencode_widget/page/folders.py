"""Folders of this machine, for a person who names one: completed as they are written, and those that were opened lately."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

from platformdirs import user_state_path

from ..server.process.paths import local_path, path_text

# Completions, and recent folders, that are told.
COMPLETIONS = 50
RECENT = 20


def complete(prefix: str) -> list[str]:
    """The folders whose path begins so, written as the prefix is ("~/...", relative or whole). Reads the disk.

    Hidden ones come only where the prefix names a dot.
    """
    if prefix == "~":
        return ["~/"]
    head, slash, start = prefix.rpartition("/")
    try:
        with os.scandir(local_path(f"{head}{slash}" or ".").expanduser()) as entries:
            found = (path_text(entry.name) for entry in entries if _is_folder(entry))
            names = sorted(name for name in found if name is not None and _fits(name, start))
    except (OSError, RuntimeError, ValueError):  # not there, not ours to read, no such home, a NUL
        return []
    return [f"{head}{slash}{name}/" for name in names[:COMPLETIONS]]


def _fits(name: str, start: str) -> bool:
    return name.lower().startswith(start.lower()) and (not name.startswith(".") or start.startswith("."))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        return entry.is_dir()
    return False


# ---- those opened lately ----------------------------------------------------------------------------------------------


def recent_file() -> Path:
    """Where they are kept, for each user."""
    return user_state_path("opencode_widget") / "folders.json"


def recent() -> list[str]:
    """The folders that were opened lately, the latest first, as far as they are there. Reads the disk."""
    return [folder for folder in _read() if path_text(folder) and local_path(folder).is_dir()]


def remember(folder: str) -> None:
    """A folder was opened. Writes to the disk; where that cannot be, nothing is remembered."""
    kept = [folder, *(known for known in _read() if known != folder)][:RECENT]
    with contextlib.suppress(OSError, UnicodeError):  # full, not to be written; or no text
        _write(kept)


def _read() -> list[str]:
    try:
        value = json.loads(recent_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # none yet, or damaged
        return []
    return [folder for folder in value if isinstance(folder, str)] if isinstance(value, list) else []


def _write(folders: list[str]) -> None:
    """In one step, so that two who write at once leave one whole list."""
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
