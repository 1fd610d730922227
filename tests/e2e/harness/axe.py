"""axe-core, which finds what keeps people with a screen reader, or without a mouse, out."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator

from .gallery import ROOT

AXE = ROOT / "opencode_widget" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BAD = {"serious", "critical"}
# Without a script element, as the widget may be in a frame, or in the page of a host that forbids one.
RUN = """async (root, source) => {
  if (!window.axe) (0, eval)(source);
  const { violations } = await window.axe.run(root, { resultTypes: ['violations'] });
  return violations.map(({ id, impact, help, nodes }) =>
    ({ id, impact, help, where: nodes.slice(0, 3).map((node) => `${node.target} ${node.any?.[0]?.message ?? ''}`) }));
}"""


async def serious_faults(root: Locator) -> list[dict[str, Any]]:
    """What axe-core rates serious or worse in an element."""
    found: list[dict[str, Any]] = await root.evaluate(RUN, AXE.read_text())
    return [item for item in found if item["impact"] in BAD]
