"""The output of running shells, where the server names the shell of a tool in place of its output (2.x).

1. The kernel asks for what a shell wrote since it last asked, every INTERVAL seconds, as long as the shell runs in a session whose messages
   are wanted (see `../history.py`). Where none runs, it asks nothing.
2. What it got goes into the tool's part as if the server had sent it. It is dropped if the tool has ended meanwhile, for the server's own
   statement has the whole output, and if the state is being fetched; then it is asked for again.
3. A shell whose output cannot be had, or that wrote more than MOST characters, is not asked about again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ...errors import OpenCodeError
from ...model import events as e
from ...model.entities import PartInfo, ToolInfo, ToolState
from ...model.state import Continuity, HistoryState, Part, State
from ...server.api import Client
from ..access import Access

# Seconds between two questions.
INTERVAL = 0.3
# The events that may bring a tool whose shell runs.
BRINGS_PARTS = frozenset({e.PartPatched, e.PartUpserted, e.Loaded, e.HistoryLoaded})
# Characters of one output that are shown while it grows.
MOST = 1_000_000


@dataclass(slots=True)
class Output:
    """What one shell wrote so far: its text, and the server's cursor of its end. `ended`: no more of it is read."""

    text: str = ""
    cursor: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A tool whose shell runs."""

    session_id: str
    message_id: str
    part_id: str
    shell: str


class LiveOutput:
    """Reads the output of the running shells of one instance.

    Args:
        state: the instance's state.
        apply: applies an event to the state.
        access: says whether the state is true.
        wanted: names the sessions whose messages are wanted.
    """

    def __init__(
        self, state: State, apply: Callable[[e.Event], None], access: Access, wanted: Callable[[], Iterable[str]]
    ) -> None:
        self._state = state
        self._apply = apply
        self._access = access
        self._wanted = wanted
        self._outputs: dict[str, Output] = {}
        self._wake = asyncio.Event()

    def look_at(self, event: e.Event) -> None:
        """Begin to ask, if an event of BRINGS_PARTS brought a shell, or may have."""
        if _names_a_shell(event):
            self._wake.set()

    async def keep_reading(self, client: Client) -> None:
        """Ask for what running shells write, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while running := [*self._running()]:
                for tool in running:
                    await self._read(client, tool)
                await asyncio.sleep(INTERVAL)
            self._outputs = {shell: output for shell, output in self._outputs.items() if output.ended}

    def _running(self) -> Iterator[Running]:
        sessions = (self._state.sessions[id] for id in self._wanted() if id in self._state.sessions)
        messages = (session.messages[id] for session in sessions for id in session.growing)
        for message in messages:
            for part in message.by_id.values():
                shell = _running_shell(part.info)
                if shell is not None and not self._outputs.setdefault(shell, Output()).ended:
                    yield Running(message.session_id, message.id, part.id, shell)

    async def _read(self, client: Client, running: Running) -> None:
        output = self._outputs[running.shell]
        try:
            found = await client.shell_output(running.shell, output.cursor)
        except OpenCodeError:  # a lost connection is the stream's matter
            return
        if found is None:
            output.ended = True
        elif found[0] and (part := self._part(running)) is not None:
            event = _growth(running, part, output.text, found[0])
            output.text, output.cursor = output.text + found[0], found[1]
            output.ended = len(output.text) > MOST
            self._apply(event)

    def _part(self, running: Running) -> Part | None:
        """The part of a tool that still runs, in a state that may be changed now (rule 2)."""
        session = self._state.sessions.get(running.session_id)
        if session is None or not self._access.is_live or session.history_state is not HistoryState.READY:
            return None
        message = session.messages.get(running.message_id)
        part = message.by_id.get(running.part_id) if message is not None else None
        return part if part is not None and _running_shell(part.info) == running.shell else None


def _growth(running: Running, part: Part, before: str, text: str) -> e.Event:
    """What was read, as a delta; as the whole output where the part has another one, or may have missed something."""
    ids = {"session_id": running.session_id, "message_id": running.message_id, "part_id": running.part_id}
    if part.continuity is Continuity.WHOLE and part.output == before:
        return e.PartDelta(**ids, text=text, field="output")
    return e.PartPatched(**ids, changes={"output": before + text})


def _running_shell(info: PartInfo) -> str | None:
    return info.shell if isinstance(info, ToolInfo) and info.state is ToolState.RUNNING else None


def _names_a_shell(event: e.Event) -> bool:
    if isinstance(event, e.PartPatched):
        return event.changes.get("shell") is not None
    if isinstance(event, e.PartUpserted):
        return isinstance(event.part, ToolInfo) and event.part.shell is not None
    return True
