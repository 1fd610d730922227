"""How far a batch is: as a bar of tqdm where that is installed, and as a strip in the widget, which can stop it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ..model.view import without_none

if TYPE_CHECKING:
    from ..model.wire import BatchView
    from .answers import Answer

_numbers = itertools.count(1)


class Batches:
    """The batches of a widget that run. On the home loop only, except `show` and `remove`.

    Args:
        call: calls a function on the home loop, from any thread.
        changed: called after each change.
    """

    def __init__(self, call: Callable[..., None], changed: Callable[[], None]) -> None:
        self._call = call
        self._changed = changed
        self._running: dict[str, tuple[BatchView, Callable[[], object]]] = {}

    def views(self) -> list[BatchView]:
        """How far each is, the oldest first."""
        return [view for view, _ in self._running.values()]

    def stop(self, id: str) -> None:
        """Stop a batch, unless it has ended."""
        if id in self._running:
            self._running[id][1]()

    def show(self, view: BatchView, stop: Callable[[], object]) -> None:
        """A batch began, or got further. From any thread."""
        self._call(self._show, view, stop)

    def _show(self, view: BatchView, stop: Callable[[], object]) -> None:
        self._running[view["id"]] = view, stop
        self._changed()

    def remove(self, id: str) -> None:
        """A batch has ended. From any thread."""
        self._call(self._remove, id)

    def _remove(self, id: str) -> None:
        if self._running.pop(id, None) is not None:
            self._changed()


class Progress:
    """Shows how many jobs are done, how many failed, and what they cost.

    Args:
        total: how many there are.
        done: how many are done already.
        shown: whether there is a bar; False: the widget alone shows it.
        batches: of the widget.
    """

    def __init__(self, total: int, done: int, *, shown: bool, batches: Batches) -> None:
        self._id = f"b{next(_numbers)}"
        self._batches = batches
        self._stop: Callable[[], object] = lambda: None
        self._total = total
        self._done = done
        self._failed = 0
        self._cost: float | None = None
        self._bar: Any = None
        if shown and find_spec("tqdm") is not None:
            self._bar = import_module("tqdm.auto").tqdm(total=total, initial=done, unit="prompt", desc="OpenCode")

    def begin(self, stop: Callable[[], object]) -> None:
        """The jobs begin.

        Args:
            stop: stops them, from any thread.
        """
        self._stop = stop
        self._show()

    def add(self, answer: Answer) -> None:
        """One more is done."""
        self._done += 1
        self._failed += answer.error is not None
        if answer.cost is not None:
            self._cost = (self._cost or 0.0) + answer.cost
        self._show()
        if self._bar is not None:
            failed = {"failed": self._failed} if self._failed else {}
            cost = {"cost": f"${self._cost:.4f}"} if self._cost else {}
            self._bar.set_postfix({**failed, **cost}, refresh=False)
            self._bar.update()

    def _show(self) -> None:
        view: BatchView = {
            "id": self._id,
            "total": self._total,
            "done": self._done,
            "failed": self._failed,
            "cost": self._cost,
        }
        self._batches.show(without_none(view), self._stop)

    def close(self) -> None:
        """Nothing more will come."""
        self._batches.remove(self._id)
        if self._bar is not None:
            self._bar.close()
