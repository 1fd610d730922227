"""Files of a folder on this machine by their name, also those that Git ignores.

A server's own search leaves these out, although data often are among them.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from ...model.entities import Found

# Folders of programs, which hold more files than anybody would mention.
SKIPPED = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", "env", ".tox", ".nox", "site-packages"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".ipynb_checkpoints", ".cache", "target"}
)
# How many files and folders one search looks at, those near the top first.
MOST_SEEN = 20_000


def named_like(folder: Path, query: str, limit: int) -> list[Found]:
    """The files and folders whose path has `query` in it, the likeliest first. Reads the disk.

    Args:
        folder: where to look.
        query: a part of a path, in letters of either case.
        limit: how many to return.
    """
    wanted = query.lower()
    found = [(_rank(path.lower(), wanted), path) for path in _paths(folder) if wanted in path.lower()]
    return [Found("folder" if path.endswith("/") else "file", path) for _, path in sorted(found)[:limit]]


def _rank(path: str, wanted: str) -> tuple[int, int]:
    """The smaller, the likelier: the path itself, a name that begins with the words, or has them; then short paths."""
    name = path.rstrip("/").rpartition("/")[2]
    tests = (path.rstrip("/") == wanted.rstrip("/"), name.startswith(wanted), wanted in name)
    return next((at for at, passed in enumerate(tests) if passed), len(tests)), len(path)


def _paths(folder: Path) -> Iterator[str]:
    """The paths below a folder, from it; those of folders end with "/". Links are not followed."""
    folders, left = deque([("", folder)]), MOST_SEEN
    while folders and left > 0:
        prefix, here = folders.popleft()
        entries = _entries(here)[:left]
        left -= len(entries)
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            yield f"{prefix}{entry.name}{'/' if is_folder else ''}"
            if is_folder and entry.name not in SKIPPED:
                folders.append((f"{prefix}{entry.name}/", here / entry.name))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []
