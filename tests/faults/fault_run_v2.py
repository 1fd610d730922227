"""A schedule carried out against a server of 2.x: what it says is read by a client of its own, on a way that is sound."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model.entities import Role
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import State
from opencode_widget.server.detect import Detect, detect
from opencode_widget.server.http.client import Http, Limits, address
from opencode_widget.server.v2.client import V2Client

from .fault_run import FaultRun, ServerAddress, held
from .schedule import Schedule

ALL = 1000
PATIENT = Limits(connect=20, hello=20, answer=30)


class FaultRunV2(FaultRun):
    """See `Storm`.

    Args:
        schedule, server, folder, detect: see there.
        client: of the spelling that the server has.
    """

    def __init__(
        self,
        schedule: Schedule,
        server: ServerAddress,
        folder: str | None,
        client: Callable[[Http, str], V2Client],
        detect: Detect = detect,
    ) -> None:
        super().__init__(schedule, server, folder, detect)
        self._client = client

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
        stated[:] = held(session)
        return held(self.runtime.session(id)) == stated

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
            assert asked == list(prompts), "each prompt is there once"
