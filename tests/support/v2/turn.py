"""One turn of the fake 2.1 server: a script carried out, with the events that the contract wants."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .events import MODEL, Json

if TYPE_CHECKING:
    from .fake import FakeServerV2

NO_TOKENS = {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}}


class ScriptFailed(Exception):
    """The model refused."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.error = {"type": "provider.rejected", "message": message, "status": 400}


class Turn:
    """Carries out the script of one prompt: a step until a tool was called, then another."""

    def __init__(self, fake: FakeServerV2, session: str) -> None:
        self.fake, self.session = fake, session
        self.message: Json = {}
        self.counts: dict[str, int] = defaultdict(int)

    async def run(self, prompts: list[str]) -> None:
        steps = [step for prompt in prompts for step in _steps(prompt)]
        self._begin()
        try:
            while steps:
                if not self.message:
                    steps += [item for prompt in self.fake.deliver(self.session, "steer") for item in _steps(prompt)]
                    self._begin()
                await self._carry_out(steps.pop(0))
            if self.message:
                self._end("stop")
        except (asyncio.CancelledError, ScriptFailed) as failure:
            self._fail(failure)
            raise

    def _begin(self) -> None:
        self.counts.clear()
        message = {"id": self.fake.new("msg"), "type": "assistant", "agent": "build", "model": MODEL, "content": []}
        now = self.fake.now()
        self.message = {**message, "time": {"created": now}}
        self.fake.messages[self.session].append(self.message)
        self._say("session.step.started", agent="build", model=MODEL, started=int(now))

    def _say(self, type: str, **data: Any) -> Json:
        return self.fake.say(type, self.session, assistantMessageID=self.message["id"], **data)

    def _end(self, finish: str) -> None:
        event = self._say("session.step.ended", finish=finish, cost=0.5, tokens=NO_TOKENS)
        self.message |= {"finish": finish, "cost": 0.5, "tokens": NO_TOKENS}
        self.message["time"]["completed"] = event["created"]
        self.message = {}

    def _fail(self, failure: BaseException) -> None:
        error = failure.error if isinstance(failure, ScriptFailed) else {"type": "aborted", "message": "Aborted"}
        if self.message:
            event = self._say("session.step.failed", error=error)
            self.message |= {"finish": "error", "error": error}
            self.message["time"]["completed"] = event["created"]

    async def _carry_out(self, step: Json) -> None:
        if "gate" in step:
            await self.fake.pass_gate(step["gate"])
        elif "fail" in step:
            raise ScriptFailed(step["message"])
        elif "tool" in step:
            await self._use(step["tool"], step["input"], step.get("hold"))
        elif "tokens" in step:
            first = step.get("start", 1)
            words = [f"{step.get('prefix', 't')}{at:06d} " for at in range(first, first + step["tokens"])]
            await self._write("text", words, step.get("interval", 0))
        else:
            kind = "reasoning" if "reasoning" in step else "text"
            await self._write(kind, _words(step[kind]), 0)

    async def _write(self, kind: str, words: list[str], interval: float) -> None:
        at = {"ordinal": self.counts[kind]}
        self.counts[kind] += 1
        started = self._say(f"session.{kind}.started", **at)
        piece: Json = {"type": kind, "text": ""}
        if kind == "reasoning":
            piece["time"] = {"created": started["created"]}
        self.message["content"].append(piece)
        written = ""
        try:
            for word in words:
                self._say(f"session.{kind}.delta", **at, delta=word)
                written += word
                await asyncio.sleep(interval)
        finally:
            piece["text"] = written
            ended = self._say(f"session.{kind}.ended", **at, text=written)
            if kind == "reasoning":
                piece["time"]["completed"] = ended["created"]

    async def _use(self, name: str, input: Json, hold: str | None) -> None:
        call = self.fake.new("call")
        started = self._say("session.tool.input.started", id=call, name=name)
        raw = json.dumps(input)
        tool: Json = {"type": "tool", "id": call, "name": name, "time": {"created": started["created"]}}
        tool["state"] = {"status": "streaming", "input": ""}
        self.message["content"].append(tool)
        for piece in (raw[: len(raw) // 2], raw[len(raw) // 2 :]):
            self._say("session.tool.input.delta", id=call, delta=piece)
            if hold is not None:
                await self.fake.pass_gate(hold)
        self._say("session.tool.input.ended", id=call, text=raw)
        called = self._say("session.tool.called", id=call, input=input, executed=False)
        tool["state"] = {"status": "running", "input": input, "metadata": {}}
        tool["time"]["ran"] = called["created"]
        await self._finish(tool, await self._result(tool, input))
        self._end("tool-calls")

    async def _result(self, tool: Json, input: Json) -> str | None:
        """What the tool says; None: it was not allowed."""
        name, call = tool["name"], tool["id"]
        if name == "bash":
            source = {"type": "tool", "messageID": self.message["id"], "id": call}
            request = {"id": self.fake.new("per"), "sessionID": self.session, "action": "bash", "source": source}
            request |= {"resources": [input["command"]], "save": [input["command"]]}
            decision = await self.fake.asks("permission.asked", request, self.fake.permissions)
            return None if decision == "reject" else f"{input['command'].removeprefix('echo ')}\n"
        if name == "question":
            fields = input.get("fields") or [_field(at, question) for at, question in enumerate(input["questions"])]
            form = {"id": self.fake.new("frm"), "sessionID": self.session, "title": "Questions", "fields": fields}
            return json.dumps(await self.fake.asks("form.created", form, self.fake.forms))
        return await self._delegate(tool, input) if name == "task" else "done"

    async def _delegate(self, tool: Json, input: Json) -> str:
        """A session of its own carries out the prompt."""
        child = self.fake.add_session(input["description"], parent=self.session)["id"]
        tool["state"]["metadata"] = {"sessionID": child}
        self._say("session.tool.progress", id=tool["id"], metadata=tool["state"]["metadata"])
        await self.fake.finish(child, input["prompt"])
        return "The sub-agent is done"

    async def _finish(self, tool: Json, output: str | None) -> None:
        if output is None:
            error = {"type": "permission.rejected", "message": "The user said no"}
            event = self._say("session.tool.failed", id=tool["id"], error=error, executed=False)
            tool["state"] = {"status": "error", "input": tool["state"]["input"], "error": error}
        else:
            result = {
                "content": [{"type": "text", "text": output}],
                "metadata": tool["state"]["metadata"] or {"exit": 0},
            }
            event = self._say("session.tool.success", id=tool["id"], **result, executed=False)
            tool["state"] = {"status": "completed", "input": tool["state"]["input"], **result}
        tool["time"]["completed"] = event["created"]


def _steps(prompt: str) -> list[Json]:
    steps: list[Json] = (
        json.loads(prompt.removeprefix("script: "))["steps"] if prompt.startswith("script: ") else [{"text": prompt}]
    )
    return steps


def _words(text: str) -> list[str]:
    return [f"{word} " for word in text.split(" ")[:-1]] + [text.rsplit(" ", maxsplit=1)[-1]]


def _field(at: int, question: Json) -> Json:
    options = [{"value": question["label"], "label": question["label"]} for question in question["options"]]
    field = {"key": f"q{at}", "title": question["header"], "description": question["question"], "required": True}
    return {**field, "type": "string", "options": options}
