"""A loop for tests of what depends on time: callbacks run when the test lets time pass, and at no other moment."""

from __future__ import annotations

from collections.abc import Callable


class Handle:
    """A callback that is due at a time."""

    def __init__(self, at: float, task: Callable[[], object]) -> None:
        self.at, self.task, self.cancelled = at, task, False

    def cancel(self) -> None:
        self.cancelled = True


class FakeLoop:
    """What frames and timers need of an event loop; `now` is its clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.closed = False
        self.handles: list[Handle] = []

    def is_closed(self) -> bool:
        return self.closed

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, task: Callable[[], object]) -> Handle:
        self.handles.append(handle := Handle(self.now + delay, task))
        return handle

    def call_soon(self, task: Callable[[], object]) -> Handle:
        return self.call_later(0, task)

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and run what is due meanwhile in the order in which it is due."""
        end = self.now + seconds
        while due := [handle for handle in self.handles if handle.at <= end + 1e-9 and not handle.cancelled]:
            first = min(due, key=lambda handle: handle.at)
            self.handles.remove(first)
            self.now = max(self.now, first.at)
            first.task()
        self.now = end
