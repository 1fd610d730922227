"""A session of OpenCode 2.x as a client that receives its events has it."""

from __future__ import annotations

from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model.dialects.v2 import events as v2
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import Message, Session, State

from ..support.v2 import events as two
from ..support.v2.events import NOW, event


def born() -> State:
    state = State(directory=two.DIRECTORY)
    apply(state, e.Connected())
    apply(state, e.Loaded(overview=e.Overview()))
    receive(state, "session.created", id="evt_0")
    return state


def receive(state: State, type: str, data: Any = None, *, at: float = NOW, id: str | None = None) -> None:
    named = id if id is not None else f"evt_{len(state.seen) + 100}"
    for buffered_event in v2.decode(event(type, data, at=at, id=named)).events:
        apply(state, buffered_event)


def session(state: State) -> Session:
    return state.sessions[two.SESSION]


def message(state: State, id: str = two.MESSAGE) -> Message:
    return session(state).messages[id]


def enqueue(state: State, id: str = "msg_1", at: float = NOW - 100) -> None:
    data = {**two.OF_SESSION, "inboxID": id, "item": {"type": "user", "payload": {"text": id}, "delivery": "queue"}}
    receive(state, "session.inbox.enqueued", data, at=at)
