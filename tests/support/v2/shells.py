"""The shells of the fake 2.1 server: of its `shell` tool, and of the user's own commands.

A shell is no part of an execution: an interruption leaves it alone, and `GET /api/session/active` does not count it. It ends by itself, or
by `DELETE /api/shell/{id}`. The events of a tool name its shell alone; what it writes is read at `GET /api/shell/{id}/output?cursor`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .events import DIRECTORY, Json

if TYPE_CHECKING:
    from .fake import FakeServerV2

# A command that writes this and then waits at the gate that it names.
WAITS = "wait "


class Shells:
    """Every shell that ran.

    Attributes:
        known: what the server reports of each, by its id.
        outputs: what each wrote so far.
    """

    def __init__(self, fake: FakeServerV2) -> None:
        self.fake = fake
        self.known: dict[str, Json] = {}
        self.outputs: dict[str, str] = {}
        self._running: dict[str, asyncio.Future[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, session: str, command: str) -> Json:
        """Start one."""
        shell: Json = {"id": self.fake.new("sh"), "status": "running", "command": command, "cwd": DIRECTORY}
        shell |= {"shell": "sh", "file": "/tmp/out", "metadata": {"sessionID": session}}
        shell["time"] = {"started": self.fake.now()}
        self.known[shell["id"]], self.outputs[shell["id"]] = shell, ""
        self._running[shell["id"]] = asyncio.get_running_loop().create_future()
        return shell

    def write(self, id: str, text: str) -> None:
        """Let a shell write something."""
        self.outputs[id] += text

    async def end(self, id: str) -> Json:
        """Carry the command out to its end. Returns the shell, whose status says how it ended."""
        command = self.known[id]["command"]
        if command.startswith(WAITS):
            door = asyncio.ensure_future(self.fake.pass_gate(command.removeprefix(WAITS)))
            ends: list[asyncio.Future[Any]] = [door, self._running[id]]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            door.cancel()
        killed = self._running.pop(id).done()
        how = {"status": "killed"} if killed else {"status": "exited", "exit": 0}
        self.known[id] = {**self.known[id], **how}
        return self.known[id]

    def kill(self, id: str) -> bool:
        """`DELETE /api/shell/{id}`. Returns whether it ran."""
        running = self._running.get(id)
        if running is not None and not running.done():
            running.set_result("killed")
        return running is not None

    def drop(self, id: str) -> None:
        """The tool that ran it was interrupted, and ended it."""
        self._running.pop(id, None)

    def running(self) -> list[Json]:
        """`GET /api/shell`."""
        return [self.known[id] for id in self._running]

    def output(self, id: str, cursor: int = 0) -> Json:
        """`GET /api/shell/{id}/output?cursor`."""
        written = self.outputs[id].encode()
        return {"output": written[cursor:].decode(), "cursor": len(written), "size": len(written), "truncated": False}

    # ---- the user's own commands ----

    async def run(self, session: str, command: str) -> None:
        """`POST /api/session/{id}/shell`: answered when the command has ended, which does not end with the connection."""
        task = asyncio.create_task(self._run(session, command))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def stop(self) -> None:
        """End all of the user's commands."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, session: str, command: str) -> None:
        shell = self.begin(session, command)
        started = self.fake.say("session.shell.started", session, shell=shell)
        message: Json = {"id": started["id"].replace("evt_", "msg_"), "type": "shell", "shellID": shell["id"]}
        message |= {"command": command, "status": "running", "time": {"created": started["created"]}}
        self.fake.messages[session].append(message)
        self.write(shell["id"], "a.py\n")
        done, output = await self.end(shell["id"]), self.output(shell["id"])
        ended = self.fake.say("session.shell.ended", session, shell=done, output=output)
        message |= {"status": done["status"], "output": output}
        message |= {"exit": done["exit"]} if "exit" in done else {}
        message["time"]["completed"] = ended["created"]
