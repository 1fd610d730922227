"""The Python handle of a session: prompts, answers, commands, its history, and what is done with the whole session."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Sequence
from typing import Any, NamedTuple, Self, TypeVar

from ..errors import AnswerTimeout, SessionFailed
from ..model import events as e
from ..model.entities import Delivery, FileDiff, Problem, SessionInfo, Todo
from ..model.render.blocks import Block
from ..model.render.rich import Rich
from ..model.state import Message
from ..operations import export, long_calls, prompts, search, sessions
from ..operations.attachments import File, read
from ..operations.event_feed import Feed
from ..operations.search import Match
from ..operations.turn import Turn
from ..server.api import Attachment, Invocation
from ..sync.history import InstanceRuntime
from . import session_export
from .session_export import Format

log = logging.getLogger("opencode_widget")

T = TypeVar("T")


class _PromptRequest(NamedTuple):
    """A prompt as it was given."""

    text: str
    agent: str | None
    model: str | None
    variant: str | None
    files: Sequence[File]
    delivery: Delivery | None = None


class Session(Rich):
    """A session of an instance. Two handles of the same session are equal.

    Its coroutines may be awaited on any event loop. The properties read what the kernel has and never ask the server.
    """

    def __init__(self, runtime: InstanceRuntime, id: str) -> None:
        self._runtime = runtime
        self._id = id

    def __repr__(self) -> str:
        if self._id not in self._runtime.state.sessions:
            return f"<Session {self._id} (deleted)>"
        return f"<Session {self.title!r} {self.status}, {len(self.messages)} messages here>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Session) and (other._runtime, other._id) == (self._runtime, self._id)

    def __hash__(self) -> int:
        return hash(self._id)

    def _blocks(self) -> Iterable[Block]:
        return session_export.blocks(self._runtime, self._id)

    async def _run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run an operation on the home loop."""
        return await self._runtime.loop.run(work)

    # ---- what the kernel knows of it ----

    @property
    def id(self) -> str:
        """The server's id, such as "ses_6f1c..."."""
        return self._id

    @property
    def info(self) -> SessionInfo:
        """What the server states about the session, such as its title, times, agent and model.

        Raises:
            NotFound: the session was deleted.
        """
        return self._runtime.session(self._id).info

    @property
    def title(self) -> str:
        """The title.

        Raises:
            NotFound: the session was deleted.
        """
        return self.info.title

    @property
    def parent(self) -> str | None:
        """The id of the session that started this one for a sub-agent; None if a user or Python started it.

        Raises:
            NotFound: the session was deleted.
        """
        return self.info.parent

    @property
    def children(self) -> list[Self]:
        """The sessions of the sub-agents that this session started."""
        every = self._runtime.all_sessions()
        return [type(self)(self._runtime, session.id) for session in every if session.info.parent == self._id]

    @property
    def status(self) -> str:
        """What the session does: "idle", "busy" (a turn runs) or "retry" (the server waits to ask the model again).

        Raises:
            NotFound: the session was deleted.
        """
        return str(self._runtime.session(self._id).status.activity)

    @property
    def messages(self) -> list[Message]:
        """The messages that the kernel has, oldest first; `await session.load()` fetches the newest.

        Raises:
            NotFound: the session was deleted.
        """
        session = self._runtime.session(self._id)
        # The home loop may run on another thread and change the state: copy the ids in one step, and skip messages that are gone.
        return [message for id in tuple(session.ids) if (message := session.messages.get(id)) is not None]

    @property
    def todos(self) -> list[Todo]:
        """The agent's to-do list; empty before `load()`.

        Raises:
            NotFound: the session was deleted.
        """
        return list(self._runtime.session(self._id).todos)

    def show(self) -> None:
        """Select the session in the widget."""
        self._runtime.loop.call(self._runtime.select, self._id)

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
        return await self._run(self._send(request))

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
        return await self._run(self._ask(request, timeout))

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
        await self._run(prompts.abort(self._runtime, self._id))

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
        last = await self._run(long_calls.finish(self._runtime, self._id, call))
        if last is None:
            raise SessionFailed("Nothing came of it.", remedy="Try again.")
        return last

    # ---- the whole session ----

    async def rename(self, title: str) -> None:
        """Change the title (`PATCH /session/{id}`).

        Args:
            title: the new title; spaces around it are removed.

        Raises:
            ValueError: the title is empty.
            OpenCodeError: the server cannot be reached, or refuses.
        """
        if not title.strip():
            raise ValueError("The title is empty.")
        await self._run(sessions.rename(self._runtime, self._id, title.strip()))

    async def delete(self) -> None:
        """Delete the session, its messages and its sub-agents' sessions for good (`DELETE /session/{id}`).

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._run(sessions.delete(self._runtime, self._id))

    async def archive(self, archived: bool = True) -> None:  # noqa: FBT001, FBT002 - reads well: archive(False)
        """Archive the session, or take it out of the archive (`PATCH /session/{id}`).

        Args:
            archived: False takes it out of the archive.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._run(sessions.archive(self._runtime, self._id, archived=archived))

    async def fork(self, before: Message | str | None = None) -> Self:
        """Copy the session (`POST /session/{id}/fork`) and select the copy in the widget.

        Args:
            before: a message or its id: copy only the messages before it; None: copy all.

        Returns:
            The copy.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        copy = await self._run(sessions.fork(self._runtime, self._id, _id_of(before) if before else None))
        return type(self)(self._runtime, copy.id)

    async def revert(self, message: Message | str) -> None:
        """Take back a message, all messages after it, and what they changed in files (`POST /session/{id}/revert`).

        `unrevert` restores them until the next prompt is sent.

        Args:
            message: a message or its id.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses, for example while a turn runs.
        """
        await self._run(sessions.revert(self._runtime, self._id, _id_of(message)))

    async def unrevert(self) -> None:
        """Restore the messages and files that `revert` took back (`POST /session/{id}/unrevert`).

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._run(sessions.unrevert(self._runtime, self._id))

    async def share(self) -> str | None:
        """Make the session public (`POST /session/{id}/share`).

        Returns:
            Its public address; None if the server names none.

        Raises:
            OpenCodeError: the server cannot be reached, or sharing is switched off.
        """
        return await self._run(sessions.share(self._runtime, self._id, shared=True))

    async def unshare(self) -> None:
        """Make the session private again (`DELETE /session/{id}/share`).

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._run(sessions.share(self._runtime, self._id, shared=False))

    # ---- its history ----

    async def load(self) -> list[Message]:
        """Fetch the newest messages (`GET /session/{id}/message`); from then on the kernel keeps them up to date.

        Returns:
            The messages, oldest first.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._run(self._runtime.open(self._id))
        return self.messages

    async def diff(self, message: Message | str | None = None) -> list[FileDiff]:
        """Ask which files the session changed, and how (`GET /session/{id}/diff`).

        Args:
            message: a prompt or its id: only the changes of that prompt's turn; None: of the session.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        named = _id_of(message) if message else None
        return list(await self._run(sessions.diff(self._runtime, self._id, named)))

    async def search(self, words: str) -> list[Match]:
        """Look for words in all messages, in upper or lower case (`GET /session/{id}/message`, page by page).

        Args:
            words: the text to look for, as it stands in a message.

        Returns:
            A match for each part that has the words, the latest first; at most 200.

        Raises:
            ValueError: `words` is empty.
            OpenCodeError: the messages cannot be fetched.
        """
        if not words.strip():
            raise ValueError("There is nothing to look for.")
        found, _ = await self._run(search.search(self._runtime, self._id, words))
        return found

    async def export(self, format: Format = "markdown") -> str:
        """Write all messages as one document (`GET /session/{id}/message`, page by page).

        Args:
            format: "markdown", "html", "text", "notebook" (the JSON of an .ipynb file) or "json".

        Returns:
            The text of the document, without the secrets that the kernel knows.

        Raises:
            ValueError: the format is unknown.
            OpenCodeError: the messages cannot be fetched.
        """
        session_export.check_format(format)
        return (await self._run(export.conversation_document(self._runtime, self._id, format))).text

    def to_markdown(self) -> str:
        """The messages that the kernel has, in Markdown; `await session.export()` fetches the others too.

        Raises:
            NotFound: the session was deleted.
        """
        return session_export.markdown(self._runtime, self._id)


def _id_of(message: Message | str) -> str:
    return message if isinstance(message, str) else message.id


async def _attached(files: Sequence[File]) -> tuple[Attachment, ...]:
    return await asyncio.to_thread(read, files) if files else ()


def _checked(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"A prompt is a str, not {type(text).__name__}.")
    if not text.strip():
        raise ValueError("The prompt is empty.")
    return text
