"""Figures of matplotlib: as a picture, with the words of their axes. One that pyplot has closed can still be drawn."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ..description import Description, Picture
from ..registry import describes
from .brief import cut

# Pixels along the longer side: more than models look at costs, and shows them nothing.
PIXELS = 1_000


@describes("matplotlib.figure.Figure")
def figure(value: Any) -> Description:
    """A figure."""
    width, height = (float(side) for side in value.get_size_inches())
    dpi = min(float(value.dpi), PIXELS / max(width, height))
    file = io.BytesIO()
    value.savefig(file, format="png", dpi=dpi)
    axes = value.get_axes()
    size = f"{width * dpi:.0f} x {height * dpi:.0f} pixels"
    kind = f"matplotlib Figure of {len(axes):,} axes, {size}"
    lines = [f"- {', '.join(said)}" for item in axes[:20] if (said := list(_words(item)))]
    return Description(kind, "\n".join(lines), (Picture("image/png", file.getvalue()),))


@describes("matplotlib.axes.Axes")
def axes(value: Any) -> Description:
    """Axes: the figure that they stand in."""
    return figure(value.get_figure())


def _words(axes: Any) -> Iterator[str]:
    """What stands on the axes."""
    for name, words in (("title", axes.get_title()), ("x", axes.get_xlabel()), ("y", axes.get_ylabel())):
        if words:
            yield f"{name}: {cut(' '.join(words.split()), 200)}"
    _, labels = axes.get_legend_handles_labels()
    if labels:
        yield f"legend: {cut(', '.join(map(str, labels)), 500)}"
