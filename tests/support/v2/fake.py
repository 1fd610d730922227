"""A fake OpenCode 2.1 server: its runtime's events, log, messages, inbox and requests, at the paths of the contract.

Prompts are scripts in the scripted model's language (`tests/support/scripts.py`), as far as it supports them: text, tokens, reasoning,
bash and shell (for which it asks permission), question (a form; with `fields` those of the contract), task and subagent (a session of its
own), gate, fail. A tool with `hold` waits at that gate while its input is written. `tests/server/v2/test_contract.py` checks its events and
responses against the typed models of `opencode-python-sdk`.

It behaves as a real 2.x server was seen to behave:

1. `opencode serve` does not keep the log of a session, though it numbers its events: the log has the marker alone (`keeps_log=False`).
   Some numbers belong to events that the server never publishes.
2. A prompt, a command or a compaction commits a staged revert before it is admitted to the inbox.
3. Commands and compactions are admitted, and answered at once. The execution ends later, and covers all that waits in the inbox.
4. An interruption drops the permissions that wait, without an event for them; forms are cancelled with one.
5. A permission that is rejected without words, or a form that is dismissed, ends the turn: interrupted by "shutdown".
6. The lists of messages have a row "idle" after each execution.
7. Shells are no executions, see `shells.py`. A field "external" of a form is answered with true.
8. There is no tool for to-do lists.

    fake.open("door")                     # let scripts go on that wait at a gate
    fake.say("session.renamed", id, title="Better")      # any event, kept or not as the contract has it
    fake.always["/api/session"] = unavailable            # faults, as for the fake 1.x server
    await fake.cut_all()                  # what a subscriber that fell behind sees
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from ..servers.faults import Fault
from ..servers.http import Exchange, HttpServer
from ..servers.sse import Channel, encode
from .calls import NOWHERE, SESSION_CALLS, Refusal
from .catalogue import CATALOGUE, LOCATION
from .events import DIRECTORY, DURABLE, MODEL, VERSION, Json
from .shells import Shells
from .turn import NO_TOKENS, Declined, ScriptFailed, Turn

MISSING = {"_tag": "SessionNotFoundError", "message": "Session not found"}


class FakeServerV2(HttpServer):
    """See the module's docstring.

    Args:
        version: what it calls itself.
        keeps_log: whether the log of a session has its events. No `opencode serve` was seen that keeps them.

    Attributes:
        log: of each session, its numbered events, whether the server keeps them or not.
        messages: of each session, oldest first.
        compaction_gate: the gate at which a compaction waits in the middle of its summary.
        compaction_error: why a compaction fails; None: it succeeds.
    """

    def __init__(self, *, version: str = "2.1.0", keeps_log: bool = False) -> None:
        super().__init__()
        self.version = version
        self.keeps_log = keeps_log
        self.always: dict[str, Fault] = {}
        self.sessions: dict[str, Json] = {}
        self.messages: dict[str, list[Json]] = defaultdict(list)
        self.inbox: dict[str, list[Json]] = defaultdict(list)
        self.log: dict[str, list[Json]] = defaultdict(list)
        self.permissions: dict[str, Json] = {}
        self.forms: dict[str, Json] = {}
        self.shells = Shells(self)
        self.compaction_gate: str | None = None
        self.compaction_error: str | None = None
        self.channel = Channel()
        self.answers: list[Json] = []
        self._numbers: dict[str, int] = defaultdict(int)
        self._logs: dict[str, Channel] = defaultdict(Channel)
        self._gates: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._settled: dict[str, asyncio.Future[Any]] = {}
        self._executions: dict[str, asyncio.Task[None]] = {}
        self._made = 0
        self._now = 0.0

    async def stop(self) -> None:
        for execution in self._executions.values():
            execution.cancel()
        await asyncio.gather(*self._executions.values(), return_exceptions=True)
        await self.shells.stop()
        await super().stop()

    def open(self, gate: str) -> None:
        """Let scripts go on that wait at this gate, now or later."""
        self._gates[gate].set()

    async def pass_gate(self, name: str) -> None:
        await self._gates[name].wait()

    def new(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}_{self._made:026d}"

    def now(self) -> float:
        """The time, never twice the same."""
        self._now = max(self._now + 1, float(time.time_ns() // 1_000_000))
        return self._now

    # ---- what it says -------------------------------------------------------------------------------------------------

    def say(self, type: str, session: str, **data: Any) -> Json:
        """Publish an event; it gets a number where the contract has one."""
        event: Json = {
            "id": self.new("evt"),
            "created": self.now(),
            "type": type,
            "location": {"directory": DIRECTORY},
        }
        event["data"] = {"sessionID": session, **data} if session else data
        if type in DURABLE:
            number = self._number(session)
            event["durable"] = {"aggregateID": session, "seq": number, "version": VERSION.get(type, 1)}
            self.log[session].append(event)
            self._logs[session].send(encode(event))
        self.channel.send(encode(event))
        return event

    def _number(self, session: str) -> int:
        """The next number of a session; those that are never published have one too."""
        self._numbers[session] += 1
        return self._numbers[session] - 1

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

    # ---- what is admitted ---------------------------------------------------------------------------------------------

    def admit_prompt(self, session: str, body: Json) -> Json:
        payload: Json = {name: body[name] for name in ("text", "agents", "skills", "metadata") if name in body}
        payload["files"] = [_read_file(file) for file in body.get("files", [])]
        return self._admit(session, "user", payload, body)

    def admit_command(self, session: str, body: Json) -> None:
        """The call has no answer: nobody learns the id of its prompt."""
        self.admit_prompt(session, {"text": f"/{body['name']} {body['text']}", "files": body.get("files", [])})

    def admit_compaction(self, session: str, body: Json) -> Json:
        return self._admit(session, "compaction", {}, body)

    def _admit(self, session: str, type: str, payload: Json, body: Json) -> Json:
        self._commit_revert(session)
        item = {"type": type, "payload": payload, "delivery": body.get("delivery") or "steer"}
        about = {"id": body.get("id") or self.new("msg"), "sessionID": session, "time": {"created": self.now()}}
        kept = {**about, **item}
        self._number(session)  # of an event that is not published
        self.inbox[session].append(kept)
        self.say("session.inbox.enqueued", session, inboxID=kept["id"], item=item)
        if not self.is_executing(session):
            self._executions[session] = asyncio.create_task(self._execute(session))
        return kept

    def _commit_revert(self, session: str) -> None:
        staged = self.sessions[session].pop("revert", None)
        if staged is None:
            return
        ids = [message["id"] for message in self.messages[session]]
        if staged["messageID"] in ids:
            del self.messages[session][ids.index(staged["messageID"]) :]
        self.say("session.revert.committed", session, to=staged["messageID"])

    # ---- executions ---------------------------------------------------------------------------------------------------

    async def _execute(self, session: str) -> None:
        """One execution, which ends when nothing waits in the inbox."""
        self.say("session.execution.started", session)
        outcome = "succeeded"
        data: Json = {}
        try:
            await self._carry_out_inbox(session)
        except ScriptFailed as failure:
            outcome, data = "failed", {"error": failure.error}
        except Declined:
            outcome, data = "interrupted", {"reason": "shutdown"}
        except asyncio.CancelledError:
            outcome, data = "interrupted", {"reason": "user"}
        ended = self.say(f"session.execution.{outcome}", session, **data)
        row = {"id": self.new("msg"), "type": "idle", "outcome": outcome, "time": {"created": ended["created"]}}
        self.messages[session].append(row)
        self.say("session.idle", session)

    async def _carry_out_inbox(self, session: str) -> None:
        while True:
            await self.compact_if_asked(session)
            words = self.deliver(session, "steer") or self.deliver(session, "queue", most=1)
            if not words:
                return
            await Turn(self, session).run(words)

    async def finish(self, session: str, text: str) -> None:
        """Carry out a prompt to its end."""
        self.admit_prompt(session, {"text": text})
        await self._executions[session]

    def is_executing(self, session: str) -> bool:
        execution = self._executions.get(session)
        return execution is not None and not execution.done()

    def interrupt(self, session: str) -> bool:
        execution = self._executions.get(session)
        return execution is not None and execution.cancel()

    def deliver(self, session: str, delivery: str, most: int | None = None) -> list[str]:
        """Let prompts in that wait in this way; their words."""
        waiting = [item for item in self.inbox[session] if (item["type"], item["delivery"]) == ("user", delivery)]
        for item in waiting[:most]:
            event = self._take(session, item)
            message = {"id": item["id"], "type": "user", "time": {"created": event["created"]}, **item["payload"]}
            self.messages[session].append(message)
        return [item["payload"]["text"] for item in waiting[:most]]

    def _take(self, session: str, item: Json) -> Json:
        self.inbox[session].remove(item)
        return self.say("session.inbox.delivered", session, inboxID=item["id"])

    async def compact_if_asked(self, session: str) -> None:
        """Carry out the compactions that wait, at the boundary of a step."""
        for item in [item for item in self.inbox[session] if item["type"] == "compaction"]:
            self._take(session, item)
            await self._compact(session, item["id"])

    async def _compact(self, session: str, id: str) -> None:
        started = self.say("session.compaction.started", session, reason="manual", inputID=id)
        message: Json = {"id": id, "type": "compaction", "status": "running", "reason": "manual", "summary": ""}
        message["time"] = {"created": started["created"]}
        self.messages[session].append(message)
        self.say("session.compaction.delta", session, text="They ")
        if self.compaction_gate is not None:
            await self.pass_gate(self.compaction_gate)
        if self.compaction_error is not None:
            error = {"type": "provider.rejected", "message": self.compaction_error}
            self.say("session.compaction.failed", session, reason="manual", inputID=id, error=error)
            message |= {"status": "failed", "error": error}
            return
        self.say("session.compaction.ended", session, reason="manual", text="They talked")
        message |= {"status": "completed", "summary": "They talked"}

    # ---- requests -----------------------------------------------------------------------------------------------------

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
        except asyncio.CancelledError:
            if type == "form.created":
                self.say("form.cancelled", request["sessionID"], id=request["id"])
            raise
        finally:
            where.pop(request["id"], None)

    def settle(self, id: str, answer: Any) -> None:
        """Let go on what waits for this answer."""
        if (waiting := self._settled.pop(id, None)) is not None and not waiting.done():
            waiting.set_result(answer)

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
            case method, ["api", "shell", id, *rest]:
                await self._answer(exchange, self._shell(method, id, rest, exchange.request.query), location=LOCATION)
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
        waiting: dict[str, Callable[[], list[Json]]] = {
            "permission/request": lambda: list(self.permissions.values()),
            "form": lambda: list(self.forms.values()),
            "shell": self.shells.running,
        }
        data = waiting[name]() if name in waiting else CATALOGUE.get(name)
        return None if data is None else {"location": LOCATION, "data": data}

    def _shell(self, method: str, id: str, rest: list[str], query: dict[str, str]) -> Any:
        if id not in self.shells.known:
            return NOWHERE
        if method == "DELETE":
            return None if self.shells.kill(id) else NOWHERE
        return self.shells.output(id, int(query.get("cursor", "0"))) if rest == ["output"] else self.shells.known[id]

    async def _serve_log(self, exchange: Exchange, id: str) -> None:
        newest = self._numbers[id] - 1
        after = int(exchange.request.query.get("after", str(newest)))
        past = [event for event in self.log[id] if event["durable"]["seq"] > after] if self.keeps_log else []
        synced = {"type": "log.synced", "aggregateID": id, "seq": newest}
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
            working = [id for id in self._executions if self.is_executing(id)]
            await exchange.json({"data": {id: {"type": "running"} for id in working}})
        elif rest[0] not in self.sessions:
            await exchange.json({**MISSING, "sessionID": rest[0]}, 404)
        elif rest[1:] == ["message"]:
            await self._page(exchange, self.messages[rest[0]])
        else:
            call = SESSION_CALLS.get((method, "/".join(rest[1:2])))
            await self._answer(exchange, call(self, rest[0], rest[2:], body) if call is not None else NOWHERE)

    async def _answer(self, exchange: Exchange, answer: Any | Awaitable[Any], **beside: Json) -> None:
        if inspect.isawaitable(answer):
            answer = await answer
        if isinstance(answer, Refusal):
            await exchange.json(answer.body, answer.status)
        elif answer is None:
            await exchange.answer(b"", 204)
        else:
            await exchange.json({**beside, "data": answer})

    async def _page(self, exchange: Exchange, items: list[Json]) -> None:
        """Newest first; a cursor is where the next page begins."""
        query = exchange.request.query
        begin, limit = int(query.get("cursor", "0")), int(query.get("limit", "50"))
        newest = [*reversed(items)][begin : begin + limit]
        end = begin + len(newest)
        await exchange.json({"data": newest, "cursor": {"next": str(end)} if end < len(items) else {}})


def _read_file(file: Json) -> Json:
    """A file of a prompt, read as the server does at once."""
    inline = file["uri"].startswith("data:")
    source = {"type": "inline"} if inline else {"type": "uri", "uri": file["uri"]}
    data = file["uri"].partition("base64,")[2] if inline else "eA=="
    return {"data": data, "mime": "text/plain", "source": source, "name": file.get("name")}
