"""What can happen to the conversations of one instance.

Three families, one vocabulary:

- what the server says (sessions, messages, parts, requests), decoded by a dialect;
- the life of the stream itself (Connected, Lost, Loaded, ...): a reconnect is an event like any other;
- what is done here (PromptSubmitted, Viewed, ...).

Every event is immutable. `id` is the server's, for recognising a repetition; it is no cursor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from .entities import (
    JSON,
    NOTHING,
    AnsweredBy,
    Catalogue,
    GrowingField,
    MessageInfo,
    PartInfo,
    Problem,
    Request,
    SessionInfo,
    Status,
    Todo,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The root of all events."""

    id: str | None = None
    type: ClassVar[str] = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent(Event):
    """An event of one session."""

    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEvent(SessionEvent):
    """An event of one message."""

    message_id: str


# ---- sessions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUpserted(SessionEvent):
    """A session was made (`created`: just now, so that nothing of it was missed) or changed."""

    info: SessionInfo
    created: bool = False
    type: ClassVar[str] = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPatched(SessionEvent):
    """Some fields of a session changed; `changes` are fields of SessionInfo."""

    changes: JSON
    type: ClassVar[str] = "session.patch"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRemoved(SessionEvent):
    """A session was deleted."""

    type: ClassVar[str] = "session.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged(SessionEvent):
    """A session went to work, to rest, or waits for another try."""

    status: Status
    type: ClassVar[str] = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionErrored(Event):
    """Something failed; `session_id` is None where the server does not say in which session."""

    session_id: str | None
    problem: Problem
    type: ClassVar[str] = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class TodosChanged(SessionEvent):
    """The to-do list, whole."""

    todos: tuple[Todo, ...]
    type: ClassVar[str] = "todos"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRewritten(SessionEvent):
    """The messages must be fetched again: compacted, or rewritten in a way that events don't tell."""

    type: ClassVar[str] = "history"


# ---- messages and parts -----------------------------------------------------------------------------------------------

# Stands for the id of the summary that is being made, and of its text: not every server says which message it is.
SUMMARY = "~summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUpserted(MessageEvent):
    """A message is new or changed; its parts come by themselves."""

    info: MessageInfo
    type: ClassVar[str] = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBegan(MessageUpserted):
    """An answer begins, or is begun again after a failure. The one before it, if it has no end, ended `at` (ms since 1970)."""

    at: float
    type: ClassVar[str] = "answer.began"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePatched(MessageEvent):
    """Some fields of a message changed; `changes` are fields of MessageInfo."""

    changes: JSON
    type: ClassVar[str] = "message.patch"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRemoved(MessageEvent):
    """A message was taken away, for good."""

    type: ClassVar[str] = "message.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartUpserted(MessageEvent):
    """A part as it is now, whole: it replaces what was."""

    part: PartInfo
    type: ClassVar[str] = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPatched(MessageEvent):
    """Some fields of a part changed; `changes` are fields of its info. Unknown parts are left alone."""

    part_id: str
    changes: JSON
    type: ClassVar[str] = "part.patch"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDelta(MessageEvent):
    """`text` stands at the end of a part's `field`."""

    part_id: str
    text: str
    field: GrowingField = "text"
    type: ClassVar[str] = "part.delta"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRemoved(MessageEvent):
    """A part was taken away, for good."""

    part_id: str
    type: ClassVar[str] = "part.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDelivered(MessageEvent):
    """A prompt that waited has its turn. `at`: ms since 1970; of some versions when it was written."""

    at: float
    type: ClassVar[str] = "prompt.delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesRemoved(MessageEvent):
    """All after this message were taken away, for good; and so was it, unless it `stays`. What came after `at` (ms) is not meant."""

    at: float
    stays: bool = False
    type: ClassVar[str] = "messages.removed"


# ---- requests ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(SessionEvent):
    """The agent waits for a person: a permission, or answers."""

    request: Request
    type: ClassVar[str] = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(SessionEvent):
    """A request is settled, here or elsewhere.

    Attributes:
        outcome: "once", "always", "reject", "answered", "dismissed"; "" where the server did not say.
        answered_by: who did it; None until that was looked up.
        request: what was asked, where it was known when the event came.
        is_correction: an earlier event for this request named the kernel, and that was wrong.
    """

    request_id: str
    outcome: str
    answered_by: AnsweredBy | None = None
    request: Request | None = None
    is_correction: bool = False
    type: ClassVar[str] = "answered"


