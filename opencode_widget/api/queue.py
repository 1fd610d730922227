"""The Python handle of the prompts that wait in this kernel for the end of a turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..context.sending import context_of
from ..model.entities import QueuedPrompt
from ..model.text.brief import counted
from ..operations.files.attachments import File
from ..operations.options import check_choice, prompt_options, prompt_text
from ..operations.prompts import queue
from ..sync.runtime import InstanceRuntime


class Queue:
    """The prompts of a session that wait in this kernel, in the order in which they go: `len(queue)`, `list(queue)`, `await queue("...")`.

    When the turn has ended, the first one goes; when its own turn has ended, the next. Where a turn fails or is stopped, none goes any more
    until one is sent with `send_now`. The queue outlives pages and restarts of the server, and ends with the kernel.
    """

    def __init__(self, runtime: InstanceRuntime, session_id: str) -> None:
        self._runtime = runtime
        self._session_id = session_id

    def __repr__(self) -> str:
        return f"<Queue of {counted(len(self), 'prompt')}{f', stopped: {self.stopped}' if self.stopped else ''}>"

    def __len__(self) -> int:
        return len(self.prompts)

    def __iter__(self) -> Iterator[QueuedPrompt]:
        return iter(self.prompts)

    @property
    def prompts(self) -> tuple[QueuedPrompt, ...]:
        """The prompts, each with `.id`, `.text` and `.files`.

        Raises:
            NotFound: the session was deleted.
        """
        return self._runtime.session(self._session_id).queue.prompts

    @property
    def stopped(self) -> str:
        """Why none goes, such as "The turn was stopped."; "" while they go.

        Raises:
            NotFound: the session was deleted.
        """
        return self._runtime.session(self._session_id).queue.stopped

    async def __call__(
        self,
        text: str,
        *,
        agent: str | None = None,
        model: str | None = None,
        variant: str | None = None,
        files: Sequence[File] = (),
        attach: Sequence[object] = (),
    ) -> str:
        """Queue a prompt. It goes at once if the session is at rest and nothing waits.

        Args:
            text: the prompt, in Markdown.
            agent: see `Session.send`.
            model: see `Session.send`.
            variant: see `Session.send`.
            files: see `Session.send`.
            attach: see `Session.send`; objects, and names in the prompt, are described now.

        Returns:
            The id under which it waits.

        Raises:
            TypeError: the prompt is no string.
            ValueError: the prompt is empty.
            BadAttachment: see `Session.send`.
            UnknownName: see `Session.send`.
            CannotDescribe: see `Session.send`.
            NotFound: the session was deleted.
            RequestFailed: too many wait already.
        """
        words = prompt_text(text)
        await check_choice(self._runtime, agent=agent, model=model)
        context = await context_of(words, attach)
        options = await prompt_options(agent=agent, model=model, variant=variant, files=(*files, *context))

        async def add() -> str:
            return queue.add(self._runtime, self._session_id, words, options)

        return await self._runtime.loop.run(add())

    async def edit(self, prompt: QueuedPrompt | str, text: str) -> None:
        """Change the text of a prompt that waits.

        Args:
            prompt: the prompt, or its id.
            text: its new text. The names that are new in it are described now; what it no longer names does not go with it.

        Raises:
            TypeError: the text is no string.
            ValueError: the text is empty.
            UnknownName: see `Session.send`. The prompt waits as it was.
            CannotDescribe: see `Session.send`. The prompt waits as it was.
            NotFound: it waits no more.
        """
        words, id = prompt_text(text), _id_of(prompt)
        named = await context_of(queue.new_names(self._runtime, self._session_id, id, words))

        async def edit() -> None:
            queue.edit(self._runtime, self._session_id, id, words, named)

        await self._runtime.loop.run(edit())

    async def move(self, prompt: QueuedPrompt | str, to: int) -> None:
        """Move a prompt that waits.

        Args:
            prompt: the prompt, or its id.
            to: its new place; 0 goes next.

        Raises:
            NotFound: it waits no more.
        """

        async def move() -> None:
            queue.move(self._runtime, self._session_id, _id_of(prompt), to)

        await self._runtime.loop.run(move())

    async def remove(self, prompt: QueuedPrompt | str) -> None:
        """Take a prompt out of the queue.

        Args:
            prompt: the prompt, or its id.

        Raises:
            NotFound: it waits no more.
        """

        async def remove() -> None:
            queue.remove(self._runtime, self._session_id, _id_of(prompt))

        await self._runtime.loop.run(remove())

    async def send_now(self, prompt: QueuedPrompt | str) -> None:
        """Send a prompt that waits at once (`POST /session/{id}/prompt_async`); a queue that had stopped goes on after its turn.

        While a turn runs, the server takes it along.

        Args:
            prompt: the prompt, or its id.

        Raises:
            NotFound: it waits no more.
            OpenCodeError: the server did not take it.
        """
        await self._runtime.loop.run(queue.send_now(self._runtime, self._session_id, _id_of(prompt)))


def _id_of(prompt: QueuedPrompt | str) -> str:
    return prompt if isinstance(prompt, str) else prompt.id
