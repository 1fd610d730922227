"""What a Python user holds, with one text wherever an agent or a server can put text. No server is asked for anything."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from typing import cast

from opencode_widget.api.instance import Instance
from opencode_widget.api.pending import handle
from opencode_widget.api.session import Session
from opencode_widget.errors import RequestFailed
from opencode_widget.model import events as e
from opencode_widget.model.entities import TextInfo
from opencode_widget.model.reduce import apply
from opencode_widget.model.render.rich import Rich
from opencode_widget.model.state import HistoryState, Message, State
from opencode_widget.server.api import Client
from opencode_widget.server.endpoints import attached_server
from opencode_widget.sync.connection import Connection, ConnectionState
from opencode_widget.sync.event_loop import HomeLoop, finished
from opencode_widget.sync.runtime import InstanceRuntime

from .conversation import REPLY, SESSION, reply, requests, state


class Offline(InstanceRuntime):
    """The sessions of an instance whose server is away, with all messages here."""

    def __init__(self, text: str) -> None:
        source = attached_server("http://127.0.0.1:1", None, "opencode", None)
        super().__init__("hostile", HomeLoop(), source, lambda *, summary: None)
        filled = state(text)
        for field in fields(State):
            setattr(self.state, field.name, getattr(filled, field.name))
        self.state.sessions[SESSION].history_state = HistoryState.READY
        self.access.client = cast(Client, SimpleNamespace(version=text, dialect=text))
        self.access.ready = self._client_at_once  # type: ignore[method-assign]
        error = RequestFailed(text, remedy=text)
        self.reconnector.state = Connection(ConnectionState.DISCONNECTED, text, error, since=0)

    async def _client_at_once(self) -> Client:
        assert self.client is not None
        return self.client


def handles(text: str) -> list[Rich]:
    """The instance, its session, and what the agent asks in it."""
    offline = Offline(text)
    asked = [handle(Session(offline, request.session_id), request) for request in requests(text)]
    return [Instance(offline, finished), Session(offline, SESSION), *asked]


def session_of(text: str, *apart: str) -> Session:
    """A session with the text in every place, and with parts of their own for the others."""
    offline = Offline(text)
    for number, words in enumerate(apart):
        part = TextInfo(f"apart-{number:04}", text=words, ended=True)
        apply(offline.state, e.PartUpserted(session_id=SESSION, message_id=REPLY, part=part))
    return Session(offline, SESSION)


def alone(text: str) -> Message:
    """A reply that consists of this text alone."""
    message = reply(text)
    message.by_id = {"text": message.by_id["text"]}
    return message
