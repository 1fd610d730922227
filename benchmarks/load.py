"""Measure what many streams at once cost the kernel: `python -m benchmarks.load [--seconds 20] [--json]`.

10 instances with 20 sessions each, of which 10 stream at 50 tokens a second: 5,000 tokens a second, in a real kernel. The servers are
fake, in a process of their own; the page is simulated, and shows one of the sessions. Measured are the kernel's share of one core, the
frames a second, the time from the sending of a token to its arrival at the page, and whether each session has every token at the end.
"""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import dataclass, field
from typing import Any

from .kernel import Json, Kernel, Streams
from .machine import describe

SERVERS, SESSIONS, BUSY, RATE = 10, 20, 10, 50
WARM_UP = 3.0  # seconds
WANTED_SHARE, WANTED_FRAMES, WANTED_P95 = 0.5, 61, 100.0  # share of a core; frames a second; ms

ATTACH = """
from opencode_widget import OpenCode
urls = {urls}
oc = OpenCode(url=urls[0])
for url in urls[1:]:
    oc.attach(url)
for instance in oc.instances:
    await instance.ready()
"""
SHOW = """
import asyncio
while sum(len(instance.sessions) for instance in oc.instances) < {count}:
    await asyncio.sleep(0.1)
oc.active_session = "ses_0_0"
"""
COUNT = """
def lengths():
    sessions = [session for instance in oc.instances for session in instance.sessions if session.messages]
    return {session.id: len(session.messages[-1].text) for session in sessions}

async def until_whole(written):
    async with asyncio.timeout(60):
        while lengths() != written:
            await asyncio.sleep(0.1)

await until_whole(WRITTEN)
"""


@dataclass
class Watched:
    """What the page received."""

    frames: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    gaps: int = 0
    last: int | None = None

    def receive(self, at: float, data: Json) -> None:
        if data["type"] != "frame":
            return
        self.gaps += self.last is not None and data["seq"] != self.last + 1
        self.last = data["seq"]
        self.frames.append(at)
        for op in data["ops"]:
            if op["op"] == "text":
                self.late += [(at - float(token)) * 1000 for token in op["text"].split()]


def measure(seconds: float) -> dict[str, Any]:
    watched = Watched()
    streams = Streams(SERVERS, SESSIONS, BUSY)
    kernel = Kernel(watched.receive)
    try:
        kernel.run(ATTACH.format(urls=streams.urls))
        streams.do("sessions")
        kernel.send({"type": "hello"})
        kernel.run(SHOW.format(count=SERVERS * SESSIONS))
        changes = streams.do("stream", seconds=WARM_UP, rate=RATE)
        watched.frames.clear()
        watched.late.clear()
        before = kernel.seconds()
        changes = streams.do("stream", seconds=seconds, rate=RATE)
        used = kernel.seconds() - before
        whole = kernel.run(COUNT.replace("WRITTEN", repr(changes["written"])) + "print('whole')") == "whole\n"
    finally:
        kernel.close()
        streams.close()
    late = statistics.quantiles(watched.late, n=100)
    return {
        "share": used / changes["took"],
        "frames": len(watched.frames) / changes["took"],
        "p50": late[49],
        "p95": late[94],
        "tokens": SERVERS * BUSY * RATE * seconds / changes["took"],
        "gaps": watched.gaps,
        "whole": whole,
    }


def main() -> int:
    """Measure, print, and fail if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    options = parser.parse_args()
    found = measure(options.seconds)
    if options.json:
        print(json.dumps({"machine": describe(), **found}, indent=1))
    else:
        print(", ".join(f"{name} {value}" for name, value in describe().items()), end="\n\n")
        print(f"{found['tokens']:,.0f} tokens a second in {SERVERS * BUSY} sessions of {SERVERS} instances")
        print(f"kernel:  {found['share']:.2f} of a core")
        print(f"frames:  {found['frames']:.1f} a second to the page, {found['gaps']} lost")
        print(f"latency: {found['p50']:.1f} / {found['p95']:.1f} ms, p50 / p95, of the session on screen")
        print(f"dropped: {'nothing' if found['whole'] else 'some sessions lack words'}")
    sound = found["share"] <= WANTED_SHARE and found["frames"] <= WANTED_FRAMES and found["p95"] <= WANTED_P95
    return 0 if sound and not found["gaps"] and found["whole"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
