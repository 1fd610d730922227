"""A fake OpenCode 2.1 server: its runtime's events, log, messages, inbox and requests, at the paths of the contract.

Prompts are scripts in the scripted model's language (`tests/support/scripts.py`), as far as it supports them:
text, tokens, reasoning, bash (for which it asks permission), question (a form; with `fields` those of the contract), task (a session of
its own), gate, fail. A tool with `hold` waits at that gate while its input is written. `tests/server/v2/test_contract.py` checks its events
and responses against the typed models of `opencode-python-sdk`.

    fake.open("door")                     # let scripts go on that wait at a gate
    fake.say("session.renamed", id, title="Better")      # any event, kept or not as the contract has it
    fake.always["/api/session"] = unavailable            # faults, as for the fake 1.x server
    await fake.cut_all()                  # what a subscriber that fell behind sees
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from ..servers.faults import Fault
from ..servers.http import Exchange, HttpServer
from ..servers.sse import Channel, encode
from .events import DIRECTORY, DURABLE, MODEL, NOW, VERSION, Json
from .turn import NO_TOKENS, ScriptFailed, Turn

LOCATION = {"directory": DIRECTORY, "project": {"id": "prj_1", "directory": DIRECTORY, "canonical": DIRECTORY}}


class FakeServerV2(HttpServer):
    """See the module's docstring.

    Attributes:
        log: of each session, what is kept: its events from number 0 on.
        messages: of each session, oldest first.
    """

    def __init__(self, *, version: str = "2.1.0") -> None:
        super().__init__()
        self.version = version
        self.always: dict[str, Fault] = {}
        self.sessions: dict[str, Json] = {}
        self.messages: dict[str, list[Json]] = defaultdict(list)
        self.inbox: dict[str, list[Json]] = defaultdict(list)
        self.log: dict[str, list[Json]] = defaultdict(list)
        self.permissions: dict[str, Json] = {}
        self.forms: dict[str, Json] = {}
        self.channel = Channel()
        self.answers: list[Json] = []
        self._logs: dict[str, Channel] = defaultdict(Channel)
        self._gates: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._settled: dict[str, asyncio.Future[Any]] = {}
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._made = 0

    async def stop(self) -> None:
        for turn in self._turns.values():
            turn.cancel()
        await asyncio.gather(*self._turns.values(), return_exceptions=True)
        await super().stop()

    def open(self, gate: str) -> None:
        """Let scripts go on that wait at this gate, now or later."""
        self._gates[gate].set()

    # ---- what it says -------------------------------------------------------------------------------------------------

    def say(self, type: str, session: str, **data: Any) -> Json:
        """Publish an event; it goes into the session's log where the contract keeps it."""
        event: Json = {
            "id": self.new("evt"),
            "created": self.now(),
            "type": type,
            "location": {"directory": DIRECTORY},
        }
        event["data"] = {"sessionID": session, **data} if session else data
        if type in DURABLE:
            event["durable"] = {"aggregateID": session, "seq": len(self.log[session]), "version": VERSION.get(type, 1)}
            self.log[session].append(event)
            self._logs[session].send(encode(event))
        self.channel.send(encode(event))
        return event

    def add_session(self, title: str = "A session", id: str | None = None, parent: str | None = None) -> Json:
        id = id or self.new("ses")
        session: Json = {"id": id, "projectID": "prj_1", "title": title, "cost": 0, "tokens": NO_TOKENS, "model": MODEL}
        session |= {"location": {"directory": DIRECTORY}, "time": {"created": self.now(), "updated": self.now()}}
        session |= {"agent": "build"} if parent is None else {"agent": "build", "parentID": parent}
        self.sessions[id] = session
        changes = {name: session[name] for name in ("title", "agent", "model", "parentID") if name in session}
        place = {"projectID": "prj_1", "location": {"directory": DIRECTORY}, "slug": id, "version": self.version}
        self.say("session.created", id, **place, **changes)
        return session

    def new(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}_{self._made:026d}"

    def now(self) -> float:
        self._made += 1
        return NOW + self._made

    # ---- turns --------------------------------------------------------------------------------------------------------

    def _prompt(self, session: str, body: Json) -> Json:
        payload: Json = {name: body[name] for name in ("text", "agents", "skills", "metadata") if name in body}
        payload["files"] = [_read_file(file) for file in body.get("files", [])]
        item = {"type": "user", "payload": payload, "delivery": body.get("delivery") or "steer"}
        kept = {
            "id": body.get("id") or self.new("msg"),
            "sessionID": session,
            "time": {"created": self.now()},
            **item,
        }
        self.inbox[session].append(kept)
        self.say("session.inbox.enqueued", session, inboxID=kept["id"], item=item)
        if session not in self._turns or self._turns[session].done():
            self._turns[session] = asyncio.create_task(self._work(session))
        return kept

    async def _work(self, session: str) -> None:
        self.say("session.execution.started", session)
        try:
            while words := self.deliver(session, "steer") or self.deliver(session, "queue", most=1):
                await Turn(self, session).run(words)
            self.say("session.execution.succeeded", session)
        except ScriptFailed as failure:
            self.say("session.execution.failed", session, error=failure.error)
        except asyncio.CancelledError:
            self.say("session.execution.interrupted", session, reason="user")
        finally:
            self.say("session.idle", session)

    async def finish(self, session: str, text: str) -> None:
        """Carry out a prompt to its end."""
        self._prompt(session, {"text": text})
        await self._turns[session]

    def deliver(self, session: str, delivery: str, most: int | None = None) -> list[str]:
        """Let prompts in that wait in this way; their words."""
        items = [item for item in self.inbox[session] if item["delivery"] == delivery][:most]
        for item in items:
            self.inbox[session].remove(item)
            event = self.say("session.inbox.delivered", session, inboxID=item["id"])
            message = {"id": item["id"], "type": "user", "time": {"created": event["created"]}, **item["payload"]}
            self.messages[session].append(message)
        return [item["payload"]["text"] for item in items]

    async def pass_gate(self, name: str) -> None:
        await self._gates[name].wait()

    async def asks(self, type: str, request: Json, where: dict[str, Json]) -> Any:
        """Ask, and wait for the answer."""
        where[request["id"]] = request
        self._settled[request["id"]] = asyncio.get_running_loop().create_future()
        if type == "form.created":
            self.say(type, "", form=request)
        else:
            self.say(
                type, request["sessionID"], **{name: value for name, value in request.items() if name != "sessionID"}
            )
        try:
            return await self._settled[request["id"]]
        finally:
            where.pop(request["id"], None)

    # ---- the routes ---------------------------------------------------------------------------------------------------

    async def handle(self, exchange: Exchange) -> None:
        fault = self.always.get(exchange.request.path)
        await (fault(exchange, self._normal) if fault else self._normal(exchange))

    async def _normal(self, exchange: Exchange) -> None:
        request = exchange.request
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["api", "event"]:
                hello = {"id": self.new("evt"), "created": self.now(), "type": "server.connected", "data": {}}
                await self.channel.serve(exchange, first=encode(hello), beat=b": heartbeat\n\n", every=15)
            case "GET", ["api", "experimental", "session", id, "log"]:
                await self._serve_log(exchange, id)
            case method, ["api", "session", *rest]:
                await self._session(exchange, method, rest)
            case "POST", ["api", "experimental", "mcp", name, verb]:
                self.answers.append({name: verb})
                await exchange.answer(b"", 204)
            case "GET", ["api", *rest] if (answer := self._listed("/".join(rest))) is not None:
                await exchange.json(answer)
            case _:  # its web app, for every path that it does not know
                await exchange.answer(b"<!doctype html><title>OpenCode</title>", 200, "text/html")

    def _listed(self, name: str) -> Json | None:
        """What it is, and the lists of its folder."""
        if name == "info":
            return {"version": self.version, "pid": 4711, "urls": [self.url], "paths": {"tmp": "/tmp"}}
        if name == "location":
            return LOCATION
        if name == "model/default":
            return {"location": LOCATION, "data": CATALOGUE["model"][0]}
        waiting = {"permission/request": self.permissions, "form": self.forms}
        data = list(waiting[name].values()) if name in waiting else CATALOGUE.get(name)
        return None if data is None else {"location": LOCATION, "data": data}

    async def _serve_log(self, exchange: Exchange, id: str) -> None:
        after = int(exchange.request.query.get("after", "-1"))
        past = self.log[id][after + 1 :]
        synced = {"type": "log.synced", "aggregateID": id, "seq": len(self.log[id]) - 1}
        greeting = b"".join(map(encode, [*past, synced]))
        await self._logs[id].serve(exchange, first=greeting, beat=b": heartbeat\n\n", every=15)

    async def _session(self, exchange: Exchange, method: str, rest: list[str]) -> None:
        body = exchange.request.json() or {}
        if not rest:
            if method == "POST":
                await exchange.json({"data": self.add_session(body.get("title") or "New session", body.get("id"))})
            else:
                await self._page(exchange, list(self.sessions.values()))
        elif rest == ["active"]:
            working = [id for id, turn in self._turns.items() if not turn.done()]
            await exchange.json({"data": {id: {"type": "running"} for id in working}})
        elif rest[0] not in self.sessions:
            data = {"_tag": "SessionNotFoundError", "sessionID": rest[0], "message": f"Session not found: {rest[0]}"}
            await exchange.json(data, 404)
        elif rest[1:] == ["message"]:
            await self._page(exchange, self.messages[rest[0]])
        else:
            call = SESSION_CALLS.get((method, "/".join(rest[1:2])))
            answer = call(self, rest[0], rest[2:], body) if call is not None else NOWHERE
            await self._answer(exchange, answer)

    async def _answer(self, exchange: Exchange, answer: Any) -> None:
        if answer is NOWHERE:
            await exchange.json({"_tag": "NotFoundError", "message": "Not found"}, 404)
        elif answer is None:
            await exchange.answer(b"", 204)
        else:
            await exchange.json({"data": answer})

    async def _page(self, exchange: Exchange, items: list[Json]) -> None:
        """Newest first; a cursor is where the next page begins."""
        query = exchange.request.query
        begin, limit = int(query.get("cursor", "0")), int(query.get("limit", "50"))
        newest = [*reversed(items)][begin : begin + limit]
        end = begin + len(newest)
        await exchange.json({"data": newest, "cursor": {"next": str(end)} if end < len(items) else {}})

    # ---- calls of a session -------------------------------------------------------------------------------------------

    def patch(self, id: str, rest: list[str], body: Json) -> None:
        if "title" in body:
            self.sessions[id]["title"] = body["title"]
            self.say("session.renamed", id, title=body["title"])
        if "archived" in body:
            self.sessions[id]["time"]["archived"] = self.now() if body["archived"] else None
            self.say("session.archived" if body["archived"] else "session.unarchived", id)

    def delete(self, id: str, rest: list[str], body: Json) -> None:
        del self.sessions[id]
        self.say("session.deleted", id)

    def choose_agent(self, id: str, rest: list[str], body: Json) -> None:
        self.sessions[id]["agent"] = body["agent"]
        self.say("session.agent.selected", id, agent=body["agent"])

    def choose_model(self, id: str, rest: list[str], body: Json) -> None:
        self.sessions[id]["model"] = body["model"]
        self.say("session.model.selected", id, model=body["model"])

    def interrupt(self, id: str, rest: list[str], body: Json) -> Json:
        turn = self._turns.get(id)
        return {"interrupted": turn.cancel() if turn is not None else False}

    def fork(self, id: str, rest: list[str], body: Json) -> Json:
        fork = self.add_session(f"{self.sessions[id]['title']} (fork)")
        end = next((at for at, message in enumerate(self.messages[id]) if message["id"] == body.get("before")), None)
        self.messages[fork["id"]] = [{**message, "id": self.new("msg")} for message in self.messages[id][:end]]
        self.say(
            "session.forked",
            fork["id"],
            parentID=id,
            boundary={"type": "before", "messageID": body.get("before", "msg_0")},
        )
        return fork

    def revert(self, id: str, rest: list[str], body: Json) -> Json | None:
        if rest == ["stage"]:
            self.sessions[id]["revert"] = {"messageID": body["messageID"]}
            self.say("session.revert.staged", id, revert=self.sessions[id]["revert"])
            return dict(self.sessions[id]["revert"])
        del self.sessions[id]["revert"]
        self.say("session.revert.cleared", id)
        return None

    def shell(self, id: str, rest: list[str], body: Json) -> None:
        shell = {
            "id": self.new("sh"),
            "status": "running",
            "command": body["command"],
            "cwd": DIRECTORY,
            "shell": "sh",
        }
        shell |= {"file": "/tmp/out", "metadata": {}, "time": {"started": self.now()}}
        started = self.say("session.shell.started", id, shell=shell)
        done = {**shell, "status": "exited", "exit": 0}
        output = {"output": "a.py\n", "cursor": 5, "size": 5, "truncated": False}
        ended = self.say("session.shell.ended", id, shell=done, output=output)
        message: Json = {
            "id": started["id"].replace("evt_", "msg_"),
            "type": "shell",
            "shellID": shell["id"],
            "output": output,
        }
        message |= {
            "time": {"created": started["created"], "completed": ended["created"]},
            "status": "exited",
            "exit": 0,
        }
        self.messages[id].append({**message, "command": body["command"]})

    def compact(self, id: str, rest: list[str], body: Json) -> Json:
        started = self.say("session.compaction.started", id, reason="manual")
        self.say("session.compaction.delta", id, text="They ")
        self.say("session.compaction.ended", id, reason="manual", text="They talked")
        message = {
            "id": started["id"].replace("evt_", "msg_"),
            "type": "compaction",
            "status": "completed",
            "reason": "manual",
        }
        self.messages[id].append({**message, "summary": "They talked", "time": {"created": started["created"]}})
        item = {"id": message["id"], "sessionID": id, "type": "compaction", "payload": {}, "delivery": "steer"}
        return {**item, "time": {"created": started["created"]}}

    def list_inbox(self, id: str, rest: list[str], body: Json) -> list[Json]:
        return self.inbox[id]

    def change_inbox(self, id: str, rest: list[str], body: Json) -> Any:
        item = next((item for item in self.inbox[id] if [item["id"]] == rest), None)
        if item is None:
            return NOWHERE
        item["delivery"] = body["delivery"]
        self.say("session.inbox.delivery.changed", id, inboxID=item["id"], delivery=body["delivery"])
        return None

    def cancel_inbox(self, id: str, rest: list[str], body: Json) -> Any:
        item = next((item for item in self.inbox[id] if [item["id"]] == rest), None)
        if item is None:
            return NOWHERE
        self.inbox[id].remove(item)
        self.say("session.inbox.cancelled", id, inboxID=item["id"])
        return None

    def answer_permission(self, id: str, rest: list[str], body: Json) -> Any:
        if rest[0] not in self.permissions:
            return NOWHERE
        self.answers.append(body)
        self.say("permission.replied", id, requestID=rest[0], reply=body["decision"])
        self._settled.pop(rest[0]).set_result(body["decision"])
        return None

    def answer_form(self, id: str, rest: list[str], body: Json) -> Any:
        if rest[0] not in self.forms:
            return NOWHERE
        self.answers.append(body)
        self.say("form.replied", id, id=rest[0], answer=body["answer"])
        self._settled.pop(rest[0]).set_result(body["answer"])
        return None

    def cancel_form(self, id: str, rest: list[str], body: Json) -> Any:
        if rest[0] not in self.forms:
            return NOWHERE
        self.say("form.cancelled", id, id=rest[0])
        self._settled.pop(rest[0]).set_result(None)
        return None


