"""A child process: its output, its end, and work on threads that is cancelled."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from opencode_widget.redaction import KNOWN
from opencode_widget.server.process import child as module
from opencode_widget.server.process.child import Child, in_thread, open_log

from ...support.wait import eventually

ENV = {"PATH": os.environ["PATH"]}
SECRET = "hunter2-swordfish"


@pytest_asyncio.fixture
async def sleeper() -> AsyncIterator[Child]:
    child = await Child.start(["sh", "-c", "echo begun; exec sleep 300"], cwd=Path("/"), env=ENV)
    yield child
    await child.stop(grace=0)


async def run(script: str, **more: object) -> Child:
    child = await Child.start(["sh", "-c", script], cwd=Path("/"), env=ENV, **more)  # type: ignore[arg-type]
    await child.wait()
    return child


async def test_its_output_can_be_read_after_its_end() -> None:
    child = await run("echo out; echo err >&2; echo; printf '\\033[31mred\\033[0m\\n'; exit 3")
    assert (child.running, child.returncode) == (False, 3)
    assert child.log_tail() == ("out", "err", "red")
    assert child.log_tail(1) == ("red",)
    assert child.log_tail(0) == ()


async def test_a_secret_that_it_prints_is_not_shown() -> None:
    KNOWN.add(SECRET)
    try:
        child = await run(f"echo says {SECRET}")
        assert child.log_tail() == ("says ***",)
        assert child.lines() == (f"says {SECRET}",)
    finally:
        KNOWN.forget(SECRET)


async def test_a_line_is_found_while_it_runs_and_none_after_its_end(sleeper: Child) -> None:
    found = await sleeper.find_line(re.compile("be(gun)"), 20)
    assert found is not None
    assert found[1] == "gun"
    assert await sleeper.find_line(re.compile("never"), 0.05) is None
    ended = await run("echo over")
    assert await ended.find_line(re.compile("never"), 20) is None


async def test_a_search_that_is_cancelled_ends_its_thread(sleeper: Child) -> None:
    searching = asyncio.create_task(sleeper.find_line(re.compile("never"), 100))
    await asyncio.sleep(0.05)
    searching.cancel()
    await asyncio.gather(searching, return_exceptions=True)
    await eventually(lambda: not any(thread.name.startswith("opencode-widget_") for thread in threading.enumerate()))


async def test_a_program_that_is_not_there_is_an_error_that_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await Child.start([tmp_path / "none"], cwd=tmp_path, env=ENV)


async def test_a_supervisor_that_does_not_start_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SUPERVISOR", tmp_path / "none.py")
    with pytest.raises(OSError, match="the supervisor did not start"):
        await Child.start(["true"], cwd=tmp_path, env=ENV)


async def test_ending_it_twice_is_no_error(sleeper: Child) -> None:
    for _ in range(2):
        await asyncio.to_thread(sleeper.kill_now)
        assert sleeper.returncode == -signal.SIGKILL
    await sleeper.stop()


async def test_a_supervisor_that_does_not_answer_is_not_waited_for(
    sleeper: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sleeper, "_say_stop", lambda _grace: True)
    await asyncio.to_thread(sleeper.kill_now, 0.05)
    monkeypatch.undo()
    await sleeper.wait()
    assert sleeper.returncode == -signal.SIGKILL


def test_a_log_is_for_our_eyes_alone(tmp_path: Path) -> None:
    with open_log(tmp_path / "log") as log:
        log.write(b"x")
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        open_log(tmp_path / "log")


async def test_a_result_that_comes_too_late_is_discarded() -> None:
    begun, goes_on, late = threading.Event(), threading.Event(), list[str]()

    def work() -> str:
        begun.set()
        goes_on.wait(10)
        return "result"

    task = asyncio.create_task(in_thread(work, discard=late.append))
    await eventually(begun.is_set)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert late == []
    goes_on.set()
    await eventually(lambda: late == ["result"])


async def test_a_failure_that_comes_too_late_is_nobody_s(caplog: pytest.LogCaptureFixture) -> None:
    begun, stop = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        stop.wait(10)
        raise ValueError("too late")

    task = asyncio.create_task(in_thread(work, discard=pytest.fail, stop=stop))
    await eventually(begun.is_set)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert stop.is_set()
    assert caplog.records == []


async def test_at_the_end_of_the_interpreter_children_and_folders_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests of this process have children too, the scripted model above all: they must live on.
    monkeypatch.setattr(module, "_living", set())
    monkeypatch.setattr(module, "_folders", set())
    child = await Child.start(["sleep", "300"], cwd=Path("/"), env=ENV)
    folder = tmp_path / "folder"
    folder.mkdir()
    module.remove_at_exit(folder)
    await asyncio.to_thread(module._end_all)
    assert not child.running
    assert not folder.exists()
