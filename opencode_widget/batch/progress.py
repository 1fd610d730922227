"""How far a batch is, as a bar of tqdm where that is installed; the widget shows the sessions meanwhile."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from .answers import Answer


class Progress:
    """Shows how many jobs are done, how many failed, and what they cost.

    Args:
        total: how many there are.
        done: how many are done already.
        shown: False: nothing is shown.
    """

    def __init__(self, total: int, done: int, *, shown: bool) -> None:
        self._failed = 0
        self._cost = 0.0
        self._bar: Any = None
        if shown and find_spec("tqdm") is not None:
            self._bar = import_module("tqdm.auto").tqdm(total=total, initial=done, unit="prompt", desc="OpenCode")

    def add(self, answer: Answer) -> None:
        """One more is done."""
        self._failed += answer.error is not None
        self._cost += answer.cost or 0.0
        if self._bar is None:
            return
        failed = {"failed": self._failed} if self._failed else {}
        cost = {"cost": f"${self._cost:.4f}"} if self._cost else {}
        self._bar.set_postfix({**failed, **cost}, refresh=False)
        self._bar.update()

    def close(self) -> None:
        """Nothing more will come."""
        if self._bar is not None:
            self._bar.close()
