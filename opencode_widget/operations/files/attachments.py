"""The files of a prompt: read from the disk or sent by a page, and checked before the server gets them."""

from __future__ import annotations

import base64
import errno
import mimetypes
import os
import re
import stat
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from ...errors import BadAttachment
from ...model.text.well_formed import well_formed
from ...model.view import data_size
from ...server.api import Attachment

if TYPE_CHECKING:
    from .documents import Document

# The largest size of all files of a prompt together, in bytes.
BOUND = 20_000_000
MIME = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
# What models take as it is, if they take it at all. Everything else is sent as text, for OpenCode reads nothing else.
AS_IT_IS = re.compile(r"image/(png|jpeg|gif|webp)|application/pdf|(audio|video)/.*")
PLAIN = "text/plain"

File = Attachment | str | bytes | os.PathLike[str] | os.PathLike[bytes]


def checked(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Check the files of a prompt, and turn those that models don't take as they are into text.

    Raises:
        BadAttachment: a file is no `data:` URL of a proper type, cannot be sent as text, or the files are too large together.
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
    if AS_IT_IS.fullmatch(file.mime):
        return Attachment(file.mime, file.filename or "file", file.url)
    return as_text(file)


def as_text(file: Attachment) -> Attachment:
    """The file as text in UTF-8, which every model takes. Parsing may take long: call it on a thread.

    Raises:
        BadAttachment: it has no text, its encoding is unknown, or what reads it is not installed.
    """
    from .documents import document_text  # for files that models do not take as they are
    from .encoding import decoded

    name, content = file.filename or "a file without a name", _content_of(file)
    document = _document(file)
    text = decoded(content) if document is None else document_text(name, document, content)
    if text is None and file.mime.lower().startswith("image/"):
        raise BadAttachment(
            f"{name} is a picture of a kind that models do not take ({file.mime}).",
            remedy="Save it as PNG or JPEG.",
        )
    if text is None:
        raise BadAttachment(
            f"{name} is neither text nor a picture ({file.mime}), and models take nothing else.",
            remedy="If it is text, save it as UTF-8. Otherwise mention it with @, so that the agent opens it with its tools.",
        )
    return Attachment(PLAIN, file.filename or "file", data_url(PLAIN, text.encode()))


def _document(file: Attachment) -> Document | None:
    from .documents import BY_SUFFIX, BY_TYPE, NOTEBOOK

    found = BY_TYPE.get(file.mime.lower()) or BY_SUFFIX.get(Path(file.filename).suffix.lower())
    # A notebook is JSON, which can be sent without what reads it.
    return None if found is NOTEBOOK and find_spec("nbformat") is None else found


def _content_of(file: Attachment) -> bytes:
    head, _, content = file.url.partition(",")
    try:
        return base64.b64decode(content) if head.endswith(";base64") else unquote_to_bytes(content)
    except ValueError:
        raise BadAttachment(f"The content of {file.filename} is no base64.", remedy="Attach it again.") from None


def data_url(mime: str, content: bytes) -> str:
    """The `data:` URL with this content."""
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


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
        content = content_of_file(path, left)
        left -= len(content)
        read_so_far.append(_attached(path, content))
    return checked(read_so_far)


def content_of_file(path: Path, bound: int) -> bytes:
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
    if mime.startswith(("audio/", "video/")) and _is_text(content):
        mime = PLAIN  # a name such as a.ts may stand for a film, too
    return Attachment(mime, well_formed(path.name), data_url(mime, content))


def _is_text(content: bytes) -> bool:
    from .encoding import decoded

    return decoded(content) is not None


def _unreadable(path: Path, problem: Exception) -> BadAttachment:
    why = (problem.strerror if isinstance(problem, OSError) else None) or problem
    return BadAttachment(f"{path} cannot be read: {why}.", remedy="Check its path and permissions.")
