"""The state of one instance: instance > session > message > part.

The rules:

1. The state is mutable, and only `reduce.apply` changes it, on one thread.
2. A reader must not keep a piece of it across events. A reader on another thread first copies a collection in one step (`list(...)`).
3. `Message` and `Part` are what the Python user gets, so they have properties for the user and a short repr.
4. Indexes (`ids`, `keys`, `answers`, `growing`, ...) are kept with the messages, so that no event has to walk through all of them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .bounds.backlog import Backlog, Waited
from .bounds.recent import Recent
from .bounds.weight import event_weight, part_weight
from .entities import (
    BUSY,
    IDLE,
    JSON,
    NO_QUEUE,
    NOTHING,
    Activity,
    Catalogue,
    GrowingField,
    MessageInfo,
    NoteInfo,
    PartInfo,
    Problem,
    PromptQueue,
    Request,
    Role,
    SessionInfo,
    Status,
    Todo,
    Tokens,
    ToolInfo,
    ToolState,
)
from .events import Event, SessionUpserted
from .render.rich import Rich
from .render.visible import one_line
from .requests.waited import WaitingTimes
from .requests.waiting import LEVELS, Waiting
from .text.brief import beginning
from .text.code_blocks import CodeBlock, code_blocks

if TYPE_CHECKING:
    from .render.blocks import Block

# By the server's time, then id. Messages that the server does not know yet come last.
Order = tuple[bool, float, str]
TranscriptState = Literal["loading", "ready", "failed"]


class Continuity(Enum):
    """Whether the text of a part has all that the server wrote of it so far."""

    WHOLE = "whole"
    # The stream was away while the part grew. The next delta shows that the server went on: then there is a gap.
    SUSPECT = "suspect"
    # Deltas were missed. The server's next whole statement closes the gap.
    GAP = "gap"


class Part(Rich):
    """A part of a message: the server's last statement of it, and what streamed in since.

    Attributes:
        info: the server's last whole statement.
        continuity: whether its text has all that the server wrote.
    """

    __slots__ = ("_grown", "_tails", "continuity", "info")

    def __init__(self, info: PartInfo, continuity: Continuity = Continuity.WHOLE) -> None:
        self.info = info
        self.continuity = continuity
        # The text that streamed in since, and its length in characters.
        self._tails: dict[GrowingField, list[str]] = {}
        self._grown = 0

    def __repr__(self) -> str:
        if self.text:
            return f"<Part {self.kind} {beginning(self.text, 40)!r}>"
        kind = self.info.type if isinstance(self.info, NoteInfo) else ""
        return f"<Part {self.kind} {one_line(self.tool or kind or self.id)}>"

    def _blocks(self) -> Iterable[Block]:
        from .render import conversation  # when something is drawn

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
        """The state of the tool; None of other parts."""
        return self.info.state if isinstance(self.info, ToolInfo) else None

    @property
    def input(self) -> JSON:
        """The arguments of the tool."""
        return self.info.input if isinstance(self.info, ToolInfo) else NOTHING

    @property
    def output(self) -> str:
        """The output of the tool so far."""
        return self.read("output")

    @property
    def ended(self) -> bool:
        """Is the part complete, so that the server sends no more of it?"""
        return self.info.ended

    @property
    def gap(self) -> bool:
        """Are words missing? The whole text comes with the end of the part."""
        return self.continuity is Continuity.GAP

    def read(self, name: GrowingField) -> str:
        """The present text of a growing field; "" if this part does not have the field."""
        text: str = getattr(self.info, name, "")
        tail = self._tails.get(name)
        if not tail:
            return text
        if len(tail) > 1:
            tail[:] = ["".join(tail)]
        return text + tail[0]

    def length(self, name: GrowingField) -> int:
        """The length of a growing field in characters. Constant time while a single field grows."""
        stated: str = getattr(self.info, name, "")
        tail = self._tails.get(name)
        if not tail:
            return len(stated)
        return len(stated) + (self._grown if len(self._tails) == 1 else sum(map(len, tail)))

    @property
    def weight(self) -> int:
        """About how much memory it takes, see `model/bounds/weight.py`."""
        return part_weight(self.info) + self._grown

    def append(self, name: GrowingField, text: str) -> None:
        """Append to a growing field, at the cost of the addition alone."""
        self._tails.setdefault(name, []).append(text)
        self._grown += len(text)

    def replace(self, info: PartInfo) -> None:
        """Take the server's whole statement, which includes all text that streamed in."""
        self.info = info
        self._tails.clear()
        self._grown = 0
        self.continuity = Continuity.WHOLE

    def mark_suspect(self) -> None:
        """Note that deltas of it may be missed from now on."""
        if not self.ended and self.continuity is Continuity.WHOLE:
            self.continuity = Continuity.SUSPECT

    def amend(self, info: PartInfo) -> None:
        """Take a statement that changed other fields than the growing ones. The text that streamed in stays."""
        self.info = info


