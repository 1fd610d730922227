"""Fake servers in a process of their own, so that their cost is not counted as the kernel's.

`python -m benchmarks.streamer SERVERS SESSIONS BUSY`: the number of servers, of sessions in each, and of those that stream.

It exchanges lines of JSON with its parent process. It first writes `{"urls": [...]}`. On `{"do": "sessions"}` it creates the sessions; on
`{"do": "stream", "seconds": s, "rate": tokens a second}` it streams, and then writes how much it sent to each session. A token is the time
at which it was sent, by the clock that all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import Any

from tests.support import shapes
from tests.support.servers.fake import FakeServer


class Streamer:
    """Some servers, each with sessions, of which some are busy."""

    def __init__(self, servers: int, sessions: int, busy: int) -> None:
        self.servers = [FakeServer(directory=f"/project{number}") for number in range(servers)]
        self.sessions = sessions
        self.busy = busy
        self.streams: list[SessionStream] = []

    def make_sessions(self) -> None:
        for number, server in enumerate(self.servers):
            for each in range(self.sessions):
                server.add_session(f"ses_{number}_{each}", f"Session {each}")

    async def stream(self, seconds: float, rate: float, turn: int) -> float:
        """Stream tokens to every busy session; return the seconds that it took, which are more if this machine is too slow."""
        streams = self.streams = self.streams or [
            SessionStream(server, f"ses_{number}_{each}")
            for number, server in enumerate(self.servers)
            for each in range(self.busy)
        ]
        start = time.monotonic()
        for tick in range(int(seconds * rate)):
            await asyncio.sleep(start + tick / rate - time.monotonic())
            for stream in streams:
                stream.send(turn)
        return time.monotonic() - start


@dataclass
class SessionStream:
    """Streams into one session, turn after turn."""

    server: FakeServer
    session: str
    turns: int = 0
    tokens: int = 0
    text: str = ""

    def send(self, turn: int) -> None:
        """Send one token; after `turn` of them the next turn begins."""
        if self.tokens == turn > 0:
            self.end()
        if self.tokens == 0:
            self.begin()
        token = f"{time.monotonic():.6f} "
        self.server.delta(self.session, *self.names, token)
        self.tokens += 1
        self.text += token

    @property
    def names(self) -> tuple[str, str]:
        """The ids of the message and its part."""
        return f"msg_{self.session}_{self.turns:06d}", f"prt_{self.session}_{self.turns:06d}"

    def begin(self) -> None:
        """Begin an answer without text."""
        message, part = self.names
        self.server.set_status(self.session, "busy")
        self.server.put_message(shapes.assistant(message, self.session, "msg_0", at=self.turns))
        self.server.put_part(shapes.text(part, message, self.session, "", ended=False))

    def end(self) -> None:
        """Complete the answer."""
        message, part = self.names
        info = shapes.assistant(message, self.session, "msg_0", at=self.turns, finish="stop")
        self.server.put_part(shapes.text(part, message, self.session, self.text))
        self.server.put_message({**info, "time": {**info["time"], "completed": shapes.NOW + self.turns}})
        self.turns, self.tokens, self.text = self.turns + 1, 0, ""


async def main(servers: int, sessions: int, busy: int) -> None:
    streamer = Streamer(servers, sessions, busy)
    for server in streamer.servers:
        await server.start()
    report(urls=[server.url for server in streamer.servers])
    while line := await asyncio.to_thread(sys.stdin.readline):
        request = json.loads(line)
        if request["do"] == "sessions":
            streamer.make_sessions()
            report()
        else:
            took = await streamer.stream(request["seconds"], request["rate"], request.get("turn", 0))
            report(took=took, written={stream.session: len(stream.text) for stream in streamer.streams})
    for server in streamer.servers:
        await server.stop()


def report(**words: Any) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:4])))
