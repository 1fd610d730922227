"""The changes that `reduce.apply` reports: which piece of the state is no longer what it was.

A change names the piece and does not carry it: the reader looks it up when it draws. The change of a delta carries its text, so that a
delta costs its own length alone.

Changes are tuples, as they are made for every delta. Unlike tuples, two changes of different kinds are never equal.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from ..entities import GrowingField, Problem

Kind = TypeVar("Kind", bound=type[Any])


def distinct(kind: Kind) -> Kind:
    """Let the changes of a kind equal those of this kind alone."""

    def equals(change: Any, other: object) -> bool:
        return type(other) is kind and tuple.__eq__(change, other)

    def differs(change: Any, other: object) -> bool:
        return not equals(change, other)

    setattr(kind, "__eq__", equals)  # noqa: B010 - mypy refuses the assignment
    setattr(kind, "__ne__", differs)  # noqa: B010
    return kind


@distinct
class InstanceChanged(NamedTuple):
    """The instance as a whole: whether it has more sessions, or events that were not understood."""


@distinct
class CatalogueChanged(NamedTuple):
    """Agents, models and commands: large, and seldom changed."""


@distinct
class SessionChanged(NamedTuple):
    """The summary of a session; it may be new."""

    session_id: str


@distinct
class SessionGone(NamedTuple):
    """A session was removed."""

    session_id: str


@distinct
class RequestsChanged(NamedTuple):
    """All requests that wait."""


@distinct
class RequestChanged(NamedTuple):
    """A request waits, or no longer waits."""

    request_id: str


@distinct
class TranscriptChanged(NamedTuple):
    """All messages of a session, or the heading of its transcript."""

    session_id: str


@distinct
class OlderPrepended(NamedTuple):
    """Older messages were added at the beginning of a session."""

    session_id: str
    message_ids: tuple[str, ...]


@distinct
class TodosReplaced(NamedTuple):
    """The to-do list of a session."""

    session_id: str


@distinct
class MessageChanged(NamedTuple):
    """A message without its parts; it may be new, or in another place."""

    session_id: str
    message_id: str


@distinct
class MessageGone(NamedTuple):
    """A message was removed."""

    session_id: str
    message_id: str


@distinct
class PartChanged(NamedTuple):
    """A part as a whole; it may be new."""

    session_id: str
    message_id: str
    part_id: str


@distinct
class OpenPartsChanged(NamedTuple):
    """The parts of a message that have not ended: they stopped with the message, or go on."""

    session_id: str
    message_id: str


@distinct
class PartGone(NamedTuple):
    """A part was removed."""

    session_id: str
    message_id: str
    part_id: str


@distinct
class TextAppended(NamedTuple):
    """`text` was appended to a field of a part."""

    session_id: str
    message_id: str
    part_id: str
    field: GrowingField
    text: str


@distinct
class WordsMissed(NamedTuple):
    """Events were dropped for lack of room. `again`: the messages of the session (None: of all sessions) can be fetched again."""

    session_id: str | None
    again: bool = True


@distinct
class ViewedChanged(NamedTuple):
    """The pages show another session of this instance, or none of it."""

    session_id: str | None


@distinct
class Alerted(NamedTuple):
    """A problem that the user should see and that belongs to no session."""

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
