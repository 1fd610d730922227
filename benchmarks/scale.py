"""Measure what a long answer costs the kernel: `python -m benchmarks.scale [--json]`.

Two questions. Does a delta cost as much at the end of a message of 50,000 as at its beginning, in the kernel's time and in bytes on
the comm? And how many deltas a second does the reducer alone take? The first is measured on the whole widget without a page: a
fake server streams on a thread of its own, the widget reads, and its messages to the page are weighed as JSON. Each frame is acknowledged,
as by a page that keeps up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from opencode_widget import OpenCode
from opencode_widget.model import events as e
from opencode_widget.model.entities import MessageInfo, Role, SessionInfo, TextInfo
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import State
from tests.support import shapes
from tests.support.loop_thread import LoopThread
from tests.support.servers.fake import FakeServer
from tests.support.wait import eventually

from .machine import describe

DELTAS = 50_000
WINDOW = 1_000  # the deltas of one window
BATCH = 20  # deltas that arrive at once, every `PACE` seconds: 4,000 a second
PACE = 0.005
WORDS = "token "
WANTED_GROWTH = 1.3
WANTED_RATE = 100_000  # deltas a second, reducer alone
PAGE = "page"


@dataclass
class Costs:
    """For each window: the kernel's processor time in microseconds a delta, and bytes a delta."""

    micros: list[float] = field(default_factory=list)
    bytes: list[float] = field(default_factory=list)

    def growth(self) -> tuple[float, float]:
        """Return the last five windows relative to the first, in time and bytes. (The median of the five, as one may be an outlier.)."""
        return statistics.median(self.micros[-5:]) / self.micros[0], statistics.median(self.bytes[-5:]) / self.bytes[0]


class Weighed(OpenCode):
    """A widget whose messages to the page are weighed, and acknowledged as by a page that keeps up."""

    sent = 0
    awaited = ""
    shown = False

    def send(self, content: Any, buffers: Any = None) -> None:
        text = json.dumps(content)
        self.sent += len(text)
        self.shown |= f'"{self.awaited}"' in text
        if content.get("type") == "frame":
            ack = {"type": "ack", "page": PAGE, "epoch": content["epoch"], "seq": content["seq"]}
            self._handle_custom_msg(ack, [])


async def one_message(server: FakeServer, thread: LoopThread, session: str) -> Costs:
    """Stream one message of `DELTAS` deltas into the widget, and weigh each window."""
    widget = Weighed(url=server.url)
    await widget.ready()
    widget._handle_custom_msg({"type": "hello", "page": PAGE}, [])
    widget.active_session = session
    await widget.instances[0].session(session).load()
    message, part = f"msg_{session}", f"prt_{session}"
    widget.awaited = part
    thread.run(_begin(server, session, message, part))
    (seen,) = [other for other in await _messages(widget, session) if other.id == message]
    await eventually(lambda: widget.shown, what="the frame that shows the message")
    costs = Costs()
    for done in range(0, DELTAS, WINDOW):
        streaming = asyncio.run_coroutine_threadsafe(_stream(server, session, message, part), thread.loop)
        before, sent = time.thread_time(), widget.sent
        wanted = (done + WINDOW) * len(WORDS)
        await eventually(lambda: len(seen.text) >= wanted, within=60, what="the deltas")  # noqa: B023
        costs.micros.append((time.thread_time() - before) / WINDOW * 1e6)
        costs.bytes.append((widget.sent - sent) / WINDOW)
        await asyncio.wrap_future(streaming)
    await widget.close()
    return costs


async def _messages(widget: OpenCode, session: str) -> list[Any]:
    await eventually(lambda: widget.instances[0].session(session).messages, what="the message")
    return widget.instances[0].session(session).messages


async def _begin(server: FakeServer, session: str, message: str, part: str) -> None:
    server.set_status(session, "busy")
    server.put_message(shapes.assistant(message, session, "msg_0"))
    server.put_part(shapes.text(part, message, session, "", ended=False))


async def _stream(server: FakeServer, session: str, message: str, part: str) -> None:
    for _ in range(WINDOW // BATCH):
        for _ in range(BATCH):
            server.delta(session, message, part, WORDS)
        await asyncio.sleep(PACE)


def measure_kernel(rounds: int) -> Costs:
    """Return the medians over some messages, each in a widget of its own; one more, at first, warms up."""
    thread = LoopThread("fake-server")
    server = FakeServer()
    thread.run(server.start())
    taken = []
    for number in range(rounds + 1):
        session = f"ses_{number}"

        async def add(session: str = session) -> None:
            server.add_session(session)

        thread.run(add())
        taken.append(asyncio.run(one_message(server, thread, session)))
    thread.run(server.stop())
    thread.close()
    kept = taken[1:]
    micros = [statistics.median(values) for values in zip(*(costs.micros for costs in kept), strict=True)]
    sizes = [statistics.median(values) for values in zip(*(costs.bytes for costs in kept), strict=True)]
    return Costs(micros, sizes)


def measure_reducer(count: int = 200_000) -> float:
    """Return the deltas a second of the reducer, all of one part, with events made beforehand."""
    state = State()
    session = SessionInfo("ses", title="", directory="/project", updated=1)
    message = MessageInfo("msg", "ses", Role.ASSISTANT, 2)
    for event in (
        e.SessionUpserted(session_id="ses", info=session, created=True),
        e.MessageUpserted(session_id="ses", message_id="msg", info=message),
        e.PartUpserted(session_id="ses", message_id="msg", part=TextInfo("prt", text="")),
    ):
        apply(state, event)
    deltas = [
        e.PartDelta(id=f"evt_{n}", session_id="ses", message_id="msg", part_id="prt", text=WORDS) for n in range(count)
    ]
    start = time.perf_counter()
    for delta in deltas:
        apply(state, delta)
    taken = time.perf_counter() - start
    assert len(state.sessions["ses"].messages["msg"].text) == count * len(WORDS)
    return count / taken


def main() -> int:
    """Measure, print, and fail if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    options = parser.parse_args()
    rate = max(measure_reducer() for _ in range(options.rounds))
    costs = measure_kernel(options.rounds)
    time_growth, byte_growth = costs.growth()
    if options.json:
        figures = {
            "time_growth": time_growth,
            "byte_growth": byte_growth,
            "reducer": rate,
            "micros": costs.micros,
            "bytes": costs.bytes,
        }
        print(json.dumps({"machine": describe(), **figures}, indent=1))
    else:
        print(", ".join(f"{name} {value}" for name, value in describe().items()), end="\n\n")
        print(f"time a delta:  {costs.micros[0]:.0f} µs at first, {time_growth:.2f} times that at the {DELTAS:,}th")
        print(f"bytes a delta: {costs.bytes[0]:.1f} at first, {byte_growth:.2f} times that at the {DELTAS:,}th")
        print(f"reducer alone: {rate:,.0f} deltas a second")
    return 0 if max(time_growth, byte_growth) <= WANTED_GROWTH and rate >= WANTED_RATE else 1


if __name__ == "__main__":
    raise SystemExit(main())
