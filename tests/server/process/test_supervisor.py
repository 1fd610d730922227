"""The guard of a child, run in this process: what it sees, whom it ends, and when.

How it ends a server whose owner was killed is tested from outside, in `test_process.py`.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from opencode_widget.server.process import supervisor
from opencode_widget.server.process.supervisor import Ending, Happening

Happenings = queue.SimpleQueue[Happening]


@pytest.fixture
def happenings() -> Happenings:
    return queue.SimpleQueue()


@pytest.fixture
def child() -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Start a shell script in a session of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def start(script: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(["sh", "-c", script], start_new_session=True, stdout=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is reported to the owner."""
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(supervisor.os, "write", lambda _fd, data: messages.append(json.loads(data)))
    return messages


def ready(process: subprocess.Popen[bytes]) -> None:
    """Wait for the line that the script prints when it has begun."""
    assert process.stdout is not None
    process.stdout.readline()


# ---- what may happen --------------------------------------------------------------------------------------------------


def test_the_owners_commands_arrive_and_so_does_their_end(
    happenings: Happenings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", ["stop 3.0\n", "stop 0\n"])
    supervisor.listen(happenings)
    assert [happenings.get() for _ in range(3)] == [("stop", 3.0), ("stop", 0.0), ("gone", supervisor.GRACE)]


@pytest.mark.parametrize(("script", "code"), [("exit 3", 3), ("kill -9 $$", -9)])
def test_the_end_of_the_child_is_seen_with_its_code(
    happenings: Happenings,
    child: Callable[[str], subprocess.Popen[bytes]],
    script: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervisor, "LINUX", False)  # not the children of other tests
    supervisor.watch_child(child(script), happenings)
    assert happenings.get(timeout=5) == ("exit", code)


def test_on_windows_the_child_alone_is_waited_for(happenings: Happenings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "WINDOWS", True)
    supervisor.watch_child(SimpleNamespace(wait=lambda: 7), happenings)  # type: ignore[arg-type]
    assert happenings.get(timeout=5) == ("exit", 7)
    assert supervisor.family_of(os.getpid()) == set()
    assert not supervisor.owner_is_gone(-1)


def test_the_watch_ends_when_the_owner_is_another(happenings: Happenings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "POLL", 0.01)
    assert supervisor.wait_for_end(happenings, os.getppid() + 1) == ("gone", supervisor.GRACE)


def test_the_watch_goes_on_while_the_owner_lives(happenings: Happenings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "POLL", 0.01)
    looks: list[None] = []

    def look() -> None:
        looks.append(None)
        if len(looks) == 3:
            happenings.put(("stop", 1.0))

    monkeypatch.setattr(supervisor, "bound_log", look)
    assert supervisor.wait_for_end(happenings, os.getppid()) == ("stop", 1.0)
    assert len(looks) == 3


@pytest.mark.parametrize(("size", "kept"), [(100, 100), (2000, 0)])
def test_a_log_that_is_too_long_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, kept: int
) -> None:
    monkeypatch.setattr(supervisor, "LOG_LIMIT", 1000)
    with (tmp_path / "log").open("ab") as log:
        log.write(b"x" * size)
        log.flush()
        number = log.fileno()
        monkeypatch.setattr(supervisor.os, "fstat", lambda _fd: (tmp_path / "log").stat())
        monkeypatch.setattr(supervisor.os, "ftruncate", lambda _fd, length: os.truncate(number, length))
        supervisor.bound_log()
    assert (tmp_path / "log").stat().st_size == kept


# ---- the family -------------------------------------------------------------------------------------------------------


def commands(family: set[int]) -> set[str]:
    """What the processes of a family run; one that ends meanwhile is left out."""
    found = set()
    for pid in family:
        with contextlib.suppress(psutil.Error):
            found.add(" ".join(psutil.Process(pid).cmdline()))
    return found


