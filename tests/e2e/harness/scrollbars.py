"""The scrollbars that a host draws around the widget."""

from __future__ import annotations

from playwright.async_api import Locator

# The class and width of each, up to the cell; what is around the cell, the page, may scroll.
BARS = """(root) => {
  const bars = [];
  for (let at = root; at && !at.matches(".jp-Cell, body"); at = at.parentElement) {
    const { overflowY, borderLeftWidth, borderRightWidth } = getComputedStyle(at);
    const borders = parseFloat(borderLeftWidth) + parseFloat(borderRightWidth);
    const width = at.offsetWidth - at.clientWidth - borders;
    if (overflowY !== "visible" && (width > 1 || at.scrollHeight > at.clientHeight)) bars.push([at.className, width]);
  }
  return bars;
}"""


async def scrollbars_around(root: Locator) -> list[tuple[str, float]]:
    """Return the class and the width of each scrollbar beside the widget, for a browser that shows them."""
    bars: list[tuple[str, float]] = await root.evaluate(BARS)
    return bars
