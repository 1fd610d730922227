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


class Talk:
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
        return [f"{one['providerID']}/{one['id']}" for one in listed]

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

    def hears(self, type: str, count: int = 1) -> Json:
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
        heard = -1
        while heard != len(self.events):
            heard = len(self.events)
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


def text(talk: Talk) -> None:
    talk.turn(script(think("Let me count."), say("One sheep, and **another**.", chunk=4)))
    talk.turn(script(say("Two.")))


def permission(talk: Talk, reply: str) -> None:
    talk.prompt(script(say("I look."), bash("echo hi"), say("Done.")))
    asked = talk.hears("permission.v2.asked")["data"]
    talk.post(f"/permission/{asked['id']}/reply", {"reply": reply})
    talk.rest()


def pending(talk: Talk) -> None:
    talk.prompt(script(bash("echo hi"), say("Done.")))
    talk.hears("permission.v2.asked")


def question(talk: Talk) -> None:
    talk.prompt(script(ask("Which?", "Red", "Blue"), say("Fine.")))
    asked = talk.hears("question.v2.asked")["data"]
    talk.post(f"/question/{asked['id']}/reply", {"answers": [["Blue"]]})
    talk.rest()


def interrupted(talk: Talk) -> None:
    talk.prompt(script(tokens(500, 0.02)))
    talk.hears("session.next.text.delta", 5)
    talk.post("/interrupt")
    talk.rest()


def failed(talk: Talk) -> None:
    talk.turn(script(fail(400, "No such sheep")))


def queued(talk: Talk) -> None:
    talk.prompt(script(say("First."), gate("pen"), bash("echo hi"), say("Second.")))
    talk.hears("session.next.text.delta")
    talk.prompt(script(say("Third.")), delivery="queue")
    talk.open("pen")
    asked = talk.hears("permission.v2.asked")["data"]
    talk.post(f"/permission/{asked['id']}/reply", {"reply": "once"})
    talk.rest()


def waiting(talk: Talk) -> None:
    talk.prompt(script(bash("echo hi"), say("Done.")))
    talk.hears("permission.v2.asked")
    talk.prompt("Later", delivery="queue")
    talk.hears("session.next.prompt.admitted", 2)


def revert(talk: Talk) -> None:
    talk.turn(script(say("One.")))
    second = talk.turn(script(say("Two.")))
    talk.post("/revert/stage", {"messageID": second})
    talk.post("/revert/clear")
    talk.post("/revert/stage", {"messageID": second})
    talk.post("/revert/commit")
    talk.turn(script(say("Another two.")))


def staged(talk: Talk) -> None:
    first = talk.turn(script(say("One.")))
    talk.post("/revert/stage", {"messageID": first})


def todo(talk: Talk) -> None:
    todos = [{"content": "Count", "status": "in_progress", "priority": "high"}]
    talk.turn(script(tool("todowrite", todos=todos), say("Noted.")))


def chosen(talk: Talk) -> None:
    talk.turn(script(say("One.")))
    talk.post("/agent", {"agent": "plan"})
    talk.turn(script(say("Two.")))


SCENARIOS: dict[str, Callable[[Talk], None]] = {
    "text": text,
    "permission-once": lambda talk: permission(talk, "once"),
    "permission-reject": lambda talk: permission(talk, "reject"),
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
            talk = Talk(server, project, demo, thread)
            SCENARIOS[name](talk)
            said = json.dumps(talk.recorded(), indent=1, ensure_ascii=False)
        finally:
            server.stop()
    path = TARGET / OPENCODE_VERSION / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(plain(said, home, server, demo) + "\n")
    print(f"{name}: {len(said)} bytes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
