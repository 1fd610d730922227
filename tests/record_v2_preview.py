"""Record what the 2.x runtime inside 1.18 says, for the tests of `model/`: `python -m tests.record_v2_preview [SCENARIO ...]`.

Each scenario runs in a session of its own, on a server of its own, and leaves `tests/recordings_two/<version>/<scenario>.json`:
    events      all of `GET /api/event` that is of the session, in order
    session, messages, history, active, permissions, questions      what the server answers afterwards
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from opencode_widget.demo import Demo
from opencode_widget.server.process.install import OPENCODE_VERSION, install
from opencode_widget.server.process.process import VARIABLE

from .record import make_project, plain
from .support.loop_thread import LoopThread
from .support.scripts import ask, bash, fail, gate, say, script, think, tokens, tool
from .support.servers.real import RealServer
from .support.v2_preview.live import MODEL, prepare

Json = dict[str, Any]
TARGET = Path(__file__).parent / "recordings" / "v2_preview"
LIMIT = 30.0
QUIET = 1.0  # seconds without an event after which a scenario is over


class RecordedSession:
    """One session of the server, and what its stream says of it."""

    def __init__(self, server: RealServer, project: Path, demo: Demo, thread: LoopThread) -> None:
        self.client = server.client(project, timeout=LIMIT)
        self.where = {"location[directory]": str(project)}
        self.events: list[Json] = []
        self.id = ""
        self._demo, self._thread = demo, thread
        threading.Thread(target=self._read, daemon=True).start()
        self.wait(lambda: self.events)
        self.wait(lambda: MODEL in self._models())
        provider, _, model = MODEL.partition("/")
        wish = {"model": {"id": model, "providerID": provider}, "location": {"directory": str(project)}}
        self.id = self.post("", wish)["data"]["id"]

    def _read(self) -> None:
        with contextlib.suppress(httpx.HTTPError), self.client.stream("GET", "/api/event", timeout=None) as response:
            for line in response.iter_lines():
                if line.startswith("data:"):
                    self.events.append(json.loads(line[5:]))

    def _models(self) -> list[str]:
        listed = self.client.get("/api/model", params=self.where).json()["data"]
        return [f"{item['providerID']}/{item['id']}" for item in listed]

    def wait(self, look: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + LIMIT
        while not (found := look()):
            assert time.monotonic() < deadline, [event["type"] for event in self.events]
            time.sleep(0.05)
        return found

    def post(self, path: str, body: Any = None) -> Any:
        response = self.client.post(f"/api/session{f'/{self.id}' if self.id else ''}{path}", json=body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def get(self, path: str) -> Any:
        return self.client.get(path, params=self.where).json()["data"]

    def prompt(self, text: str, **more: Any) -> str:
        return str(self.post("/prompt", {"prompt": {"text": text}, **more})["data"]["id"])

    def wait_for(self, type: str, count: int = 1) -> Json:
        """Wait for the event of this type that is the `count`th."""
        return self.wait(lambda: [event for event in self.events if event["type"] == type][count - 1 :])[0]

    def turn(self, text: str) -> str:
        id = self.prompt(text)
        self.rest()
        return id

    def rest(self) -> None:
        """Wait until it does not work, and nothing is said any more."""
        self.wait(lambda: self.id not in self.get("/api/session/active"))
        self.quiet()

    def quiet(self) -> None:
        received = -1
        while received != len(self.events):
            received = len(self.events)
            time.sleep(QUIET)

    def open(self, name: str) -> None:
        self._thread.run(self._demo.open(name))

    def recorded(self) -> Json:
        self.quiet()
        of_it = [event for event in self.events if event.get("data", {}).get("sessionID") == self.id]
        return {
            "events": of_it,
            "session": self.get(f"/api/session/{self.id}"),
            "messages": self.get(f"/api/session/{self.id}/message"),
            "history": self.get(f"/api/session/{self.id}/history"),
            "active": self.get("/api/session/active"),
            "permissions": self.get("/api/permission/request"),
            "questions": self.get("/api/question/request"),
        }


def text(session: RecordedSession) -> None:
    session.turn(script(think("Let me count."), say("One sheep, and **another**.", chunk=4)))
    session.turn(script(say("Two.")))


def permission(session: RecordedSession, reply: str) -> None:
    session.prompt(script(say("I look."), bash("echo hi"), say("Done.")))
    asked = session.wait_for("permission.v2.asked")["data"]
    session.post(f"/permission/{asked['id']}/reply", {"reply": reply})
    session.rest()


def pending(session: RecordedSession) -> None:
    session.prompt(script(bash("echo hi"), say("Done.")))
    session.wait_for("permission.v2.asked")


def question(session: RecordedSession) -> None:
    session.prompt(script(ask("Which?", "Red", "Blue"), say("Fine.")))
    asked = session.wait_for("question.v2.asked")["data"]
    session.post(f"/question/{asked['id']}/reply", {"answers": [["Blue"]]})
    session.rest()


def interrupted(session: RecordedSession) -> None:
    session.prompt(script(tokens(500, 0.02)))
    session.wait_for("session.next.text.delta", 5)
    session.post("/interrupt")
    session.rest()


def failed(session: RecordedSession) -> None:
    session.turn(script(fail(400, "No such sheep")))


def queued(session: RecordedSession) -> None:
    session.prompt(script(say("First."), gate("pen"), bash("echo hi"), say("Second.")))
    session.wait_for("session.next.text.delta")
    session.prompt(script(say("Third.")), delivery="queue")
    session.open("pen")
    asked = session.wait_for("permission.v2.asked")["data"]
    session.post(f"/permission/{asked['id']}/reply", {"reply": "once"})
    session.rest()


def waiting(session: RecordedSession) -> None:
    session.prompt(script(bash("echo hi"), say("Done.")))
    session.wait_for("permission.v2.asked")
    session.prompt("Later", delivery="queue")
    session.wait_for("session.next.prompt.admitted", 2)


def revert(session: RecordedSession) -> None:
    session.turn(script(say("One.")))
    second = session.turn(script(say("Two.")))
    session.post("/revert/stage", {"messageID": second})
    session.post("/revert/clear")
    session.post("/revert/stage", {"messageID": second})
    session.post("/revert/commit")
    session.turn(script(say("Another two.")))


def staged(session: RecordedSession) -> None:
    first = session.turn(script(say("One.")))
    session.post("/revert/stage", {"messageID": first})


def todo(session: RecordedSession) -> None:
    todos = [{"content": "Count", "status": "in_progress", "priority": "high"}]
    session.turn(script(tool("todowrite", todos=todos), say("Noted.")))


def chosen(session: RecordedSession) -> None:
    session.turn(script(say("One.")))
    session.post("/agent", {"agent": "plan"})
    session.turn(script(say("Two.")))


SCENARIOS: dict[str, Callable[[RecordedSession], None]] = {
    "text": text,
    "permission-once": lambda session: permission(session, "once"),
    "permission-reject": lambda session: permission(session, "reject"),
    "permission-pending": pending,
    "question": question,
    "interrupted": interrupted,
    "failed": failed,
    "queued": queued,
    "waiting": waiting,
    "revert": revert,
    "staged": staged,
    "todo": todo,
    "agent": chosen,
}


def main(names: list[str]) -> int:
    """Record the scenarios named, or all."""
    binary = Path(os.environ.get(VARIABLE) or install(print))
    thread = LoopThread("scripted-model")
    demo = thread.run(Demo.start())
    try:
        for name in names or SCENARIOS:
            record(name, binary, demo, thread)
    finally:
        thread.run(demo.stop())
        thread.close()
    return 0


def record(name: str, binary: Path, demo: Demo, thread: LoopThread) -> None:
    """Record one scenario."""
    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        home = Path(folder).resolve()
        project = make_project(home / "project")
        prepare(project, demo)
        (home / "home").mkdir()
        server = RealServer(binary, demo.env, home / "home", project)
        server.start()
        try:
            session = RecordedSession(server, project, demo, thread)
            SCENARIOS[name](session)
            text = json.dumps(session.recorded(), indent=1, ensure_ascii=False)
        finally:
            server.stop()
    path = TARGET / OPENCODE_VERSION / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(plain(text, home, server, demo) + "\n")
    print(f"{name}: {len(text)} bytes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