NOWHERE = object()


def _read_file(file: Json) -> Json:
    """A file of a prompt, read as the server does at once."""
    inline = file["uri"].startswith("data:")
    source = {"type": "inline"} if inline else {"type": "uri", "uri": file["uri"]}
    data = file["uri"].partition("base64,")[2] if inline else "eA=="
    return {"data": data, "mime": "text/plain", "source": source, "name": file.get("name")}


Call = Callable[[FakeServerV2, str, list[str], Json], Any]
SESSION_CALLS: dict[tuple[str, str], Call] = {
    ("GET", ""): lambda fake, id, rest, body: fake.sessions[id],
    ("PATCH", ""): FakeServerV2.patch,
    ("DELETE", ""): FakeServerV2.delete,
    ("POST", "prompt"): lambda fake, id, rest, body: fake._prompt(id, body),
    ("POST", "command"): lambda fake, id, rest, body: (
        fake._prompt(id, {"text": f"/{body['name']} {body['text']}"}) and None
    ),
    ("POST", "agent"): FakeServerV2.choose_agent,
    ("POST", "model"): FakeServerV2.choose_model,
    ("POST", "interrupt"): FakeServerV2.interrupt,
    ("POST", "fork"): FakeServerV2.fork,
    ("POST", "revert"): FakeServerV2.revert,
    ("DELETE", "revert"): FakeServerV2.revert,
    ("POST", "shell"): FakeServerV2.shell,
    ("POST", "compact"): FakeServerV2.compact,
    ("GET", "inbox"): FakeServerV2.list_inbox,
    ("DELETE", "inbox"): FakeServerV2.cancel_inbox,
    ("PATCH", "inbox"): FakeServerV2.change_inbox,
    ("GET", "permission"): lambda fake, id, rest, body: list(fake.permissions.values()),
    ("GET", "form"): lambda fake, id, rest, body: list(fake.forms.values()),
    ("POST", "permission"): FakeServerV2.answer_permission,
    ("POST", "form"): FakeServerV2.answer_form,
    ("DELETE", "form"): FakeServerV2.cancel_form,
    ("GET", "diff"): lambda fake, id, rest, body: [
        {"file": "sheep.py", "patch": "--- a\n", "additions": 1, "deletions": 0, "status": "modified"}
    ],
}

