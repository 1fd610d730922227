"""What takes a server long: slash commands, the shell, compaction, AGENTS.md.

Their calls answer at the end, maybe after minutes. So whoever only starts one gets back as soon as it is under way: what comes of it
comes as events, and what goes wrong stands in the session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from ..errors import OpenCodeError, RequestFailed
from ..model import events as e
from ..model.entities import Catalogue, Problem
from ..model.reduce.changes import Change
from ..model.state import Message
from ..server.api import Client, Invocation
from ..sync.connection import problem_of
from ..sync.history import Conversations

# Seconds in which a refusal is the answer to the one who asked; later ones stand in the session.
EARLY = 1.0

# The status of a server that says no more than that something went wrong, and seconds in which it may tell in an event what did.
INTERNAL, REASON = 500, 0.5

Call = Callable[[Client], Awaitable[None]]


# ---- the errands ------------------------------------------------------------------------------------------------------


def command(invocation: Invocation) -> Call:
    """Run a slash command."""
    return lambda client: client.command(invocation)


def shell(one: Conversations, invocation: Invocation) -> Call:
    """Run a command of the shell, as the agent that the session has or the server takes."""

    async def call(client: Client) -> None:
        agent = invocation.agent or one.session(invocation.session_id).info.agent
        agent = agent or (await _catalogue(one, client)).default_agent
        await client.shell(replace(invocation, agent=agent))

    return call


def compact(one: Conversations, session_id: str, model: str | None = None) -> Call:
    """Replace a conversation by a summary."""

    async def call(client: Client) -> None:
        await client.compact(session_id, await _model(one, client, session_id, model))

    return call


def init(one: Conversations, session_id: str, model: str | None = None) -> Call:
    """Have AGENTS.md written."""

    async def call(client: Client) -> None:
        await client.init(session_id, await _model(one, client, session_id, model))

    return call


async def _model(one: Conversations, client: Client, session_id: str, model: str | None) -> str:
    named = model or one.session(session_id).info.model or (await _catalogue(one, client)).default_model
    if named is None:
        raise RequestFailed("No model is known for this.", remedy="Choose a model.")
    return named


async def _catalogue(one: Conversations, client: Client) -> Catalogue:
    """What the server takes where nothing is named; just after the start it is not known here yet."""
    known = one.state.catalogue
    return known if known.default_agent or known.default_model else await client.catalogue()


# ---- their course -----------------------------------------------------------------------------------------------------


async def begin(one: Conversations, session_id: str, call: Call) -> None:
    """Start one and come back as soon as it is under way.

    Raises:
        OpenCodeError: it is refused at once. What fails later is shown in the session.
    """
    client = await one.reach()
    await one.open(session_id)
    errand = _Errand(one, session_id)
    was_busy = one.session(session_id).busy
    task = one.home.spawn(errand.run(call(client)))
    with suppress(TimeoutError):
        async with asyncio.timeout(EARLY):
            await one.watch.until(lambda: task.done() or (not was_busy and one.session(session_id).busy))
    errand.is_alone = True
    if task.done():
        task.result()


async def finish(one: Conversations, session_id: str, call: Call) -> Message | None:
    """Do one to its end.

    Returns:
        The last message of the session.

    Raises:
        OpenCodeError: it failed.
    """
    client = await one.reach()
    await one.open(session_id)
    await _Errand(one, session_id).run(call(client))
    await one.refetch(session_id)
    session = one.session(session_id)
    return session.messages[session.ids[-1]] if session.ids else None


class _Errand:
    """One call that takes long; a server says why it failed in an event, and in the answer only that it did."""

    def __init__(self, one: Conversations, session_id: str) -> None:
        self._one = one
        self._session_id = session_id
        self._said: Problem | None = None
        # Nobody waits for it any longer.
        self.is_alone = False

    async def run(self, call: Awaitable[None]) -> None:
        self._one.listeners.add(self._listen)
        try:
            await call
        except OpenCodeError as error:
            await self._hear_why(error)
            self._fail(error)
        finally:
            self._one.listeners.discard(self._listen)
            self._one.watch.touch()

    def _listen(self, event: e.Event, changes: list[Change]) -> None:
        if isinstance(event, e.SessionErrored) and event.session_id == self._session_id:
            self._said = event.problem

    async def _hear_why(self, error: OpenCodeError) -> None:
        """The event may come a moment after the answer."""
        if isinstance(error, RequestFailed) and error.status == INTERNAL:
            with suppress(TimeoutError):
                async with asyncio.timeout(REASON):
                    await self._one.watch.until(lambda: self._said is not None)

    def _fail(self, error: OpenCodeError) -> None:
        problem = problem_of(error)
        if not self.is_alone:
            raise error if self._said is None else RequestFailed(self._said.message, remedy=self._said.remedy)
        if self._said is None and problem is not None:
            self._one.apply(e.SessionErrored(session_id=self._session_id, problem=problem))
