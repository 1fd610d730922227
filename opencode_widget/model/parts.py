"""The events of parts. The rules stand at the head of `reduce.py`."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from .changes import Change, PartChanged, PartGone, TextAppended
from .events import MessageEvent, PartDelta, PartPatched, PartRemoved, PartUpserted
from .infos import GrowingField, PartInfo, Role, ToolInfo
from .state import Message, Part, Session

# More than that for one unknown message, or of unknown messages, is a server gone wrong.
ORPHANS_BOUND = 1000


def part_delta(session: Session, event: PartDelta, out: list[Change]) -> None:
    """Append; the one event that comes by the thousand."""
    message = session.messages.get(event.message_id)
    if message is None:
        hold_orphan(session, event)
        return
    part = message.by_id.get(event.part_id)
    if part is None:
        if event.part_id not in message.removed:
            message.early.setdefault(event.part_id, []).append((event.field, event.text))
        return
    if part.info.ended or event.field not in part.info.grows:
        return
    part.append(event.field, event.text)
    if part.suspect:
        part.suspect, part.gap = False, True
        out.append(PartChanged(session.id, message.id, part.id))
    else:
        out.append(TextAppended(session.id, message.id, part.id, event.field, event.text))


def hold_orphan(session: Session, event: MessageEvent) -> None:
    """Keep what is said of a message that is not known yet."""
    if event.message_id in session.removed or len(session.orphans) >= ORPHANS_BOUND:
        return
    held = session.orphans.setdefault(event.message_id, [])
    if len(held) < ORPHANS_BOUND:
        held.append(event)


def part_upserted(session: Session, event: PartUpserted, out: list[Change]) -> None:
    """Take a part as it is now."""
    message = session.messages.get(event.message_id)
    if message is None:
        hold_orphan(session, event)
    elif event.part.id in message.removed:
        return
    elif (part := message.by_id.get(event.part.id)) is None:
        _add(session, message, event.part, out)
    elif event.part.ended or not part.ended or message.role is Role.USER or type(part.info) is not type(event.part):
        _restate(session, message, part, event.part, out)


def _add(session: Session, message: Message, info: PartInfo, out: list[Change]) -> None:
    part = message.by_id[info.id] = Part(info)
    early = message.early.pop(info.id, ())
    for name in info.grows:
        keep_longer(part, name, "".join(text for field, text in early if field == name))
    out.append(PartChanged(session.id, message.id, info.id))


def keep_longer(part: Part, name: GrowingField, text: str) -> bool:
    """Where the part still grows and `text` continues what it states, keep that. Returns whether it did."""
    stated = part.read(name)
    longer = not part.ended and len(text) > len(stated) and text.startswith(stated)
    if longer:
        part.append(name, text[len(stated) :])
    return longer


def _restate(session: Session, message: Message, part: Part, info: PartInfo, out: list[Change]) -> None:
    grown = growth(part, info)
    part.replace(info)
    if grown:
        out.append(TextAppended(session.id, message.id, info.id, "output", grown))
    elif grown is None:
        out.append(PartChanged(session.id, message.id, info.id))


def growth(part: Part, info: PartInfo) -> str | None:
    """What a running tool's output grew by, where nothing else of it changed; None where something did.

    Servers send a running tool's whole output again for each line of it.
    """
    was = part.info
    if not isinstance(was, ToolInfo) or not isinstance(info, ToolInfo) or part.gap:
        return None
    before = part.read("output")
    if not info.output.startswith(before) or replace(info, output=was.output) != was or info.raw != part.read("raw"):
        return None
    return info.output[len(before) :]


def part_patched(session: Session, event: PartPatched, out: list[Change]) -> None:
    """Take some fields of a part."""
    message = session.messages.get(event.message_id)
    if message is None:
        hold_orphan(session, event)
    elif (part := message.by_id.get(event.part_id)) is not None:
        gap, suspect = part.gap, part.suspect
        _restate(session, message, part, _patched(part, event), out)
        if event.changes.keys().isdisjoint(part.info.grows):
            part.gap, part.suspect = gap, suspect


def _patched(part: Part, event: PartPatched) -> PartInfo:
    known = {field.name for field in fields(part.info)} - {"id"}
    changes: dict[str, Any] = {name: part.read(name) for name in part.info.grows}
    changes |= {name: value for name, value in event.changes.items() if name in known}
    return replace(part.info, **changes)


def part_removed(session: Session, event: PartRemoved, out: list[Change]) -> None:
    """Take a part away."""
    message = session.messages.get(event.message_id)
    if message is None:
        hold_orphan(session, event)
        return
    message.removed.add(event.part_id)
    if message.by_id.pop(event.part_id, None) is not None:
        out.append(PartGone(session.id, message.id, event.part_id))
