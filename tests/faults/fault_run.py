"""A schedule carried out: a real server, a proxy that fails, the whole kernel's side of a widget, and a page on a bad line."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AbstractAsyncContextManager
from difflib import ndiff
from functools import partial
from random import Random
from typing import Any, Protocol, cast

import httpx

from opencode_widget.errors import OpenCodeError
from opencode_widget.model.state import HistoryState, Part, Session
from opencode_widget.model.wire import FromKernel
from opencode_widget.operations import prompts as operations_prompts
from opencode_widget.page.commands import Commands
from opencode_widget.page.manager import Manager
from opencode_widget.server.backoff import Backoff
from opencode_widget.server.detect import Detect, detect
from opencode_widget.server.endpoints import attached_server
from opencode_widget.server.http.client import Limits
from opencode_widget.sync.connection import ConnectionState
from opencode_widget.sync.event_loop import HomeLoop
from opencode_widget.sync.runtime import InstanceRuntime

from ..support.page import Page
from ..support.servers.proxy import Proxy, answer
from ..support.wait import eventually, eventually_async
from .page_invariants import LossyComm, PageInvariants
from .schedule import Fault, Schedule

LIMITS = Limits(connect=1, hello=1, answer=4, silence=2)
BACKOFF = Backoff(initial=0.02, maximum=0.2, jitter=0.5, attempts=None)
ANSWERS = {
    "unauthorized": answer(401),
    "unavailable": answer(503, b"try later"),
    "web page": answer(200, b"<!doctype html><title>A hotel's network</title>", "text/html"),
}
SETTLE = 30.0


class ServerAddress(Protocol):
    """A server, as far as a run of faults has to know it."""

    @property
    def url(self) -> str: ...

    @property
    def password(self) -> str | None: ...


class FaultRun:
    """One schedule on its way; `run` it, then ask whether all is well.

    Args:
        schedule: what happens.
        server: where it is.
        folder: of a project; None: the server's own.
        detect: makes the client for the dialect that the server speaks.
    """

    def __init__(self, schedule: Schedule, server: ServerAddress, folder: str | None, detect: Detect = detect) -> None:
        self.schedule = schedule
        self.sessions: list[str] = []
        self._chance = Random(schedule.seed)
        self._server = server
        self._folder = folder
        self._proxy = Proxy(server.url)
        self.page = Page(self._say)
        self.line = LossyComm(self.page, schedule.line, schedule.seed)
        self.invariants = PageInvariants(self.page)
        self.manager = Manager(HomeLoop(), self._receive, _nobody, BACKOFF, LIMITS, detect=detect)
        self._commands = Commands(self.manager, self._receive)

    # ---- the two ways between the kernel and the page ----

    def _say(self, data: dict[str, Any]) -> None:
        self._commands.receive(data)

    def _receive(self, message: FromKernel) -> None:
        self.line.receive(cast("dict[str, Any]", message))
        self.invariants.look()

    # ---- the run ----

    @property
    def runtime(self) -> InstanceRuntime:
        """The instance."""
        return next(iter(self.manager.instances.values()))

    async def run(self) -> None:
        """Let everything on the schedule happen, then mend the line, and wait until everything has come to its end."""
        async with self._proxy:
            try:
                await self._run()
            finally:
                await self.manager.close()

    async def _run(self) -> None:
        self.manager.add(attached_server(self._proxy.url, self._folder, "opencode", self._server.password))
        await self.runtime.ready()
        self.page.hello()
        for number, _ in enumerate(self.schedule.prompts):
            self.sessions.append(await self._new_session(f"{self.schedule.seed}.{number}"))
        helpers = [asyncio.create_task(work()) for work in (self._answer_requests, self._look_around, self._wake)]
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._break_things())
                for id, prompts in zip(self.sessions, self.schedule.prompts, strict=True):
                    group.create_task(self._send_prompts(id, prompts))
            await self._come_to_rest()
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
        await self._check()

    async def _new_session(self, title: str) -> str:
        """A slow machine may need longer for a session than the limits of a run allow."""
        while True:
            with contextlib.suppress(OpenCodeError):
                return (await self.runtime.new_session(title)).id
            await self.runtime.condition.wait_for(lambda: self.runtime.is_live)

    async def _send_prompts(self, id: str, prompts: tuple[str, ...]) -> None:
        for prompt in prompts:
            await asyncio.sleep(self._chance.uniform(0, 0.2))
            await eventually_async(partial(self._sent, id, prompt), within=SETTLE, what="a prompt that arrives")

    async def _sent(self, id: str, prompt: str) -> bool:
        """As a user does: where sending failed, look whether it is there all the same."""
        try:
            await operations_prompts.prompt(self.runtime, id, prompt)
        except OpenCodeError:
            return await self._is_there(id, prompt)
        return True

    async def _is_there(self, id: str, prompt: str) -> bool:
        while True:
            await self.runtime.condition.wait_for(lambda: self.runtime.is_live)
            with contextlib.suppress(OpenCodeError):
                return any(
                    message.text == prompt for message in await self.runtime.history.open(id) if not message.local
                )

    async def _break_things(self) -> None:
        for fault in self.schedule.faults:
            await asyncio.sleep(fault.after)
            await self._break(fault)
            await asyncio.sleep(fault.lasts)
            await self._proxy.heal()

    async def _break(self, fault: Fault) -> None:
        proxy = self._proxy
        if fault.kind in ANSWERS:
            proxy.answer = ANSWERS[fault.kind]
            await proxy.cut()
        elif fault.kind == "cut after":
            proxy.cut_after = fault.amount
            await proxy.cut()
        elif fault.kind == "split":
            proxy.piece = min(fault.amount, 40)
        elif fault.kind == "delay":
            proxy.delay = fault.lasts / 10
        elif fault.kind in ("stall", "hush"):
            getattr(proxy, fault.kind)()
        else:
            await getattr(proxy, fault.kind)()

    # ---- what people do meanwhile ----

    async def _answer_requests(self) -> None:
        """By clicks in the page, again if a click was in vain."""
        while True:
            for request in list(self.runtime.state.requests.values()):
                with contextlib.suppress(AssertionError):  # the page was not live and missed the reply
                    await self._click(request.id, request.id.startswith("per"))
            await asyncio.sleep(0.05)

    async def _click(self, id: str, is_permission: bool) -> None:
        common = {"instance": self.runtime.id, "request": id}
        if is_permission:
            reply = self._chance.choice(("once", "once", "reject"))
            number = self.page.command("answer_permission", **common, reply=reply)
        else:
            answers = self._chance.choice(([["this"]], None))
            number = self.page.command("answer_question", **common, answers=answers)
        await eventually(lambda: self.page.reply(number), within=5)

    async def _look_around(self) -> None:
        """Select sessions, reload the page, hide it."""
        while True:
            known = [session.id for session in self.runtime.all_sessions() if self._is_ours(session)]
            self.manager.select_session(self.runtime.id, self._chance.choice(known))
            if self._chance.random() < 0.2:
                self.page.hello()
            self.page.visible(self._chance.random() < 0.8)
            await asyncio.sleep(self._chance.uniform(0.1, 0.5))

    async def _wake(self) -> None:
        """What a page's timers do: acknowledge, ask again for a snapshot that does not come; and a user's "Reconnect"."""
        while True:
            await asyncio.sleep(0.2)
            self.page.ack()
            if not self.page.live:
                self.page.hello()
            if self.runtime.connection.state is ConnectionState.DISCONNECTED:
                self.runtime.reconnector.reconnect()

    def _is_ours(self, session: Session) -> bool:
        return session.id in self.sessions or session.info.parent in self.sessions

    # ---- the end ----

    async def _come_to_rest(self) -> None:
        self.line.mend()
        await self._proxy.heal()
        async with self._direct() as direct:
            await eventually_async(lambda: self._is_quiet(direct), within=SETTLE, what="rest on the server")
        await eventually(lambda: self.runtime.is_live, within=SETTLE, what="the connection")

    async def _is_quiet(self, direct: httpx.AsyncClient) -> bool:
        paths = ("/session/status", "/permission", "/question")
        busy, permissions, questions = [(await direct.get(path)).json() for path in paths]
        return not (set(busy) & set(self.sessions)) and not permissions and not questions

    def _direct(self) -> AbstractAsyncContextManager[Any]:
        return httpx.AsyncClient(
            base_url=self._server.url,
            auth=("opencode", self._server.password or ""),
            params={"directory": self._folder or ""},
            trust_env=False,
            timeout=10,
        )

    async def _check(self) -> None:
        async with self._direct() as direct:
            for session in [session for session in self.runtime.all_sessions() if self._is_ours(session)]:
                await self._check_session(direct, session.id)
            await self._check_prompts(direct)
        assert self.invariants.complaints == []

    async def _check_session(self, direct: httpx.AsyncClient, id: str) -> None:
        self.page.visible(True)
        self.manager.select_session(self.runtime.id, id)
        await eventually(lambda: self.runtime.session(id).history_state is HistoryState.READY, what="its messages")
        stated: list[Any] = []
        with contextlib.suppress(AssertionError):  # compared below, for the words of the difference
            await eventually_async(lambda: self._agrees(direct, id, stated), within=30)
        mine = self._held(id)
        assert mine == stated, difference(mine, stated) + self._received(id)
        # How long it is until an attempt is told by the clock: no two views of it are equal.
        await eventually(lambda: self.page.live and self.runtime.is_live, what="a page and a server that are there")
        self.manager.frames.flush()
        reported = self.manager.outbox.snapshot()
        for key in ("instances", "requests", "transcript", "activeInstance"):
            assert self.page.state[key] == reported.get(key), key
        assert self.page.sessions(self.runtime.id) == reported["sessions"][self.runtime.id]

    def _held(self, id: str) -> list[Any]:
        return held(self.runtime.session(id))

    def _received(self, id: str) -> str:
        """The latest events of a session, a line for each."""
        events = [event for event in self.runtime.event_log.after(0) if event.get("session") == id]
        return "\n" + "\n".join(f"{item['at']} {item['name']} {str(item['data'])[:400]}" for item in events)

    async def _agrees(self, direct: httpx.AsyncClient, id: str, stated: list[Any]) -> bool:
        """The last events may still be on their way."""
        stated[:] = [served(message) for message in (await direct.get(f"/session/{id}/message")).json()]
        return self._held(id) == stated

    async def _check_prompts(self, direct: httpx.AsyncClient) -> None:
        for id, prompts in zip(self.sessions, self.schedule.prompts, strict=True):
            messages = (await direct.get(f"/session/{id}/message")).json()
            asked = [text for message in messages if message["info"]["role"] == "user" for text in texts(message)]
            assert asked == list(prompts), "each prompt is there once"


def _nobody(*, now: bool) -> None:
    """Nobody observes the traits."""


def served(message: dict[str, Any]) -> Any:
    """What the server says of a message, to the character."""
    info = message["info"]
    parts = [
        (part["id"], part["type"], part.get("text", ""), part.get("state", {}).get("status", ""), _output(part))
        for part in message["parts"]
    ]
    error = (info.get("error") or {}).get("name")
    return (info["id"], info["role"], info["time"].get("completed"), error, parts)


def _output(part: dict[str, Any]) -> str:
    return str(part.get("state", {}).get("output", ""))


def texts(message: dict[str, Any]) -> list[str]:
    return [part["text"] for part in message["parts"] if part["type"] == "text" and not part.get("synthetic")]


def held(session: Session) -> list[Any]:
    """What we hold of a session, in the same form."""
    return [
        (
            message.id,
            str(message.role),
            message.info.completed,
            message.info.error.name if message.info.error else None,
            [_held_part(part) for part in message.parts],
        )
        for message in session
    ]


def difference(mine: list[Any], stated: list[Any]) -> str:
    """What we hold (-) and what the server says (+), a line for each message and part, for a person to read."""
    return "\n" + "\n".join(ndiff(lines(mine), lines(stated)))


def lines(messages: list[Any]) -> list[str]:
    """A session as short lines."""
    found = []
    for *info, parts in messages:
        found.append(" ".join(map(str, info)))
        for id, kind, text, state, output in parts:
            found.append(f"  {id} {kind} {state} {text[:20]!r}...{text[-20:]!r} ({len(text)}) {output[:40]!r}")
    return found


def _held_part(part: Part) -> Any:
    state = str(part.state) if part.kind == "tool" else ""
    kind = part.kind if part.kind != "note" else getattr(part.info, "type", "")
    return (part.id, kind, part.text, state, part.output)
