"""The events of parts. The rules stand at the head of `__init__.py`."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, get_args

from ..bounds.weight import HEAD, event_weight
from ..dialects.common import todos_of_call
from ..entities import FileInfo, GrowingField, NoteInfo, PartInfo, Role, ToolInfo, ToolState
from ..events import Event, MessageEvent, PartDelta, PartPatched, PartRemoved, PartUpserted
from ..state import Continuity, Message, Part, Session, part_key
from .changes import Change, PartChanged, PartGone, TextAppended, TodosReplaced, WordsMissed

# Parts of one message. No agent makes more in one step; what a server reports beyond is dropped, and counted.
PARTS_BOUND = 50_000


def part_delta(session: Session, event: PartDelta, out: list[Change]) -> None:
    """Append a delta. This is by far the most frequent event."""
    message = session.messages.get(event.message_id)
    if message is None:
        keep_orphan(session, event, out)
        return
    part = message.by_id.get(event.part_id)
    if part is None:
        _keep_early(session, event, out)
        return
    if part.info.ended or event.field not in part.info.grows:
        return
    part.append(event.field, event.text)
    if part.continuity is Continuity.SUSPECT:
        part.continuity = Continuity.GAP
        out.append(PartChanged(session.id, message.id, part.id))
    else:
        out.append(TextAppended(session.id, message.id, part.id, event.field, event.text))


def _keep_early(session: Session, event: PartDelta, out: list[Change]) -> None:
    """Keep a delta for a part that is not known yet. Where there is no room the part gets a gap, see `_add`."""
    key = part_key(event.message_id, event.part_id)
    if key not in session.removed_parts and not session.early.add(
        key, (event.field, event.text), HEAD + len(event.text)
    ):
        out.append(WordsMissed(session.id))


def buffer(session: Session, event: Event) -> None:
    """Buffer an event until the history of its session is fetched."""
    session.buffered.add("", event, event_weight(event))


def keep_orphan(session: Session, event: MessageEvent, out: list[Change]) -> None:
    """Keep an event of a message that is not known yet. Where there is no room, the messages are fetched again."""
    if event.message_id in session.removed:
        return
    if not session.orphans.add(event.message_id, event, event_weight(event)):
        out.append(WordsMissed(session.id))


def part_upserted(session: Session, event: PartUpserted, out: list[Change]) -> None:
    """Take the whole statement of a part."""
    message = session.messages.get(event.message_id)
    if message is None:
        keep_orphan(session, event, out)
    elif part_key(message.id, event.part.id) in session.removed_parts:
        return
    elif (part := message.by_id.get(event.part.id)) is None:
        _add(session, message, event.part, out)
    elif event.part.ended or not part.ended or message.role is Role.USER or type(part.info) is not type(event.part):
        _restate(session, message, part, event.part, out)


def _add(session: Session, message: Message, info: PartInfo, out: list[Change]) -> None:
    early = session.early.take(part_key(message.id, info.id))
    if len(message.by_id) >= PARTS_BOUND:
        out.append(WordsMissed(session.id, again=False))
        return
    part = message.by_id[info.id] = Part(info)
    for name in info.grows:
        keep_longer(part, name, "".join(text for field, text in early.items if field == name))
    if early.lost and not info.ended:
        part.continuity = Continuity.GAP
    out.append(PartChanged(session.id, message.id, info.id))


def keep_longer(part: Part, name: GrowingField, text: str) -> bool:
    """If the part still grows and `text` continues its statement, keep `text`. Return whether it did."""
    stated = part.read(name)
    longer = not part.ended and len(text) > len(stated) and text.startswith(stated)
    if longer:
        part.append(name, text[len(stated) :])
    return longer


def _restate(session: Session, message: Message, part: Part, info: PartInfo, out: list[Change]) -> None:
    name, grown = growth(part, info)
    part.replace(info)
    if grown:
        out.append(TextAppended(session.id, message.id, info.id, name, grown))
    elif grown is None:
        out.append(PartChanged(session.id, message.id, info.id))


def growth(part: Part, info: PartInfo) -> tuple[GrowingField, str | None]:
    """Return the field of a part that grew, and the addition; None for the addition if anything else of the part changed.

    Some servers send the whole text, or the whole output of a running tool, again for each line of it. The page gets the addition alone.
    """
    was = part.info
    name: GrowingField = "output" if isinstance(info, ToolInfo) else "text"
    if type(info) is not type(was) or isinstance(info, FileInfo | NoteInfo) or part.gap:
        return name, None
    before, now = part.read(name), getattr(info, name)
    same: dict[str, Any] = {name: getattr(was, name)}
    if isinstance(info, ToolInfo) and info.raw != part.read("raw"):
        return name, None
    if not now.startswith(before) or replace(info, **same) != was:
        return name, None
    return name, now[len(before) :]


def part_patched(session: Session, event: PartPatched, out: list[Change]) -> None:
    """Change some fields of a part."""
    message = session.messages.get(event.message_id)
    if message is None:
        keep_orphan(session, event, out)
    elif (part := message.by_id.get(event.part_id)) is not None:
        known = {name: value for name, value in event.changes.items() if name in _fields(part.info)}
        if known.keys().isdisjoint(part.info.grows):
            _amend(session, message, part, replace(part.info, **known), out)
        else:
            grown: dict[str, Any] = {name: part.read(name) for name in part.info.grows}
            _restate(session, message, part, replace(part.info, **grown | known), out)
        if known.get("state") is ToolState.COMPLETED:
            _take_todos(session, part, out)


def _take_todos(session: Session, part: Part, out: list[Change]) -> None:
    """A call that succeeded may have written the to-do list, of which some servers say nothing else."""
    todos = todos_of_call(part.input)
    if todos is not None and todos != session.todos:
        session.todos = todos
        out.append(TodosReplaced(session.id))


def _amend(session: Session, message: Message, part: Part, info: PartInfo, out: list[Change]) -> None:
    if info != part.info:
        part.amend(info)
        out.append(PartChanged(session.id, message.id, part.id))


def _fields(info: PartInfo) -> frozenset[str]:
    return FIELDS[type(info)]


FIELDS = {kind: frozenset(field.name for field in fields(kind)) - {"id"} for kind in get_args(PartInfo)}


def part_removed(session: Session, event: PartRemoved, out: list[Change]) -> None:
    """Remove a part; it stays removed."""
    message = session.messages.get(event.message_id)
    if message is None:
        keep_orphan(session, event, out)
        return
    session.removed_parts.add(part_key(message.id, event.part_id))
    if message.by_id.pop(event.part_id, None) is not None:
        out.append(PartGone(session.id, message.id, event.part_id))
