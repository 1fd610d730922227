"""Measure the time from the model's write of a token until it is in the page: `python -m benchmarks.latency [--json]`.

One real OpenCode server, one scripted model, four clients, each measured alone: our widget in JupyterLab, OpenCode's own web app in the
same browser, and two floors: a bare reader of the stream, and a bare widget, which is what a notebook can do at the least. Each round
restarts the server and warms it up, because OpenCode 1.18 keeps a listener for every closed stream of `/global/event`: after 100 of them
a token takes it twice as long. A round opens every client anew, warms it up, and plays every profile in a new session. Each round starts
with another client, so that a slow minute, or a server that has slowed down, affects all of them. The results are the medians, over the
rounds, of each round's p50 and p95.

With `--beside` a bare reader runs beside the client, and the result is how far each token in the page lags behind it. That excludes the
server's own time, which differs from turn to turn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from opencode_widget.demo import Demo
from opencode_widget.server.process.install import install
from opencode_widget.server.process.process import VARIABLE
from tests.e2e.harness.browser import launch
from tests.e2e.harness.lab import Lab
from tests.support.scripts import script, tokens
from tests.support.servers.real import RealServer

from .clients import Client, bare_reader, bare_widget, web_app, widget
from .machine import describe

WARM_UP = 60  # tokens, for a client
HEAT = 3000  # tokens, for a freshly started server
PATIENCE = 60.0  # seconds for all tokens of a round


@dataclass(frozen=True)
class Profile:
    """A model's pace, and the goal for the widget: its p50 and p95 as ratios to the web app's."""

    name: str
    count: int
    interval: float
    wanted: tuple[float, float]


PROFILES = (
    Profile("200 tokens, 20 ms apart", 200, 0.02, (0.75, 0.6)),
    Profile("1000 tokens, 2 ms apart", 1000, 0.002, (0.5, 0.5)),
    Profile("3000 tokens at once", 3000, 0.0, (1.0, 0.9)),
)

Figures = dict[str, dict[str, tuple[float, float]]]  # profile -> client -> p50, p95 in ms
Opener = Callable[[], AbstractAsyncContextManager[Client]]


class Bench:
    """A server with its model."""

    def __init__(self, demo: Demo, server: RealServer) -> None:
        self.demo = demo
        self.server = server

    async def measure(self, client: Client, count: int, interval: float, beside: Client | None = None) -> list[float]:
        """Play one profile in a new session; return the latency of each token in ms, from its writing or from its arrival at `beside`."""
        session = await self._call("/session", {"title": ""})
        id = str(session["id"])
        await self._rename(id)
        await client.watch(id)
        if beside is not None:
            await beside.watch(id)
        await self.demo.forget_writes()
        await self._call(
            f"/session/{id}/prompt_async", {"parts": [{"type": "text", "text": script(tokens(count, interval))}]}
        )
        seen = await client.times(count, PATIENCE)
        if beside is not None:
            begun = await beside.times(count, PATIENCE)
        else:
            begun = [write["time_ns"] / 1e6 for write in await self.demo.writes() if write["session"] == id]
        assert len(begun) == len(seen) == count, f"{len(begun)} begun, {len(seen)} seen, {count} wanted"
        return [there - before for before, there in zip(begun, seen, strict=True)]

    async def _rename(self, id: str) -> None:
        """Title the session, so that it can be found on screen; a title also spares the model a request."""
        with self.server.client() as client:
            await asyncio.to_thread(client.patch, f"/session/{id}", json={"title": f"Session {id[-6:]}"})

    async def _call(self, path: str, body: dict[str, Any]) -> Any:
        with self.server.client() as client:
            response = await asyncio.to_thread(client.post, path, json=body)
        response.raise_for_status()
        return response.json() if response.content else None

    async def renew(self) -> None:
        """Restart the server with its data, and let it compile its hot code."""
        await asyncio.to_thread(self.server.stop)
        await asyncio.to_thread(self.server.start)
        async with bare_reader(self.server) as reader:
            for _ in range(2):
                await self.measure(reader, HEAT, 0.0)


@asynccontextmanager
async def bench(binary: Path, home: Path) -> AsyncIterator[Bench]:
    demo = await Demo.start()
    server = RealServer(binary, demo.env, home, demo.directory)
    await asyncio.to_thread(server.start)
    try:
        yield Bench(demo, server)
    finally:
        await asyncio.to_thread(server.stop)
        await demo.stop()


async def run(
    names: Sequence[str], rounds: int, profiles: Sequence[Profile], binary: Path, *, beside: bool = False
) -> tuple[Figures, str]:
    """Measure these clients; return the figures, and the browser's version."""
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="latency-", ignore_cleanup_errors=True) as folder:
        lab = Lab(Path(folder) / "lab", {})
        await asyncio.to_thread(lab.start)
        try:
            async with bench(binary, Path(folder) / "opencode") as stand, async_playwright() as playwright:
                browser = await launch(playwright.chromium)
                chromium = browser.version
                openers: dict[str, Opener] = {
                    "widget": lambda: widget(stand.server, browser, lab),
                    "widget, chunks not joined": lambda: widget(stand.server, browser, lab, joins_chunks=False),
                    "web app": lambda: web_app(stand.server, browser),
                    "bare reader": lambda: bare_reader(stand.server),
                    "bare widget": lambda: bare_widget(stand.server, browser, lab),
                }
                for number in range(rounds):
                    await stand.renew()
                    for name in rotated(names, number):
                        found = await one_round(stand, openers[name], profiles, beside=beside)
                        for profile, figures in found.items():
                            taken.setdefault((profile, name), []).append(figures)
        finally:
            await asyncio.to_thread(lab.stop)
    return summarise(taken), chromium


