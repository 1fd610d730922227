"""A server that speaks the dialect of the task this package grew from: `/events`, whole parts, camel-case ids.

The task states:
    GET  /events                   SSE; each `data:` is one of
                                     {"type": "message_updated", "sessionId", "messageId", "parts": [...], "status"}
                                     {"type": "session_updated", "session": {"id", "title", "parentId", "agent", "model"}}
    POST /session/{id}/message     {"prompt": str, "attachments": []}

What the task leaves open follows OpenCode's own names, in the smallest form:
    GET  /session                  [session, ...], newest first; a session also has "createdAt" and "updatedAt" (ms)
    POST /session                  {"title"?, "parentId"?} -> session
    GET  /session/{id}/message     [{"id", "sessionId", "role": "user"|"assistant", "parts", "status", "timestamp"}, ...]
    POST /session/{id}/message     answers 200 {"messageId"} at once, the user message's; the answer comes as events
    POST /session/{id}/abort       true
A part is {"type": "text", "text"} or {"type": "tool", "tool", "status", "input", "output"}; `status` of a message is
"streaming", "complete" or "error". `message_updated` also carries "role" and "timestamp"; a client must do without them
(the task's event has neither), and `bare_events` makes this server leave them out. There is no health endpoint and no web
app: every other path, `/global/health`, `/event` and `/global/event` included, answers 404 as JSON.

An answer is scripted: the prompt's words come back one by one, each event with the whole text so far. "tool" in the prompt
adds a tool part, "child" makes a child session, "hold" stops after the first word until `release` is called.
"""

from __future__ import annotations

import asyncio
from typing import Any

from ..shapes import NOW, Json
from .faults import Fault
from .http import Exchange, HttpServer
from .sse import Channel, encode


class ClassicServer(HttpServer):
    """See the module's docstring. `pace` is the seconds between two words of an answer."""

    def __init__(self, *, pace: float = 0.01, bare_events: bool = False) -> None:
        super().__init__()
        self.pace = pace
        self.bare_events = bare_events
        self.always: dict[str, Fault] = {}
        self.sessions: dict[str, Json] = {}
        self.messages: dict[str, list[Json]] = {}
        self.channel = Channel()
        self._held = asyncio.Event()
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._made = 0

    async def stop(self) -> None:
        for turn in self._turns.values():
            turn.cancel()
        await super().stop()

    def release(self) -> None:
        """Let the answers that hold continue."""
        self._held.set()

    def add_session(self, title: str = "Untitled", parent: str | None = None) -> Json:
        id = self._new("ses")
        at = NOW + self._made
        session = {"id": id, "title": title, "agent": "build", "model": "scripted/m", "createdAt": at, "updatedAt": at}
        self.sessions[id] = session if parent is None else {**session, "parentId": parent}
        self.messages[id] = []
        self._say({"type": "session_updated", "session": self.sessions[id]})
        return self.sessions[id]

    def rename(self, id: str, title: str) -> None:
        self.sessions[id] = {**self.sessions[id], "title": title, "updatedAt": NOW + self._made}
        self._say({"type": "session_updated", "session": self.sessions[id]})

    async def handle(self, exchange: Exchange) -> None:
        fault = self.always.get(exchange.request.path)
        await (fault(exchange, self._normal) if fault else self._normal(exchange))

    async def _normal(self, exchange: Exchange) -> None:
        request = exchange.request
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["events"]:
                await self.channel.serve(exchange, first=b": hello\n\n", beat=b": beat\n\n", every=10)
            case "GET", ["session"]:
                await exchange.json(list(reversed(self.sessions.values())))
            case "POST", ["session"]:
                wish = request.json() or {}
                await exchange.json(self.add_session(wish.get("title") or "Untitled", wish.get("parentId")))
            case "GET", ["session", id, "message"] if id in self.sessions:
                await exchange.json(self.messages[id])
            case "POST", ["session", id, "message"] if id in self.sessions:
                await exchange.json({"messageId": self._prompt(id, request.json()["prompt"])})
            case "POST", ["session", id, "abort"] if id in self.sessions:
                await self._abort(id)
                await exchange.json(True)
            case _:
                await exchange.json({"error": "not found"}, 404)

    def _prompt(self, session: str, prompt: str) -> str:
        asked = self._add_message(session, "user", [{"type": "text", "text": prompt}], "complete")
        self.answer_later(session, prompt)
        return str(asked["id"])

    def answer_later(self, session: str, prompt: str) -> None:
        """Begin the answer to a prompt."""
        self._turns[session] = asyncio.create_task(self._answer(session, prompt))

    async def _answer(self, session: str, prompt: str) -> None:
        text: Json = {"type": "text", "text": ""}
        message = self._add_message(session, "assistant", [text], "streaming")
        if "child" in prompt.split():
            self.add_session("A child", parent=session)
        if "tool" in prompt.split():
            await self._use_tool(message)
        for count, word in enumerate(prompt.split()):
            text["text"] += f"{word} "
            self._say_message(message)
            await (self._held.wait() if count == 0 and "hold" in prompt else asyncio.sleep(self.pace))
        message["status"] = "complete"
        self._say_message(message)

    async def _use_tool(self, message: Json) -> None:
        tool: Json = {"type": "tool", "tool": "bash", "status": "running", "input": {"command": "ls"}, "output": ""}
        message["parts"].append(tool)
        self._say_message(message)
        await asyncio.sleep(self.pace)
        tool.update(status="completed", output="README.md\n")
        self._say_message(message)

    async def _abort(self, session: str) -> None:
        turn = self._turns.pop(session, None)
        if turn is None or turn.done():
            return
        turn.cancel()
        self.messages[session][-1]["status"] = "error"
        self._say_message(self.messages[session][-1])

    def _add_message(self, session: str, role: str, parts: list[Json], status: str) -> Json:
        message = {"id": self._new("msg"), "sessionId": session, "role": role, "parts": parts, "status": status}
        self.messages[session].append({**message, "timestamp": NOW + self._made})
        self._say_message(self.messages[session][-1])
        return self.messages[session][-1]

    def _say_message(self, message: Json) -> None:
        event: Json = {"type": "message_updated", "sessionId": message["sessionId"], "messageId": message["id"]}
        event |= {"parts": message["parts"], "status": message["status"]}
        if not self.bare_events:
            event |= {"role": message["role"], "timestamp": message["timestamp"]}
        self._say(event)

    def _say(self, event: Any) -> None:
        self.channel.send(encode(event))

    def _new(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}_{self._made:04d}"
