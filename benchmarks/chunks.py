"""What joining HTTP chunks saves: `python -m benchmarks.chunks [--rounds 9] [--json]`.

A server in a process of its own writes deltas of OpenCode 1.x, an HTTP chunk each, as OpenCode does. Our client reads them as in a kernel:
HTTP, SSE, JSON, dialect. Each round reads the same stream with and without `server/http/chunk_joiner.py`, in changing order, so that a slow
minute affects both. The results are the medians of the reader's processor time, in microseconds an event.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from opencode_widget.model.events import PartDelta
from opencode_widget.server.http.chunk_joiner import VARIABLE
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.v1.client import V1Client
from tests.support.servers.sse import encode

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Profile:
    """How the server writes: `count` events, `burst` of them at once, `interval` seconds between two bursts."""

    name: str
    count: int
    burst: int
    interval: float


PROFILES = (
    Profile("20,000 events at once", 20_000, 20_000, 0.0),
    Profile("8 events every 2 ms", 4_000, 8, 0.002),
    Profile("1 event every 2 ms", 1_000, 1, 0.002),
)
Figures = dict[str, dict[str, float]]  # profile -> with or without -> microseconds an event


def event(number: int) -> bytes:
    """Return a delta as an HTTP chunk."""
    names = {"sessionID": "ses_1", "messageID": "msg_1", "partID": "prt_1", "field": "text"}
    payload = {"type": "message.part.delta", "properties": {**names, "delta": f"t{number:06d} "}}
    data = encode({"directory": "/project", "payload": payload})
    return b"%x\r\n%b\r\n" % (len(data), data)


async def serve(number: int) -> None:
    """Write the stream of one profile to every client; print the port."""
    profile = PROFILES[number]
    chunks = [event(number) for number in range(profile.count)]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD)
        start = time.monotonic()
        for at in range(0, len(chunks), profile.burst):
            await asyncio.sleep(start + at / profile.burst * profile.interval - time.monotonic())
            writer.write(b"".join(chunks[at : at + profile.burst]))
            await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def read(port: int, count: int) -> float:
    """Read `count` events; return this process's processor time, in microseconds an event."""
    client = V1Client(Http(address(f"http://127.0.0.1:{port}")), "OpenCode")
    arrived, begun = 0, time.process_time()
    async with aclosing(client.listen()) as stream:
        async for decoded in stream:
            arrived += isinstance(decoded.events[0], PartDelta)
            if arrived == count:
                break
    spent = time.process_time() - begun
    await client.close()
    return spent / count * 1e6


async def measure(number: int, rounds: int) -> dict[str, float]:
    """Return the medians of one profile, with and without the joiner."""
    command = (sys.executable, "-m", "benchmarks.chunks", "--serve", str(number))
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert server.stdout is not None
    assert server.stdin is not None
    port = int(await server.stdout.readline())
    taken: dict[str, list[float]] = {"1": [], "0": []}
    for turn in range(rounds + 1):
        for switch in ("1", "0") if turn % 2 else ("0", "1"):
            os.environ[VARIABLE] = switch
            spent = await read(port, PROFILES[number].count)
            taken[switch] += [spent] if turn else []  # the first round warms up
    server.stdin.close()
    await server.wait()
    return {"joined": statistics.median(taken["1"]), "not joined": statistics.median(taken["0"])}


async def run(rounds: int) -> Figures:
    return {profile.name: await measure(number, rounds) for number, profile in enumerate(PROFILES)}


def table(figures: Figures) -> str:
    """Return the figures as Markdown."""
    lines: list[Sequence[str]] = [("µs an event", "joined", "not joined", "joined : not joined"), ("---",) * 4]
    for name, row in figures.items():
        ratio = row["joined"] / row["not joined"]
        lines.append((name, f"{row['joined']:.1f}", f"{row['not joined']:.1f}", f"{ratio:.2f}"))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chunks", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        asyncio.run(serve(options.serve))
        return
    figures = asyncio.run(run(options.rounds))
    print(json.dumps(figures, indent=1) if options.json else table(figures))


if __name__ == "__main__":
    main()
