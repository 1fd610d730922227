"""A fake OpenCode 1.x server, for what a real one will not do on demand.

It keeps a small state (sessions, messages, status, permissions, questions), serves it at the paths that 1.x uses, and sends
events to the open streams of `/event` and `/global/event`. Paths can be given faults:

    server.faults["/global/event"] = [never_answer]           # the first request for it hangs, later ones are served
    server.always["/session"] = unavailable                   # every one
    server.emit("session.updated", sessionID=..., info=...)
    server.send(faults.NOT_JSON)                              # raw bytes into every stream
    await server.stop(); await server.start()                 # refused for a while, then back on the same port

It behaves like 1.x where a client could go wrong: an unknown path answers 200 text/html, messages that stream are served as
last persisted (deltas are not stored), basic authentication guards every path, `sync` copies come on `/global/event` only.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from typing import Any

from .. import shapes
from ..shapes import Json
from .faults import Fault, html_page, unauthorized
from .http import Exchange, HttpServer
from .sse import Channel, encode


class FakeServer(HttpServer):
    """See the module's docstring. `beat` is the seconds of silence before a heartbeat."""

    def __init__(self, *, directory: str = "/project", password: str | None = None, version: str = "1.18.33") -> None:
        super().__init__()
        self.directory = directory
        self.password = password
        self.version = version
        self.beat = 10.0
        self.sessions: dict[str, Json] = {}
        self.messages: dict[str, list[Json]] = defaultdict(list)
        self.statuses: dict[str, Json] = {}
        self.permissions: dict[str, Json] = {}
        self.questions: dict[str, Json] = {}
        self.todos: dict[str, list[Json]] = {}
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.always: dict[str, Fault] = {}
        self._global = Channel()
        self._local = Channel()
        self._events = 0
        self._made = 0

    # ---- what a test does with it ------------------------------------------------------------------------------------

    @property
    def streams(self) -> int:
        """Return the number of open event streams."""
        return len(self._global) + len(self._local)

    def emit(self, type: str, /, *, durable: bool = False, **properties: Any) -> None:
        """Send an event to all streams, each in its envelope; a durable one twice on the global stream, as 1.x does."""
        event = self._event(type, properties)
        self._local.send(encode(event))
        self._global.send(encode({"directory": self.directory, "payload": event}))
        if durable:
            sync = {"type": f"{type}.1", "id": event["id"], "seq": self._events, "data": properties}
            copy = {"type": "sync", "id": event["id"], "syncEvent": sync}
            self._global.send(encode({"directory": self.directory, "payload": copy}))

    def send(self, data: bytes) -> None:
        """Send raw bytes to all streams."""
        self._local.send(data)
        self._global.send(data)

    def end_streams(self) -> None:
        """End all streams cleanly, and keep the other connections."""
        self._local.end()
        self._global.end()

    def add_session(self, id: str, title: str = "A session", parent: str | None = None) -> Json:
        info = shapes.session(id, self.directory, title, parent, at=len(self.sessions))
        self.sessions[id] = info
        self.emit("session.created", durable=True, sessionID=id, info=info)
        return info

    def rename(self, id: str, title: str) -> None:
        self.sessions[id] = {**self.sessions[id], "title": title}
        self.emit("session.updated", durable=True, sessionID=id, info=self.sessions[id])

    def put_message(self, info: Json) -> None:
        """Store a message (its parts stay), and send the event for it."""
        known = self._message(info["sessionID"], info["id"])
        if known is None:
            self.messages[info["sessionID"]].append({"info": info, "parts": []})
        else:
            known["info"] = info
        self.emit("message.updated", durable=True, sessionID=info["sessionID"], info=info)

    def put_part(self, part: Json) -> None:
        """Store a part of an existing message, and send the event for it."""
        message = self._message(part["sessionID"], part["messageID"])
        assert message is not None, "the message comes before its parts"
        message["parts"] = [other for other in message["parts"] if other["id"] != part["id"]] + [part]
        self.emit("message.part.updated", durable=True, sessionID=part["sessionID"], part=part, time=shapes.NOW)

    def delta(self, session: str, message: str, part: str, words: str) -> None:
        """Send a delta; like the real server, store nothing."""
        self.emit("message.part.delta", sessionID=session, messageID=message, partID=part, field="text", delta=words)

    def set_status(self, session: str, type: str, **more: Any) -> None:
        self.statuses[session] = {"type": type, **more}
        if type == "idle":
            del self.statuses[session]
        self.emit("session.status", sessionID=session, status={"type": type, **more})

    def answer(self, session: str, words: str, *, chunk: int = 4) -> None:
        """Play a whole turn: the assistant's message streams `words` in chunks and ends."""
        message, part = self._new("msg"), self._new("prt")
        info = shapes.assistant(message, session, self.messages[session][-1]["info"]["id"], at=self._made)
        self.set_status(session, "busy")
        self.put_message(info)
        self.put_part(shapes.text(part, message, session, "", ended=False))
        for start in range(0, len(words), chunk):
            self.delta(session, message, part, words[start : start + chunk])
        self.put_part(shapes.text(part, message, session, words))
        self.put_message({**info, "finish": "stop", "time": {**info["time"], "completed": shapes.NOW + self._made + 1}})
        self.set_status(session, "idle")
        self.emit("session.idle", sessionID=session)

    # ---- serving -------------------------------------------------------------------------------------------------------

    async def handle(self, exchange: Exchange) -> None:
        path = exchange.request.path
        queued = self.faults.get(path)
        fault = queued.pop(0) if queued else self.always.get(path)
        await (fault(exchange, self._normal) if fault else self._normal(exchange))

    async def _normal(self, exchange: Exchange) -> None:
        request = exchange.request
        if not self._allowed(exchange):
            await unauthorized(exchange, self._normal)
        elif request.method == "GET":
            await self._get(exchange, request.path)
        else:
            await self._act(exchange, request.path)

    async def _get(self, exchange: Exchange, path: str) -> None:
        listing = self._listing(path)
        match path.strip("/").split("/"):
            case _ if listing is not None:
                await exchange.json(listing)
            case ["global", "event"]:
                await self._stream(exchange, self._global, wrap=True)
            case ["event"]:
                await self._stream(exchange, self._local, wrap=False)
            case ["session", id, *what]:
                await self._found(exchange, self._of_session(id, what) if id in self.sessions else None)
            case _:
                await html_page(exchange, self._normal)

    async def _act(self, exchange: Exchange, path: str) -> None:
        match path.strip("/").split("/"):
            case ["session"]:
                title = (exchange.request.json() or {}).get("title") or "New session"
                await exchange.json(self.add_session(self._new("ses"), title))
            case ["session", id, "prompt_async"]:
                await self._prompt(exchange, id)
            case ["session", id, "abort"]:
                self.set_status(id, "idle")
                await exchange.json(True)
            case ["permission" | "question" as kind, id, verb]:
                await self._reply(exchange, kind, id, verb)
            case _:
                await html_page(exchange, self._normal)

    def _of_session(self, id: str, what: list[str]) -> Any:
        return {
            (): self.sessions[id],
            ("message",): self.messages[id],
            ("todo",): self.todos.get(id, []),
            ("children",): [info for info in self.sessions.values() if info.get("parentID") == id],
        }.get(tuple(what))

    def _listing(self, path: str) -> Any:
        """Return the response to a GET of this path if it takes no argument; None if there is no such path."""
        return {
            "/global/health": {"healthy": True, "version": self.version},
            "/session": list(reversed(self.sessions.values())),
            "/session/status": self.statuses,
            "/permission": list(self.permissions.values()),
            "/question": list(self.questions.values()),
            "/agent": [shapes.agent(), shapes.agent("plan"), shapes.agent("general", "subagent")],
            "/config": {"model": "scripted/m"},
            "/config/providers": shapes.providers(),
            "/command": [],
            "/path": {
                "directory": self.directory,
                "worktree": self.directory,
                "home": "/home",
                "state": "/s",
                "config": "/c",
            },
            "/project/current": {"id": "global", "worktree": "/", "time": {"created": shapes.NOW}, "sandboxes": []},
        }.get(path)

    def _allowed(self, exchange: Exchange) -> bool:
        if self.password is None:
            return True
        wanted = "Basic " + base64.b64encode(f"opencode:{self.password}".encode()).decode()
        return exchange.request.headers.get("authorization") == wanted

    async def _stream(self, exchange: Exchange, channel: Channel, *, wrap: bool) -> None:
        def frame(type: str) -> bytes:
            event = self._event(type, {})
            return encode({"payload": event} if wrap else event)

        await channel.serve(exchange, first=frame("server.connected"), beat=frame("server.heartbeat"), every=self.beat)

    async def _found(self, exchange: Exchange, value: Any) -> None:
        if value is None:
            missing = {"name": "NotFoundError", "data": {"message": "Session not found"}}
            await exchange.json(missing, 404)
        else:
            await exchange.json(value)

    async def _prompt(self, exchange: Exchange, session: str) -> None:
        if session not in self.sessions:
            await self._found(exchange, None)
            return
        body = exchange.request.json()
        id = body.get("messageID") or self._new("msg")
        self.put_message(shapes.user(id, session, at=self._made))
        for part in body["parts"]:
            self.put_part({**part, "id": part.get("id") or self._new("prt"), "messageID": id, "sessionID": session})
        await exchange.answer(b"", 204)

    async def _reply(self, exchange: Exchange, kind: str, id: str, verb: str) -> None:
        pending = self.permissions if kind == "permission" else self.questions
        request = pending.pop(id, None)
        if request is None:
            await self._found(exchange, None)
            return
        word = "rejected" if verb == "reject" else "replied"
        self.emit(f"{kind}.{word}", sessionID=request["sessionID"], requestID=id, **(exchange.request.json() or {}))
        await exchange.json(True)

    def _message(self, session: str, id: str) -> Json | None:
        return next((message for message in self.messages[session] if message["info"]["id"] == id), None)

    def _event(self, type: str, properties: Json) -> Json:
        self._events += 1
        return {"id": f"evt_{self._events:026d}", "type": type, "properties": properties}

    def _new(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}_{self._made:026d}"
