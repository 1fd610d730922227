"""What happens when an observer of the widget's traits fails.

An observer is the user's code. It runs when the user's cell sets a trait, when we write one, and when a page sets one. Rules:

- A failure stops neither the other observers nor the widget. It is logged, and shown to the user: each text once, because an observer
  may be called many times a second.
- An interrupt (KeyboardInterrupt, SystemExit: what is no `Exception`) belongs to the user's cell. If the cell sets the trait, it is raised
  there. If a method that the cell calls writes the trait, it is raised when the method has done its work. If no cell waits, it is only
  logged: raised elsewhere, it would end the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..model.entities import Problem
from ..redaction import innermost
from ..sync.user_code import log_fault

# How many different failures the user is shown.
ALERTS = 20


class ObserverFailures:
    """Handles the failures of observers. On the thread of the notebook's code.

    Args:
        alert: shows the user a problem. It may be called on any thread.
    """

    def __init__(self, alert: Callable[[Problem], object]) -> None:
        self._alert = alert
        self._shown: set[str] = set()
        self._internal = False
        self._in_call = False
        self._interrupt: BaseException | None = None

    def failed(self, fault: BaseException) -> None:
        """Handle a failure.

        Raises:
            BaseException: the fault itself, if it is an interrupt of the cell that sets a trait.
        """
        what = f"An observer of the widget failed: {innermost(fault)}."
        log_fault("an observer of the widget failed", fault)
        if what not in self._shown and len(self._shown) < ALERTS:
            self._shown.add(what)
            self._alert(Problem("ObserverFailed", what, "Mend it, or `unobserve` it."))
        if isinstance(fault, Exception):
            return
        if not self._internal:
            raise fault
        if self._in_call:
            self._interrupt = fault

    @contextmanager
    def internal(self) -> Iterator[None]:
        """A context in which the widget or a page sets traits, not the user's cell."""
        outer, self._internal = self._internal, True
        try:
            yield
        finally:
            self._internal = outer

    @contextmanager
    def call(self) -> Iterator[None]:
        """A context in which a method works that the user's cell called.

        Raises:
            BaseException: an interrupt that hit an observer meanwhile; raised at the end.
        """
        outer, self._in_call = self._in_call, True
        try:
            yield
        finally:
            self._in_call = outer
        interrupt, self._interrupt = self._interrupt, None
        if interrupt is not None:
            raise interrupt
