"""What the user has in the kernel: variables, cells, the last error, the current figure. Nothing is read before it is named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ..notebook import marimo
from ..notebook.cell import current_shell


class Cell(NamedTuple):
    """A cell that ran.

    Attributes:
        number: as it stands beside the cell, [12].
        source: as the user wrote it.
        has_value: whether its last expression had a value that the kernel keeps.
        value: that value.
    """

    number: int
    source: str
    has_value: bool
    value: object


class Namespace:
    """The user's namespace.

    Args:
        variables: the variables by name.
        shell: IPython's shell, which knows the cells; None without one.
    """

    def __init__(self, variables: Mapping[str, Any], shell: Any = None) -> None:
        self.variables = variables
        self._shell = shell

    def names(self) -> list[str]:
        """The names that the user, or an import, gave to something."""
        hidden = getattr(self._shell, "user_ns_hidden", {})
        return [name for name in list(self.variables) if not name.startswith("_") and name not in hidden]

    # ---- cells ----

    @property
    def last_cell(self) -> int:
        """The number of the last cell that ran; 0 where none did, or where cells have no numbers."""
        return max(0, len(self._sources()) - 1)

    def cell(self, number: int) -> Cell | None:
        """A cell by its number; None where it was not run."""
        sources = self._sources()
        if not 0 < number < len(sources):
            return None
        values = self.variables.get("Out")
        if not isinstance(values, dict) or number not in values:
            return Cell(number, sources[number], has_value=False, value=None)
        return Cell(number, sources[number], has_value=True, value=values[number])

    def _sources(self) -> list[str]:
        """The sources of the cells by number; the first cell is number 1."""
        found = getattr(getattr(self._shell, "history_manager", None), "input_hist_raw", None)
        return found if isinstance(found, list) else []

    # ---- the last error ----

    def error(self) -> BaseException | None:
        """The exception that ended a cell, or a statement of a script's console, last."""
        found = getattr(sys, "last_value", None) or getattr(sys, "last_exc", None)
        return found if isinstance(found, BaseException) else None

    # ---- the current figure ----

    def figure(self) -> object | None:
        """The current figure of matplotlib.

        A notebook closes the figures of a cell when it ends, and pyplot has no current one any more. Then it is the latest figure that
        a variable, or the value of a cell, holds; variables are looked at by their type alone.
        """
        return _current() or next(self._figures(), None)

    def _figures(self) -> Iterator[object]:
        kind = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
        if kind is None:
            return
        held = [value for value in list(self.variables.values()) if issubclass(type(value), kind)]
        # pyplot numbers the figures as it makes them.
        yield from sorted(held, key=lambda figure: -_number(figure))
        values = self.variables.get("Out")
        for value in reversed(list(values.values())) if isinstance(values, dict) else ():
            if issubclass(type(value), kind):
                yield value


def _current() -> object | None:
    """The current figure of pyplot, which is not made where there is none."""
    active = getattr(getattr(sys.modules.get("matplotlib._pylab_helpers"), "Gcf", None), "get_active", None)
    return getattr(getattr(active() if active else None, "canvas", None), "figure", None)


def _number(figure: object) -> int:
    number = getattr(figure, "number", 0)
    return number if isinstance(number, int) else 0


def user_namespace() -> Namespace:
    """The namespace of the notebook that runs in this thread, or of the script."""
    shell = current_shell()
    if shell is not None:
        return Namespace(shell.user_ns, shell)
    found = marimo.variables()
    return Namespace(vars(sys.modules["__main__"]) if found is None else found)


def namespace_reader() -> Callable[[], Namespace]:
    """A function that returns the namespace of the notebook that runs in this thread, from any thread and at any later time."""
    if current_shell() is not None:  # it may get another namespace
        return user_namespace
    found = user_namespace()
    return lambda: found