def test_the_family_of_a_child_has_those_that_left_its_session(child: Callable[[str], subprocess.Popen[bytes]]) -> None:
    process = child("sleep 301 & setsid sleep 302 & echo; wait")
    ready(process)
    deadline = time.monotonic() + 20
    while not (there := commands(supervisor.family_of(process.pid))) >= {"sleep 301", "sleep 302"}:
        assert time.monotonic() < deadline, there
        time.sleep(0.01)
    family = supervisor.family_of(process.pid)
    assert process.pid in family
    assert os.getpid() not in family
    supervisor.signal_all(
        process.pid, {pid for pid in family if commands({pid}) & {"sleep 301", "sleep 302"}}, "SIGKILL"
    )


def test_processes_are_the_same_by_both_ways(child: Callable[[str], subprocess.Popen[bytes]]) -> None:
    process = child("echo; sleep 301")
    ready(process)
    by_proc, by_ps = set(supervisor.processes()), set(supervisor.processes_by_ps())
    mine = (process.pid, os.getpid(), process.pid)
    assert mine in by_proc
    assert mine in by_ps


def test_without_proc_the_processes_are_asked_of_ps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor.os.path, "isdir", lambda _path: False)
    assert os.getpid() in {member for member, _, _ in supervisor.processes()}


def test_a_process_that_ends_while_we_look_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.listdir
    monkeypatch.setattr(supervisor.os, "listdir", lambda path: ["999999999", *real(path)])
    assert os.getpid() in {member for member, _, _ in supervisor.processes()}


def test_on_windows_the_tree_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(supervisor, "WINDOWS", True)
    monkeypatch.setattr(supervisor.subprocess, "run", lambda command, **_options: commands.append(command))
    supervisor.signal_group(7)
    assert commands == [["taskkill", "/F", "/T", "/PID", "7"]]


