"""What `reduce.apply` reports: which piece of the state is not what it was.

A change names a piece, it does not carry it (the reader looks it up when it is ready to), except for a delta, which costs only itself.
"""

from __future__ import annotations

from typing import NamedTuple

from ..entities import GrowingField, Problem


class InstanceChanged(NamedTuple):
    """The number of requests or of sessions, the connection, what was not understood."""


class CatalogueChanged(NamedTuple):
    """Agents, models and commands: much, and seldom."""


class SessionChanged(NamedTuple):
    """The summary of a session; it may be new."""

    session_id: str


class SessionGone(NamedTuple):
    """A session is no more."""

    session_id: str


class RequestsChanged(NamedTuple):
    """The requests that wait, all of them."""


class RequestChanged(NamedTuple):
    """A request waits, or does not any longer."""

    request_id: str


class TranscriptChanged(NamedTuple):
    """All messages of a session, or what is said of them as a whole."""

    session_id: str


class OlderPrepended(NamedTuple):
    """Older messages now stand at the beginning of a session."""

    session_id: str
    message_ids: tuple[str, ...]


class TodosReplaced(NamedTuple):
    """The to-do list of a session."""

    session_id: str


class MessageChanged(NamedTuple):
    """A message, save its parts; it may be new or elsewhere."""

    session_id: str
    message_id: str


class MessageGone(NamedTuple):
    """A message is no more."""

    session_id: str
    message_id: str


class PartChanged(NamedTuple):
    """A part as a whole; it may be new."""

    session_id: str
    message_id: str
    part_id: str


class OpenPartsChanged(NamedTuple):
    """All parts of a message that have not ended: they stopped with it, or go on."""

    session_id: str
    message_id: str


class PartGone(NamedTuple):
    """A part is no more."""

    session_id: str
    message_id: str
    part_id: str


class TextAppended(NamedTuple):
    """`text` stands at the end of a part's `field`."""

    session_id: str
    message_id: str
    part_id: str
    field: GrowingField
    text: str


class WordsMissed(NamedTuple):
    """Events were dropped for lack of room. Those of a session are fetched `again`; None: those of all sessions."""

    session_id: str | None
    again: bool = True


class ViewedChanged(NamedTuple):
    """The pages show another session of this instance, or none of it."""

    session_id: str | None


class Alerted(NamedTuple):
    """Something that a person should see and that belongs to no session."""

    problem: Problem


Change = (
    InstanceChanged
    | CatalogueChanged
    | SessionChanged
    | SessionGone
    | RequestsChanged
    | RequestChanged
    | TranscriptChanged
    | OlderPrepended
    | TodosReplaced
    | MessageChanged
    | MessageGone
    | PartChanged
    | OpenPartsChanged
    | PartGone
    | TextAppended
    | WordsMissed
    | ViewedChanged
    | Alerted
)
