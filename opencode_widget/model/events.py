"""The events of one instance: everything that can change its state.

There are three families:

- events of the server (sessions, messages, parts, requests), which a dialect decodes;
- the life of the stream itself (Connected, Lost, Loaded, ...): a reconnect is an event like any other;
- actions of the user and the kernel (PromptSubmitted, Viewed, ...).

Every event is immutable. `id` is the server's: a repeated event is recognised by it. It is not a cursor.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeVar, dataclass_transform

from .entities import (
    JSON,
    NOTHING,
    AnsweredBy,
    Catalogue,
    GrowingField,
    MessageInfo,
    PartInfo,
    Problem,
    PromptQueue,
    Request,
    SessionInfo,
    Status,
    Todo,
)

E = TypeVar("E")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def event(kind: type[E]) -> type[E]:
    """A dataclass: frozen, with slots, and compared and shown as `Event` says.

    Methods of its own for that would make up half of each class's cost, and there are so many classes that every start would feel it.
    """
    return dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)(kind)


@event
class Event:
    """The root of all events. Two events are equal if they are of one class and all their fields are equal."""

    id: str | None = None
    type: ClassVar[str] = "event"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self.id))

    def __repr__(self) -> str:
        values = (f"{name}={value!r}" for name, value in self._values().items())
        return f"{type(self).__qualname__}({', '.join(values)})"

    def _values(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}


@event
class SessionEvent(Event):
    """An event of one session."""

    session_id: str


@event
class MessageEvent(SessionEvent):
    """An event of one message."""

    message_id: str


# ---- sessions ---------------------------------------------------------------------------------------------------------


@event
class SessionUpserted(SessionEvent):
    """A session is new or changed. `created`: it was created just now, so none of its events was missed."""

    info: SessionInfo
    created: bool = False
    type: ClassVar[str] = "session"


@event
class SessionPatched(SessionEvent):
    """Some fields of a session changed; `changes` are fields of SessionInfo."""

    changes: JSON
    type: ClassVar[str] = "session.patch"


@event
class SessionRemoved(SessionEvent):
    """A session was deleted."""

    type: ClassVar[str] = "session.removed"


@event
class StatusChanged(SessionEvent):
    """A session became busy or idle, or waits before it tries again."""

    status: Status
    type: ClassVar[str] = "status"


@event
class ShellChanged(SessionEvent):
    """A shell command of the user began or ended, which the server does not count as a turn. While one runs, the session is busy."""

    shell_id: str
    running: bool
    type: ClassVar[str] = "shell"


@event
class SessionErrored(Event):
    """Something failed; `session_id` is None where the server does not say in which session."""

    session_id: str | None
    problem: Problem
    type: ClassVar[str] = "error"


@event
class TodosChanged(SessionEvent):
    """The to-do list, whole."""

    todos: tuple[Todo, ...]
    type: ClassVar[str] = "todos"


@event
class HistoryRewritten(SessionEvent):
    """The messages must be fetched again: they were compacted, or rewritten in a way that no event describes."""

    type: ClassVar[str] = "history"


# ---- messages and parts -----------------------------------------------------------------------------------------------

# Stands for the id of the summary that is being written, and of its text, where the server does not name the message.
SUMMARY = "~summary"


@event
class MessageUpserted(MessageEvent):
    """A message is new or changed. Its parts have events of their own."""

    info: MessageInfo
    type: ClassVar[str] = "message"


@event
class AnswerBegan(MessageUpserted):
    """An answer begins, or begins again after a failure. A previous answer without an end ended `at` (ms since 1970)."""

    at: float
    type: ClassVar[str] = "answer.began"


@event
class MessagePatched(MessageEvent):
    """Some fields of a message changed; `changes` are fields of MessageInfo."""

    changes: JSON
    type: ClassVar[str] = "message.patch"


@event
class MessageRemoved(MessageEvent):
    """A message was removed for good."""

    type: ClassVar[str] = "message.removed"


@event
class PartUpserted(MessageEvent):
    """The whole statement of a part. It replaces what was known of it."""

    part: PartInfo
    type: ClassVar[str] = "part"


@event
class PartPatched(MessageEvent):
    """Some fields of a part changed; `changes` are fields of its info. Ignored for an unknown part."""

    part_id: str
    changes: JSON
    type: ClassVar[str] = "part.patch"


@event
class PartDelta(MessageEvent):
    """`text` is appended to a field of a part."""

    part_id: str
    text: str
    field: GrowingField = "text"
    type: ClassVar[str] = "part.delta"


@event
class PartRemoved(MessageEvent):
    """A part was removed for good."""

    part_id: str
    type: ClassVar[str] = "part.removed"


@event
class PromptDelivered(MessageEvent):
    """The turn of a waiting prompt begins. `at`: ms since 1970; in some versions the time at which the prompt was written."""

    at: float
    type: ClassVar[str] = "prompt.delivered"


@event
class MessagesRemoved(MessageEvent):
    """All messages after this one were removed for good, and the message itself unless it `stays`. Messages newer than `at` (ms) stay."""

    at: float
    stays: bool = False
    type: ClassVar[str] = "messages.removed"


# ---- requests ---------------------------------------------------------------------------------------------------------


@event
class Asked(SessionEvent):
    """The agent waits for the user: for a permission, or for answers. `at`: since when, by the kernel's clock; None: it is not known."""

    request: Request
    at: float | None = None
    type: ClassVar[str] = "asked"


