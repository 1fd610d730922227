"""A schedule carried out against a server of 2.x: what it says is read by a client of its own, on a way that is sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from opencode_widget.errors import OpenCodeError
from opencode_widget.model import events as e
from opencode_widget.model.entities import Role
from opencode_widget.model.reduce import apply
from opencode_widget.model.requests.foreign_answers import NAME as ANSWERED_ELSEWHERE
from opencode_widget.model.state import State
from opencode_widget.operations import prompts as operations_prompts
from opencode_widget.operations import sessions as operations_sessions
from opencode_widget.server.api import Invocation
from opencode_widget.server.detect import Detect, detect
from opencode_widget.server.http.client import Http, Limits, address
from opencode_widget.server.v2.client import V2Client
from opencode_widget.sync.runtime import InstanceRuntime

from .fault_run import FaultRun, ServerAddress, held
from .schedule import Schedule

ALL = 1000
PATIENT = Limits(connect=20, hello=20, answer=30)


class FaultRunV2(FaultRun):
    """See `Storm`.

    Args:
        schedule, server, folder, detect: see there.
        client: of the spelling that the server has.
        acts: the user also stops turns, compacts, runs commands and shells, and takes prompts back.
    """

    def __init__(
        self,
        schedule: Schedule,
        server: ServerAddress,
        folder: str | None,
        client: Callable[[Http, str], V2Client],
        detect: Detect = detect,
        *,
        acts: bool = False,
    ) -> None:
        super().__init__(schedule, server, folder, detect)
        self._client = client
        self._acts = self.invariants.may_vanish = acts

    async def _send_prompts(self, id: str, prompts: tuple[str, ...]) -> None:
        for prompt in prompts:
            await super()._send_prompts(id, (prompt,))
            if self._acts:
                with suppress(OpenCodeError, TimeoutError):  # what fails on a bad line is not tried again
                    async with asyncio.timeout(5):
                        await self._chance.choice((_rest, _stop, _compact, _command, _shell, _revert))(self.runtime, id)

    @asynccontextmanager
    async def _direct(self) -> AsyncIterator[Any]:
        where = address(self._server.url, password=self._server.password)
        client = self._client(Http(where, self._folder, PATIENT), "direct")
        try:
            yield client
        finally:
            await client.close()

    async def _is_quiet(self, direct: Any) -> bool:
        reported = await direct.overview(ALL)
        ours = {info.id for info in reported.sessions if {info.id, info.parent} & set(self.sessions)}
        return not ours & (set(reported.statuses) | {request.session_id for request in reported.requests})

    async def _agrees(self, direct: Any, id: str, stated: list[Any]) -> bool:
        """A client that comes now, and fetches everything, sees what we have."""
        session = await self._fetched(direct, id)
        stated[:] = comparable(held(session))
        return self._held(id) == stated

    def _held(self, id: str) -> list[Any]:
        return comparable(super()._held(id))

    async def _fetched(self, direct: Any, id: str) -> Any:
        overview, history = await direct.overview(ALL), await direct.history(id, ALL)
        state = State()
        apply(state, e.Connected())
        apply(state, e.Loaded(overview=e.Overview(overview.sessions, overview.statuses, histories=(history,))))
        return state.sessions[id]

    async def _check_prompts(self, direct: Any) -> None:
        for id, prompts in zip(self.sessions, self.schedule.prompts, strict=True):
            session = await self._fetched(direct, id)
            asked = [message.text for message in session if message.role is Role.USER]
            commands = [text for text in asked if text.startswith("/")]
            taken_back = {prompt for prompt in prompts if self._acts and prompt not in asked}
            wanted = [prompt for prompt in prompts if prompt not in taken_back]
            assert [text for text in asked if text not in commands] == wanted, "each prompt is there once"


def comparable(rows: list[Any]) -> list[Any]:
    """What is held of a session, as far as the lists of a server have it.

    They do not say when a summary ended, only that it did; its event does. And where a stop withdraws the form that is just being answered,
    the widget adds a notice of its own, which no server keeps.
    """
    return [
        (id, role, completed is not None if is_summary(parts) else completed, error, parts)
        for id, role, completed, error, parts in rows
        if error != ANSWERED_ELSEWHERE
    ]


def is_summary(parts: list[Any]) -> bool:
    return any(str(part[0]).endswith(".summary-0") for part in parts)


# ---- what a user does beside prompts ----------------------------------------------------------------------------------


async def _rest(runtime: InstanceRuntime, id: str) -> None:
    """Nothing."""


async def _stop(runtime: InstanceRuntime, id: str) -> None:
    await operations_prompts.abort(runtime, id)


async def _compact(runtime: InstanceRuntime, id: str) -> None:
    await (await runtime.reach()).compact(id, "scripted/m")


async def _command(runtime: InstanceRuntime, id: str) -> None:
    await (await runtime.reach()).command(Invocation(id, "review", "whole"))


async def _shell(runtime: InstanceRuntime, id: str) -> None:
    await (await runtime.reach()).shell(Invocation(id, "ls"))


async def _revert(runtime: InstanceRuntime, id: str) -> None:
    session = await runtime.history.open(id)
    asked = [message.id for message in session if message.role is Role.USER and not message.waits]
    if asked:
        await operations_sessions.revert(runtime, id, asked[-1])