class MessageState(StrEnum):
    """The state of a message."""

    SENDING = "sending"
    QUEUED = "queued"
    STREAMING = "streaming"
    COMPLETE = "complete"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    UNANSWERED = "unanswered"


class Origin(Enum):
    """Where a message is known."""

    # A prompt on its way to the server.
    LOCAL = "local"
    # The server took the prompt. Its own event for it is still to come.
    ACCEPTED = "accepted"
    SERVER = "server"


class Place(NamedTuple):
    """The position of a message in its session, and which of the session's lists have it."""

    order: Order
    is_answer: bool
    waits: bool


class Message(Rich):
    """A message with its parts.

    Attributes:
        info: the server's last statement of it; of a prompt that the server has not confirmed, what we sent.
        state: whether it is on its way, streams, is complete, ...
        key: the page's own name for a prompt that it sent.
        origin: where it is known.
    """

    __slots__ = ("by_id", "info", "key", "origin", "place", "state")

    def __init__(self, info: MessageInfo, origin: Origin = Origin.SERVER, key: str | None = None) -> None:
        self.info = info
        self.state = MessageState.COMPLETE if origin is Origin.SERVER else MessageState.SENDING
        self.key = key
        self.origin = origin
        self.by_id: dict[str, Part] = {}
        # Its position in its session; None before it is inserted.
        self.place: Place | None = None

    def __repr__(self) -> str:
        return f"<Message {self.role} {self.state} {beginning(self.text, 60)!r}>"

    def _blocks(self) -> Iterable[Block]:
        from .render import conversation  # when something is drawn

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
        """Whether the user or the agent wrote it, or it is a notice of ours."""
        return self.info.role

    @property
    def local(self) -> bool:
        """Is it a prompt for which the server has sent no event so far?"""
        return self.origin is not Origin.SERVER

    @property
    def waits(self) -> bool:
        """Is it a prompt whose turn has not begun, so that its position may change?"""
        return self.local or self.info.queued is True

    @property
    def parts(self) -> list[Part]:
        """Its parts, in order."""
        return list(self.by_id.values())

    @property
    def text(self) -> str:
        """Its Markdown: the text parts, without reasoning, tools and hidden parts."""
        texts = (part.text for part in self.by_id.values() if part.kind == "text" and not part.info.hidden)
        return "\n\n".join(text for text in texts if text)

    @property
    def code_blocks(self) -> list[CodeBlock]:
        """The fenced blocks of code in its text, in order, each with `.text` and `.language`."""
        return code_blocks(self.text)

    @property
    def data(self) -> Any:
        """The value of an answer that was asked for with `schema=`; None of any other message."""
        return None

    @property
    def cost(self) -> float | None:
        """The cost in dollars."""
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
        """Is nothing more expected of its parts?"""
        return self.state not in (MessageState.STREAMING, MessageState.SENDING, MessageState.QUEUED)

    @property
    def order(self) -> Order:
        """The sort key: the server's time, then id. A message that the server does not know yet comes last, whatever our clock says."""
        return (self.local, self.info.created, self.info.id)


