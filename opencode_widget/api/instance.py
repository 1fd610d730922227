"""The Python handle of an instance: one OpenCode server and one folder."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, Self

from ..model.render import cards
from ..model.render.blocks import Block
from ..model.render.rich import Rich
from ..model.render.visible import one_line
from ..model.state import Keeping
from ..sync.connection import ConnectionState
from ..sync.event_loop import Awaiting
from ..sync.history import Conversations
from .pending import Pending, pending
from .session import Session


class Instance(Rich):
    """One OpenCode server and one folder, with its sessions. Made by `OpenCode.open` and `OpenCode.attach`.

    Its coroutines may be awaited on any loop. Awaiting the instance itself waits until it is connected, and gives it back.
    """

    def __init__(self, conversations: Conversations, close: Callable[[], Awaiting[None]]) -> None:
        self._conversations = conversations
        self._close = close

    def __repr__(self) -> str:
        one = self._conversations
        return f"<Instance {one_line(one.title)}: {one_line(self._state())}, {len(one.state.sessions)} sessions>"

    def _state(self) -> str:
        one = self._conversations
        return "closed" if one.closed else one.connection.words(one.home.loop.time())

    def _blocks(self) -> Iterable[Block]:
        facts = {"Folder": self.directory, "Server": self.url, "Version": self.version}
        known = [one for one in self._conversations.known() if one.info.archived is None]
        known.sort(key=lambda session: -session.info.updated)
        return cards.instance(self.title, self._state(), facts, [(one.info, one.status) for one in known])

    def __await__(self) -> Generator[Any, None, Self]:
        return self._ready().__await__()

    async def _ready(self) -> Self:
        await self.ready()
        return self

    @property
    def id(self) -> str:
        """Our name for it, as in `OpenCode.active_instance`."""
        return self._conversations.id

    @property
    def title(self) -> str:
        """The last component of its folder."""
        return self._conversations.title

    @property
    def directory(self) -> str | None:
        """Its folder; None while the server has not said which."""
        return self._conversations.directory

    @property
    def url(self) -> str | None:
        """The server's address, without credentials; None while it starts."""
        return self._conversations.source.url

    @property
    def owned(self) -> bool:
        """Was the server started by us, and is it ended by us?"""
        return self._conversations.source.owned

    @property
    def version(self) -> str | None:
        """What the server calls itself, such as "OpenCode 1.18.33"; None until it was asked."""
        client = self._conversations.client
        return client.version if client is not None else None

    @property
    def dialect(self) -> str | None:
        """Which protocol is spoken; None until that is known."""
        client = self._conversations.client
        return client.dialect if client is not None else None

    @property
    def connection(self) -> ConnectionState:
        """One of "connecting", "connected", "reconnecting", "disconnected"."""
        return self._conversations.connection.state

    @property
    def error(self) -> Exception | None:
        """Why it is not connected; None while it is."""
        return self._conversations.connection.error

    @property
    def log(self) -> tuple[str, ...]:
        """The last lines that the server printed; () where it is not ours."""
        return self._conversations.source.log_tail()

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user was told that belongs to no session, such as a policy that failed; the latest last, a hundred at most."""
        return tuple(f"{one.message} {one.remedy}".strip() for one in list(self._conversations.notices))

    @property
    def sessions(self) -> list[Session]:
        """All sessions that are known, the latest first; sub-agents' too, archived ones not."""
        known = [one for one in self._conversations.known() if one.info.archived is None]
        known.sort(key=lambda session: -session.info.updated)
        return [Session(self._conversations, session.id) for session in known]

    def session(self, id: str) -> Session:
        """A session by its id.

        Raises:
            NotFound: there is none.
        """
        self._conversations.session(id)
        return Session(self._conversations, id)

    @property
    def pending(self) -> list[Pending]:
        """The permissions and questions that wait for a person, the oldest first; those of sub-agents included."""
        return pending(self._conversations)

    async def ready(self) -> None:
        """Wait until it is connected.

        Raises:
            OpenCodeError: why it cannot be.
        """
        await self._conversations.home.run(self._conversations.ready())

    async def new_session(self, title: str | None = None) -> Session:
        """Make a session (`POST /session`), and select it in the widget.

        Args:
            title: its title; None: the server makes one up from the first prompt.

        Raises:
            OpenCodeError: the server does not make it.
        """
        session = await self._conversations.home.run(self._conversations.new_session(title))
        return Session(self._conversations, session.id)

    def reconnect(self) -> None:
        """Try to connect now, if it is not connected."""
        self._conversations.home.call(self._conversations.connector.reconnect)

    async def restart(self) -> None:
        """End a server of our own and start it again; its sessions are kept.

        Raises:
            OpenCodeError: it is not ours, or does not come up again.
        """
        await self._conversations.home.run(self._conversations.restart())

    def close(self) -> Awaiting[None]:
        """Close the stream, then end the server if it is ours. Goes on by itself; may be awaited."""
        return self._close()

    @property
    def oddities(self) -> dict[str, int]:
        """How many events came that were not understood, by name: of a newer server, or broken. The others are not touched by them."""
        return {name: one.count for name, one in self._conversations.state.oddities.items()}

    @property
    def held_sessions(self) -> int:
        """Of how many sessions the messages are kept in this kernel; of the others only the summary is."""
        return sum(one.keeping is not Keeping.ABSENT for one in self._conversations.known())