# ---- the server -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(Event):
    """The server lives."""

    type: ClassVar[str] = "heartbeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeted(Event):
    """The first event of a stream: from here on nothing is missed."""

    type: ClassVar[str] = "greeted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed(Event):
    """The server let go of this folder's state (running turns, requests): fetch all of it again."""

    type: ClassVar[str] = "disposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueStale(Event):
    """Agents, models or configuration changed."""

    type: ClassVar[str] = "catalogue.stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Event):
    """A kind of event that we don't know; counted, and otherwise let be."""

    name: str
    data: JSON = field(default_factory=lambda: NOTHING)
    type: ClassVar[str] = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed(Event):
    """An event that says what it must not; counted, with the reason."""

    name: str
    reason: str
    type: ClassVar[str] = "malformed"


# ---- the life of the stream -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoadedMessage:
    """A message with its parts, as fetched."""

    info: MessageInfo
    parts: tuple[PartInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The newest messages of a session, oldest first; `more`: where the older ones begin (None: there are none)."""

    session_id: str
    messages: tuple[LoadedMessage, ...] = ()
    more: str | None = None
    todos: tuple[Todo, ...] | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """What was said of a session while the stream was away, in order: its messages are those that are known, with this."""

    session_id: str
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that a client fetches when a stream begins.

    Attributes:
        statuses: of the sessions that are not idle.
        histories: of the sessions whose messages are kept here.
        replays: of such whose server keeps a log, in place of a history.
        more_sessions: the server has older sessions than these.
    """

    sessions: tuple[SessionInfo, ...] = ()
    statuses: JSON = field(default_factory=lambda: NOTHING)
    requests: tuple[Request, ...] = ()
    histories: tuple[History, ...] = ()
    replays: tuple[Replay, ...] = ()
    more_sessions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Event):
    """The stream is open. What it says is held until Loaded."""

    type: ClassVar[str] = "connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Event):
    """The stream is gone; what happens now is not heard."""

    type: ClassVar[str] = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded(Event):
    """The state was fetched; what was held meanwhile follows it."""

    overview: Overview
    type: ClassVar[str] = "loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreSessionsLoaded(Event):
    """Older sessions were fetched."""

    sessions: tuple[SessionInfo, ...]
    more_sessions: bool
    type: ClassVar[str] = "sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryKnown(Event):
    """The server told which folder the instance is about: events of other folders are no concern of it."""

    directory: str
    type: ClassVar[str] = "directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueLoaded(Event):
    """Agents and models were fetched."""

    catalogue: Catalogue
    type: ClassVar[str] = "catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLoading(SessionEvent):
    """The messages of a session are being fetched. What the stream says of them is held until HistoryLoaded."""

    type: ClassVar[str] = "history.loading"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLoaded(SessionEvent):
    """The newest messages of a session were fetched; what was held meanwhile follows them."""

    history: History
    type: ClassVar[str] = "history.loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFailed(SessionEvent):
    """The messages of a session could not be fetched."""

    problem: Problem
    type: ClassVar[str] = "history.failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderLoaded(SessionEvent):
    """Messages older than those that we have were fetched."""

    history: History
    type: ClassVar[str] = "history.older"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryDropped(SessionEvent):
    """The messages of a session are not kept any longer; its summary is."""

    type: ClassVar[str] = "history.dropped"


# ---- what is done here ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSubmitted(MessageEvent):
    """A person's prompt is on its way.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptAccepted(MessageEvent):
    """The server took the prompt; its own event for it comes or has come."""

    type: ClassVar[str] = "prompt.accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFailed(MessageEvent):
    """The server did not take the prompt."""

    type: ClassVar[str] = "prompt.failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed(Event):
    """The person looks at this session now; None: at none."""

    session_id: str | None
    type: ClassVar[str] = "viewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TabClosed(SessionEvent):
    """The person closed the tab of a session."""

    type: ClassVar[str] = "tab.closed"
