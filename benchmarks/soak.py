"""Check that nothing grows while it streams: `python -m benchmarks.soak [--minutes 10] [--json]`; `--minutes 60` is the long form.

A real JupyterLab page in Chromium shows a session into which a fake server, in a process of its own, streams turn after turn, 50 tokens
a second; four other sessions stream beside it. Every few seconds the benchmark records the kernel's own memory, the page's heap after a
garbage collection, and the number of its nodes. After the warm-up their slopes must be flat, except for the weight of the turns themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from playwright.async_api import CDPSession, async_playwright

from tests.e2e.harness.browser import launch
from tests.e2e.harness.notebook import Notebook

from .clients import VIEW
from .kernel import Streams
from .long_session import lab_in
from .machine import describe

SESSIONS, RATE, TURN = 5, 50, 100  # tokens a second in each; tokens a turn
EVERY = 5.0  # seconds
WARM_UP = 0.3  # share of the time
# A minute. The turns themselves weigh a tenth of a MiB a minute, and several times that as Python's and JavaScript's objects.
WANTED = {"kernel": 1.0, "heap": 1.0, "nodes": 20.0}
UNITS = {"kernel": "MiB", "heap": "MiB", "nodes": "nodes"}


@dataclass
class Series:
    """The measurements, and their times in minutes."""

    at: list[float] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in UNITS})

    def note(self, at: float, **values: float) -> None:
        self.at.append(at)
        for name, value in values.items():
            self.values[name].append(value)

    def slopes(self) -> dict[str, float]:
        """Return the slope of each series, a minute, after the warm-up."""
        first = int(len(self.at) * WARM_UP)
        return {
            name: statistics.linear_regression(self.at[first:], values[first:]).slope
            for name, values in self.values.items()
        }


@dataclass
class ShownWidget:
    """A page that shows a widget, and its kernel."""

    page: CDPSession
    kernel: psutil.Process

    async def take(self) -> dict[str, float]:
        await self.page.send("HeapProfiler.collectGarbage")
        found = (await self.page.send("Performance.getMetrics"))["metrics"]
        metrics = {item["name"]: item["value"] for item in found}
        memory = await asyncio.to_thread(self.kernel.memory_full_info)
        return {"kernel": memory.uss / 2**20, "heap": metrics["JSHeapUsedSize"] / 2**20, "nodes": metrics["Nodes"]}


@asynccontextmanager
async def open_widget(url: str, streams: Streams) -> AsyncIterator[ShownWidget]:
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as folder:
        async with async_playwright() as playwright, lab_in(Path(folder)) as lab:
            browser = await launch(playwright.chromium)
            lab.write_notebook("soak.ipynb", [f"from opencode_widget import OpenCode\noc = OpenCode(url={url!r})\noc"])
            page = await browser.new_page(viewport=VIEW)
            notebook = await Notebook.open(page, lab.url, "soak.ipynb")
            await notebook.run(0)
            await page.get_by_role("status").filter(has_text="Connected").first.wait_for()
            await asyncio.to_thread(streams.do, "sessions")
            pid = await notebook.run("import os\nprint(os.getpid())")
            await page.get_by_role("tablist", name="Sessions").get_by_role("tab", name="Session 0").click()
            cdp = await page.context.new_cdp_session(page)
            await cdp.send("Performance.enable")
            yield ShownWidget(cdp, psutil.Process(int(pid)))
            await browser.close()


async def measure(minutes: float) -> Series:
    series = Series()
    streams = await asyncio.to_thread(Streams, 1, SESSIONS, SESSIONS)
    try:
        async with open_widget(streams.urls[0], streams) as shown:
            streaming = asyncio.create_task(
                asyncio.to_thread(lambda: streams.do("stream", seconds=minutes * 60, rate=RATE, turn=TURN))
            )
            start = time.monotonic()
            while not streaming.done():
                series.note((time.monotonic() - start) / 60, **await shown.take())
                await asyncio.wait([streaming], timeout=EVERY)
            await streaming
    finally:
        await asyncio.to_thread(streams.close)
    return series


def main() -> int:
    """Measure, print, and fail if something grows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    options = parser.parse_args()
    series = asyncio.run(measure(options.minutes))
    slopes = series.slopes()
    if options.json:
        print(json.dumps({"machine": describe(), "slopes": slopes, "at": series.at, **series.values}, indent=1))
    else:
        print(", ".join(f"{name} {value}" for name, value in describe().items()), end="\n\n")
        for name, unit in UNITS.items():
            values = series.values[name]
            print(
                f"{name}: {values[0]:,.0f} {unit} at first, {values[-1]:,.0f} at the end, {slopes[name]:+.2f} a minute"
            )
    return 0 if all(slopes[name] <= most for name, most in WANTED.items()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