@event
class Answered(SessionEvent):
    """A request was answered, here or elsewhere.

    Attributes:
        outcome: "once", "always", "reject", "answered", "dismissed"; "" where the server does not say.
        answered_by: who answered; None until that is looked up.
        request: the request, if it was known when the event arrived.
        is_correction: an earlier event named this kernel as the one who answered, and that was wrong.
        at: when the kernel learned it, by its clock; None: it is not known.
    """

    request_id: str
    outcome: str
    answered_by: AnsweredBy | None = None
    request: Request | None = None
    is_correction: bool = False
    at: float | None = None
    type: ClassVar[str] = "answered"


@event
class RequestsWithdrawn(SessionEvent):
    """The server no longer waits for answers, and says nothing of the requests themselves.

    `call`: the tool call that ended, and with it its requests. None: the turn of the session ended, and with it its permissions and the
    questions of its tools. `message_id`: the message of the call; None where the server does not say. `at`: as in `Answered`.
    """

    call: str | None = None
    message_id: str | None = None
    at: float | None = None
    type: ClassVar[str] = "requests.withdrawn"


# ---- the server -------------------------------------------------------------------------------------------------------


@event
class Heartbeat(Event):
    """A sign of life of the server."""

    type: ClassVar[str] = "heartbeat"


@event
class Greeted(Event):
    """The first event of a stream. No later event is missed."""

    type: ClassVar[str] = "greeted"


@event
class Disposed(Event):
    """The server dropped the state of this folder (running turns, requests): everything is fetched again."""

    type: ClassVar[str] = "disposed"


@event
class CatalogueStale(Event):
    """Agents, models or configuration changed."""

    type: ClassVar[str] = "catalogue.stale"


@event
class Unknown(Event):
    """An event of an unknown type. It is counted, and changes nothing else."""

    name: str
    data: JSON = field(default_factory=lambda: NOTHING)
    type: ClassVar[str] = "unknown"


@event
class Malformed(Event):
    """An event that lacks a required field, or is not valid JSON. It is counted with the reason."""

    name: str
    reason: str
    type: ClassVar[str] = "malformed"


