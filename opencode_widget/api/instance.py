"""The Python handle of an instance: one OpenCode server and one folder."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Self

from ..model.render.rich import Rich
from ..model.render.visible import one_line
from ..model.state import HistoryState
from ..model.text.brief import counted
from ..operations import services
from ..sync.connection import ConnectionState
from ..sync.event_loop import BackgroundResult
from ..sync.runtime import InstanceRuntime
from .pending import Pending
from .session import Session, pending

if TYPE_CHECKING:
    from ..model.render.blocks import Block


class Instance(Rich):
    """One OpenCode server and one folder, with its sessions. `OpenCode.open` and `OpenCode.attach` make instances.

    Its coroutines may be awaited on any event loop. `await instance` waits until it is connected, and returns it.
    """

    def __init__(self, runtime: InstanceRuntime, close: Callable[[], BackgroundResult[None]]) -> None:
        self._runtime = runtime
        self._close = close

    def __repr__(self) -> str:
        runtime = self._runtime
        sessions = counted(len(runtime.state.sessions), "session")
        return f"<Instance {one_line(runtime.title)}: {one_line(self._state())}, {sessions}>"

    def _state(self) -> str:
        runtime = self._runtime
        return "closed" if runtime.closed else runtime.connection.words(runtime.loop.loop.time())

    def _blocks(self) -> Iterable[Block]:
        from ..model.render import cards  # when something is drawn

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
        """The widget's name for it, as in `OpenCode.active_instance`."""
        return self._runtime.id

    @property
    def title(self) -> str:
        """The last component of its folder."""
        return self._runtime.title

    @property
    def directory(self) -> str | None:
        """The folder; None until the server has named it."""
        return self._runtime.directory

    @property
    def url(self) -> str | None:
        """The server's address, without credentials; None while it starts."""
        return self._runtime.endpoint.url

    @property
    def owned(self) -> bool:
        """True if the widget started the server, and ends it with the instance."""
        return self._runtime.endpoint.owned

    @property
    def version(self) -> str | None:
        """The name and version of the server, such as "OpenCode 1.18.33"; None before the first connection."""
        return services.version(self._runtime)

    @property
    def dialect(self) -> str | None:
        """The name of the protocol that the server speaks; None before the first connection."""
        return services.dialect(self._runtime)

    @property
    def connection(self) -> ConnectionState:
        """One of "connecting", "connected", "reconnecting", "disconnected"."""
        return self._runtime.connection.state

    @property
    def error(self) -> Exception | None:
        """Why the instance is not connected; None while it is."""
        return self._runtime.connection.error

    @property
    def log(self) -> tuple[str, ...]:
        """The last lines that the server printed; () if the widget did not start it."""
        return self._runtime.endpoint.log_tail()

    @property
    def notices(self) -> tuple[str, ...]:
        """The alerts that belong to no session, such as a policy that failed; the latest last, at most a hundred."""
        return tuple(f"{problem.message} {problem.remedy}".strip() for problem in list(self._runtime.notices))

    @property
    def sessions(self) -> list[Session]:
        """The sessions that the kernel knows, the latest first; with those of sub-agents, without archived ones."""
        known = [session for session in self._runtime.all_sessions() if session.info.archived is None]
        known.sort(key=lambda session: -session.info.updated)
        return [Session(self._runtime, session.id) for session in known]

    def session(self, id: str) -> Session:
        """A session by its id.

        Raises:
            NotFound: the kernel knows no session of this id.
        """
        self._runtime.session(id)
        return Session(self._runtime, id)

    @property
    def pending(self) -> list[Pending]:
        """The permissions and questions that wait for an answer, the oldest first; those of sub-agents included."""
        return pending(self._runtime)

    async def ready(self) -> None:
        """Wait until it is connected.

        Raises:
            OpenCodeError: the connection was given up; the error says why.
        """
        await self._runtime.loop.run(self._runtime.ready())

    async def new_session(self, title: str | None = None) -> Session:
        """Create a session (`POST /session`), and select it in the widget.

        Args:
            title: its title; None: the server derives one from the first prompt.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        session = await self._runtime.loop.run(self._runtime.new_session(title))
        return Session(self._runtime, session.id)

    def reconnect(self) -> None:
        """Try to connect now if the instance is not connected, instead of waiting for the next attempt."""
        self._runtime.loop.call(self._runtime.reconnector.reconnect)

    async def restart(self) -> None:
        """Stop the server and start it again. Its sessions are kept.

        Raises:
            OpenCodeError: the widget did not start the server, or the server does not start again.
        """
        await self._runtime.loop.run(self._runtime.restart())

    def close(self) -> BackgroundResult[None]:
        """Disconnect, then stop the server if the widget started it.

        Returns:
            What can be awaited; the work is done without that too.
        """
        return self._close()

    @property
    def oddities(self) -> dict[str, int]:
        """How many events were dropped because they were malformed or unknown, by name."""
        return {name: oddity.count for name, oddity in self._runtime.state.oddities.items()}

    @property
    def held_sessions(self) -> int:
        """The number of sessions whose messages the kernel keeps; of the others it keeps the summary."""
        return sum(session.history_state is not HistoryState.ABSENT for session in self._runtime.all_sessions())
