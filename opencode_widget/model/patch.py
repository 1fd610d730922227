"""Gathers what changed in one instance until a frame is due, then makes the operations that bring a page from its last frame to now.

Rules:

- The patch records which pieces changed, not what they are. When a frame is made, each piece is read from the state. Only a delta is
  kept as text, and only as long as nothing else happens to its part. So however the same changes are cut into frames, a page ends in
  the same state.
- Each operation makes sense to a page that has had all those before it: messages come before their parts, and both in their order.
- A frame carries a bounded amount, see `bounds/frame_budget.py`. The rest stays gathered, and is read from the state when its own frame
  is made.
- A page of a long conversation has its newest messages only, see `bounds/window.py`. Older ones go when a page asks for them.
- Every operation except `text` states what is, so a page may get it twice. A new page gets a snapshot of as much as there is room for;
  the rest goes in frames to all pages. Deltas that were gathered are turned into whole parts first, see `restate`.
- Without a page only problems and the selection are gathered: the first page gets a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .bounds.frame_budget import Room
from .bounds.window import Window, is_visible
from .entities import GrowingField, Problem, Request
from .reduce import changes as c
from .requests.view import REQUEST_BOUND, REQUESTS_BOUND, SHARE, request_view
from .state import Message, Part, Session, State
from .view import (
    catalogue_view,
    field_bound,
    head_view,
    latest_first,
    part_view,
    problem_view,
    session_view,
    todos_view,
    transcript_view,
)

if TYPE_CHECKING:
    from . import wire

Tails = dict[GrowingField, list[str]]

# What is gathered although no page is open.
ALWAYS = frozenset({c.Alerted, c.ViewedChanged})
# Problems that one frame shows; the user reads no more of them.
PROBLEMS_BOUND = 20


class Patch:
    """What changed in one instance since the last frame.

    Args:
        instance_id: our name for the instance.
        state: read when a frame is made.

    Attributes:
        shown: the session whose transcript the pages have. Of other sessions they get summaries.
        last_sent: that session as it was sent last; a session that is deleted and comes back is another object.
        window: which of its messages the pages have.
        has_pages: False while no page is open.
    """

    def __init__(self, instance_id: str, state: State) -> None:
        self.instance_id = instance_id
        self.state = state
        self.shown: str | None = None
        self.last_sent: Session | None = None
        self.window = Window()
        self.has_pages = True
        self.problems: dict[Problem, None] = {}
        self._clear()

    def _clear(self) -> None:
        self.instance = False
        self.catalogue = False
        self.sessions: dict[str, None] = {}
        self.all_requests = False
        self.requests: dict[str, None] = {}
        self._clear_transcript()

    def _clear_transcript(self) -> None:
        self.transcript = False
        self.more = False
        self.todos = False
        # True if the message was removed since the last frame, so that pages must drop it before they add it again.
        self.messages: dict[str, bool] = {}
        # By message and part. None: the part goes whole; otherwise the deltas of its fields.
        self.parts: dict[str, dict[str, Tails | None]] = {}
        # Messages all of whose open parts changed.
        self.stopped: dict[str, None] = {}

    def show(self, session_id: str | None) -> None:
        """Send the pages the transcript of this session from now on; None: of no session."""
        if session_id != self.shown:
            self.shown = session_id
            self._clear_transcript()
            self.transcript = True

    def forget(self) -> None:
        """The last page was left: drop what was gathered, and gather nothing until `snapshot`."""
        self.has_pages = False
        self._clear()
        self.transcript = True

    def add(self, changes: Iterable[c.Change]) -> None:
        """Gather changes, in order."""
        for change in changes:
            if self.has_pages or type(change) in ALWAYS:
                GATHER[type(change)](self, change)

    def reveal(self, until: str | None = None) -> bool:
        """Send older messages that the kernel has already. Returns whether there were any that pages did not have."""
        session = self._session_shown()
        if session is None:
            return False
        are_hidden = self.window.hides(session)
        self.window.reveal(session, until)
        return are_hidden

    @property
    def is_empty(self) -> bool:
        """Is there nothing left to send?"""
        session = self._session_shown()
        gathered = (self.instance, self.catalogue, self.sessions, self.all_requests, self.requests, self.problems)
        return session is self.last_sent and not any(gathered) and not self._is_stirred(session)

    def _is_stirred(self, session: Session | None) -> bool:
        changed = (self.transcript, self.more, self.todos, self.messages, self.parts, self.stopped)
        return any(changed) or (session is not None and self.window.owes)

    def drain(self, room: Room | None = None) -> list[wire.Op]:
        """Take the operations that bring the pages up to date, as far as there is room; all of them if `room` is None."""
        if not self.has_pages:
            return []
        room = room if room is not None else Room(None)
        self.instance = False
        ops: list[wire.Op] = []
        for op in self._ops(room):
            ops.append(op)
            if op["op"] == "text":
                room.spend_text(len(op["text"]))
            else:
                room.spend(op)
            if not room:
                break
        return ops

    def restate(self) -> None:
        """Replace gathered deltas by whole parts: a new page has their text already, from its snapshot."""
        for parts in self.parts.values():
            parts.update(dict.fromkeys(parts))

    def snapshot(self, room: Room) -> wire.TranscriptView | None:
        """The transcript for a new page, as far as there is room; the rest follows in frames."""
        session = self._session_shown()
        if not self.has_pages:
            self._clear()
            self.has_pages, self.last_sent = True, session
            return self._transcript_view(session, room) if session is not None else None
        self.restate()
        if session is None:
            return None
        if session is not self.last_sent or self.transcript:  # the next frame brings it to all pages anyway
            return self._transcript_view(session, room)
        # Other pages may have more messages than this snapshot: keep the window as it was for them. Otherwise frames would leave out
        # messages that they have, or send messages that they cannot place.
        goal = self.window.goal
        view = self._transcript_view(session, room, self.window.index(session))
        self.window.goal = goal
        self.window.first = max(goal, self.window.first)
        return view

    # ---- gathering ----

    def _part(self, change: c.PartChanged | c.PartGone) -> None:
        if change.session_id == self.shown:
            self._owe_part(change.message_id, change.part_id)

    def _owe_part(self, message_id: str, part_id: str) -> None:
        self.parts.setdefault(message_id, {})[part_id] = None

    def _owe_parts(self, message: Message) -> None:
        if message.by_id:
            self.parts.setdefault(message.id, {}).update(dict.fromkeys(message.by_id))

    def _open_parts(self, change: c.OpenPartsChanged) -> None:
        if change.session_id == self.shown:
            self.stopped[change.message_id] = None

    def _text(self, change: c.TextAppended) -> None:
        if change.session_id != self.shown:
            return
        tails = self.parts.setdefault(change.message_id, {}).setdefault(change.part_id, {})
        if tails is not None:
            tails.setdefault(change.field, []).append(change.text)

    def _message(self, change: c.MessageChanged) -> None:
        if change.session_id == self.shown:
            self.messages.setdefault(change.message_id, False)

    def _message_gone(self, change: c.MessageGone) -> None:
        if change.session_id == self.shown:
            self.messages[change.message_id] = True

    def _transcript(self, change: c.TranscriptChanged) -> None:
        if change.session_id == self.shown:
            self._clear_transcript()
            self.transcript = True

    def _older(self, change: c.OlderPrepended) -> None:
        session = self._session_shown()
        if change.session_id != self.shown or session is None:
            return
        self.more = True
        for id in self.window.prepend(session, set(change.message_ids)):
            self.messages.setdefault(id, False)
            self._owe_parts(session.messages[id])

    def _todos(self, change: c.TodosReplaced) -> None:
        self.todos = self.todos or change.session_id == self.shown

    def _session(self, change: c.SessionChanged | c.SessionGone) -> None:
        self.sessions[change.session_id] = None

    def _instance(self, change: c.InstanceChanged) -> None:
        self.instance = True

    def _catalogue(self, change: c.CatalogueChanged) -> None:
        self.catalogue = True

    def _requests(self, change: c.RequestsChanged) -> None:
        self.all_requests = self.instance = True
        self.requests.clear()

    def _request(self, change: c.RequestChanged) -> None:
        self.requests[change.request_id] = None
        self.instance = True

    def _missed(self, change: c.WordsMissed) -> None:
        """The instance shows how many; the runtime fetches the history again."""

    def _viewed(self, change: c.ViewedChanged) -> None:
        self.show(change.session_id)

    def _alert(self, change: c.Alerted) -> None:
        if len(self.problems) < PROBLEMS_BOUND:
            self.problems[change.problem] = None

    # ---- sending: what an operation states is removed from what is gathered before the operation goes ----

    def _ops(self, room: Room) -> Iterator[wire.Op]:
        if self.catalogue:
            self.catalogue = False
            yield {"op": "catalogue", "instance": self.instance_id, **catalogue_view(self.state.catalogue)}
        yield from self._session_ops()
        yield from self._request_ops(room)
        yield from self._transcript_ops(room)
        for problem in list(self.problems):
            del self.problems[problem]
            yield {"op": "problem", "instance": self.instance_id, "problem": problem_view(problem)}

    def _session_ops(self) -> Iterator[wire.Op]:
        for id in list(self.sessions):
            del self.sessions[id]
            session = self.state.sessions.get(id)
            if session is None:
                yield {"op": "session-", "instance": self.instance_id, "id": id}
            else:
                view = session_view(self.state, session)
                yield {"op": "session", "instance": self.instance_id, "session": view}

    def _request_ops(self, room: Room) -> Iterator[wire.Op]:
        if self.all_requests:
            self.all_requests = False
            self.requests.clear()
            yield {"op": "requests", "instance": self.instance_id, "requests": self.requests_view(room)}
        for id in list(self.requests):
            del self.requests[id]
            request = self.state.requests.get(id)
            if request is None:
                yield {"op": "request-", "instance": self.instance_id, "id": id}
            else:
                yield {"op": "request", "instance": self.instance_id, "request": self._request_view(request)}

    def requests_view(self, room: Room) -> list[wire.RequestView]:
        """The pending requests, oldest first, as far as there is room; the rest follows in frames."""
        views: list[wire.RequestView] = []
        for request in self.state.requests.values():
            if not room:
                self.requests[request.id] = None
                continue
            view = self._request_view(request)
            room.spend(view)
            views.append(view)
        return views

    def _request_view(self, request: Request) -> wire.RequestView:
        """A request. If many are pending, each gets an equal share of the bound for all."""
        share = REQUESTS_BOUND // len(self.state.requests)
        return request_view(request, bound=min(REQUEST_BOUND, max(SHARE, share)))

    def sessions_view(self, room: Room) -> list[wire.SessionView]:
        """The sessions, as far as there is room; the rest follows in frames."""
        views: list[wire.SessionView] = []
        for session in latest_first(self.state):
            if not room:
                self.sessions[session.id] = None
                continue
            view = session_view(self.state, session)
            room.spend(view)
            views.append(view)
        return views

    def _session_shown(self) -> Session | None:
        return self.state.sessions.get(self.shown) if self.shown is not None else None

    def _transcript_ops(self, room: Room) -> Iterator[wire.Op]:
        session = self._session_shown()
        if session is not self.last_sent or self.transcript:
            self.last_sent = session
            self._clear_transcript()
            view = self._transcript_view(session, room) if session is not None else None
            yield {"op": "transcript", "transcript": view}
        if session is not None:
            yield from self._conversation_ops(session, room)

    def _transcript_view(self, session: Session, room: Room, least: int = 0) -> wire.TranscriptView:
        """The newest messages from index `least` on; the window begins with the oldest that has room."""
        at = len(session.ids)
        messages: list[wire.MessageView] = []
        while at > least and (room or not messages):
            at -= 1
            message = session.messages[session.ids[at]]
            if is_visible(session, message):
                messages.append(self._message_view(session, message, room))
        self.window.start_at(session, at)
        return transcript_view(self.instance_id, session, messages[::-1], more=self._has_more(session))

    def _has_more(self, session: Session) -> bool:
        return session.more is not None or self.window.index(session) > 0

    def _message_view(self, session: Session, message: Message, room: Room) -> wire.MessageView:
        """A message with as many of its parts as there is room for; the rest follows in frames."""
        head = head_view(message, session)
        parts: list[wire.PartView] = []
        room.spend(head)
        for part in message.by_id.values():
            if not room:
                self._owe_part(message.id, part.id)
            elif not part.info.hidden:
                view = part_view(message, part, session)
                room.spend(view)
                parts.append(view)
        return {"head": head, "parts": parts}

    def _conversation_ops(self, session: Session, room: Room) -> Iterator[wire.Op]:
        yield from self._gone_ops(session)
        yield from self._older_ops(session, room)
        yield from self._message_ops(session)
        yield from self._part_ops(session)
        if self.todos:
            self.todos = False
            yield {"op": "todos", "session": session.id, "todos": todos_view(session.todos)}

    def _gone_ops(self, session: Session) -> Iterator[wire.Op]:
        """Remove messages that were deleted or reverted, or that moved to where pages do not have the conversation."""
        for id in [id for id in (*self.messages, *self.parts) if self._is_owed(session, id)]:
            self.messages.pop(id, None)
            self.parts.pop(id, None)
        for id, was_gone in sorted(self.messages.items()):
            is_shown = self._is_shown(session, id)
            if was_gone and is_shown:
                self.messages[id] = False
                self._owe_parts(session.messages[id])
            elif not is_shown:
                del self.messages[id]
                self.parts.pop(id, None)
            if was_gone or not is_shown:
                yield {"op": "message-", "session": session.id, "id": id}

    def _is_shown(self, session: Session, message_id: str) -> bool:
        message = session.messages.get(message_id)
        return message is not None and self.window.shows(session, message)

    def _is_owed(self, session: Session, message_id: str) -> bool:
        """Will a later frame send this message whole, among older ones? Pages that have it replace it then."""
        message = session.messages.get(message_id)
        return message is not None and self.window.goal <= message.order < self.window.first

    def _older_ops(self, session: Session, room: Room) -> Iterator[wire.Op]:
        if not self.more and not self.window.owes:
            return
        self.more = False
        messages: list[wire.MessageView] = []
        at = self.window.index(session)
        while at and room and session.keys[at - 1] >= self.window.goal:
            at -= 1
            message = session.messages[session.ids[at]]
            self.messages.pop(message.id, None)
            self.parts.pop(message.id, None)
            if is_visible(
                session, message
            ):  # a message that was reverted stays in the state, even before a newer prompt
                messages.append(self._message_view(session, message, room))
        self.window.reach(session, at)
        more = self._has_more(session)
        yield {"op": "older", "session": session.id, "messages": messages[::-1], "more": more}

    def _message_ops(self, session: Session) -> Iterator[wire.Op]:
        changed = [session.messages[id] for id in self.messages]
        for message in sorted(changed, key=lambda message: message.order):
            del self.messages[message.id]
            before = self.window.before(session, message)
            yield {"op": "message", "session": session.id, "head": head_view(message, session), "after": before}

    def _part_ops(self, session: Session) -> Iterator[wire.Op]:
        for id in self.stopped:
            if (message := session.messages.get(id)) is not None:
                for part in message.by_id.values():
                    if not part.ended:
                        self._owe_part(id, part.id)
        self.stopped.clear()
        for id in list(self.parts):
            if not self._is_shown(session, id):
                del self.parts[id]
                continue
            yield from self._parts_of(session, session.messages[id], self.parts[id])
            del self.parts[id]

    def _parts_of(self, session: Session, message: Message, changed: dict[str, Tails | None]) -> Iterator[wire.Op]:
        """The changed parts of a message in their order; deleted ones last."""
        for id, tails in changed.items():
            if tails is not None and _grew_too_long(message.by_id[id], tails):
                changed[id] = None
        for id, tails in list(changed.items()):
            if tails is not None:
                yield from _text_ops(session.id, message.id, message.by_id[id], tails)
                del changed[id]
        if changed:
            yield from self._whole_parts(session, message, changed)

    def _whole_parts(self, session: Session, message: Message, changed: dict[str, Tails | None]) -> Iterator[wire.Op]:
        before: str | None = None
        for id, part in list(message.by_id.items()):
            if part.info.hidden:
                continue
            if id in changed:
                del changed[id]
                view = part_view(message, part, session)
                yield {"op": "part", "session": session.id, "message": message.id, "part": view, "after": before}
            before = id
        for id in list(changed):
            del changed[id]
            yield {"op": "part-", "session": session.id, "message": message.id, "id": id}


def _grew_too_long(part: Part, tails: Tails) -> bool:
    """Did a field just grow beyond its bound? Then the part goes whole once more, cut and marked so, and its deltas no longer go."""
    for name, texts in tails.items():
        bound, length = field_bound(name), part.length(name)
        if length > bound >= length - sum(map(len, texts)):
            return True
    return False


def _text_ops(session_id: str, message_id: str, part: Part, tails: Tails) -> Iterator[wire.Op]:
    for name in list(tails):
        text = "".join(tails.pop(name))
        if text and not part.info.hidden and part.length(name) <= field_bound(name):
            yield {
                "op": "text",
                "session": session_id,
                "message": message_id,
                "part": part.id,
                "field": name,
                "text": text,
            }


GATHER: dict[type[Any], Callable[[Patch, Any], None]] = {
    c.PartChanged: Patch._part,
    c.PartGone: Patch._part,
    c.OpenPartsChanged: Patch._open_parts,
    c.TextAppended: Patch._text,
    c.MessageChanged: Patch._message,
    c.MessageGone: Patch._message_gone,
    c.TranscriptChanged: Patch._transcript,
    c.OlderPrepended: Patch._older,
    c.TodosReplaced: Patch._todos,
    c.SessionChanged: Patch._session,
    c.SessionGone: Patch._session,
    c.InstanceChanged: Patch._instance,
    c.CatalogueChanged: Patch._catalogue,
    c.RequestsChanged: Patch._requests,
    c.RequestChanged: Patch._request,
    c.WordsMissed: Patch._missed,
    c.ViewedChanged: Patch._viewed,
    c.Alerted: Patch._alert,
}
