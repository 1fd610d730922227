"""The Python handle of an instance: one OpenCode server and one folder."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, Self

from ..model.render import cards
from ..model.render.blocks import Block
from ..model.render.rich import Rich
from ..model.render.visible import one_line
from ..model.state import HistoryState
from ..operations import services
from ..sync.connection import ConnectionState
from ..sync.event_loop import BackgroundResult
from ..sync.runtime import InstanceRuntime
from .pending import Pending, pending
from .session import Session


class Instance(Rich):
    """One OpenCode server and one folder, with its sessions. Made by `OpenCode.open` and `OpenCode.attach`.

    Its coroutines may be awaited on any loop. Awaiting the instance itself waits until it is connected, and gives it back.
    """

    def __init__(self, runtime: InstanceRuntime, close: Callable[[], BackgroundResult[None]]) -> None:
        self._runtime = runtime
        self._close = close

    def __repr__(self) -> str:
        runtime = self._runtime
        return (
            f"<Instance {one_line(runtime.title)}: {one_line(self._state())}, {len(runtime.state.sessions)} sessions>"
        )

    def _state(self) -> str:
        runtime = self._runtime
        return "closed" if runtime.closed else runtime.connection.words(runtime.loop.loop.time())

    def _blocks(self) -> Iterable[Block]:
        facts = {"Folder": self.directory, "Server": self.url, "Version": self.version}
        known = [session for session in self._runtime.all_sessions() if session.info.archived is None]
        known.sort(key=lambda session: -session.info.updated)
        return cards.instance(self.title, self._state(), facts, [(session.info, session.status) for session in known])

    def __await__(self) -> Generator[Any, None, Self]:
        return self._ready().__await__()

    async def _ready(self) -> Self:
        await self.ready()
        return self

    @property
    def id(self) -> str:
        """Our name for it, as in `OpenCode.active_instance`."""
        return self._runtime.id

    @property
    def title(self) -> str:
        """The last component of its folder."""
        return self._runtime.title

    @property
    def directory(self) -> str | None:
        """Its folder; None while the server has not said which."""
        return self._runtime.directory

    @property
    def url(self) -> str | None:
        """The server's address, without credentials; None while it starts."""
        return self._runtime.endpoint.url

    @property
    def owned(self) -> bool:
        """Was the server started by us, and is it ended by us?"""
        return self._runtime.endpoint.owned

    @property
    def version(self) -> str | None:
        """What the server calls itself, such as "OpenCode 1.18.33"; None until it was asked."""
        return services.version(self._runtime)

    @property
    def dialect(self) -> str | None:
        """Which protocol is spoken; None until that is known."""
        return services.dialect(self._runtime)

    @property
    def connection(self) -> ConnectionState:
        """One of "connecting", "connected", "reconnecting", "disconnected"."""
        return self._runtime.connection.state

    @property
    def error(self) -> Exception | None:
        """Why it is not connected; None while it is."""
        return self._runtime.connection.error

    @property
    def log(self) -> tuple[str, ...]:
        """The last lines that the server printed; () where it is not ours."""
        return self._runtime.endpoint.log_tail()

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user was told that belongs to no session, such as a policy that failed; the latest last, a hundred at most."""
        return tuple(f"{problem.message} {problem.remedy}".strip() for problem in list(self._runtime.notices))

    @property
    def sessions(self) -> list[Session]:
        """All sessions that are known, the latest first; sub-agents' too, archived ones not."""
        known = [session for session in self._runtime.all_sessions() if session.info.archived is None]
        known.sort(key=lambda session: -session.info.updated)
        return [Session(self._runtime, session.id) for session in known]

    def session(self, id: str) -> Session:
        """A session by its id.

        Raises:
            NotFound: there is none.
        """
        self._runtime.session(id)
        return Session(self._runtime, id)

    @property
    def pending(self) -> list[Pending]:
        """The permissions and questions that wait for a person, the oldest first; those of sub-agents included."""
        return pending(self._runtime)

    async def ready(self) -> None:
        """Wait until it is connected.

        Raises:
            OpenCodeError: why it cannot be.
        """
        await self._runtime.loop.run(self._runtime.ready())

    async def new_session(self, title: str | None = None) -> Session:
        """Make a session (`POST /session`), and select it in the widget.

        Args:
            title: its title; None: the server makes one up from the first prompt.

        Raises:
            OpenCodeError: the server does not make it.
        """
        session = await self._runtime.loop.run(self._runtime.new_session(title))
        return Session(self._runtime, session.id)

    def reconnect(self) -> None:
        """Try to connect now, if it is not connected."""
        self._runtime.loop.call(self._runtime.reconnector.reconnect)

    async def restart(self) -> None:
        """End a server of our own and start it again; its sessions are kept.

        Raises:
            OpenCodeError: it is not ours, or does not come up again.
        """
        await self._runtime.loop.run(self._runtime.restart())

    def close(self) -> BackgroundResult[None]:
        """Close the stream, then end the server if it is ours. Goes on by itself; may be awaited."""
        return self._close()

    @property
    def oddities(self) -> dict[str, int]:
        """How many events came that were not understood, by name: of a newer server, or broken. The others are not touched by them."""
        return {name: oddity.count for name, oddity in self._runtime.state.oddities.items()}

    @property
    def held_sessions(self) -> int:
        """Of how many sessions the messages are kept in this kernel; of the others only the summary is."""
        return sum(session.history_state is not HistoryState.ABSENT for session in self._runtime.all_sessions())
