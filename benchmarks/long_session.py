"""A session of 1000 turns, opened, read to its start and continued: `python -m benchmarks.long_session [--json]`.

One real OpenCode server with 2,750 imported messages; our widget in JupyterLab and OpenCode's own web app in the same browser. Measured
are the time from the click on the session until its last message is in the page (a frame later), the number of elements in the transcript
then and at its start, and, in the widget, the time from a key to the end of the page's work for it while an answer streams.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright

from opencode_widget.server.process.install import install
from opencode_widget.server.process.process import VARIABLE
from tests.e2e.harness.browser import launch
from tests.e2e.harness.lab import Lab
from tests.support.long_session import BEGINNING, END, TITLE, make_long_session
from tests.support.scripts import script, tokens
from tests.support.servers.real import RealServer

from .clients import SETTLE, WebApp, web_app, widget
from .latency import bench, quantiles
from .machine import describe

OPENED = Path(__file__).with_suffix(".js").read_text()
WANTED = 300.0  # ms from the click
WANTED_NODES = 4000
WANTED_KEY = 16.0  # ms a key
SHORT = "A short one"
KEYS = "the quick brown fox jumps over the lazy dog " * 3
# From the key until everything that it caused in this task, including layout, is done.
TYPED = """(root) => {
  window.__keys = [];
  let from = 0;
  root.addEventListener('keydown', (event) => { from = event.timeStamp; }, {capture: true});
  window.addEventListener('input', () => { void document.body.offsetHeight; window.__keys.push(performance.now() - from); });
}"""


@dataclass
class Figures:
    """One client's figures: milliseconds of each opening, and counts of elements."""

    opened: list[float] = field(default_factory=list)
    nodes: int = 0
    nodes_at_beginning: int | None = None
    keys: list[float] = field(default_factory=list)


async def opening(page: Page, session: Locator) -> float:
    """Click on a session; return the milliseconds until its end is visible."""
    await page.evaluate(OPENED, END)
    await session.click()
    shown: float = await page.evaluate("() => window.__shown")
    return shown


async def elements(root: Locator) -> int:
    count: int = await root.evaluate("(root) => root.querySelectorAll('*').length")
    return count


async def measure_widget(page: Page, rounds: int) -> Figures:
    figures = Figures()
    tabs, log = page.get_by_role("tablist", name="Sessions"), page.get_by_role("log")
    for number in range(rounds):
        await tabs.get_by_role("tab", name=SHORT).click()
        await asyncio.sleep(SETTLE)
        figures.opened.append(await opening(page, tabs.get_by_role("tab", name=TITLE)))
        if number == 0:
            figures.nodes = await elements(log)
    figures.nodes_at_beginning = await read_to_the_beginning(page, log)
    figures.keys = await type_while_it_streams(page, tabs)
    return figures


async def read_to_the_beginning(page: Page, log: Locator) -> int:
    """Scroll up until the first prompt is visible; return the largest number of elements on the way."""
    most = 0
    beginning = log.get_by_text(BEGINNING)
    while not await beginning.count():
        await log.evaluate("(log) => { log.scrollTop = 0; }")
        await asyncio.sleep(0.05)
        most = max(most, await elements(log))
    return most


async def type_while_it_streams(page: Page, tabs: Locator) -> list[float]:
    await tabs.get_by_role("tab", name=SHORT).click()
    prompt = page.get_by_role("textbox", name="Prompt")
    await prompt.fill(script(tokens(4000, 0.002)))
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_role("log").get_by_text("t000010").first.wait_for()
    await prompt.evaluate(TYPED)
    await prompt.press_sequentially(KEYS, delay=30)
    await page.get_by_role("button", name="Stop", exact=True).click()
    keys: list[float] = await page.evaluate("() => window.__keys")
    return keys


async def measure_web_app(client: WebApp, long: str, short: str, rounds: int) -> Figures:
    """Its tabs are the sessions visited so far: the first time is that of a loaded page, the others are clicks."""
    figures = Figures()
    start = time.perf_counter()
    root = await client.visit(long)
    await client.page.get_by_text(END).first.wait_for()
    figures.opened.append((time.perf_counter() - start) * 1000)
    figures.nodes = await elements(root)
    await client.show(short)
    for _ in range(rounds - 1):
        await client.page.get_by_text(SHORT).first.click()
        await asyncio.sleep(SETTLE)
        figures.opened.append(await opening(client.page, client.page.get_by_text(TITLE).first))
    return figures


@asynccontextmanager
async def lab_in(folder: Path) -> AsyncIterator[Lab]:
    lab = Lab(folder, {})
    await asyncio.to_thread(lab.start)
    try:
        yield lab
    finally:
        await asyncio.to_thread(lab.stop)


async def run(rounds: int, binary: Path) -> dict[str, Figures]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="long-", ignore_cleanup_errors=True))
        stand = await stack.enter_async_context(bench(binary, Path(folder) / "opencode"))
        server = stand.server
        (server.directory / "sheep.py").write_text("def count(sheep: list[str]) -> int:\n    return len(sheep)\n")
        long = await asyncio.to_thread(make_long_session, server, server.directory)
        short = await asyncio.to_thread(add_session, server)
        playwright = await stack.enter_async_context(async_playwright())
        browser: Browser = await launch(playwright.chromium)
        lab = await stack.enter_async_context(lab_in(Path(folder) / "lab"))
        async with widget(server, browser, lab) as ours:
            figures = {"widget": await measure_widget(ours.page, rounds)}
        async with web_app(server, browser) as theirs:
            figures["web app"] = await measure_web_app(theirs, long, short, rounds)
        return figures


def add_session(server: RealServer) -> str:
    with server.client() as client:
        return str(client.post("/session", json={"title": SHORT}).raise_for_status().json()["id"])


def summary(name: str, figures: Figures) -> str:
    words = (
        f"{name}: opened in {statistics.median(figures.opened):.0f} ms "
        f"(the first time {figures.opened[0]:.0f}), {figures.nodes} elements"
    )
    if figures.nodes_at_beginning is not None:
        words += f", at most {figures.nodes_at_beginning} on the way to its beginning"
    if figures.keys:
        words += ", a key {:.1f} / {:.1f} ms (p50 / p95)".format(*quantiles(figures.keys))
    return words


def is_as_wanted(ours: Figures) -> bool:
    nodes = max(ours.nodes, ours.nodes_at_beginning or 0)
    return max(ours.opened) < WANTED and nodes < WANTED_NODES and quantiles(ours.keys)[1] < WANTED_KEY


def main() -> int:
    """Measure, print, and fail if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.long_session", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    options = parser.parse_args()
    binary = Path(os.environ.get(VARIABLE) or install())
    figures = asyncio.run(run(options.rounds, binary))
    machine = describe(binary)
    if options.json:
        print(json.dumps({"machine": machine, **{name: vars(figures) for name, figures in figures.items()}}, indent=1))
    else:
        print(", ".join(f"{name} {value}" for name, value in machine.items()), end="\n\n")
        print("\n".join(summary(name, figures) for name, figures in figures.items()))
    return 0 if is_as_wanted(figures["widget"]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
