"""The state of one instance: instance > session > message > part.

It is mutable, and changed by `reduce.apply` alone, on one thread; who reads it must not keep what a later
event may change. What is read from other threads too is copied in one step first (`list(...)`).
`Message` and `Part` are what the Python user gets, so they have friendly properties and a short repr.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from typing import Any, Literal

from .events import Event
from .infos import (
    IDLE,
    JSON,
    NOTHING,
    Activity,
    Catalogue,
    GrowingField,
    MessageInfo,
    PartInfo,
    Problem,
    Request,
    Role,
    SessionInfo,
    Status,
    Todo,
    Tokens,
    ToolInfo,
    ToolState,
)
from .render import conversation
from .render.blocks import Block
from .render.rich import Rich
from .render.visible import one_line

# By the server's time, then id; what only we know comes last.
Order = tuple[bool, float, str]
Standing = Literal["loading", "ready", "failed"]


class Part(Rich):
    """A part of a message: what the server stated last, and what streamed in since.

    Attributes:
        info: the server's last whole statement.
        gap: words were missed; the whole text comes with the end of the part.
    """

    __slots__ = ("_tails", "gap", "info", "suspect")

    def __init__(self, info: PartInfo) -> None:
        self.info = info
        self.gap = False
        # Deltas may have been missed: the next one makes a gap, the next whole statement none.
        self.suspect = False
        self._tails: dict[GrowingField, list[str]] = {}

    def __repr__(self) -> str:
        return (
            f"<Part {self.kind} {self.text[:40]!r}>"
            if self.text
            else f"<Part {self.kind} {one_line(self.tool or self.id)}>"
        )

    def _blocks(self) -> Iterable[Block]:
        return conversation.part_blocks(self)

    @property
    def id(self) -> str:
        """The server's id, "prt_..."."""
        return self.info.id

    @property
    def kind(self) -> str:
        """One of "text", "reasoning", "tool", "file", "note"."""
        return self.info.kind

    @property
    def text(self) -> str:
        """The Markdown of text and reasoning, the words of a note; "" of others."""
        return self.read("text")

    @property
    def tool(self) -> str:
        """The name of the tool; "" of other parts."""
        return self.info.tool if isinstance(self.info, ToolInfo) else ""

    @property
    def state(self) -> ToolState | None:
        """How far the tool is; None of other parts."""
        return self.info.state if isinstance(self.info, ToolInfo) else None

    @property
    def input(self) -> JSON:
        """The arguments of the tool."""
        return self.info.input if isinstance(self.info, ToolInfo) else NOTHING

    @property
    def output(self) -> str:
        """What the tool has put out so far."""
        return self.read("output")

    @property
    def ended(self) -> bool:
        """Will the server say no more of it?"""
        return self.info.ended

    def read(self, name: GrowingField) -> str:
        """A growing field as it stands now; "" where this part has none such."""
        text: str = getattr(self.info, name, "")
        tail = self._tails.get(name)
        if not tail:
            return text
        if len(tail) > 1:
            tail[:] = ["".join(tail)]
        return text + tail[0]

    def append(self, name: GrowingField, text: str) -> None:
        """Add to a growing field, at the cost of the addition alone."""
        self._tails.setdefault(name, []).append(text)

    def replace(self, info: PartInfo) -> None:
        """Take the server's whole statement; what streamed in is part of it."""
        self.info = info
        self._tails.clear()
        self.gap = self.suspect = False


