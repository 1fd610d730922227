"""Paths: what is there. Of a text the first lines, of a folder the names in it."""

from __future__ import annotations

import os
import stat
from itertools import islice
from pathlib import Path, PurePath

from ...model.text.brief import counted
from ..description import TEXT_BYTES, Description, code
from ..registry import describes
from ..work import type_name
from .brief import ENTRIES

LANGUAGES = {".py": "python", ".json": "json", ".md": "markdown", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml"}


@describes(PurePath)
def path(value: PurePath) -> Description:
    """A path, and what is there.

    Raises:
        OSError: it cannot be read.
    """
    kind = f"{type_name(type(value))} {str(value)!r}"
    if not isinstance(value, Path):
        return Description(kind)
    try:
        status = value.stat()
    except FileNotFoundError:
        return Description(f"{kind}, where nothing is")
    if stat.S_ISDIR(status.st_mode):
        return _folder(value, kind)
    # Opening a device or a pipe may have an effect, or never end.
    if not stat.S_ISREG(status.st_mode):
        return Description(f"{kind}, which is no regular file")
    return _file(value, f"{kind}, {counted(status.st_size, 'byte')}", status.st_size)


def _folder(path: Path, kind: str) -> Description:
    with os.scandir(path) as entries:
        names = sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in islice(entries, ENTRIES + 1))
    omitted = ("further entries of the folder",) if len(names) > ENTRIES else ()
    text = code("\n".join(names[:ENTRIES]))[0] if names else ""
    return Description(f"{kind}, a folder" + ("" if names else ", empty"), text, omitted=omitted)


def _file(path: Path, kind: str, size: int) -> Description:
    with path.open("rb") as file:
        content = file.read(TEXT_BYTES - 500)
    if b"\0" in content:
        return Description(f"{kind}, not text", omitted=("its content",))
    try:
        text = content.decode()
    except UnicodeDecodeError as fault:
        if fault.start < len(content) - 4:  # not the last character, which the bound may have cut
            return Description(f"{kind}, not text in UTF-8", omitted=("its content",))
        text = content[: fault.start].decode()
    left = size - len(content)
    omitted = (f"the last {left:,} of {size:,} bytes",) if left > 0 else ()
    return Description(kind, code(text, LANGUAGES.get(path.suffix.lower(), ""))[0], omitted=omitted)
