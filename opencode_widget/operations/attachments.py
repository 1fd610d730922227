"""Files with a prompt: read from the disk, or as a page sends them, and checked."""

from __future__ import annotations

import base64
import errno
import mimetypes
import os
import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..errors import BadAttachment
from ..model.text.well_formed import well_formed
from ..model.view import data_size
from ..server.api import Attachment

# Bytes of all files of a prompt together.
BOUND = 20_000_000
MIME = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
# What is text, though its type does not begin so.
TEXTUAL = re.compile(
    r"text/.*|application/(json|javascript|xml|yaml|toml|x-sh|x-python|sql|x-ipynb\+json)|.*\+(json|xml)"
)
PLAIN = "text/plain"

File = Attachment | str | bytes | os.PathLike[str] | os.PathLike[bytes]


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
    """Files from the disk, or as they are. Reads the disk, so not on a loop.

    Raises:
        BadAttachment: one cannot be read, is no regular file, or they are too large together.
    """
    read_so_far, left = [], BOUND
    for file in files:
        if isinstance(file, Attachment):
            read_so_far.append(file)
            continue
        path = Path(os.fsdecode(file)).expanduser()
        content = _content(path, left)
        left -= len(content)
        read_so_far.append(_attached(path, content))
    return checked(read_so_far)


def _content(path: Path, bound: int) -> bytes:
    """The content of a regular file, at most `bound` bytes of it.

    A device may have no end, a FIFO no writer, and a file may grow while it is read. So nothing but a regular file is read, which is looked
    at after it was opened, and no more of it than is allowed, whatever its size was said to be. Nothing is waited for: neither a lease of
    another program nor the next line of a log of the system's.
    """
    try:
        _check_kind(path, path.stat().st_mode)  # to open a device may do something by itself
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            _check_kind(path, status.st_mode)
            _check_size(path, status.st_size, bound)
            content: bytes | None = file.read(bound + 1)
    except (
        OSError,
        ValueError,
        RuntimeError,
    ) as problem:  # not there, not ours to read; a NUL in its name; no such home
        raise _unreadable(path, problem) from None
    if content is None:
        raise _unreadable(path, BlockingIOError(errno.EAGAIN, "it has nothing to read now"))
    _check_size(path, len(content), bound)
    return content


def _without_waiting(path: str, flags: int) -> int:
    # Windows has neither.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _check_kind(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = next((words for fits, words in KINDS if fits(mode)), "no regular file")
        raise BadAttachment(f"{path} is {kind}; only files can be attached.", remedy="Attach a file.")


def _check_size(path: Path, size: int, bound: int) -> None:
    if size <= bound:
        return
    if bound == BOUND:
        what = f"{path.name} is larger than the {BOUND / 1e6:.0f} MB that can go with a prompt."
    else:
        what = (
            f"With {path.name} the files are larger than the {BOUND / 1e6:.0f} MB that can go with a prompt together."
        )
    raise BadAttachment(what, remedy="Mention it with @ instead.")


def _attached(path: Path, content: bytes) -> Attachment:
    mime = mimetypes.guess_type(path.name)[0] or (PLAIN if _is_text(content) else "application/octet-stream")
    return Attachment(mime, well_formed(path.name), f"data:{mime};base64,{base64.b64encode(content).decode()}")


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def _unreadable(path: Path, problem: Exception) -> BadAttachment:
    why = (problem.strerror if isinstance(problem, OSError) else None) or problem
    return BadAttachment(f"{path} cannot be read: {why}.", remedy="Check its path and permissions.")
