"""A replay as a whole: the instances of a recording, in a widget."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

from ..errors import Closed, RecordingFailed
from ..model.entities import Problem
from ..page.manager import Manager
from .clock import Clock
from .dialects import GENERATIONS
from .lines import Source, read
from .player import Player

if TYPE_CHECKING:
    from ..model.wire import ReplayView


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
        _check(speed)
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
        self._players = [Player(track, Clock(speed), idle) for track in self._reading.tracks.values()]
        self._manager: Manager | None = None
        self._speed, self._paused = speed, False

    def __repr__(self) -> str:
        state = "ended" if self.has_ended else "paused" if self._paused else "plays"
        return f"<Replay of {self._reading.name}, {state}>"

    @property
    def speed(self) -> float:
        """1 is the speed of the recording, 2 twice that; 0 or infinity plays all that is left at once. May be set at any time."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        _check(speed)
        self.change(speed=speed)

    @property
    def paused(self) -> bool:
        """Does it stand still?"""
        return self._paused

    @property
    def has_ended(self) -> bool:
        """Was all played?"""
        return all(player.ended.is_set() for player in self._players)

    def pause(self) -> None:
        """Stand still where it is, until `resume`. What was played can be read meanwhile."""
        self.change(paused=True)

    def resume(self) -> None:
        """Go on where it was paused."""
        self.change(paused=False)

    def change(self, *, speed: float | None = None, paused: bool | None = None) -> None:
        """Change the speed, or pause, or go on; None leaves it. From any thread."""
        self._speed = self._speed if speed is None else speed
        self._paused = self._paused if paused is None else paused
        if self._manager is not None:
            self._manager.home.call(self._changed)

    def _changed(self) -> None:
        for player in self._players:
            player.clock.change(speed=self._speed, paused=self._paused)
        if self._manager is not None:
            self._manager.outbox.tabs_changed()

    def view(self) -> ReplayView:
        """How it stands, for the pages."""
        instant = self._speed <= 0 or math.isinf(self._speed)
        return {"paused": self._paused, "speed": 0 if instant else self._speed, "ended": self.has_ended}

    def begin(self, manager: Manager) -> None:
        """Open the instances, and play. From any thread."""
        self._manager = manager
        manager.replay = self
        for player in self._players:
            runtime = manager.add_recorded(player, player.client)
            player.at_end = manager.outbox.tabs_changed
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


def _check(speed: float) -> None:
    if math.isnan(speed) or speed < 0:
        raise ValueError(f"The speed of a replay is 0 (all at once) or more, not {speed!r}.")
