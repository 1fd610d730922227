"""Record what a real OpenCode server sends, for the tests of `model/`: `python -m tests.record [SCENARIO ...]`.

Each scenario runs on a server of its own, in a fresh git repository, with the scripted model, and leaves
    tests/recordings/v1/<version>/<scenario>/stream.sse     the raw bytes of `/global/event`
    tests/recordings/v1/<version>/<scenario>/state.json     what the server answers afterwards (see `Recorder.state`)
The script replaces folders and ports by fixed ones (`/project`); ids and times stay as the server sent them. It leaves out the
`sync` events, which repeat every other event for OpenCode's own replication and are half of the bytes, from all recordings but
`cold-start`. Run it again for a new version of OpenCode, commit the new folder, and let the tests say what has changed.
`tests/recordings/README.md` says what each recording is for.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from opencode_widget.demo import Demo
from opencode_widget.server.process.install import OPENCODE_VERSION, install
from opencode_widget.server.process.process import VARIABLE

from .support.loop_thread import LoopThread
from .support.recording.recorder import Recorder
from .support.recording.scenarios import COLD, SCENARIOS
from .support.scripts import say, script
from .support.servers.real import RealServer

TARGET = Path(__file__).parent / "recordings" / "v1"
# The same commit on every machine: its hash is the project's id.
WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A"), ("EMAIL", "a@b.c"))
}
WHEN = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
SYNC = re.compile(r'^data: (?=\{).*"payload":\{"type":"sync"', re.MULTILINE)
ALL_ASK = {"bash": "ask", "edit": "allow", "question": "allow"}


def main(names: list[str]) -> int:
    """Record the scenarios named, or all."""
    binary = Path(os.environ.get(VARIABLE) or install(print))
    thread = LoopThread("scripted-model")
    demo = thread.run(Demo.start())
    try:
        for name in names or SCENARIOS:
            record(name, binary, demo)
    finally:
        thread.run(demo.stop())
        thread.close()
    return 0


def record(name: str, binary: Path, demo: Demo) -> None:
    """Record one scenario."""
    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        home = Path(folder).resolve()
        project = make_project(home / "project")
        server = RealServer(binary, environment(demo), home / "home", project)
        (home / "home").mkdir(exist_ok=True)
        server.start()
        try:
            raw, state = play(name, server, project)
        finally:
            server.stop()
    raw = raw if name == COLD else without_sync(raw)
    write(TARGET / OPENCODE_VERSION / name, plain(raw, home, server, demo), plain(state, home, server, demo))
    print(f"{name}: {len(raw)} bytes")


def play(name: str, server: RealServer, project: Path) -> tuple[str, str]:
    recorder = Recorder(server, project)
    try:
        if name != COLD:
            warm_up(recorder)
        SCENARIOS[name](recorder)
        recorder.wait_until_quiet()
        # The order matters: what the state says must not be newer than the stream.
        state = json.dumps(recorder.state(), indent=1, ensure_ascii=False)
        return bytes(recorder.raw).decode(), state + "\n"
    finally:
        recorder.close()


def warm_up(recorder: Recorder) -> None:
    """Have the folder's instance loaded; the burst of events that comes with it is noise in all recordings but one."""
    session = recorder.new_session("Warm-up")
    recorder.turn(session, script(say("Warm.")))
    recorder.wait_until_quiet()
    recorder.client.delete(f"/session/{session}").raise_for_status()
    recorder.wait_for("session.deleted")
    recorder.wait_until_quiet()
    recorder.forget()


def make_project(folder: Path) -> Path:
    """A git repository with one commit: without one, OpenCode takes no snapshots and sends no diffs."""
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("# A project\n\nIt counts sheep.\n")
    (folder / "sheep.py").write_text("def count(sheep):\n    return len(sheep)\n")
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Start"]):
        subprocess.run(["git", *command], cwd=folder, env={**os.environ, **WHO, **WHEN}, check=True)
    return folder


def environment(demo: Demo) -> dict[str, str]:
    """The model's, with the permissions that the scenarios count on."""
    settings = json.loads(demo.env["OPENCODE_CONFIG_CONTENT"])
    return {**demo.env, "OPENCODE_CONFIG_CONTENT": json.dumps({**settings, "permission": ALL_ASK})}


def plain(text: str, home: Path, server: RealServer, demo: Demo) -> str:
    """Replace what is of this machine and this run."""
    text = text.replace(str(home / "project"), "/project").replace(str(home / "home"), "/home/user")
    text = text.replace(str(home), "/tmp/recorded").replace(f"127.0.0.1:{server.port}", "127.0.0.1:4096")
    return re.sub(r"127\.0\.0\.1:\d+/v1", "127.0.0.1:4097/v1", text)


def without_sync(stream: str) -> str:
    """A stream without the events of OpenCode's replication."""
    return "".join(block for block in re.split(r"(?<=\n\n)", stream) if not SYNC.search(block))


def write(folder: Path, stream: str, state: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stream.sse").write_text(stream, newline="")
    (folder / "state.json").write_text(state)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
