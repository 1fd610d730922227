"""A replay as a whole: the instances of a recording, in a widget."""

from __future__ import annotations

import asyncio
import math

from ..errors import Closed, RecordingFailed
from ..model.entities import Problem
from ..page.manager import Manager
from .dialects import GENERATIONS
from .lines import Source, read
from .player import Player


class Replay:
    """Plays a recording in the instances of a manager.

    Args:
        recording: the file, or its lines. Reads the disk.
        speed: see `OpenCode.replay`.
        idle: see `OpenCode.replay`.

    Raises:
        RecordingFailed: it cannot be read.
        ValueError: the speed or the pause is no such number.
    """

    def __init__(self, recording: Source, speed: float, idle: float | None) -> None:
        if math.isnan(speed) or speed < 0:
            raise ValueError(f"The speed of a replay is 0 (all at once) or more, not {speed!r}.")
        if idle is not None and not idle >= 0:
            raise ValueError(f"The longest pause of a replay is 0 seconds or more, not {idle!r}.")
        self._reading = read(recording)
        for track in self._reading.tracks.values():
            if track.dialect not in GENERATIONS:
                raise RecordingFailed(
                    f"{self._reading.name} is of a server that this version of opencode_widget does not know: "
                    f"generation {track.dialect!r}, {track.server}.",
                    remedy="Update opencode_widget.",
                )
        self._players = [Player(track, speed, idle) for track in self._reading.tracks.values()]
        self._manager: Manager | None = None

    def begin(self, manager: Manager) -> None:
        """Open the instances, and play. From any thread."""
        self._manager = manager
        for player in self._players:
            runtime = manager.add_recorded(player, player.client)
            player.attach(runtime, lambda id, runtime=runtime: manager.select_session(runtime.id, id))  # type: ignore[misc]
        if self._reading.cut:
            what = "The last line of the recording is cut off, as the kernel that made it was ended. All before it is played."
            manager.home.call(manager.alert, Problem("RecordingCut", what))

    async def ended(self) -> None:
        """Wait until all was played.

        Raises:
            Closed: the widget was closed before.
        """
        await asyncio.wait([asyncio.ensure_future(player.ended.wait()) for player in self._players])
        if self._manager is not None and self._manager.closed:
            raise Closed("The widget was closed before the replay had ended.", remedy="Make a new one.")