CATALOGUE: dict[str, list[Json]] = {
    "agent": [
        {"id": "build", "name": "Build", "mode": "primary", "hidden": False, "description": "Works"},
        {"id": "general", "name": "General", "mode": "subagent", "hidden": False},
        {"id": "title", "name": "Title", "mode": "primary", "hidden": True},
    ],
    "model": [
        {
            "id": "m",
            "modelID": "m",
            "providerID": "scripted",
            "name": "Scripted M",
            "capabilities": {"tools": True, "input": ["text"], "output": ["text"]},
            "variants": [{"id": "high"}],
            "time": {"released": 0},
            "cost": [],
            "status": "active",
            "enabled": True,
            "limit": {"context": 1000, "output": 100},
        },
    ],
    "provider": [{"id": "scripted", "name": "Scripted", "activation": "enabled", "package": "x"}],
    "command": [{"name": "review", "description": "Look at the changes"}],
    "skill": [{"id": "skl_1", "name": "pdf", "description": "Read PDF", "path": "/s", "content": "x"}],
    "mcp": [{"name": "search", "status": {"status": "failed", "error": "No network"}}],
}
CATALOGUE["model"].append({**CATALOGUE["model"][0], "id": "old", "modelID": "old", "status": "deprecated"})
CATALOGUE["fs/find"] = [{"path": "sheep.py", "type": "file"}]
for _agent in CATALOGUE["agent"]:
    _agent |= {"request": {"settings": {}, "headers": {}, "body": {}}, "permissions": []}
