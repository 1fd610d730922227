"""The state of an instance's connection, as the page and Python show it to the user."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import OpenCodeError
from ..model.entities import ConnectionState
from ..model.view import problem_view, without_none
from ..server.problems import problem_of

if TYPE_CHECKING:
    from ..model.wire import ConnectionView

__all__ = ["Connection", "ConnectionState"]


@dataclass(frozen=True, slots=True)
class Connection:
    """How an instance and its server are connected.

    Attributes:
        detail: more about the state, such as the server's version.
        error: why the instance is not connected.
        attempt: the number, from 1, of the attempt that is due next or under way.
        attempts: how many attempts there are; None: the reconnector never gives up.
        at: when the attempt is due, in seconds of the loop's clock; 0: it is under way.
        since: when this state began, in seconds since 1970.
    """

    state: ConnectionState = ConnectionState.CONNECTING
    detail: str = ""
    error: OpenCodeError | None = None
    attempt: int = 0
    attempts: int | None = None
    at: float = 0
    since: float = field(default_factory=time.time, compare=False)

    def words(self, now: float) -> str:
        """The state in words: "reconnecting in 4 s"."""
        if self.state is ConnectionState.RECONNECTING and self.at > now:
            return f"reconnecting in {self.at - now:.0f} s"
        return str(self.state)

    def view(self, now: float) -> ConnectionView:
        """The JSON that a page draws; see `ConnectionView` in `model/wire.py`."""
        reconnecting = self.state is ConnectionState.RECONNECTING
        view: ConnectionView = {
            "state": self.state,
            "detail": self.detail or None,
            "problem": problem_view(problem_of(self.error)),
            "since": round(self.since * 1000),
            "retryIn": max(0, round((self.at - now) * 1000)) if reconnecting else None,
            "attempt": self.attempt if reconnecting else None,
            "attempts": self.attempts if reconnecting else None,
        }
        return without_none(view)
