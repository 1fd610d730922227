"""Cost, time and tokens of the models of a batch, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ...errors import NotSupported
from .rows import BatchRow

QUANTITIES: tuple[tuple[str, Callable[[BatchRow], float | None]], ...] = (
    ("Cost in $", lambda row: row.cost),
    ("Seconds", lambda row: row.seconds),
    ("Tokens", lambda row: row.tokens),
)


def draw(rows: Sequence[BatchRow]) -> Any:
    """A bar a model for each quantity, and a point a row.

    Returns:
        The Axes.

    Raises:
        NotSupported: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise NotSupported(
            "A plot needs matplotlib, which is not installed.", remedy="Run: pip install 'opencode_widget[data]'"
        )
    models = list(dict.fromkeys(_name(row) for row in rows))
    height = 1.2 + 0.4 * len(models)
    _, axes = import_module("matplotlib.pyplot").subplots(1, 3, figsize=(10, height), sharey=True, layout="constrained")
    for one, (title, value) in zip(axes, QUANTITIES, strict=True):
        _bars(one, rows, models, value)
        one.set_xlabel(title)
    axes[0].invert_yaxis()
    return axes


def _bars(
    axis: Any, rows: Sequence[BatchRow], models: Sequence[str], value: Callable[[BatchRow], float | None]
) -> None:
    values = {model: [_number(value(row)) for row in rows if _name(row) == model] for model in models}
    axis.barh(models, [sum(found) / len(found) for found in values.values()], alpha=0.6)
    points = [(number, model) for model, found in values.items() for number in found]
    axis.plot([number for number, _ in points], [model for _, model in points], "k.", alpha=0.6)


def _number(value: float | None) -> float:
    return 0.0 if value is None else value


def _name(row: BatchRow) -> str:
    return row.model or "the server's choice"
