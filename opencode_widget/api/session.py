"""The Python handle of a session: prompts, answers, commands, its history, and what is done with the whole session."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine, Iterable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..context.sending import context_of
from ..errors import SessionFailed
from ..model import events as e
from ..model.entities import Delivery, FileDiff, SessionInfo, Todo
from ..model.render.rich import Rich
from ..model.state import Message
from ..model.text.brief import counted
from ..operations import event_feed, long_calls, prompts, search, sessions, turn
from ..operations.files.attachments import File
from ..operations.options import PromptOptions, check_choice, prompt_options, prompt_text
from ..operations.prompts import unanswered
from ..operations.search import Match
from ..operations.turn import interrupt, retry
from ..operations.turn.interrupt import Interruptible, OnInterrupt
from ..operations.turn.unattended import Unattended, checked
from ..sync.runtime import InstanceRuntime
from .allowance import Allowance
from .pending import Pending, handle
from .queue import Queue

if TYPE_CHECKING:
    from ..model.render.blocks import Block
    from .session_export import Format
    from .usage import Usage

T = TypeVar("T")


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
        return f"<Session {self.title!r} {self.status}, {counted(len(self.messages), 'message')} loaded>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Session) and (other._runtime, other._id) == (self._runtime, self._id)

    def __hash__(self) -> int:
        return hash(self._id)

    def _blocks(self) -> Iterable[Block]:
        from . import session_export  # when something is drawn

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
        """What the session does: "idle", "busy" (a turn or a shell command runs) or "retry" (the server waits to ask the model again).

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

    @property
    def usage(self) -> Usage:
        """What the steps of the session took, of the messages that the kernel has: tokens, cost, seconds; `usage.to_frame()` is a table.

        Raises:
            NotFound: the session was deleted.
        """
        from .usage import Usage  # when it is asked for

        return Usage(self.messages)

    @property
    def pending(self) -> list[Pending]:
        """The permissions and questions of this session that wait for an answer, the oldest first.

        Those of its sub-agents are included, for its turn waits for them too; `request.session` is the session that
        asks. A session that was deleted has none.
        """
        return pending(self._runtime, self._id)

    @property
    def allows_all(self) -> bool:
        """Is every permission of this session allowed without asking the user: by `allow_all`, here or in a session that started it?

        Raises:
            NotFound: the session was deleted.
        """
        self._runtime.session(self._id)
        return self._runtime.state.allows_all(self._id)

    def allow_all(self, allowed: bool = True) -> Allowance:  # noqa: FBT001, FBT002 - reads well: allow_all(False)
        """Allow every permission of this session and of its sub-agents without asking the user, those that wait too.

        A policy (`oc.on_permission`) is still asked first, and questions still wait for the user. The widget shows a mark with a button
        that ends it. It is never remembered: it ends with the kernel.

            with session.allow_all():
                await session.ask("Run the tests, and mend what fails.")

        Args:
            allowed: False ends it.

        Returns:
            Its end: a context manager with the method `end()`.

        Raises:
            NotFound: the session was deleted.
        """
        self._runtime.session(self._id)
        return Allowance(self._runtime, self._id, allowed=allowed)

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
        attach: Sequence[object] = (),
        delivery: Delivery | None = None,
    ) -> str:
        """Send a prompt without waiting for the answer (`POST /session/{id}/prompt_async`).

        Args:
            text: the prompt, in Markdown.
            agent: the name of an agent; None: the server's choice.
            model: "provider/id"; None: the server's choice.
            variant: a variant of the model; None: the server's choice.
            files: paths of files to attach, or Attachments; 20 MB together at most.
            attach: objects, such as a DataFrame or a figure: a description of each goes with the prompt, as for the names in it
                (`@var:df`, `@cell:12`, `@error`, `@fig`). `oc.preview` shows what is sent.
            delivery: what the server does with a prompt that comes while a turn runs (OpenCode 2.x): "steer" adds it to the turn at its
                next step, "queue" holds it until the turn ends; None: the server's choice.

        Returns:
            The id of the prompt's message.

        Raises:
            TypeError: the prompt is no string.
            ValueError: the prompt is empty.
            BadAttachment: a file cannot be read, or the files are too large.
            UnknownName: a name in the prompt, such as `@var:df`, stands for nothing, or the server has no such agent or model.
            CannotDescribe: what the prompt names, or `attach` has, cannot be described within the bounds.
            NotSupported: the server has no choice of `delivery`.
            OpenCodeError: the server cannot be reached, or refuses.
        """
        words = prompt_text(text)
        await check_choice(self._runtime, agent=agent, model=model)
        context = await context_of(words, attach)
        options = await prompt_options(
            agent=agent, model=model, variant=variant, files=(*files, *context), delivery=delivery
        )
        return await self._run(prompts.prompt(self._runtime, self._id, words, options))

    async def ask(
        self,
        text: str,
        *,
        agent: str | None = None,
        model: str | None = None,
        variant: str | None = None,
        files: Sequence[File] = (),
        attach: Sequence[object] = (),
        schema: object = None,
        timeout: float | None = None,
        unattended: Unattended = "wait",
        on_interrupt: OnInterrupt = "abort",
    ) -> Message:
        """Send a prompt (`POST /session/{id}/prompt_async`) and wait until its turn ends.

        Args:
            text: the prompt, in Markdown.
            agent: see `send`.
            model: see `send`.
            variant: see `send`.
            files: see `send`.
            attach: see `send`.
            schema: the shape of the answer: a JSON schema as a dict (checked by jsonschema), or a type such as a model of pydantic or a
                dataclass (checked by pydantic). The agent is asked once more if its answer does not fit. The value is `.data` of what is
                returned.
            timeout: seconds to wait; None: no limit. A turn may wait for a permission.
            unattended: what happens where the agent waits for a permission or an answer, and nobody can see that, because no page is open
                or this cell keeps the notebook from delivering a click: "reject" rejects it, "raise" raises NobodyAnswers, "wait" waits.
                "reject" and "wait" report it once.
            on_interrupt: what happens to the turn where the notebook's Stop button ends the cell that waits: "abort" stops it, "continue"
                lets it go on. A cancelled task, or a time limit, lets it go on.

        Returns:
            The last message of the answer. If the turn failed or was stopped while it answered, its `.error` says why.

        Raises:
            TypeError: the prompt is no string.
            ValueError: the prompt is empty, `schema` is no valid one, or there is no such choice of `unattended` or `on_interrupt`.
            BadAttachment: see `send`.
            UnknownName: see `send`.
            CannotDescribe: see `send`.
            NotSupported: the library that checks `schema` is not installed.
            SchemaMismatch: the answer does not fit `schema`; the message says what does not.
            SessionFailed: the turn ended without an answer (the message says why), or the session was deleted.
            AnswerTimeout: the turn did not end in time. It goes on; `abort` stops it.
            NobodyAnswers: see `unattended`. The turn waits on.
            Closed: the instance was closed meanwhile.
            OpenCodeError: the server refuses the prompt, or the kernel gave up the connection.
        """
        from ..operations.turn import structured  # not at the start
        from ..operations.turn.shapes import shape_of

        words, choice = prompt_text(text), checked(unattended)
        wanted = await shape_of(schema)
        interruptible = Interruptible(self._runtime, self._id, interrupt.checked(on_interrupt))
        await check_choice(self._runtime, agent=agent, model=model)
        context = await context_of(words, attach)
        options = await prompt_options(agent=agent, model=model, variant=variant, files=(*files, *context))
        how: dict[str, Any] = {"timeout": timeout, "unattended": choice, "interruptible": interruptible}
        asking: Coroutine[Any, Any, Message] = (
            turn.ask(self._runtime, self._id, words, options, **how)
            if wanted is None
            else structured.ask_for(self._runtime, self._id, words, wanted, options, **how)
        )
        with interruptible.waiting():
            return await self._run(asking)

    async def stream(
        self,
        text: str,
        *,
        agent: str | None = None,
        model: str | None = None,
        variant: str | None = None,
        files: Sequence[File] = (),
        attach: Sequence[object] = (),
        unattended: Unattended = "wait",
        on_interrupt: OnInterrupt = "abort",
    ) -> AsyncGenerator[e.Event, None]:
        """Send a prompt (`POST /session/{id}/prompt_async`) and yield the events of its turn (`GET /event`) until it ends.

        A caller who stops reading leaves the turn running; `abort` stops it.

        Args:
            text: the prompt, in Markdown.
            agent: see `send`.
            model: see `send`.
            variant: see `send`.
            files: see `send`.
            attach: see `send`.
            unattended: see `ask`.
            on_interrupt: see `ask`.

        Yields:
            The events of this session from the prompt on: PartDelta (`.text`), PartUpserted (`.part`), MessageUpserted (`.info`), ...

        Raises:
            OpenCodeError: as `ask`.
        """
        words, choice, on_stop = prompt_text(text), checked(unattended), interrupt.checked(on_interrupt)
        await check_choice(self._runtime, agent=agent, model=model)
        context = await context_of(words, attach)
        options = await prompt_options(agent=agent, model=model, variant=variant, files=(*files, *context))
        async with aclosing(
            event_feed.stream_turn(self._runtime, self._id, words, options, unattended=choice, on_interrupt=on_stop)
        ) as events:
            async for event in events:
                yield event

    async def send_again(self, message: Message | str) -> str:
        """Send a prompt again that a stop or a failure left without an answer; it takes the place of the old one.

        Args:
            message: the prompt, whose state is "unanswered", or its id.

        Returns:
            The id of its new message.

        Raises:
            RequestFailed: it is not such a prompt.
            NotSupported: the server could remove it only together with the prompts after it.
            PromptNotSent: the old one is removed, and the server did not take the new one; its `.text` has the prompt.
            OpenCodeError: the server cannot be reached, or refuses. The old one is still there.
        """
        return await self._run(unanswered.send_again(self._runtime, self._id, _id_of(message)))

    async def try_again(
        self,
        message: Message | str | None = None,
        *,
        timeout: float | None = None,
        unattended: Unattended = "wait",
        on_interrupt: OnInterrupt = "abort",
    ) -> Message:
        """Send the prompt of an answer that failed or was stopped once more, and wait until its turn ends.

        The prompt goes with its files and mentions to the same agent and model (`POST /session/{id}/prompt_async`). What the agent wrote
        and changed before stays; `revert` takes it back. A prompt that no turn took is replaced, as by `send_again`.

        Args:
            message: the answer or its prompt, or the id of either; None: the latest prompt.
            timeout: see `ask`.
            unattended: see `ask`.
            on_interrupt: see `ask`.

        Returns:
            The last message of the new answer.

        Raises:
            RequestFailed: a turn runs, or there is no prompt that could be sent again.
            SessionFailed: the turn ended without an answer; the message says why.
            AnswerTimeout: the turn did not end in time. It goes on; `abort` stops it.
            NobodyAnswers: see `ask`.
            OpenCodeError: the server cannot be reached, or refuses.
        """
        choice, named = checked(unattended), _id_of(message) if message is not None else None
        interruptible = Interruptible(self._runtime, self._id, interrupt.checked(on_interrupt))
        sending = retry.try_again(self._runtime, self._id, named)
        asking = turn.answered(
            self._runtime,
            self._id,
            sending,
            timeout=timeout,
            unattended=choice,
            interruptible=interruptible,
        )
        with interruptible.waiting():
            return await self._run(asking)

    async def take_back(self, message: Message | str) -> str:
        """Remove a prompt that a stop or a failure left without an answer (`DELETE /session/{id}/message/{id}`).

        Args:
            message: the prompt, whose state is "unanswered", or its id.

        Returns:
            Its text.

        Raises:
            RequestFailed: it is not such a prompt.
            NotSupported: the server could remove it only together with the prompts after it.
            OpenCodeError: the server cannot be reached, or refuses.
        """
        return await self._run(unanswered.take_back(self._runtime, self._id, _id_of(message)))

    @property
    def queue(self) -> Queue:
        """The prompts that wait in this kernel for the end of the turn; `await session.queue("...")` queues one."""
        return Queue(self._runtime, self._id)

    async def abort(self) -> None:
        """Stop the turn that runs, those of its sub-agents, and your shell commands (`POST /session/{id}/abort`).

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._run(prompts.abort(self._runtime, self._id))

    # ---- calls that take as long as a turn ----

    async def command(
        self,
        name: str,
        arguments: str = "",
        *,
        agent: str | None = None,
        model: str | None = None,
        variant: str | None = None,
        files: Sequence[File] = (),
        attach: Sequence[object] = (),
        unattended: Unattended = "wait",
        on_interrupt: OnInterrupt = "abort",
    ) -> Message:
        """Run a slash command and wait until its turn ends (`POST /session/{id}/command`).

        Args:
            name: the name of the command, with or without its slash.
            arguments: the text that a user would write after the name.
            agent: see `send`.
            model: see `send`.
            variant: see `send`.
            files: see `send`.
            attach: see `send`.
            unattended: see `ask`.
            on_interrupt: see `ask`.

        Returns:
            The last message of the session.

        Raises:
            ValueError: there is no such choice of `unattended` or `on_interrupt`.
            BadAttachment: see `send`.
            UnknownName: see `send`.
            CannotDescribe: see `send`.
            SessionFailed: the session has no message afterwards.
            NobodyAnswers: see `ask`.
            OpenCodeError: the server has no such command, or the command failed.
        """
        choice, on_stop = checked(unattended), interrupt.checked(on_interrupt)
        await check_choice(self._runtime, agent=agent, model=model)
        context = await context_of(arguments, attach)
        options = await prompt_options(agent=agent, model=model, variant=variant, files=(*files, *context))
        return await self._finish(long_calls.command(self._id, name, arguments, options), choice, on_stop)

    async def shell(
        self,
        command: str,
        *,
        agent: str | None = None,
        unattended: Unattended = "wait",
        on_interrupt: OnInterrupt = "abort",
    ) -> Message:
        """Run a command of the shell in the instance's folder, and keep it in the session (`POST /session/{id}/shell`).

        Args:
            command: the command line.
            agent: the agent in whose name it runs; None: the session's.
            unattended: see `ask`.
            on_interrupt: see `ask`.

        Returns:
            The message with the output.

        Raises:
            ValueError: there is no such choice of `unattended` or `on_interrupt`.
            SessionFailed: the session has no message afterwards.
            NobodyAnswers: see `ask`.
            OpenCodeError: a turn runs, or the server refuses.
        """
        await check_choice(self._runtime, agent=agent)
        call = long_calls.shell(self._runtime, self._id, command, PromptOptions(agent=agent))
        return await self._finish(call, checked(unattended), interrupt.checked(on_interrupt))

    async def compact(
        self, *, model: str | None = None, unattended: Unattended = "wait", on_interrupt: OnInterrupt = "abort"
    ) -> Message:
        """Replace the session's messages, as the model reads them, by a summary (`POST /session/{id}/summarize`).

        Args:
            model: the model that writes the summary, "provider/id"; None: the session's.
            unattended: see `ask`.
            on_interrupt: see `ask`.

        Returns:
            The summary.

        Raises:
            ValueError: there is no such choice of `unattended` or `on_interrupt`.
            SessionFailed: the session has no message afterwards.
            NobodyAnswers: see `ask`.
            OpenCodeError: the server cannot be reached, or the model failed.
        """
        await check_choice(self._runtime, model=model)
        return await self._finish(
            long_calls.compact(self._runtime, self._id, model), checked(unattended), interrupt.checked(on_interrupt)
        )

    async def init(
        self, *, model: str | None = None, unattended: Unattended = "wait", on_interrupt: OnInterrupt = "abort"
    ) -> Message:
        """Let an agent study the project and write AGENTS.md (`POST /session/{id}/init`).

        Args:
            model: the model that it uses, "provider/id"; None: the session's.
            unattended: see `ask`.
            on_interrupt: see `ask`.

        Returns:
            The last message of the session.

        Raises:
            ValueError: there is no such choice of `unattended` or `on_interrupt`.
            SessionFailed: the session has no message afterwards.
            NobodyAnswers: see `ask`.
            OpenCodeError: the server cannot be reached, or the agent failed.
        """
        await check_choice(self._runtime, model=model)
        return await self._finish(
            long_calls.init(self._runtime, self._id, model), checked(unattended), interrupt.checked(on_interrupt)
        )

    async def _finish(self, call: long_calls.Call, unattended: Unattended, on_interrupt: OnInterrupt) -> Message:
        with Interruptible(self._runtime, self._id, on_interrupt).waiting():
            last = await self._run(long_calls.finish(self._runtime, self._id, call, unattended))
        if last is None:
            raise SessionFailed("The server reported success, but the session has no message.", remedy="Try again.")
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
        """Restore all messages and files that `revert` or `undo` took back (`POST /session/{id}/unrevert`).

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._run(sessions.unrevert(self._runtime, self._id))

    async def undo(self) -> str:
        """Take back the last prompt, its answer and what that changed in files (`POST /session/{id}/revert`). Again: the one before.

        Returns:
            The text of the prompt.

        Raises:
            RequestFailed: there is no prompt to take back.
            OpenCodeError: the server cannot be reached, or refuses, for example while a turn runs.
        """
        return await self._run(sessions.undo(self._runtime, self._id))

    async def redo(self) -> None:
        """Restore the first prompt that `undo` or `revert` took back, with its answer and its files; `unrevert` restores all.

        Calls `POST /session/{id}/revert` with the prompt after it, and `POST /session/{id}/unrevert` for the last one.

        Raises:
            RequestFailed: nothing was taken back.
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._run(sessions.redo(self._runtime, self._id))

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
        await self._run(self._runtime.history.open(self._id))
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
        from ..operations import export  # with the renderer, when something is exported
        from . import session_export

        session_export.check_format(format)
        return (await self._run(export.conversation_document(self._runtime, self._id, format))).text

    def to_markdown(self) -> str:
        """The messages that the kernel has, in Markdown; `await session.export()` fetches the others too.

        Raises:
            NotFound: the session was deleted.
        """
        from . import session_export  # with the renderer, when something is exported

        return session_export.markdown(self._runtime, self._id)


def pending(runtime: InstanceRuntime, within: str | None = None) -> list[Pending]:
    """The requests of an instance that wait for an answer, the oldest first.

    Args:
        runtime: the instance.
        within: the id of a session: only its requests and those of its sub-agents.
    """
    waiting = list(runtime.state.requests.values())
    if within is not None:
        waiting = [item for item in waiting if within in (item.session_id, *runtime.state.lineage(item.session_id))]
    return [handle(Session(runtime, request.session_id), request) for request in waiting]


def _id_of(message: Message | str) -> str:
    return message if isinstance(message, str) else message.id
