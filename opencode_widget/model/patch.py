"""Changes, gathered until a frame is due, then told as operations that bring a page from its last frame to now.

Gathering loses nothing: a piece that changed is read from the state when the frame is made, and a delta waits as text only as long as
nothing else happened to its part. So any two ways of cutting the same changes into frames leave a page in the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from typing import Any

from . import changes as c
from .infos import Problem
from .request_view import requests_view
from .state import Message, Session, State
from .view import (
    OUTPUT_BOUND,
    head_view,
    is_visible,
    message_view,
    part_view,
    problem_view,
    session_view,
    todos_view,
    transcript_view,
    visible,
)

Op = dict[str, Any]
Tails = dict[str, list[str]]


class Patch:
    """What changed in one instance since the last frame.

    Args:
        instance_id: our name for the instance.
        state: read when a frame is made.
    """

    def __init__(self, instance_id: str, state: State) -> None:
        self.instance_id = instance_id
        self.state = state
        # The session whose transcript the pages have; of others only summaries go out.
        self.shown: str | None = None
        # What they have of it: one that is deleted and comes back is another.
        self.told: Session | None = None
        self._clear()

    def _clear(self) -> None:
        self.instance = False
        self.sessions: dict[str, None] = {}
        self.requests = False
        self.problems: list[Problem] = []
        self._clear_transcript()

    def _clear_transcript(self) -> None:
        self.transcript = False
        self.older: dict[str, None] = {}
        self.todos = False
        # Whether they were gone in between, with all that the pages have of them.
        self.messages: dict[str, bool] = {}
        # None: the whole part; else what was added to its fields.
        self.parts: dict[tuple[str, str], Tails | None] = {}

    def show(self, session_id: str | None) -> None:
        """From now on the pages want the transcript of this session; None: of none."""
        if session_id != self.shown:
            self.shown = session_id
            self._clear_transcript()
            self.transcript = True

    def add(self, changes: Iterable[c.Change]) -> None:
        """Gather changes, in order."""
        for change in changes:
            GATHER[type(change)](self, change)

    def take(self) -> list[Op]:
        """The operations that bring the pages up to date; nothing is gathered any longer."""
        ops = [*self._session_ops(), *self._request_ops(), *self._transcript_ops()]
        ops.extend(
            {"op": "problem", "instance": self.instance_id, "problem": problem_view(one)} for one in self.problems
        )
        self._clear()
        return ops

    # ---- gathering ----

    def _part(self, change: c.PartChanged | c.PartGone) -> None:
        if change.session_id == self.shown:
            self.parts[change.message_id, change.part_id] = None

    def _text(self, change: c.TextAppended) -> None:
        if change.session_id != self.shown:
            return
        tails = self.parts.setdefault((change.message_id, change.part_id), {})
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
        if change.session_id == self.shown:
            self.older |= dict.fromkeys(change.message_ids)
            self.transcript = self.transcript or not change.message_ids

    def _todos(self, change: c.TodosReplaced) -> None:
        self.todos = self.todos or change.session_id == self.shown

    def _session(self, change: c.SessionChanged | c.SessionGone) -> None:
        self.sessions[change.session_id] = None

    def _instance(self, change: c.InstanceChanged) -> None:
        self.instance = True

    def _requests(self, change: c.RequestsChanged) -> None:
        self.requests = self.instance = True

    def _alert(self, change: c.Alerted) -> None:
        self.problems.append(change.problem)

    # ---- telling ----

    def _session_ops(self) -> Iterator[Op]:
        for id in self.sessions:
            session = self.state.sessions.get(id)
            if session is None:
                yield {"op": "session-", "instance": self.instance_id, "id": id}
            else:
                view = session_view(self.state, session)
                yield {"op": "session", "instance": self.instance_id, "session": view}

    def _request_ops(self) -> Iterator[Op]:
        if self.requests:
            yield {"op": "requests", "instance": self.instance_id, "requests": requests_view(self.state)}

    def _transcript_ops(self) -> Iterator[Op]:
        session = self.state.sessions.get(self.shown) if self.shown is not None else None
        if session is not self.told or self.transcript:
            self.told = session
            view = transcript_view(self.instance_id, session) if session is not None else None
            yield {"op": "transcript", "transcript": view}
        elif session is not None:
            yield from self._conversation_ops(session)

    def _conversation_ops(self, session: Session) -> Iterator[Op]:
        yield from self._gone_ops(session)
        yield from self._older_ops(session)
        yield from self._message_ops(session)
        yield from self._part_ops(session)
        if self.todos:
            yield {"op": "todos", "session": session.id, "todos": todos_view(session.todos)}

    def _gone_ops(self, session: Session) -> Iterator[Op]:
        for id, was_gone in sorted(self.messages.items()):
            if was_gone or not _is_shown(session, id):
                yield {"op": "message-", "session": session.id, "id": id}
            if was_gone and id in session.messages:
                self.parts |= {(id, part_id): None for part_id in session.messages[id].by_id}

    def _older_ops(self, session: Session) -> Iterator[Op]:
        """Those that stand before all others go as they are; one that does not is a message like others."""
        if not self.older:
            return
        messages = list(takewhile(lambda message: message.id in self.older, visible(session)))
        for message in messages:
            del self.older[message.id]
            self.messages.pop(message.id, None)
            for id in message.by_id:
                self.parts.pop((message.id, id), None)
        for id in self.older.keys() & session.messages.keys():
            self.messages.setdefault(id, False)
            self.parts |= {(id, part_id): None for part_id in session.messages[id].by_id}
        yield {
            "op": "older",
            "session": session.id,
            "messages": [message_view(message) for message in messages],
            "more": session.more is not None,
        }

    def _message_ops(self, session: Session) -> Iterator[Op]:
        if not self.messages:
            return
        before: str | None = None
        for message in visible(session):
            if message.id in self.messages:
                yield {"op": "message", "session": session.id, "head": head_view(message), "after": before}
            before = message.id

    def _part_ops(self, session: Session) -> Iterator[Op]:
        for (message_id, part_id), tails in _in_order(session, self.parts):
            if tails is None:
                yield _part_op(session, session.messages[message_id], part_id)
            else:
                yield from _text_ops(session, message_id, part_id, tails)


def _in_order(
    session: Session, parts: dict[tuple[str, str], Tails | None]
) -> list[tuple[tuple[str, str], Tails | None]]:
    """The parts of visible messages, in the order in which they stand in them, those that are gone last."""
    shown = [one for one in parts.items() if _is_shown(session, one[0][0])]
    if len(shown) < 2:
        return shown
    ranks = {
        (message_id, part_id): rank
        for message_id in {key[0] for key, _ in shown}
        for rank, part_id in enumerate(session.messages[message_id].by_id)
    }
    return sorted(shown, key=lambda one: ranks.get(one[0], len(ranks)))


def _is_shown(session: Session, message_id: str) -> bool:
    message = session.messages.get(message_id)
    return message is not None and is_visible(session, message)


def _part_op(session: Session, message: Message, part_id: str) -> Op:
    part = message.by_id.get(part_id)
    if part is None or part.info.hidden:
        return {"op": "part-", "session": session.id, "message": message.id, "id": part_id}
    shown = [one.id for one in message.parts if not one.info.hidden]
    index = shown.index(part_id)
    return {
        "op": "part",
        "session": session.id,
        "message": message.id,
        "part": part_view(message, part),
        "after": shown[index - 1] if index else None,
    }


def _text_ops(session: Session, message_id: str, part_id: str, tails: Tails) -> Iterator[Op]:
    message = session.messages[message_id]
    part = message.by_id[part_id]
    if part.info.hidden:
        return
    added = {name: "".join(texts) for name, texts in tails.items()}
    room = OUTPUT_BOUND - (len(part.output) - len(added.get("output", "")))
    if room >= 0 and len(part.output) > OUTPUT_BOUND:
        # It grew too long just now: the page is told so, and no more of it.
        yield _part_op(session, message, part_id)
        return
    for name, text in added.items():
        if text and not (name == "output" and room < 0):
            yield {
                "op": "text",
                "session": session.id,
                "message": message_id,
                "part": part_id,
                "field": name,
                "text": text,
            }


GATHER: dict[type[Any], Callable[[Patch, Any], None]] = {
    c.PartChanged: Patch._part,
    c.PartGone: Patch._part,
    c.TextAppended: Patch._text,
    c.MessageChanged: Patch._message,
    c.MessageGone: Patch._message_gone,
    c.TranscriptChanged: Patch._transcript,
    c.OlderPrepended: Patch._older,
    c.TodosReplaced: Patch._todos,
    c.SessionChanged: Patch._session,
    c.SessionGone: Patch._session,
    c.InstanceChanged: Patch._instance,
    c.RequestsChanged: Patch._requests,
    c.Alerted: Patch._alert,
}