class MessageState(StrEnum):
    """How far a message is."""

    SENDING = "sending"
    QUEUED = "queued"
    STREAMING = "streaming"
    COMPLETE = "complete"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Message(Rich):
    """A message with its parts.

    Attributes:
        info: what the server says of it; of a prompt that it has not confirmed: what we sent.
        state: how far it is.
        key: the page's own name for a prompt of its own.
        local: it is only here so far. `accepted`: the server took it, its own event is still to come.
    """

    __slots__ = ("accepted", "by_id", "early", "info", "key", "local", "removed", "state")

    def __init__(self, info: MessageInfo, *, local: bool = False, key: str | None = None) -> None:
        self.info = info
        self.state = MessageState.SENDING if local else MessageState.COMPLETE
        self.key = key
        self.local = local
        self.accepted = False
        self.by_id: dict[str, Part] = {}
        # Deltas of parts that were not stated yet, and parts that were taken away.
        self.early: dict[str, list[tuple[GrowingField, str]]] = {}
        self.removed: set[str] = set()

    def __repr__(self) -> str:
        return f"<Message {self.role} {self.state} {self.text[:60]!r}>"

    def _blocks(self) -> Iterable[Block]:
        return conversation.message(self)

    @property
    def id(self) -> str:
        """The server's id, "msg_..."."""
        return self.info.id

    @property
    def session_id(self) -> str:
        """The session that it belongs to."""
        return self.info.session_id

    @property
    def role(self) -> Role:
        """Who speaks."""
        return self.info.role

    @property
    def waits(self) -> bool:
        """A prompt whose turn has not come: where it stands is not settled."""
        return self.local or self.info.queued is True

    @property
    def parts(self) -> list[Part]:
        """Its parts, in order."""
        return list(self.by_id.values())

    @property
    def text(self) -> str:
        """The Markdown that it says: its text parts, without reasoning, tools and what is hidden."""
        texts = (part.text for part in self.by_id.values() if part.kind == "text" and not part.info.hidden)
        return "\n\n".join(text for text in texts if text)

    @property
    def cost(self) -> float | None:
        """Dollars."""
        return self.info.cost

    @property
    def tokens(self) -> Tokens | None:
        """Counts of tokens."""
        return self.info.tokens

    @property
    def error(self) -> Problem | None:
        """Why it failed or was cut off."""
        return self.info.error

    @property
    def stopped(self) -> bool:
        """Will nothing more come of its parts?"""
        return self.state not in (MessageState.STREAMING, MessageState.SENDING, MessageState.QUEUED)

    @property
    def order(self) -> Order:
        """The sort key: by the server's time, then id. What only we know comes last, whatever our clock says."""
        return (self.local, self.info.created, self.info.id)


@dataclass(frozen=True, slots=True)
class Reverted:
    """What a revert has taken back, while it can be restored: from which message on, how many, and the first one's text."""

    message: str
    count: int
    text: str


class Keeping(Enum):
    """Whether the messages of a session are kept here."""

    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Session:
    """One session.

    Attributes:
        status: what it does.
        unread: an answer came while nobody looked.
        closed: the person closed its tab.
        keeping: are its messages kept here? `ids` are in order then, `messages` by id.
        more: where the messages older than those begin; None: there are none.
        unsettled: ids of messages whose state may still change without an event of their own.
        held: events that wait for the history to be fetched.
    """

    info: SessionInfo
    status: Status = IDLE
    unread: bool = False
    closed: bool = False
    todos: tuple[Todo, ...] = ()
    keeping: Keeping = Keeping.ABSENT
    problem: Problem | None = None
    more: str | None = None
    messages: dict[str, Message] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    unsettled: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    orphans: dict[str, list[Event]] = field(default_factory=dict)
    held: list[Event] = field(default_factory=list)
    notices: int = 0

    @property
    def id(self) -> str:
        """The server's id, "ses_..."."""
        return self.info.id

    @property
    def busy(self) -> bool:
        """Is a turn under way?"""
        return self.status.activity is not Activity.IDLE

    def __iter__(self) -> Iterator[Message]:
        """The messages that are kept, oldest first."""
        return (self.messages[id] for id in self.ids)

    def filled(self, info: MessageInfo) -> MessageInfo:
        """What a server leaves out of a message stays as it is known; a new one is an answer, and comes last."""
        known = self.messages.get(info.id)
        if info.role is Role.UNKNOWN:
            info = replace(info, role=known.role if known is not None else Role.ASSISTANT)
        if not info.created:
            last = self.messages[self.ids[-1]].info.created if self.ids else self.info.created
            info = replace(info, created=known.info.created if known is not None else last + 1)
        return info

    def place(self, message: Message) -> None:
        """Put a message where its order key wants it."""
        known = message.id in self.messages
        self.messages[message.id] = message
        if known and self._in_order(index := self.ids.index(message.id)):
            return
        if known:
            del self.ids[index]
        self.ids.insert(bisect_right(self.ids, message.order, key=lambda id: self.messages[id].order), message.id)

    def _in_order(self, index: int) -> bool:
        around = [self.messages[id].order for id in self.ids[max(0, index - 1) : index + 2]]
        return around == sorted(around)

    def drop(self, id: str) -> None:
        """Forget a message."""
        del self.messages[id]
        self.ids.remove(id)
        self.unsettled.discard(id)

    @property
    def boundary(self) -> Order | None:
        """Where the messages begin that a revert has taken back; None: none are."""
        reverted = self.messages.get(self.info.revert) if self.info.revert is not None else None
        return reverted.order if reverted is not None else None

    @property
    def reverted(self) -> Reverted | None:
        """What a revert has taken back of what is kept here; None: nothing."""
        boundary = self.boundary
        if boundary is None or self.info.revert is None:
            return None
        at = bisect_left(self.ids, boundary, key=lambda id: self.messages[id].order)
        taken = sum(not self.messages[id].local for id in self.ids[at:])
        return Reverted(self.info.revert, taken, self.messages[self.info.revert].text)

    @property
    def standing(self) -> Standing:
        """What there is to see of its messages."""
        if self.keeping is Keeping.FAILED:
            return "failed"
        return "ready" if self.keeping is Keeping.READY or self.ids else "loading"

    @property
    def heading(self) -> tuple[object, ...]:
        """What a transcript says as a whole; where that changes, it is told anew."""
        return (self.standing, self.problem, self.reverted)

    def doubt(self) -> None:
        """What is said now is not heard: text that grows may miss words."""
        for id in self.unsettled:
            for part in self.messages[id].by_id.values():
                part.suspect = not part.ended

    def forget_history(self) -> None:
        """Keep the summary only."""
        self.messages.clear()
        self.ids.clear()
        self.unsettled.clear()
        self.orphans.clear()
        self.held.clear()
        self.more = None
        self.problem = None
        self.keeping = Keeping.ABSENT