@dataclass(frozen=True, slots=True)
class Reverted:
    """The messages that a revert hides, while it can be undone: the id of the first, how many, its text, and how many are prompts."""

    message: str
    count: int
    text: str
    prompts: int


class HistoryState(Enum):
    """Whether the messages of a session are kept in the kernel."""

    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


# Bounds (number, size) of what waits in one session: events of unknown messages, deltas of unknown parts, and events that wait for the
# history.
ORPHANS, EARLY, BUFFER = (10_000, 8_000_000), (10_000, 8_000_000), (10_000, 16_000_000)
# Notices of one session; the user reads no more of them.
NOTICES_BOUND = 100
# Answers that are searched for one by its kind, the newest first.
LOOK_BACK = 100


def part_key(message_id: str, part_id: str) -> str:
    """The key of a part whose message may not be known yet."""
    return f"{message_id}\n{part_id}"


@dataclass(slots=True, eq=False)
class Session:
    """One session.

    Attributes:
        status: what the session does: its turn, or else a shell command of the user; see `present_status`.
        turn_status: what the server says of its turn; `shells`: ids of the user's shell commands that run.
        unread: an answer arrived while the user did not look at the session.
        closed: the user closed its tab.
        queue: the prompts that wait in this kernel for the end of the turn, see `operations/prompts/queue.py`.
        allows_all: every permission of it and of its sub-agents is allowed without asking the user.
        history_state: whether its messages are kept; if so, `messages` has them by id, and `ids` in their order.
        more: the cursor of the older messages on the server; None if there are none.
        keys: the sort keys of `ids`; `answers` and `arrived` are those of the answers, and of all but the prompts that wait.
        unsettled: ids of messages whose state must be judged again, see `model/reduce/message_state.py`.
        growing: ids of answers that have no end.
        queued: ids of prompts that wait, where this is our conclusion and not the server's statement.
        unanswered: ids of prompts that the end of a turn left without an answer, see `model/reduce/prompts.py`.
        runs: the running answer (id, sort key, prompt), as `model/reduce/message_state.py` found it last.
        removed: ids of messages that were removed; `removed_parts`: keys of such parts, see `part_key`.
        notices: ids of the notices for errors that belong to no message; `noticed`: how many there ever were.
        inferred: agent, model and variant that were taken from its messages, see `model/reduce/sessions.py`; None: the server states them.
        orphans: events of unknown messages; `early`: deltas of unknown parts.
        buffered: events that arrived while the history is fetched.
        waiting_times: how long its tool calls waited for the user.
    """

    info: SessionInfo
    status: Status = IDLE
    turn_status: Status = IDLE
    shells: set[str] = field(default_factory=set)
    unread: bool = False
    closed: bool = False
    queue: PromptQueue = NO_QUEUE
    allows_all: bool = False
    todos: tuple[Todo, ...] = ()
    history_state: HistoryState = HistoryState.ABSENT
    problem: Problem | None = None
    more: str | None = None
    messages: dict[str, Message] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    keys: list[Order] = field(default_factory=list)
    answers: list[Order] = field(default_factory=list)
    arrived: list[Order] = field(default_factory=list)
    unsettled: set[str] = field(default_factory=set)
    growing: set[str] = field(default_factory=set)
    queued: dict[str, None] = field(default_factory=dict)
    unanswered: dict[str, None] = field(default_factory=dict)
    runs: tuple[str, Order, str | None] | None = None
    removed: Recent = field(default_factory=Recent)
    removed_parts: Recent = field(default_factory=Recent)
    notices: dict[str, None] = field(default_factory=dict)
    noticed: int = 0
    inferred: tuple[str | None, str | None, str | None] | None = None
    orphans: Backlog[Event] = field(default_factory=lambda: Backlog(*ORPHANS))
    early: Backlog[tuple[GrowingField, str]] = field(default_factory=lambda: Backlog(*EARLY))
    buffered: Backlog[Event] = field(default_factory=lambda: Backlog(*BUFFER))
    waiting_times: WaitingTimes = field(default_factory=WaitingTimes)

    @property
    def id(self) -> str:
        """The server's id, "ses_..."."""
        return self.info.id

    @property
    def busy(self) -> bool:
        """Is a turn running, or a shell command of the user?"""
        return self.status.activity is not Activity.IDLE

    @property
    def has_turn(self) -> bool:
        """Is a turn running?"""
        return self.turn_status.activity is not Activity.IDLE

    @property
    def present_status(self) -> Status:
        """What `status` must be: a session whose turn has ended is busy as long as a shell command of the user runs."""
        return BUSY if self.shells and not self.has_turn else self.turn_status

    def __iter__(self) -> Iterator[Message]:
        """The kept messages, the oldest first."""
        return (self.messages[id] for id in self.ids)

    def latest_answers(self) -> Iterator[Message]:
        """The latest answers, the newest first."""
        return (self.messages[order[2]] for order in islice(reversed(self.answers), LOOK_BACK))

    def filled(self, info: MessageInfo) -> MessageInfo:
        """Fill in what the server left out: from the known message, or for a new one as an answer that comes last."""
        known = self.messages.get(info.id)
        if info.role is Role.UNKNOWN:
            info = replace(info, role=known.role if known is not None else Role.ASSISTANT)
        if not info.created:
            last = self.messages[self.ids[-1]].info.created if self.ids else self.info.created
            info = replace(info, created=known.info.created if known is not None else last + 1)
        return info

    def insert(self, message: Message) -> None:
        """Insert a message at the position of its sort key, or move it there."""
        place = Place(message.order, message.role is Role.ASSISTANT, message.waits)
        if message.place == place:
            return
        self._lift(message)
        self.messages[message.id] = message
        message.place = place
        at = bisect_left(self.keys, place.order)
        self.keys.insert(at, place.order)
        self.ids.insert(at, message.id)
        if place.is_answer:
            insort(self.answers, place.order)
        if not place.waits:
            insort(self.arrived, place.order)

    def _lift(self, message: Message) -> None:
        """Remove a message from the lists."""
        place, message.place = message.place, None
        if place is None:
            return
        del self.ids[bisect_left(self.keys, place.order)]
        _remove(self.keys, place.order)
        if place.is_answer:
            _remove(self.answers, place.order)
        if not place.waits:
            _remove(self.arrived, place.order)

    def drop(self, id: str) -> None:
        """Forget a message."""
        self._lift(self.messages.pop(id))
        for ids in (self.unsettled, self.growing):
            ids.discard(id)
        for named in (self.queued, self.unanswered, self.notices):
            named.pop(id, None)

    @property
    def boundary(self) -> Order | None:
        """The sort key of the first message that a revert hides; None if it hides none."""
        reverted = self.messages.get(self.info.revert) if self.info.revert is not None else None
        return reverted.order if reverted is not None else None

    @property
    def taken_back(self) -> tuple[str, int] | None:
        """The first message that a revert hides, and how many it hides; None if it hides none."""
        boundary = self.boundary
        if boundary is None or self.info.revert is None:
            return None
        return self.info.revert, max(0, self.first_local - bisect_left(self.keys, boundary))

    @property
    def first_local(self) -> int:
        """The index in `ids` of the first message that the server does not know yet. These come last."""
        return bisect_left(self.keys, LOCALS)

    @property
    def reverted(self) -> Reverted | None:
        """The messages that a revert hides; None if it hides none."""
        taken = self.taken_back
        if taken is None:
            return None
        return Reverted(*taken, self.messages[taken[0]].text, len(self.reverted_prompts))

    @property
    def reverted_prompts(self) -> list[str]:
        """The ids of the prompts that a revert hides, the oldest first."""
        boundary = self.boundary
        if boundary is None:
            return []
        hidden = self.ids[bisect_left(self.keys, boundary) : self.first_local]
        return [id for id in hidden if self.messages[id].role is Role.USER]

    @property
    def last_prompt(self) -> Message | None:
        """The newest prompt that the server has and no revert hides; None if there is none."""
        boundary = self.boundary
        end = self.first_local if boundary is None else bisect_left(self.keys, boundary)
        shown = (self.messages[id] for id in reversed(self.ids[:end]))
        return next((message for message in shown if message.role is Role.USER), None)

    @property
    def transcript_state(self) -> TranscriptState:
        """What the page can show of the messages."""
        if self.history_state is HistoryState.FAILED:
            return "failed"
        return "ready" if self.history_state is HistoryState.READY or self.ids else "loading"

    @property
    def heading(self) -> tuple[object, ...]:
        """The state of a transcript as a whole. When it changes, the page gets the transcript anew."""
        return (self.transcript_state, self.problem, self.taken_back)

    def mark_suspect(self) -> None:
        """The stream is down: mark every growing part as possibly incomplete."""
        for id in self.growing:
            for part in self.messages[id].by_id.values():
                part.mark_suspect()

    @property
    def weight(self) -> int:
        """About how much memory its messages take, see `model/bounds/weight.py`."""
        return sum(part.weight for message in self for part in message.by_id.values())

    def forget_history(self) -> None:
        """Forget the messages, and keep the summary. Prompts that the server has not confirmed stay, as no fetch could bring them back."""
        ours = [message for message in self if message.local]
        for kept in (self.messages, self.ids, self.keys, self.answers, self.arrived, self.unsettled, self.growing):
            kept.clear()
        for waiting in (self.queued, self.unanswered, self.notices, self.orphans, self.early, self.buffered):
            waiting.clear()
        self.runs = self.more = self.problem = None
        self.history_state = HistoryState.ABSENT
        for message in ours:
            message.place = None
            self.insert(message)
            self.unsettled.add(message.id)


