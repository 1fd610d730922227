"""The files of a prompt: read from the disk or sent by a page, and checked before the server gets them."""

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

# The largest size of all files of a prompt together, in bytes.
BOUND = 20_000_000
MIME = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
# The types of text files. They are sent as text/plain, for OpenCode reads no other text.
TEXTUAL = re.compile(
    r"text/.*|application/(json|javascript|xml|yaml|toml|x-sh|x-python|sql|x-ipynb\+json)|.*\+(json|xml)"
)
PLAIN = "text/plain"

File = Attachment | str | bytes | os.PathLike[str] | os.PathLike[bytes]


def checked(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Check the files of a prompt, and give text files the type that servers read.

    Raises:
        BadAttachment: a file is no `data:` URL of a proper type, or the files are too large together.
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
    """The `data:` URL, with the type that the file is sent with."""
    head, comma, content = url.partition(",")
    encoding = ";base64" if head.endswith(";base64") else ""
    return f"data:{_plain(mime)}{encoding}{comma}{content}"


def read(files: Sequence[File]) -> tuple[Attachment, ...]:
    """Read files from the disk; Attachments are checked and kept. This blocks, so call it on a thread.

    Raises:
        BadAttachment: a file cannot be read or is no regular file, or the files are too large together.
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

    A device may have no end, a FIFO no writer, and a file may grow while it is read. So only a regular file is read; its kind
    is checked again after it was opened, and at most `bound` bytes are read, whatever its size was. The file is opened without
    blocking: another program may hold a lease, and a log of the system may have no next line.
    """
    try:
        _check_kind(path, path.stat().st_mode)  # before it is opened: opening a device may have an effect
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            _check_kind(path, status.st_mode)
            _check_size(path, status.st_size, bound)
            content: bytes | None = file.read(bound + 1)
    # Missing or not readable; a NUL in its name; a home folder that is unknown.
    except (OSError, ValueError, RuntimeError) as problem:
        raise _unreadable(path, problem) from None
    if content is None:
        raise _unreadable(path, BlockingIOError(errno.EAGAIN, "it has nothing to read now"))
    _check_size(path, len(content), bound)
    return content


def _without_waiting(path: str, flags: int) -> int:
    # Windows has neither flag.
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
