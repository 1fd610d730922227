"""Search: in the messages of a session, also those that the kernel does not keep, and for files of the project.

Older messages are fetched into a state of their own, so that neither the pages nor the kernel keep them afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..errors import RequestFailed
from ..model import events as e
from ..model.entities import Found
from ..model.reduce import apply
from ..model.state import HistoryState, Message, Part, Session, State
from ..model.view import visible
from ..server.process.paths import local_path
from ..sync.history import LARGE_PAGE, PAGES
from ..sync.runtime import InstanceRuntime
from .files.ignored import named_like

if TYPE_CHECKING:
    from ..model.wire import MatchView

# Matches that a search returns, and the characters before and after each.
MATCHES = 200
AROUND = 60
# Characters of the longest session that is read whole, about: an export holds all of them in memory.
WHOLE_SIZE = 500_000_000


class Match(NamedTuple):
    """Where a search found the words, and the text around them.

    Attributes:
        message: the id of the message.
        part: the id of its part.
        before: the text before the match, 60 characters at most.
        match: the words as they are written there.
        after: the text after the match, 60 characters at most.
    """

    message: str
    part: str
    before: str
    match: str
    after: str

    def view(self) -> MatchView:
        """The JSON that a page draws; see `MatchView` in `model/wire.py`."""
        return {
            "message": self.message,
            "part": self.part,
            "before": self.before,
            "match": self.match,
            "after": self.after,
        }


# ---- all messages -----------------------------------------------------------------------------------------------------


async def everything(runtime: InstanceRuntime, session_id: str) -> list[Message]:
    """All messages of a session, oldest first.

    Raises:
        OpenCodeError: they cannot be fetched.
    """
    pages = [page async for page in newest_first(runtime, session_id)]
    return [message for page in reversed(pages) for message in page]


async def newest_first(runtime: InstanceRuntime, session_id: str) -> AsyncIterator[list[Message]]:
    """The messages of a session in pages, the newest page first: those that the kernel keeps, then those that are fetched for this reader.

    Raises:
        RequestFailed: the session is too long to be read whole.
        OpenCodeError: the messages cannot be fetched.
    """
    session = await runtime.history.open(session_id)
    yield visible(session)
    before, asked, size = session.more, set[str | None](), session.weight
    while before not in asked | {None}:  # a faulty server may name the same page again
        asked.add(before)
        history = await (await runtime.reach()).history(session_id, LARGE_PAGE, before)
        apart = _apart(session, history)
        size += apart.weight
        if len(asked) > PAGES or size > WHOLE_SIZE:
            raise RequestFailed(
                f"The conversation is longer than {PAGES * LARGE_PAGE:,} messages or {WHOLE_SIZE:,} characters.",
                remedy="Look at it with OpenCode itself (`opencode export`).",
            )
        yield list(apart)
        before = history.more


def _apart(session: Session, history: e.History) -> Session:
    """Fetched messages, merged in a state of their own."""
    state = State(sessions={session.id: (apart := Session(session.info))})
    apart.history_state = HistoryState.LOADING
    apply(state, e.HistoryLoaded(session_id=session.id, history=history))
    return apart


# ---- words in a session -----------------------------------------------------------------------------------------------


async def search(runtime: InstanceRuntime, session_id: str, query: str) -> tuple[list[Match], bool]:
    """Look for words in all messages of a session, in upper or lower case.

    Returns:
        The matches, the latest first, and whether these are all of them.

    Raises:
        OpenCodeError: the messages cannot be fetched.
    """
    found: list[Match] = []
    async for page in newest_first(runtime, session_id):
        for message in reversed(page):
            found += _matches(message, query)
            if len(found) > MATCHES:
                return found[:MATCHES], False
    return found, True


def _matches(message: Message, query: str) -> Iterator[Match]:
    """A match for each part of a message that has the words, the last part first."""
    for part in reversed(message.parts):
        if not part.info.hidden and (found := _find(part, query)) is not None:
            text, at = found
            end = at + len(query)
            yield Match(message.id, part.id, text[max(0, at - AROUND) : at], text[at:end], text[end : end + AROUND])


def _find(part: Part, query: str) -> tuple[str, int] | None:
    wanted = query.lower()
    for text in _texts(part):
        lowered = text.lower()
        # A letter such as "İ" changes its length with its case: a position in the lowered text would be wrong in the text itself.
        at = lowered.find(wanted) if len(lowered) == len(text) else text.find(query)
        if at >= 0:
            return text, at
    return None


def _texts(part: Part) -> Iterator[str]:
    yield part.text
    yield getattr(part.info, "title", "")
    yield from (value for value in part.input.values() if isinstance(value, str))
    yield part.output


# ---- files of the project ---------------------------------------------------------------------------------------------


async def find(runtime: InstanceRuntime, query: str, limit: int) -> tuple[Found, ...]:
    """The files, folders and symbols of the project whose names are like `query`, `limit` at most.

    A server leaves out what Git ignores. In the folder of a server of ours, on this machine, that is looked for too.

    Raises:
        OpenCodeError: the server cannot be reached, or refuses.
    """
    found = await (await runtime.reach()).find(query, limit)
    folder = runtime.state.directory
    if not query or folder is None or not runtime.endpoint.owned:
        return found
    here = await asyncio.to_thread(named_like, local_path(folder), query, limit)
    known = {item.path for item in found}
    more = [item for item in here if item.path not in known][: max(1, limit // 4)]
    exact = [item for item in more if item.path.rstrip("/") == query.rstrip("/")]
    others = [item for item in more if item not in exact]
    return (*exact, *found[: limit - len(more)], *others)[:limit]