# ---- the life of the stream -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoadedMessage:
    """A fetched message with its parts."""

    info: MessageInfo
    parts: tuple[PartInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The newest messages of a session, the oldest first.

    Attributes:
        more: the cursor of the older ones; None if there are none.
        is_kept: whether the server keeps messages at all. Those of one that does not are what its events said, and stay.
    """

    session_id: str
    messages: tuple[LoadedMessage, ...] = ()
    more: str | None = None
    todos: tuple[Todo, ...] | None = None
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Replay:
    """The events of a session while the stream was away, in order. Applied to the known messages, they give the present ones."""

    session_id: str
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the kernel fetches when a stream begins.

    Attributes:
        statuses: the statuses of the sessions that are not idle.
        requests: those that wait for an answer.
        histories: the histories of the sessions whose messages are kept.
        replays: in place of histories, where the server keeps a log.
        shells: the ids of the shells that run; those of the user's commands are ids of messages.
        more_sessions: whether the server has older sessions than these.
        has_lists: whether the server has lists at all. What is known of one without them is what its events said, and stays.
        unlisted: the kinds of requests of which the server has no list.
    """

    sessions: tuple[SessionInfo, ...] = ()
    statuses: JSON = field(default_factory=lambda: NOTHING)
    requests: tuple[Request, ...] = ()
    histories: tuple[History, ...] = ()
    replays: tuple[Replay, ...] = ()
    shells: frozenset[str] = frozenset()
    more_sessions: bool = False
    has_lists: bool = True
    unlisted: tuple[type[Request], ...] = ()


@event
class Connected(Event):
    """The stream is open. Its events are buffered until Loaded."""

    type: ClassVar[str] = "connected"


@event
class Lost(Event):
    """The stream is down. Events are missed from now on."""

    type: ClassVar[str] = "lost"


@event
class Loaded(Event):
    """The state was fetched. The events that were buffered meanwhile are applied after it. `at`: when, by the kernel's clock."""

    overview: Overview
    at: float | None = None
    type: ClassVar[str] = "loaded"


@event
class MoreSessionsLoaded(Event):
    """Older sessions were fetched."""

    sessions: tuple[SessionInfo, ...]
    more_sessions: bool
    type: ClassVar[str] = "sessions"


@event
class DirectoryKnown(Event):
    """The server named the folder of the instance. Events of other folders do not concern it."""

    directory: str
    type: ClassVar[str] = "directory"


@event
class CatalogueLoaded(Event):
    """Agents and models were fetched."""

    catalogue: Catalogue
    type: ClassVar[str] = "catalogue"


@event
class HistoryLoading(SessionEvent):
    """The messages of a session are being fetched. Their events are buffered until HistoryLoaded."""

    type: ClassVar[str] = "history.loading"


@event
class HistoryLoaded(SessionEvent):
    """The newest messages of a session were fetched. The events that were buffered meanwhile are applied after them."""

    history: History
    type: ClassVar[str] = "history.loaded"


@event
class HistoryFailed(SessionEvent):
    """The messages of a session could not be fetched."""

    problem: Problem
    type: ClassVar[str] = "history.failed"


@event
class OlderLoaded(SessionEvent):
    """Older messages than the known ones were fetched."""

    history: History
    type: ClassVar[str] = "history.older"


@event
class HistoryDropped(SessionEvent):
    """The messages of a session are no longer kept. Its summary is."""

    type: ClassVar[str] = "history.dropped"


# ---- what is done here ------------------------------------------------------------------------------------------------


@event
class PromptSubmitted(MessageEvent):
    """A prompt of the user is on its way to the server.

    `at`: ms since 1970 by our clock; `key`: the page's own name for it; `extras`: its files and mentions.
    """

    part_id: str
    text: str
    at: float
    key: str | None = None
    agent: str | None = None
    model: str | None = None
    variant: str | None = None
    extras: tuple[PartInfo, ...] = ()
    type: ClassVar[str] = "prompt"


@event
class PromptAccepted(MessageEvent):
    """The server accepted the prompt. Its own event for it arrives before or after this."""

    type: ClassVar[str] = "prompt.accepted"


@event
class PromptFailed(MessageEvent):
    """The server refused the prompt, or could not be reached."""

    type: ClassVar[str] = "prompt.failed"


@event
class QueueChanged(SessionEvent):
    """The prompts that wait in this kernel are others, or they stopped, or they go on."""

    queue: PromptQueue
    type: ClassVar[str] = "queue.changed"


@event
class Viewed(Event):
    """The user looks at this session now; None: at no session."""

    session_id: str | None
    type: ClassVar[str] = "viewed"


@event
class TabClosed(SessionEvent):
    """The user closed the tab of a session."""

    type: ClassVar[str] = "tab.closed"


@event
class AllowAllChanged(SessionEvent):
    """The user allowed everything in a session, or ended that."""

    allowed: bool
    type: ClassVar[str] = "allow_all"
