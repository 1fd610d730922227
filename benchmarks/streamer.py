"""Fake servers in a process of their own, so that what they cost is not the kernel's.

`python -m benchmarks.streamer SERVERS SESSIONS BUSY`: so many servers, with so many sessions each, of which so many stream.

Speaks JSON with whoever started it, a line each: it says `{"urls": [...]}`; hears `{"do": "sessions"}`, after which each server has
its sessions; hears `{"do": "stream", "seconds": s, "rate": tokens a second}`, and says at the end how much each session was told. A
token is the time at which it was said, by the clock that all processes of a machine share.
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
    """Some servers, each with sessions of which some are busy."""

    def __init__(self, servers: int, sessions: int, busy: int) -> None:
        self.servers = [FakeServer(directory=f"/project{number}") for number in range(servers)]
        self.sessions = sessions
        self.busy = busy
        self.voices: list[Voice] = []

    def make_sessions(self) -> None:
        for number, server in enumerate(self.servers):
            for each in range(self.sessions):
                server.add_session(f"ses_{number}_{each}", f"Session {each}")

    async def stream(self, seconds: float, rate: float, turn: int) -> float:
        """Tokens to every busy session, for so long; the seconds that it took, which are more where this machine is too slow."""
        voices = self.voices = self.voices or [
            Voice(server, f"ses_{number}_{each}")
            for number, server in enumerate(self.servers)
            for each in range(self.busy)
        ]
        start = time.monotonic()
        for tick in range(int(seconds * rate)):
            await asyncio.sleep(start + tick / rate - time.monotonic())
            for voice in voices:
                voice.speak(turn)
        return time.monotonic() - start


@dataclass
class Voice:
    """What speaks in one session, turn after turn."""

    server: FakeServer
    session: str
    turns: int = 0
    tokens: int = 0
    said: str = ""

    def speak(self, turn: int) -> None:
        """One token; after `turn` of them the next turn begins."""
        if self.tokens == turn > 0:
            self.end()
        if self.tokens == 0:
            self.begin()
        token = f"{time.monotonic():.6f} "
        self.server.delta(self.session, *self.names, token)
        self.tokens += 1
        self.said += token

    @property
    def names(self) -> tuple[str, str]:
        """Of the message and of its part."""
        return f"msg_{self.session}_{self.turns:06d}", f"prt_{self.session}_{self.turns:06d}"

    def begin(self) -> None:
        """An answer that has no word yet."""
        message, part = self.names
        self.server.set_status(self.session, "busy")
        self.server.put_message(shapes.assistant(message, self.session, "msg_0", at=self.turns))
        self.server.put_part(shapes.text(part, message, self.session, "", ended=False))

    def end(self) -> None:
        """The answer is complete."""
        message, part = self.names
        info = shapes.assistant(message, self.session, "msg_0", at=self.turns, finish="stop")
        self.server.put_part(shapes.text(part, message, self.session, self.said))
        self.server.put_message({**info, "time": {**info["time"], "completed": shapes.NOW + self.turns}})
        self.turns, self.tokens, self.said = self.turns + 1, 0, ""


async def main(servers: int, sessions: int, busy: int) -> None:
    streamer = Streamer(servers, sessions, busy)
    for server in streamer.servers:
        await server.start()
    say(urls=[server.url for server in streamer.servers])
    while line := await asyncio.to_thread(sys.stdin.readline):
        reported = json.loads(line)
        if reported["do"] == "sessions":
            streamer.make_sessions()
            say()
        else:
            took = await streamer.stream(reported["seconds"], reported["rate"], reported.get("turn", 0))
            say(took=took, told={voice.session: len(voice.said) for voice in streamer.voices})
    for server in streamer.servers:
        await server.stop()


def say(**words: Any) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:4])))
