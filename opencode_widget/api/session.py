"""The Python handle of a session: prompts, answers, commands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import NamedTuple

from ..errors import AnswerTimeout, SessionFailed
from ..model import events as e
from ..model.entities import Delivery, Problem
from ..model.state import Message
from ..operations import long_calls, prompts
from ..operations.attachments import File, read
from ..operations.event_feed import Feed
from ..operations.turn import Turn
from ..server.api import Attachment, Invocation
from .handle import SessionHandle

log = logging.getLogger("opencode_widget")


class _PromptRequest(NamedTuple):
    """A prompt as it was given."""

    text: str
    agent: str | None
    model: str | None
    variant: str | None
    files: Sequence[File]
    delivery: Delivery | None = None


class Session(SessionHandle):
    """A session of an instance. Its coroutines may be awaited on any loop."""

    # ---- prompts ----

    async def send(
        self,
        text: str,
        *,
        agent: str | None = None,
        model: str | None = None,
        variant: str | None = None,
        files: Sequence[File] = (),
        delivery: Delivery | None = None,
    ) -> str:
        """Send a prompt and don't wait for the answer (`POST /session/{id}/prompt_async`).

        Args:
            text: the prompt, Markdown.
            agent: the name of an agent; None: the server's choice.
            model: "provider/id"; None: the server's choice.
            variant: of the model.
            files: paths of files that go with it, or Attachments; 20 MB together at most.
            delivery: while a turn runs (2.x): "steer" joins it at its next step, "queue" waits for its end; None: the server's choice.

        Returns:
            The id of the prompt's message.

        Raises:
            BadAttachment: a file cannot be read, or is too large.
            NotSupported: the server has no choice of `delivery`.
            OpenCodeError: the server did not take it.
        """
        request = _PromptRequest(_checked(text), agent, model, variant, files, delivery)
        return await self._runtime.loop.run(self._send(request))

    async def _send(self, request: _PromptRequest) -> str:
        text, agent, model, variant, files, delivery = request
        attached = await _attached(files)
        return await prompts.prompt(
            self._runtime,
            self._id,
            text,
            agent=agent,
            model=model,
            variant=variant,
            files=attached,
            delivery=delivery,
        )

    async def ask(
        self,
        text: str,
        *,
        agent: str | None = None,
        model: str | None = None,
        variant: str | None = None,
        files: Sequence[File] = (),
        timeout: float | None = None,
    ) -> Message:
        """Send a prompt and wait for the end of the turn.

        Args:
            text: the prompt, Markdown.
            agent: see `send`.
            model: see `send`.
            variant: see `send`.
            files: see `send`.
            timeout: seconds; None: as long as it takes. A turn may wait for a permission.

        Returns:
            The last message of the answer; its `.error` says why it failed or was stopped, if it did.

        Raises:
            SessionFailed: the turn ended without a message.
            AnswerTimeout: it did not end in time. It goes on; `abort` stops it.
            OpenCodeError: the prompt could not be sent, or the connection was given up.
        """
        request = _PromptRequest(_checked(text), agent, model, variant, files)
        return await self._runtime.loop.run(self._ask(request, timeout))

    async def _ask(self, request: _PromptRequest, timeout: float | None) -> Message:
        try:
            async with asyncio.timeout(timeout):
                return await self._turn(request)
        except TimeoutError:
            raise AnswerTimeout(
                f"The answer did not end within {timeout:g} s.", remedy="It goes on; session.abort() stops it."
            ) from None

    async def _turn(self, request: _PromptRequest, heard: Callable[[e.Event], None] | None = None) -> Message:
        with Turn(self._runtime, self._id, heard) as turn:
            # Who stops following does not take the prompt back while it is being sent.
            turn.prompt = await asyncio.shield(self._runtime.loop.spawn(self._send(request)))
            return await turn.end()

    async def stream(
        self,
        text: str,
        *,
        agent: str | None = None,
        model: str | None = None,
        variant: str | None = None,
        files: Sequence[File] = (),
    ) -> AsyncGenerator[e.Event, None]:
        """Send a prompt and follow the turn, event by event, to its end.

        Args:
            text: the prompt, Markdown.
            agent: see `send`.
            model: see `send`.
            variant: see `send`.
            files: see `send`.

        Yields:
            The events of this session from the prompt on: PartDelta (`.text`), PartUpserted (`.part`), MessageUpserted (`.info`), ...

        Raises:
            OpenCodeError: as `ask`.
        """
        request = _PromptRequest(_checked(text), agent, model, variant, files)
        feed = Feed(self._runtime.loop.loop)
        turn = self._runtime.loop.start(self._follow(request, feed))
        try:
            while (event := await feed.get()) is not None:
                yield event
            await turn
        finally:
            feed.leave()
            turn.cancel()

    async def _follow(self, request: _PromptRequest, feed: Feed) -> None:
        """One turn, into a feed; it ends early where the consumer's loop has ended."""
        task = asyncio.current_task()

        def hear(event: e.Event) -> None:
            if not feed.put(event) and task is not None:
                task.cancel()

        try:
            await self._turn(request, hear)
        finally:
            if not feed.end():
                what = f"The consumer of session.stream() of {self._id} is gone: its event loop was closed."
                log.warning("%s", what)
                self._runtime.alert(Problem("ConsumerGone", what, "The turn goes on; session.abort() stops it."))

    async def abort(self) -> None:
        """Stop the turn that runs, and those of its sub-agents (`POST /session/{id}/abort`).

        Raises:
            OpenCodeError: the server could not be told.
        """
        await self._runtime.loop.run(prompts.abort(self._runtime, self._id))

    # ---- what takes long ----

    async def command(
        self,
        name: str,
        arguments: str = "",
        *,
        agent: str | None = None,
        model: str | None = None,
        variant: str | None = None,
        files: Sequence[File] = (),
    ) -> Message:
        """Run a slash command to the end of its turn (`POST /session/{id}/command`).

        Args:
            name: of the command, with or without its slash.
            arguments: as they are written after it.
            agent: see `send`.
            model: see `send`.
            variant: see `send`.
            files: see `send`.

        Returns:
            The last message.

        Raises:
            OpenCodeError: there is no such command, or it failed.
        """
        attached = await _attached(files)
        invocation = Invocation(self._id, name.removeprefix("/"), arguments, agent, model, variant, attached)
        return await self._finish(long_calls.command(invocation))

    async def shell(self, command: str, *, agent: str | None = None) -> Message:
        """Run a command of the shell in the folder, and have it stand in the conversation (`POST /session/{id}/shell`).

        Args:
            command: as for a shell.
            agent: in whose name; None: the session's.

        Returns:
            The message with its output.

        Raises:
            OpenCodeError: a turn runs, or the server does not do it.
        """
        return await self._finish(long_calls.shell(self._runtime, Invocation(self._id, command, agent=agent)))

    async def compact(self, *, model: str | None = None) -> Message:
        """Replace the conversation by a summary (`POST /session/{id}/summarize`).

        Args:
            model: "provider/id" that writes it; None: the session's.

        Returns:
            The summary.

        Raises:
            OpenCodeError: it failed.
        """
        return await self._finish(long_calls.compact(self._runtime, self._id, model))

    async def init(self, *, model: str | None = None) -> Message:
        """Have the project looked at and AGENTS.md written (`POST /session/{id}/init`).

        Args:
            model: "provider/id" that writes it; None: the session's.

        Returns:
            The last message.

        Raises:
            OpenCodeError: it failed.
        """
        return await self._finish(long_calls.init(self._runtime, self._id, model))

    async def _finish(self, call: long_calls.Call) -> Message:
        last = await self._runtime.loop.run(long_calls.finish(self._runtime, self._id, call))
        if last is None:
            raise SessionFailed("Nothing came of it.", remedy="Try again.")
        return last


async def _attached(files: Sequence[File]) -> tuple[Attachment, ...]:
    return await asyncio.to_thread(read, files) if files else ()


def _checked(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"A prompt is a str, not {type(text).__name__}.")
    if not text.strip():
        raise ValueError("The prompt is empty.")
    return text
