"""Paths as the system has them, and as text that a server understands.

On Linux a path is bytes. Python decodes the bytes that its file system encoding does not have to surrogates, which no JSON, URL or page can
carry; under the C locale these are all but ASCII. OpenCode reads paths as UTF-8, so it cannot use a path of other bytes.
"""

from __future__ import annotations

import os
from pathlib import Path


def local_path(path: str | os.PathLike[str]) -> Path:
    """Return a path that Python can open under the present locale.

    Raises:
        UnicodeEncodeError: it cannot be a path.
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
    """Return a path for the user to read; bytes that are not UTF-8 are escaped with a backslash."""
    text = path_text(path)
    if text is not None:
        return text
    try:
        return os.fspath(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return os.fspath(path).encode("ascii", "backslashreplace").decode()
