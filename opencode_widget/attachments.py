"""Files with a prompt: read from the disk, or as a page sends them, and checked."""

from __future__ import annotations

import base64
import mimetypes
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from .errors import RequestFailed
from .model.view import data_size
from .server.client import Attachment

# Bytes of all files of a prompt together.
BOUND = 20_000_000
MIME = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
# What is text, though its type does not begin so.
TEXTUAL = re.compile(
    r"text/.*|application/(json|javascript|xml|yaml|toml|x-sh|x-python|sql|x-ipynb\+json)|.*\+(json|xml)"
)
PLAIN = "text/plain"

File = Attachment | str | os.PathLike[str]


class BadAttachment(RequestFailed):
    """A file cannot go with a prompt."""


def checked(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Files that may go with a prompt; what is text is called plain text, for servers read no other.

    Raises:
        BadAttachment: one is no `data:` URL of a proper type, or they are too large together.
    """
    good = tuple(_checked(file) for file in files)
    size = sum(data_size(file.url) or 0 for file in good)
    if size > BOUND:
        raise BadAttachment(
            f"The files are {size / 1e6:.1f} MB together; {BOUND / 1e6:.0f} MB can go with a prompt.",
            remedy="Attach less, or mention the files of the project with @.",
        )
    return good


def _checked(file: Attachment) -> Attachment:
    name = file.filename or "a file without a name"
    if not MIME.fullmatch(file.mime):
        raise BadAttachment(f"{name} has no proper type: {file.mime!r}.", remedy="Write it like image/png.")
    if data_size(file.url) is None:
        raise BadAttachment(f"The content of {name} is not a data: URL.", remedy="Attach it again.")
    return Attachment(_plain(file.mime), file.filename or "file", _retyped(file.url, file.mime))


def _plain(mime: str) -> str:
    return PLAIN if TEXTUAL.fullmatch(mime) else mime


def _retyped(url: str, mime: str) -> str:
    """The URL, saying the same type as its file."""
    head, comma, content = url.partition(",")
    encoding = ";base64" if head.endswith(";base64") else ""
    return f"data:{_plain(mime)}{encoding}{comma}{content}"


def read(files: Sequence[File]) -> tuple[Attachment, ...]:
    """Files from the disk, or as they are. Reads the disk.

    Raises:
        BadAttachment: one cannot be read, or they are too large together.
    """
    paths = [Path(file).expanduser() for file in files if not isinstance(file, Attachment)]
    _check_sizes(paths)
    return checked(file if isinstance(file, Attachment) else _read(Path(file).expanduser()) for file in files)


def _check_sizes(paths: Iterable[Path]) -> None:
    """Before anything is read: a file may be as large as the disk."""
    for path in paths:
        try:
            size = path.stat().st_size
        except OSError as problem:
            raise _unreadable(path, problem) from None
        if size > BOUND:
            raise BadAttachment(
                f"{path.name} is {size / 1e6:.1f} MB; {BOUND / 1e6:.0f} MB can go with a prompt.",
                remedy="Mention it with @ instead.",
            )


def _read(path: Path) -> Attachment:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise _unreadable(path, problem) from None
    mime = mimetypes.guess_type(path.name)[0] or (PLAIN if _is_text(content) else "application/octet-stream")
    return Attachment(mime, path.name, f"data:{mime};base64,{base64.b64encode(content).decode()}")


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def _unreadable(path: Path, problem: OSError) -> BadAttachment:
    return BadAttachment(
        f"{path} cannot be read: {problem.strerror or problem}.", remedy="Check its path and permissions."
    )
