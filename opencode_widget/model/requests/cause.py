"""Which prompt makes a conversation fail: one whose file the model or its provider refuses is sent again with each later prompt.

1. A file counts as the cause if the error names its type or its name. The oldest prompt with such a file is named, for the later ones fail
   in any case as long as it is there.
2. Else, the first of the prompts in a row that failed with the same words is the cause, if it has files: if there are several, or if the
   words are about files at all.
3. Text is no cause: a mentioned file of code reaches the model as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ..bounds.window import is_visible
from ..entities import ABORTED, FileInfo, Problem, Role
from ..render.visible import one_line
from ..state import LOOK_BACK, Message, Session

# Characters of a prompt, and files of it, that are named; and the fewest characters of a file's name that an error may be searched for.
EXCERPT, FILES, NAME = 80, 5, 4
ABOUT_FILES = re.compile(
    r"\b(?:files?|images?|media|documents?|pdfs?|audio|videos?|attachments?|mime)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Cause:
    """The prompt whose files make an answer fail."""

    message_id: str
    prompt: str
    files: tuple[str, ...]

    @property
    def words(self) -> str:
        """The cause in a sentence."""
        named = ", ".join(f"“{name}”" for name in self.files)
        prompt = f"the prompt “{self.prompt}”" if self.prompt else "a prompt without words"
        verb = "goes" if len(self.files) == 1 else "go"
        return f"{named} in {prompt} {verb} to the model with each later prompt."


def cause_of(session: Session, failed: Message) -> Cause | None:
    """The prompt that made this answer fail; None where no file can be blamed."""
    error = failed.info.error
    if error is None or error.name == ABORTED:
        return None
    before = [message for message in _before(session, failed) if is_visible(session, message)]
    return _named(before, error) or _repeated(before, error)


def _before(session: Session, failed: Message) -> Iterator[Message]:
    """The messages before this one, the newest first; at most LOOK_BACK."""
    newest_first = (session.messages[id] for id in reversed(session.ids))
    return islice((message for message in newest_first if message.order < failed.order), LOOK_BACK)


def _named(before: Iterable[Message], error: Problem) -> Cause | None:
    """Rule 1."""
    words = f"{error.message} {error.details}".lower()
    found: Cause | None = None
    for message in before:
        blamed = [file for file in _files(message) if file.mime.lower() in words or _name_in(file, words)]
        found = _cause(message, blamed) if blamed else found
    return found


def _name_in(file: FileInfo, words: str) -> bool:
    return len(file.filename) >= NAME and file.filename.lower() in words


def _repeated(before: Iterable[Message], error: Problem) -> Cause | None:
    """Rule 2."""
    failed: list[Message] = []
    for message in before:
        if message.role is Role.USER:
            failed.append(message)
        elif message.info.error is None or message.info.error.message != error.message:
            break
    files = _files(failed[-1]) if failed else []
    is_likely = len(failed) > 1 or ABOUT_FILES.search(error.message) is not None
    return _cause(failed[-1], files) if files and is_likely else None


def _files(message: Message) -> list[FileInfo]:
    """The files of a prompt that reach the model as files."""
    if message.role is not Role.USER:
        return []
    infos = (part.info for part in message.parts)
    return [
        info
        for info in infos
        if isinstance(info, FileInfo) and not info.mime.startswith(("text/", "application/x-directory"))
    ]


def _cause(message: Message, files: list[FileInfo]) -> Cause:
    names = [one_line(file.filename or file.mime) for file in files]
    return Cause(message.id, one_line(message.text)[:EXCERPT], tuple(names[:FILES]))