async def one_round(
    stand: Bench, opener: Opener, profiles: Sequence[Profile], *, beside: bool
) -> dict[str, tuple[float, float]]:
    async with opener() as client, bare_reader(stand.server) if beside else nullcontext() as reader:
        await stand.measure(client, WARM_UP, 0.01)
        return {
            profile.name: quantiles(await stand.measure(client, profile.count, profile.interval, reader))
            for profile in profiles
        }


def rotated(names: Sequence[str], by: int) -> Sequence[str]:
    """Return the items rotated, so that they start with another one."""
    by %= len(names)
    return [*names[by:], *names[:by]]


def quantiles(values: list[float]) -> tuple[float, float]:
    """Return the p50 and p95."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def summarise(taken: dict[tuple[str, str], list[tuple[float, float]]]) -> Figures:
    """Return the medians over the rounds."""
    figures: Figures = {}
    for (profile, client), rounds in taken.items():
        p50, p95 = (statistics.median(values) for values in zip(*rounds, strict=True))
        figures.setdefault(profile, {})[client] = (p50, p95)
    return figures


def ratios(figures: Figures) -> dict[str, tuple[float, float]]:
    """Return the widget's ratios to the web app, where both were measured."""
    both = {
        name: (row["widget"], row["web app"]) for name, row in figures.items() if {"widget", "web app"} <= row.keys()
    }
    return {name: (ours[0] / theirs[0], ours[1] / theirs[1]) for name, (ours, theirs) in both.items()}


def table(figures: Figures, names: Sequence[str]) -> str:
    """Return the figures as Markdown."""
    found, wanted = ratios(figures), {profile.name: profile.wanted for profile in PROFILES}
    head = ["ms, p50 / p95", *names, "widget : web app", "wanted"]
    lines = [head, ["---"] * len(head)]
    for profile, row in figures.items():
        cells = [f"{row[name][0]:.1f} / {row[name][1]:.1f}" for name in names]
        ratio = "{:.2f} / {:.2f}".format(*found[profile]) if profile in found else "-"
        lines.append([profile, *cells, ratio, "{} / {}".format(*wanted[profile])])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=4)  # each of four clients comes in each position once
    parser.add_argument("--clients", nargs="+", default=["bare reader", "web app", "bare widget", "widget"])
    parser.add_argument("--beside", action="store_true", help="how far behind a bare reader beside it")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    binary = Path(os.environ.get(VARIABLE) or install())
    figures, chromium = asyncio.run(run(options.clients, options.rounds, PROFILES, binary, beside=options.beside))
    machine = {**describe(binary), "chromium": chromium}
    if options.json:
        print(json.dumps({"machine": machine, "ms": figures, "ratios": ratios(figures)}, indent=1))
    else:
        print(
            ", ".join(f"{name} {value}" for name, value in machine.items()), table(figures, options.clients), sep="\n\n"
        )


if __name__ == "__main__":
    main()
