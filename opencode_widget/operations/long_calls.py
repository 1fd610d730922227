"""Calls that last as long as their turn, maybe minutes: slash commands, the shell, compaction, AGENTS.md.

Some servers answer at the end of the turn (1.x, and the shell of 2.x); others admit the input, and answer before its turn: see
`turn/admitted.py`.

A Python caller waits for the end (`finish`). A page does not (`begin`): it gets its reply as soon as the call is under way, sees the rest
as events, and finds a later failure as an error in the session.
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
from ..server.api import Admitted, Client, Invocation
from ..server.problems import problem_of
from ..sync.runtime import InstanceRuntime
from .options import DEFAULTS, PromptOptions
from .turn.admitted import AdmittedInput
from .turn.unattended import Unattended, Watch

# Seconds for which `begin` waits for a refusal; a later one is shown in the session.
EARLY = 1.0

# The status with which a server reports a failure without its reason, and seconds to wait for the event that has the reason.
INTERNAL, REASON = 500, 0.5

Call = Callable[[Client], Awaitable[Admitted | None]]


# ---- the calls --------------------------------------------------------------------------------------------------------


def command(session_id: str, name: str, arguments: str = "", options: PromptOptions = DEFAULTS) -> Call:
    """Run a slash command.

    Args:
        session_id: the session in which it runs.
        name: the name of the command, with or without its slash.
        arguments: what the user wrote after the name.
        options: what the user chose for it.
    """
    invocation = Invocation(session_id, name.removeprefix("/"), arguments, options)
    return lambda client: client.command(invocation)


def shell(runtime: InstanceRuntime, session_id: str, line: str, options: PromptOptions = DEFAULTS) -> Call:
    """Run a command line of the shell, in the name of the chosen agent, the session's or the server's default."""

    async def call(client: Client) -> None:
        agent = options.agent or runtime.session(session_id).info.agent
        agent = agent or (await _catalogue(runtime, client)).default_agent
        await client.shell(Invocation(session_id, line, options=replace(options, agent=agent)))

    return call


def compact(runtime: InstanceRuntime, session_id: str, model: str | None = None) -> Call:
    """Replace the session's messages, as the model reads them, by a summary."""

    async def call(client: Client) -> Admitted | None:
        return await client.compact(session_id, await _model(runtime, client, session_id, model))

    return call


def init(runtime: InstanceRuntime, session_id: str, model: str | None = None) -> Call:
    """Let an agent study the project and write AGENTS.md."""

    async def call(client: Client) -> Admitted | None:
        return await client.init(session_id, await _model(runtime, client, session_id, model))

    return call


async def _model(runtime: InstanceRuntime, client: Client, session_id: str, model: str | None) -> str:
    """The model that is named, the session's or the server's default, in this order."""
    named = model or runtime.session(session_id).info.model
    if named is None:
        catalogue = await _catalogue(runtime, client)
        named = catalogue.default_model or catalogue.fallback_model
    if named is None:
        raise RequestFailed("No model is known for this.", remedy="Choose a model.")
    return named


async def _catalogue(runtime: InstanceRuntime, client: Client) -> Catalogue:
    """The server's defaults. Just after the start the kernel has not fetched them yet."""
    known = runtime.state.catalogue
    return known if known.default_agent or known.default_model else await client.catalogue()


# ---- begin or finish one ----------------------------------------------------------------------------------------------


async def begin(runtime: InstanceRuntime, session_id: str, call: Call) -> None:
    """Start a call and return as soon as the session is busy with it, or EARLY has passed.

    Raises:
        OpenCodeError: the server refused it before that. A later failure is shown in the session.
    """
    client = await runtime.reach()
    await runtime.history.open(session_id)
    long_call = _LongCall(runtime, session_id)
    was_busy = runtime.session(session_id).busy
    task = runtime.loop.spawn(long_call.run(call(client)))
    with suppress(TimeoutError):
        async with asyncio.timeout(EARLY):
            await runtime.condition.wait_for(lambda: task.done() or (not was_busy and runtime.session(session_id).busy))
    long_call.is_detached = True
    if task.done():
        task.result()


async def finish(
    runtime: InstanceRuntime, session_id: str, call: Call, unattended: Unattended = "wait"
) -> Message | None:
    """Make a call and wait for its end.

    Args:
        runtime: the instance.
        session_id: the session that the call is about.
        call: one of the calls above.
        unattended: what happens where its turn waits for an answer, and nobody can see that; see `turn/unattended.py`.

    Returns:
        The last message of the session; None if it has none.

    Raises:
        NobodyAnswers: nobody can see what the turn waits for, and `unattended` is "raise". The call goes on.
        OpenCodeError: the server cannot be reached or refuses, or the call failed.
    """
    client = await runtime.reach()
    await runtime.history.open(session_id)
    long_call = _LongCall(runtime, session_id)
    given_up: asyncio.Future[Message | None] = runtime.loop.loop.create_future()

    def give_up(error: OpenCodeError) -> None:
        if not given_up.done():
            given_up.set_exception(error)

    work = runtime.loop.spawn(_finished(runtime, session_id, long_call, call(client)))
    try:
        with Watch(runtime, session_id, unattended, give_up):
            await asyncio.wait((work, given_up), return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        work.cancel()
        raise
    if work.done():
        given_up.cancel()
        return work.result()
    long_call.is_detached = True
    return await given_up  # it raises


async def _finished(
    runtime: InstanceRuntime, session_id: str, long_call: _LongCall, call: Awaitable[Admitted | None]
) -> Message | None:
    with AdmittedInput(runtime, session_id) as input:
        admitted = await long_call.run(call)
        if admitted is not None:
            await input.end(admitted)
    await runtime.history.refetch(session_id)
    session = runtime.session(session_id)
    return session.messages[session.ids[-1]] if session.ids else None


class _LongCall:
    """One call. The server reports in an event why it failed, and in the response only that it did."""

    def __init__(self, runtime: InstanceRuntime, session_id: str) -> None:
        self._runtime = runtime
        self._session_id = session_id
        self._reason: Problem | None = None
        # The caller has returned: a failure is shown in the session.
        self.is_detached = False

    async def run(self, call: Awaitable[Admitted | None]) -> Admitted | None:
        """Make the call. Returns what it only admitted, and None where it has ended."""
        self._runtime.listeners.add(self._listen)
        self._runtime.conversations.add(self._session_id)
        try:
            return await call
        except OpenCodeError as error:
            await self._wait_for_reason(error)
            self._fail(error)
            return None
        finally:
            self._runtime.listeners.discard(self._listen)
            self._runtime.condition.notify()

    def _listen(self, event: e.Event, changes: list[Change]) -> None:
        if isinstance(event, e.SessionErrored) and event.session_id == self._session_id:
            self._reason = event.problem

    async def _wait_for_reason(self, error: OpenCodeError) -> None:
        """The event with the reason may come after the response."""
        if isinstance(error, RequestFailed) and error.status == INTERNAL:
            with suppress(TimeoutError):
                async with asyncio.timeout(REASON):
                    await self._runtime.condition.wait_for(lambda: self._reason is not None)

    def _fail(self, error: OpenCodeError) -> None:
        problem = problem_of(error)
        if not self.is_detached:
            raise error if self._reason is None else RequestFailed(self._reason.message, remedy=self._reason.remedy)
        if self._reason is None and problem is not None:
            self._runtime.apply(e.SessionErrored(session_id=self._session_id, problem=problem))