@pytest.mark.parametrize("there", [True, False])
def test_orphans_are_adopted_where_python_can(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    asked: list[tuple[int, ...]] = []
    library = SimpleNamespace(CDLL=lambda _name: SimpleNamespace(prctl=lambda *words: asked.append(words)))
    monkeypatch.setitem(sys.modules, "ctypes", library if there else None)  # type: ignore[arg-type]
    supervisor.adopt_orphans()
    assert asked == ([(supervisor.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)] if there else [])


def test_elsewhere_no_orphan_is_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LINUX", False)
    monkeypatch.setitem(sys.modules, "ctypes", SimpleNamespace())  # type: ignore[arg-type]
    supervisor.adopt_orphans()


# ---- the end ----------------------------------------------------------------------------------------------------------


def guard(process: subprocess.Popen[bytes], happenings: Happenings) -> None:
    """Report the end of the child, as `watch_child` does, which would wait for the children of other tests too."""
    threading.Thread(target=lambda: happenings.put(("exit", process.wait())), daemon=True).start()


def test_a_child_that_heeds_is_not_killed(
    child: Callable[[str], subprocess.Popen[bytes]], happenings: Happenings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LINUX", False)
    process = child("trap 'exit 7' TERM; echo; while :; do sleep 0.05; done")
    ready(process)
    guard(process, happenings)
    assert supervisor.end(process.pid, happenings, ("stop", 20.0), again=math.inf) == 7


def test_a_child_that_will_not_end_is_killed_after_the_grace(
    child: Callable[[str], subprocess.Popen[bytes]], happenings: Happenings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LINUX", False)
    process = child("trap '' TERM; echo; while :; do sleep 0.05; done")
    ready(process)
    guard(process, happenings)
    assert supervisor.end(process.pid, happenings, ("stop", 0.2), again=math.inf) == -9


def test_a_child_that_loses_a_signal_gets_another(
    child: Callable[[str], subprocess.Popen[bytes]], happenings: Happenings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LINUX", False)
    process = child("trap 'n=x$n; [ $n = xxx ] && exit 7' TERM; echo; while :; do sleep 0.02; done")
    ready(process)
    guard(process, happenings)
    assert supervisor.end(process.pid, happenings, ("stop", 20.0), again=0.1) == 7


def test_a_nearer_deadline_counts_and_a_later_one_does_not() -> None:
    ending = Ending(0)
    ending.note(("stop", 3.0))
    near = ending.deadline
    ending.note(("gone", 9.0))
    assert ending.deadline == near
    ending.note(("stop", 0.0))
    assert ending.deadline < near
    assert not ending.patient()


def test_a_folder_that_is_still_written_to_is_removed_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, waits = tmp_path / "folder", []

    def wait(_seconds: float) -> None:
        waits.append(folder.exists())
        if len(waits) == 2:
            monkeypatch.undo()
            monkeypatch.setattr(supervisor.time, "sleep", lambda _seconds: None)

    folder.mkdir()
    monkeypatch.setattr(supervisor.shutil, "rmtree", lambda _folder, **_options: None)
    monkeypatch.setattr(supervisor.time, "sleep", wait)
    supervisor.remove([str(folder)])
    assert waits == [True, True]
    assert not folder.exists()


def test_a_folder_that_cannot_be_removed_is_left_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(supervisor.shutil, "rmtree", lambda _folder, **_options: None)
    monkeypatch.setattr(supervisor.time, "sleep", waits.append)
    supervisor.remove([str(tmp_path)])
    assert len(waits) == 10


# ---- the whole --------------------------------------------------------------------------------------------------------


def spec(tmp_path: Path, script: str, *, owner: int | None = None, insist: bool = False) -> dict[str, Any]:
    argv = ["sh", "-c", script]
    owner = os.getppid() if owner is None else owner
    return {
        "argv": argv,
        "cwd": "/",
        "owner": owner,
        "remove": [str(tmp_path / "gone")],
        "insist": insist,
        "keep_stdin": False,
    }


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No signal of this process is taken over, its output is not the child's, and its stdin stays open."""
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_words: None)
    monkeypatch.setattr(supervisor, "adopt_orphans", lambda: None)
    monkeypatch.setattr(supervisor, "LINUX", False)
    monkeypatch.setattr(supervisor, "POLL", 0.05)
    monkeypatch.setattr(supervisor, "GRACE", 0.1)
    monkeypatch.setattr(supervisor, "bound_log", lambda: None)
    monkeypatch.setattr(supervisor, "listen", lambda _happenings: None)
    real = subprocess.Popen
    none = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    monkeypatch.setattr(supervisor.subprocess, "Popen", lambda argv, **options: real(argv, **{**options, **none}))


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("insist", [False, True])
def test_the_end_of_the_child_is_reported(tmp_path: Path, written: list[dict[str, Any]], insist: bool) -> None:
    (tmp_path / "gone").mkdir()
    supervisor.main(spec(tmp_path, "exit 5", insist=insist))
    begun, ended = written
    assert begun["pid"] > 0
    assert ended == {"returncode": 5}
    assert (tmp_path / "gone").exists(), "the owner removes its own folders while it lives"


@pytest.mark.usefixtures("quiet")
def test_where_the_owner_is_gone_its_folders_go_with_the_child(tmp_path: Path, written: list[dict[str, Any]]) -> None:
    (tmp_path / "gone").mkdir()
    supervisor.main(spec(tmp_path, "exec sleep 300", owner=-1))
    assert written[-1] == {"returncode": -15}
    assert not (tmp_path / "gone").exists()


@pytest.mark.usefixtures("quiet")
def test_a_command_that_cannot_be_started_is_reported(tmp_path: Path, written: list[dict[str, Any]]) -> None:
    supervisor.main({**spec(tmp_path, ""), "argv": ["/no/such/program"]})
    assert written == [{"error": "No such file or directory"}]


def test_a_missing_reader_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_fd: int, _data: bytes) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(supervisor.os, "write", broken)
    supervisor.report({"pid": 1})


def test_a_signal_to_the_guard_ends_the_child(tmp_path: Path) -> None:
    """As a script of its own, for it takes over the signals."""
    words = json.dumps(spec(tmp_path, "exec sleep 300", owner=os.getpid()))
    command = [sys.executable, "-I", "-S", str(Path(supervisor.__file__)), words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as guard:
        assert guard.stdout is not None
        pid = json.loads(guard.stdout.readline())["pid"]
        guard.terminate()
        assert json.loads(guard.stdout.readline()) == {"returncode": -15}
    assert not psutil.pid_exists(pid)
