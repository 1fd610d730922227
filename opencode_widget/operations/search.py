"""Reading a whole conversation, also what of it is not here, without touching what is on screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from ..errors import RequestFailed
from ..model import events as e
from ..model.reduce import apply
from ..model.state import HistoryState, Message, Part, Session, State
from ..model.view import visible
from ..model.wire import MatchView
from ..sync.history import LARGE_PAGE, PAGES
from ..sync.runtime import InstanceRuntime

# Matches that are told, characters around each, and messages that are looked through.
MATCHES = 200
# Characters of a whole conversation, about: all of them are in memory while it is exported.
WHOLE_SIZE = 500_000_000
AROUND = 60


class Match(NamedTuple):
    """What a search found: where, and the words around it."""

    message: str
    part: str
    before: str
    match: str
    after: str

    def view(self) -> MatchView:
        """The JSON that a page draws; see `MatchView` in `model/wire.py`."""
        return MatchView(message=self.message, part=self.part, before=self.before, match=self.match, after=self.after)


# ---- all of it --------------------------------------------------------------------------------------------------------


async def everything(runtime: InstanceRuntime, session_id: str) -> list[Message]:
    """All messages of a session, oldest first.

    Raises:
        OpenCodeError: they cannot be fetched.
    """
    pages = [page async for page in newest_first(runtime, session_id)]
    return [message for page in reversed(pages) for message in page]


async def newest_first(runtime: InstanceRuntime, session_id: str) -> AsyncIterator[list[Message]]:
    """The messages of a session in pages, the newest page first: what is here, then what is fetched for this alone."""
    session = await runtime.history.open(session_id)
    yield visible(session)
    before, asked, size = session.more, set[str | None](), session.weight
    while before not in asked | {None}:  # a server may lead in a circle
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
    """Fetched messages in a state of their own."""
    state = State(sessions={session.id: (apart := Session(session.info))})
    apart.history_state = HistoryState.LOADING
    apply(state, e.HistoryLoaded(session_id=session.id, history=history))
    return apart


# ---- a search ---------------------------------------------------------------------------------------------------------


async def search(runtime: InstanceRuntime, session_id: str, query: str) -> tuple[list[Match], bool]:
    """Look for words in a whole conversation, whatever their case.

    Returns:
        The matches, the latest first, and whether these are all.
    """
    found: list[Match] = []
    async for page in newest_first(runtime, session_id):
        for message in reversed(page):
            found += _matches(message, query)
            if len(found) > MATCHES:
                return found[:MATCHES], False
    return found, True


def _matches(message: Message, query: str) -> Iterator[Match]:
    """One for each part that has the words, the last first."""
    for part in reversed(message.parts):
        if not part.info.hidden and (found := _find(part, query)) is not None:
            text, at = found
            end = at + len(query)
            yield Match(message.id, part.id, text[max(0, at - AROUND) : at], text[at:end], text[end : end + AROUND])


def _find(part: Part, query: str) -> tuple[str, int] | None:
    wanted = query.lower()
    for text in _texts(part):
        lowered = text.lower()
        # Where a letter changes its length with its case ("İ"), places would not be those of the text.
        at = lowered.find(wanted) if len(lowered) == len(text) else text.find(query)
        if at >= 0:
            return text, at
    return None


def _texts(part: Part) -> Iterator[str]:
    yield part.text
    yield getattr(part.info, "title", "")
    yield from (value for value in part.input.values() if isinstance(value, str))
    yield part.output
