"""The Python handle of a session: prompts, answers, messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from .conversations import Conversations
from .errors import AnswerTimeout
from .model import events as e
from .model.infos import SessionInfo
from .model.state import Message
from .turn import Turn


class Session:
    """A session of an instance. Its coroutines may be awaited on any loop."""

    def __init__(self, conversations: Conversations, id: str) -> None:
        self._conversations = conversations
        self._id = id

    def __repr__(self) -> str:
        if self._id not in self._conversations.state.sessions:
            return f"<Session {self._id} (deleted)>"
        return f"<Session {self.title!r} {self.status}, {len(self.messages)} messages here>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Session) and (other._conversations, other._id) == (self._conversations, self._id)

    def __hash__(self) -> int:
        return hash(self._id)

    @property
    def id(self) -> str:
        """The server's id, "ses_..."."""
        return self._id

    @property
    def info(self) -> SessionInfo:
        """All that the server says of it; raises NotFound when it was deleted."""
        return self._conversations.session(self._id).info

    @property
    def title(self) -> str:
        """Its title."""
        return self.info.title

    @property
    def parent(self) -> str | None:
        """The id of the session whose sub-agent it is."""
        return self.info.parent

    @property
    def children(self) -> list[Session]:
        """The sessions of its sub-agents."""
        return [
            Session(self._conversations, one.id) for one in self._conversations.known() if one.info.parent == self._id
        ]

    @property
    def status(self) -> str:
        """One of "idle", "busy", "retry"."""
        return str(self._conversations.session(self._id).status.activity)

    @property
    def messages(self) -> list[Message]:
        """Its messages, oldest first, as far as they are here: `await session.load()` brings the newest."""
        session = self._conversations.session(self._id)
        # Copied in one step, for the home loop may be another thread's, and go on meanwhile.
        return [message for id in tuple(session.ids) if (message := session.messages.get(id)) is not None]

    async def load(self) -> list[Message]:
        """Have the newest messages here (`GET /session/{id}/message`), and kept true from now on.

        Raises:
            OpenCodeError: they cannot be fetched.
        """
        await self._conversations.home.run(self._conversations.open(self._id))
        return self.messages

    async def send(
        self, text: str, *, agent: str | None = None, model: str | None = None, variant: str | None = None
    ) -> str:
        """Send a prompt and don't wait for the answer (`POST /session/{id}/prompt_async`).

        Args:
            text: the prompt, Markdown.
            agent: the name of an agent; None: the server's choice.
            model: "provider/id"; None: the server's choice.
            variant: of the model.

        Returns:
            The id of the prompt's message.

        Raises:
            OpenCodeError: the server did not take it.
        """
        send = self._conversations.prompt(self._id, _checked(text), agent=agent, model=model, variant=variant)
        return await self._conversations.home.run(send)

    async def ask(
        self,
        text: str,
        *,
        agent: str | None = None,
        model: str | None = None,
        variant: str | None = None,
        timeout: float | None = None,
    ) -> Message:
        """Send a prompt and wait for the end of the turn.

        Args:
            text: the prompt, Markdown.
            agent, model, variant: see `send`.
            timeout: seconds; None: as long as it takes. A turn may wait for a permission.

        Returns:
            The last message of the answer; its `.error` says why it failed or was stopped, if it did.

        Raises:
            SessionFailed: the turn ended without a message.
            AnswerTimeout: it did not end in time. It goes on; `abort` stops it.
            OpenCodeError: the prompt could not be sent, or the connection was given up.
        """
        ask = self._ask(_checked(text), agent, model, variant, timeout)
        return await self._conversations.home.run(ask)

    async def _ask(
        self, text: str, agent: str | None, model: str | None, variant: str | None, timeout: float | None
    ) -> Message:
        try:
            async with asyncio.timeout(timeout):
                return await self._turn(text, agent, model, variant)
        except TimeoutError:
            raise AnswerTimeout(
                f"The answer did not end within {timeout:g} s.", remedy="It goes on; session.abort() stops it."
            ) from None

    async def _turn(
        self,
        text: str,
        agent: str | None,
        model: str | None,
        variant: str | None,
        heard: Callable[[e.Event], None] | None = None,
    ) -> Message:
        with Turn(self._conversations, self._id, heard) as turn:
            turn.prompt = await self._conversations.prompt(self._id, text, agent=agent, model=model, variant=variant)
            return await turn.end()

    async def stream(
        self, text: str, *, agent: str | None = None, model: str | None = None, variant: str | None = None
    ) -> AsyncGenerator[e.Event, None]:
        """Send a prompt and follow the turn, event by event, to its end.

        Args:
            text: the prompt, Markdown.
            agent, model, variant: see `send`.

        Yields:
            The events of this session from the prompt on: PartDelta (`.text`), PartUpserted (`.part`), MessageUpserted (`.info`), ...

        Raises:
            OpenCodeError: as `ask`.
        """
        queue: asyncio.Queue[e.Event | None] = asyncio.Queue()
        here = asyncio.get_running_loop()

        def deliver(event: e.Event | None) -> None:
            if here is self._conversations.home.loop:
                queue.put_nowait(event)
            else:
                here.call_soon_threadsafe(queue.put_nowait, event)

        async def follow() -> None:
            try:
                await self._turn(checked, agent, model, variant, deliver)
            finally:
                deliver(None)

        checked = _checked(text)
        turn = asyncio.ensure_future(self._conversations.home.run(follow()))
        try:
            while (event := await queue.get()) is not None:
                yield event
            await turn
        finally:
            turn.cancel()

    async def abort(self) -> None:
        """Stop the turn that runs, and those of its sub-agents (`POST /session/{id}/abort`).

        Raises:
            OpenCodeError: the server could not be told.
        """
        await self._conversations.home.run(self._conversations.abort(self._id))

    def show(self) -> None:
        """Select it in the widget."""
        self._conversations.home.call(self._conversations.select, self._id)


def _checked(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"A prompt is a str, not {type(text).__name__}.")
    if not text.strip():
        raise ValueError("The prompt is empty.")
    return text