class Phase(Enum):
    """What the state is worth."""

    OFFLINE = "offline"
    LOADING = "loading"
    LIVE = "live"


SEEN_BOUND = 4096
# More names of events that we don't know are not told apart.
ODDITIES_BOUND = 100


@dataclass(slots=True)
class Oddity:
    """Events of one name that we did not understand: how many, and what was wrong with the last one; "": we don't know the name."""

    count: int = 0
    reason: str = ""


@dataclass(slots=True, eq=False)
class State:
    """Everything known of one instance.

    Attributes:
        directory: the folder as the server writes it.
        viewed: the session that the person looks at.
        removed: ids of sessions that were deleted.
        held: events that wait for Loaded.
        seen: the ids of the latest events, so that a repeated one is known.
        let_go: those of them that were held when the stream broke, and never brought in.
        oddities: the events that we did not understand, by name.
    """

    directory: str | None = None
    phase: Phase = Phase.OFFLINE
    sessions: dict[str, Session] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    catalogue: Catalogue = field(default_factory=Catalogue)
    more_sessions: bool = False
    viewed: str | None = None
    removed: set[str] = field(default_factory=set)
    held: list[Event] = field(default_factory=list)
    seen: dict[str, None] = field(default_factory=dict)
    let_go: set[str] = field(default_factory=set)
    oddities: dict[str, Oddity] = field(default_factory=dict)

    def is_repeated(self, id: str) -> bool:
        """Did an event of this id come before? Remembers it."""
        if id in self.seen:
            return True
        self.seen[id] = None
        if len(self.seen) > SEEN_BOUND:
            del self.seen[next(iter(self.seen))]
        return False

    def children(self, session_id: str) -> Iterable[Session]:
        """The sub-agents' sessions of a session."""
        return [session for session in list(self.sessions.values()) if session.info.parent == session_id]

    def lineage(self, session_id: str) -> list[str]:
        """A session and all above it, as far as they are known."""
        line: list[str] = []
        at: str | None = session_id
        while at is not None and at in self.sessions and at not in line:
            line.append(at)
            at = self.sessions[at].info.parent
        return line

    def waiting(self, session_id: str) -> int:
        """How many requests wait in a session and below it."""
        return sum(session_id in self.lineage(request.session_id) for request in list(self.requests.values()))

    def waiting_by_session(self) -> Counter[str]:
        """The same of all sessions in which any wait."""
        return Counter(id for request in list(self.requests.values()) for id in self.lineage(request.session_id))

    def fingerprint(self) -> dict[str, Any]:
        """What two ways to the same state must agree on; for tests and reports."""
        return {id: session_fingerprint(session) for id, session in sorted(self.sessions.items())}


def session_fingerprint(session: Session) -> dict[str, Any]:
    """All of a session that a server vouches for."""
    return {
        "info": session.info,
        "activity": session.status.activity,
        "messages": [(message.info, [part_fingerprint(part) for part in message.parts]) for message in session],
    }


def part_fingerprint(part: Part) -> tuple[Any, ...]:
    """All of a part, whether stated or streamed."""
    return (part.info.id, part.kind, part.text, part.output, part.state, part.ended)
