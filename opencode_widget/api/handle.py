"""The Python handle of a session, save the talking (`session.py`): what it is, what becomes of it, what stands in it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import Literal, Self, TypeVar

from ..model.entities import FileDiff, SessionInfo, Todo
from ..model.render import conversation
from ..model.render.blocks import Block
from ..model.render.rich import Rich
from ..model.state import Message
from ..model.view import visible
from ..operations import export as export_formats
from ..operations import search as search_operations
from ..operations import sessions as session_operations
from ..operations.export import FORMATS
from ..operations.search import Match
from ..sync.history import InstanceRuntime

T = TypeVar("T")
Format = Literal["markdown", "json", "notebook", "html", "text"]


class SessionHandle(Rich):
    """A session of an instance, without the talking."""

    def __init__(self, runtime: InstanceRuntime, id: str) -> None:
        self._runtime = runtime
        self._id = id

    def __repr__(self) -> str:
        if self._id not in self._runtime.state.sessions:
            return f"<Session {self._id} (deleted)>"
        return f"<Session {self.title!r} {self.status}, {len(self.messages)} messages here>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SessionHandle) and (other._runtime, other._id) == (self._runtime, self._id)

    def __hash__(self) -> int:
        return hash(self._id)

    @property
    def id(self) -> str:
        """The server's id, "ses_..."."""
        return self._id

    @property
    def info(self) -> SessionInfo:
        """All that the server says of it; raises NotFound when it was deleted."""
        return self._runtime.session(self._id).info

    @property
    def title(self) -> str:
        """Its title."""
        return self.info.title

    @property
    def parent(self) -> str | None:
        """The id of the session whose sub-agent it is."""
        return self.info.parent

    @property
    def children(self) -> list[Self]:
        """The sessions of its sub-agents."""
        return [
            type(self)(self._runtime, session.id)
            for session in self._runtime.all_sessions()
            if session.info.parent == self._id
        ]

    @property
    def status(self) -> str:
        """One of "idle", "busy", "retry"."""
        return str(self._runtime.session(self._id).status.activity)

    @property
    def messages(self) -> list[Message]:
        """Its messages, oldest first, as far as they are here: `await session.load()` brings the newest."""
        session = self._runtime.session(self._id)
        # Copied in one step, for the home loop may be another thread's, and go on meanwhile.
        return [message for id in tuple(session.ids) if (message := session.messages.get(id)) is not None]

    @property
    def todos(self) -> list[Todo]:
        """Its to-do list, as far as it is here."""
        return list(self._runtime.session(self._id).todos)

    def show(self) -> None:
        """Select it in the widget."""
        self._runtime.loop.call(self._runtime.select, self._id)

    async def _do(self, work: Awaitable[T]) -> T:
        async def done() -> T:
            return await work

        return await self._runtime.loop.run(done())

    # ---- what becomes of it ----

    async def rename(self, title: str) -> None:
        """Give it a title (`PATCH /session/{id}`).

        Raises:
            ValueError: the title is empty.
            OpenCodeError: the server does not do it.
        """
        if not title.strip():
            raise ValueError("The title is empty.")
        await self._do(session_operations.rename(self._runtime, self._id, title.strip()))

    async def delete(self) -> None:
        """Delete it, with all its messages and its sub-agents' sessions (`DELETE /session/{id}`). It cannot be brought back.

        Raises:
            OpenCodeError: the server does not do it.
        """
        await self._do(session_operations.delete(self._runtime, self._id))

    async def archive(self, archived: bool = True) -> None:  # noqa: FBT001, FBT002 - reads well: archive(False)
        """Put it away, or take it back (`PATCH /session/{id}`).

        Raises:
            OpenCodeError: the server does not do it.
        """
        await self._do(session_operations.archive(self._runtime, self._id, archived=archived))

    async def fork(self, before: Message | str | None = None) -> Self:
        """Copy it (`POST /session/{id}/fork`), and select the copy in the widget.

        Args:
            before: a message or its id: only what stands before it is copied.

        Raises:
            OpenCodeError: the server does not do it.
        """
        copy = await self._do(session_operations.fork(self._runtime, self._id, _id_of(before) if before else None))
        return type(self)(self._runtime, copy.id)

    async def revert(self, message: Message | str) -> None:
        """Take back a message and all after it, and what they changed in files (`POST /session/{id}/revert`). `unrevert` restores it,
        until the next prompt.

        Args:
            message: a message or its id.

        Raises:
            OpenCodeError: the server does not do it, for example while a turn runs.
        """
        await self._do(session_operations.revert(self._runtime, self._id, _id_of(message)))

    async def unrevert(self) -> None:
        """Restore what was taken back (`POST /session/{id}/unrevert`).

        Raises:
            OpenCodeError: the server does not do it.
        """
        await self._do(session_operations.unrevert(self._runtime, self._id))

    async def share(self) -> str | None:
        """Make it public (`POST /session/{id}/share`); returns its address.

        Raises:
            OpenCodeError: the server does not share.
        """
        return await self._do(session_operations.share(self._runtime, self._id, shared=True))

    async def unshare(self) -> None:
        """Make it private again (`DELETE /session/{id}/share`).

        Raises:
            OpenCodeError: the server does not do it.
        """
        await self._do(session_operations.share(self._runtime, self._id, shared=False))

    # ---- what stands in it ----

    async def load(self) -> list[Message]:
        """Have the newest messages here (`GET /session/{id}/message`), and kept true from now on.

        Raises:
            OpenCodeError: they cannot be fetched.
        """
        await self._do(self._runtime.open(self._id))
        return self.messages

    async def diff(self, message: Message | str | None = None) -> list[FileDiff]:
        """What it changed in files, or the turn of one prompt did (`GET /session/{id}/diff`).

        Raises:
            OpenCodeError: the server does not say.
        """
        named = _id_of(message) if message else None
        return list(await self._do(session_operations.diff(self._runtime, self._id, named)))

    async def search(self, words: str) -> list[Match]:
        """Look for words in all of its messages, whatever their case; the latest first, at most 200.

        Raises:
            ValueError: there are no words.
            OpenCodeError: the messages cannot be fetched.
        """
        if not words.strip():
            raise ValueError("There is nothing to look for.")
        found, _ = await self._do(search_operations.search(self._runtime, self._id, words))
        return found

    async def export(self, format: Format = "markdown") -> str:
        """All of it in a form that lasts: "markdown", "html", "text", "notebook" (the JSON of an .ipynb) or "json".

        Raises:
            ValueError: there is no such format.
            OpenCodeError: the messages cannot be fetched.
        """
        if format not in FORMATS:
            raise ValueError(f"There is no format {format!r}; there are {', '.join(FORMATS)}.")
        return (await self._do(self._document(format))).text

    async def _document(self, format: Format) -> export_formats.Document:
        messages = await search_operations.everything(self._runtime, self._id)
        return await export_formats.written(format, self.info, messages)

    def to_markdown(self) -> str:
        """What of it is here, in Markdown; `await session.export()` has all of it."""
        return export_formats.markdown(self.info, self._here())

    def _blocks(self) -> Iterable[Block]:
        """What a saved notebook keeps of it: its latest messages."""
        if self._id in self._runtime.state.sessions:
            yield from conversation.titled(self.title, self.todos)
            yield from conversation.latest(self._here())

    def _here(self) -> list[Message]:
        return visible(self._runtime.session(self._id))


def _id_of(message: Message | str) -> str:
    return message if isinstance(message, str) else message.id
