"""Checks whether the disk of a server is full or read-only: OpenCode fails then without saying why."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

# Free bytes that count as none: OpenCode's database and log need more within minutes.
LITTLE = 5_000_000
# The variables that name the folders.
PLACES = ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "TMPDIR")
REMEDY = "Free some space there, or name a folder elsewhere with $XDG_DATA_HOME, $XDG_STATE_HOME or $TMPDIR."


def disk_trouble(env: Mapping[str, str]) -> str | None:
    """Describe what is wrong with the folders that a server writes to; None where nothing is. Reads the disk.

    Args:
        env: the environment of the server.
    """
    return next(filter(None, map(_trouble, _folders(env))), None)


def _folders(env: Mapping[str, str]) -> Iterator[Path]:
    """The folders of OpenCode's data and log, of its state, and of temporary files."""
    home = Path(env.get("HOME") or Path("~").expanduser())
    yield Path(env.get("XDG_DATA_HOME") or home / ".local" / "share") / "opencode"
    yield Path(env.get("XDG_STATE_HOME") or home / ".local" / "state") / "opencode"
    yield Path(env.get("TMPDIR") or tempfile.gettempdir())


def _trouble(folder: Path) -> str | None:
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(there).free
        writable = os.access(there, os.W_OK)
    except (OSError, StopIteration, ValueError):  # the disk cannot be checked
        return None
    if free < LITTLE:
        return f"The disk that holds {folder} is full: {free / 1e6:.1f} MB are free."
    return None if writable else f"The folder {there} may not be written, and OpenCode writes to {folder}."