# A sort key before those of all messages that the server does not know yet, and after all others.
LOCALS: Order = (True, float("-inf"), "")


def _remove(keys: list[Order], order: Order) -> None:
    del keys[bisect_left(keys, order)]


class Phase(Enum):
    """How far the state can be trusted."""

    OFFLINE = "offline"
    LOADING = "loading"
    LIVE = "live"


SEEN_BOUND = 4096
# Bounds (number, size) of the events that wait for Loaded.
BUFFERED_UNTIL_LOADED = (20_000, 32_000_000)
# Names of events that are counted apart; all further names are counted together.
ODDITIES_BOUND = 100
# Sessions and requests of one instance that are kept. A server may have more.
SESSIONS_BOUND, REQUESTS_BOUND = 10_000, 10_000


@dataclass(slots=True)
class Oddity:
    """Events of one name that were not understood: how many, and the reason for the last one; "" where the name is unknown."""

    count: int = 0
    reason: str = ""


@dataclass(slots=True, eq=False)
class State:
    """Everything that is known of one instance.

    Attributes:
        directory: the folder as the server writes it.
        viewed: the session that the user looks at.
        removed: ids of sessions that were deleted; `answered`: ids of requests that were answered.
        waits: which sessions wait for the user.
        shells: ids of the shells that ran at the last load, and have not been reported as ended since.
        keeps_messages: whether the server keeps messages. If not, those that are known are nowhere else, and are not dropped.
        buffered: events that wait for Loaded; `buffered_births`: ids of the sessions that these events create.
        seen: ids of the latest events, by which a repeated one is recognised.
        discarded: ids of events that were buffered when the stream broke, and so never applied.
        oddities: events that were not understood, or dropped for lack of room, by name.
    """

    directory: str | None = None
    phase: Phase = Phase.OFFLINE
    sessions: dict[str, Session] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    answered: Recent = field(default_factory=Recent)
    waits: Waiting = field(default_factory=Waiting)
    shells: set[str] = field(default_factory=set)
    catalogue: Catalogue = field(default_factory=Catalogue)
    more_sessions: bool = False
    keeps_messages: bool = True
    viewed: str | None = None
    removed: Recent = field(default_factory=Recent)
    buffered: Backlog[Event] = field(default_factory=lambda: Backlog(*BUFFERED_UNTIL_LOADED))
    buffered_births: set[str] = field(default_factory=set)
    seen: dict[str, None] = field(default_factory=dict)
    discarded: set[str] = field(default_factory=set)
    oddities: dict[str, Oddity] = field(default_factory=dict)

    def is_repeated(self, id: str) -> bool:
        """Was an event of this id applied or buffered before? Remembers the id."""
        if id in self.seen:
            return True
        self.seen[id] = None
        if len(self.seen) > SEEN_BOUND:
            del self.seen[next(iter(self.seen))]
        return False

    def buffer(self, event: Event) -> None:
        """Buffer an event until Loaded."""
        if self.buffered.add("", event, event_weight(event)) and isinstance(event, SessionUpserted):
            self.buffered_births.add(event.session_id)

    def count_oddity(self, name: str, reason: str = "") -> bool:
        """Count an event that was not understood or was dropped. Return whether it is the first of its name."""
        known = name if name in self.oddities or len(self.oddities) < ODDITIES_BOUND else "..."
        is_new = known not in self.oddities
        oddity = self.oddities.setdefault(known, Oddity())
        oddity.count += 1
        oddity.reason = reason
        return is_new

    def take_buffered(self) -> Waited[Event]:
        """Empty the buffer, and return its events."""
        self.buffered_births.clear()
        return self.buffered.take("")

    def children(self, session_id: str) -> Iterable[Session]:
        """The sessions of the sub-agents of a session."""
        return [session for session in list(self.sessions.values()) if session.info.parent == session_id]

    def lineage(self, session_id: str) -> list[str]:
        """A session and its known ancestors."""
        line: dict[str, None] = {}
        at: str | None = session_id
        while at is not None and at in self.sessions and at not in line:
            line[at] = None
            at = self.sessions[at].info.parent
        return list(line)

    def allows_all(self, session_id: str) -> bool:
        """Did the user allow everything in a session, or in one that started it for a sub-agent?"""
        return any(self.sessions[id].allows_all for id in self.lineage(session_id))

    def waiting(self, session_id: str) -> int:
        """The number of requests that wait in a session and below it."""
        return self.waits.count(session_id)

    def counted_in(self, request: Request) -> tuple[str, ...]:
        """The sessions that count a request: its own and its ancestors, up to the first that is not known."""
        line: dict[str, None] = {}
        at: str | None = request.session_id
        while at is not None and at not in line and len(line) < LEVELS:
            line[at] = None
            at = self.sessions[at].info.parent if at in self.sessions else None
        return tuple(line)

    def fingerprint(self) -> dict[str, Any]:
        """What two ways to the same state must agree on. For tests."""
        return {id: session_fingerprint(session) for id, session in sorted(self.sessions.items())}


def session_fingerprint(session: Session) -> dict[str, Any]:
    """Everything of a session that comes from the server."""
    return {
        "info": session.info,
        "activity": session.status.activity,
        "messages": [(message.info, [part_fingerprint(part) for part in message.parts]) for message in session],
    }


def part_fingerprint(part: Part) -> tuple[Any, ...]:
    """Everything of a part, whether it was stated or streamed in."""
    return (part.info.id, part.kind, part.text, part.output, part.state, part.ended)
