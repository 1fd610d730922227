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


class Declined(Exception):
    """The user rejected a permission without words, or dismissed a form: the turn ends there."""


# What a tool returns that was not carried out, and why.
class Failure(dict[str, str]):
    """The error of a tool."""


ABORTED = {"type": "aborted", "message": "Aborted"}
INTERRUPTED = Failure(type="aborted", message="Tool execution interrupted")
REJECTED = Failure(type="permission.rejected", message="The user said no")
DISMISSED = Failure(type="form.cancelled", message="The user dismissed it")


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
                    await self.fake.compact_if_asked(self.session)
                    steps += [item for prompt in self.fake.deliver(self.session, "steer") for item in _steps(prompt)]
                    self._begin()
                await self._carry_out(steps.pop(0))
            if self.message:
                self._end("stop")
        except (asyncio.CancelledError, ScriptFailed, Declined) as failure:
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
        error = failure.error if isinstance(failure, ScriptFailed) else ABORTED
        if self.message:
            event = self._say("session.step.failed", error=error)
            self.message |= {"finish": "error", "error": error}
            self.message["time"]["completed"] = event["created"]

    async def _carry_out(self, step: Json) -> None:
        if "gate" in step:
            await self.fake.pass_gate(step["gate"])
        elif "fail" in step:
            self._refuse(step)
        elif "tool" in step:
            await self._use(step["tool"], step["input"], step.get("hold"))
        elif "tokens" in step:
            first = step.get("start", 1)
            words = [f"{step.get('prefix', 't')}{at:06d} " for at in range(first, first + step["tokens"])]
            await self._write("text", words, step.get("interval", 0))
        else:
            kind = "reasoning" if "reasoning" in step else "text"
            await self._write(kind, _words(step[kind]), 0)

    def _refuse(self, step: Json) -> None:
        """The model refuses: for good, or so often that the server tries again, which begins the same message again."""
        if "times" not in step:
            raise ScriptFailed(step["message"])
        error = {"type": "provider.overloaded", "message": step["message"], "status": step["fail"]}
        for attempt in range(1, step["times"] + 1):
            now = int(self.fake.now())
            self._say("session.retry.scheduled", attempt=attempt, at=now, error=error)
            self._say("session.step.started", agent="build", model=MODEL, started=now + 2000)

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
        try:
            self._finish(tool, await self._result(tool, input))
        except asyncio.CancelledError:
            self._finish(tool, INTERRUPTED)
            raise
        self._end("tool-calls")

    async def _result(self, tool: Json, input: Json) -> str | Failure:
        """What the tool says, or why it failed."""
        name = tool["name"]
        if name in ("bash", "shell"):
            return await self._run(tool, input)
        if name == "question":
            return await self._ask(tool, input)
        if name == "todowrite":
            return Failure(type="tool.unknown", message="Unknown tool: todowrite")
        return await self._delegate(tool, input) if name in ("task", "subagent") else "done"

    async def _run(self, tool: Json, input: Json) -> str | Failure:
        """A command: its shell is named while it runs, and its output is said at its end."""
        source = {"type": "tool", "messageID": self.message["id"], "id": tool["id"]}
        request = {"id": self.fake.new("per"), "sessionID": self.session, "action": tool["name"], "source": source}
        request |= {"resources": [input["command"]], "save": [input["command"]]}
        answer = await self.fake.asks("permission.asked", request, self.fake.permissions)
        if answer["decision"] == "reject":
            return self._declined(tool, REJECTED, goes_on=bool(answer.get("message")))
        shell = self.fake.shells.begin(self.session, input["command"])
        tool["state"]["metadata"] = {"shellID": shell["id"]}
        self._say("session.tool.progress", id=tool["id"], metadata=tool["state"]["metadata"])
        try:
            await self.fake.shells.end(shell["id"])
        except asyncio.CancelledError:
            self.fake.shells.drop(shell["id"])
            raise
        self.fake.shells.write(shell["id"], f"{input['command'].removeprefix('echo ')}\n")
        return str(self.fake.shells.output(shell["id"])["output"])

    async def _ask(self, tool: Json, input: Json) -> str | Failure:
        """A form."""
        fields = input.get("fields") or [_field(at, question) for at, question in enumerate(input["questions"])]
        form = {"id": self.fake.new("frm"), "sessionID": self.session, "title": "Questions", "fields": fields}
        answer = await self.fake.asks("form.created", form, self.fake.forms)
        return self._declined(tool, DISMISSED) if answer is None else json.dumps(answer)

    def _declined(self, tool: Json, failure: Failure, *, goes_on: bool = False) -> Failure:
        """The model reads the user's words, and goes on; without words there is nothing that it could do."""
        if goes_on:
            return failure
        self._finish(tool, failure)
        raise Declined

    async def _delegate(self, tool: Json, input: Json) -> str:
        """A session of its own carries out the prompt."""
        child = self.fake.add_session(input["description"], parent=self.session)["id"]
        tool["state"]["metadata"] = {"sessionID": child}
        self._say("session.tool.progress", id=tool["id"], metadata=tool["state"]["metadata"])
        await self.fake.finish(child, input["prompt"])
        return "The sub-agent is done"

    def _finish(self, tool: Json, result: str | Failure) -> None:
        input = tool["state"]["input"]
        if isinstance(result, Failure):
            event = self._say("session.tool.failed", id=tool["id"], error=dict(result), executed=False)
            tool["state"] = {"status": "error", "input": input, "error": dict(result)}
        else:
            metadata = tool["state"]["metadata"] or {"exit": 0}
            told = {"content": [{"type": "text", "text": result}], "metadata": metadata}
            event = self._say("session.tool.success", id=tool["id"], **told, executed=False)
            tool["state"] = {"status": "completed", "input": input, **told}
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
