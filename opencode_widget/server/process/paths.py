"""Paths as the system has them, and as text that a server understands.

A path is bytes to Linux. Python holds what its file system encoding cannot decode as surrogates, which no JSON, URL or page can carry; and
under the C locale it cannot even name `ünï`. OpenCode takes paths for UTF-8, so that a path of other bytes is none that it can use.
"""

from __future__ import annotations

import os
from pathlib import Path


def local_path(path: str | os.PathLike[str]) -> Path:
    """Return a path that this Python can open, whatever its locale.

    Raises:
        UnicodeEncodeError: it cannot be the name of anything.
    """
    text = os.fspath(path)
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        text = os.fsdecode(text.encode("utf-8", "surrogateescape"))
    return Path(text)


def path_text(path: str | os.PathLike[str]) -> str | None:
    """Return a path as text; None where it is not UTF-8."""
    text = os.fspath(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            return text.encode("utf-8", "surrogateescape").decode()
        except UnicodeError:
            return None
    return text


def shown_path(path: str | os.PathLike[str]) -> str:
    """Return a path for a person to read; bytes that are not UTF-8 are written with a backslash."""
    text = path_text(path)
    if text is not None:
        return text
    try:
        return os.fspath(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a character, which stands for no byte
        return os.fspath(path).encode("ascii", "backslashreplace").decode()
