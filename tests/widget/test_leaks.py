"""Open and close, again and again: no process, zombie, file, task or thread is left.

`ROUNDS=200 pytest tests/widget/test_leaks.py` for the night's numbers; see `tests/faults/nightly.py`.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psutil
import pytest

from opencode_widget import Backoff, ConnectionState, OpenCode
from opencode_widget.errors import OpenCodeError, ServerFailed
from opencode_widget.server.process.process import ServerProcess

from ..support.page import Page, RecordingComms
from ..support.processes import descendants, started_since
from ..support.scripts import gate, say, script, tokens
from ..support.servers.proxy import Proxy
from ..support.servers.real import RealServer
from ..support.unclosed import unclosed
from ..support.wait import eventually

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

ROUNDS = int(os.environ.get("ROUNDS", "20"))
EAGER = Backoff(initial=0.1, maximum=0.5, jitter=0, attempts=None)
pytestmark = pytest.mark.timeout(900)


class Open(NamedTuple):
    """What this process holds."""

    tasks: int
    threads: int
    files: int
    children: int


class Before:
    """What this process held when this was made, and whether it holds more by now."""

    def __init__(self) -> None:
        self._standing = descendants()
        self._open = self._now()

    def _now(self) -> Open:
        gc.collect()
        # Threads of the standard library's pool come up to a fixed number, and stay.
        ours = [thread for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]
        return Open(len(asyncio.all_tasks()), len(ours), psutil.Process().num_fds(), len(started_since(self._standing)))

    async def stands_again(self) -> None:
        def no_more() -> bool:
            return all(now <= then for now, then in zip(self._now(), self._open, strict=True))

        try:
            await eventually(no_more)
        except AssertionError:
            pytest.fail(f"held before: {self._open}; held now: {self._now()}")


@pytest.mark.parametrize("background", [False, True], ids=["own loop", "background"])
async def test_rounds_with_a_running_server_leave_nothing(
    server: RealServer, project: Path, comms: RecordingComms, background: bool
) -> None:
    async def round(number: int) -> None:
        oc = OpenCode(url=server.url, password=server.password, directory=str(project), background=background)
        page = Page.of(oc)
        if number % 4 == 3:  # not every one is let to connect
            await oc.close()
        else:
            await oc.ready()
            oc.active_session = session
            await eventually(lambda: page.state.get("transcript"))
            await oc.close()
        comms.all.clear()

    oc = OpenCode(url=server.url, password=server.password, directory=str(project))
    session = (await oc.new_session("Looked at")).id
    await oc.close()
    await round(0)
    before = Before()
    for number in range(ROUNDS):
        await round(number)
    await before.stands_again()


async def test_rounds_of_losses_leave_no_connection_open(
    server: RealServer, proxy: Proxy, project: Path, model: Demo
) -> None:
    """What garbage collection closes counts as left, so it is told apart by the warning that it gives."""
    oc = OpenCode(url=proxy.url, password=server.password, directory=str(project), backoff=EAGER)
    instance = oc.instances[0]
    session = await oc.new_session("Lossy")
    gc.collect()
    with unclosed() as found:
        for number in range(max(3, ROUNDS // 10)):
            words = script(tokens(20, 0.01), gate(f"loss-{number}"), tokens(20, 0.01, prefix="u"))
            asking = asyncio.ensure_future(session.ask(words))
            await eventually(lambda: session.messages and "t000005" in session.messages[-1].text)
            await proxy.refuse()
            await eventually(lambda: instance.connection is ConnectionState.RECONNECTING)
            await model.open(f"loss-{number}")
            await proxy.resume()
            assert (await asyncio.wait_for(asking, 30)).text.split()[-1] == "u000020"
        await oc.close()
        del asking
        gc.collect()
    assert found == []


async def test_rounds_with_servers_of_our_own_leave_nothing(
    opencode_binary: Path, model: Demo, project: Path, comms: RecordingComms, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in model.env.items():
        monkeypatch.setenv(name, value)

    others = descendants()

    async def round() -> set[psutil.Process]:
        oc = OpenCode(project, binary=opencode_binary)
        await oc.ready()
        family = started_since(others)
        assert (await (await oc.new_session("Own")).ask(script(say("Mine")))).text == "Mine"
        await oc.close()
        comms.all.clear()
        return family

    await round()
    before = Before()
    for _ in range(max(2, ROUNDS // 10)):
        family = await round()
        assert family
        assert not [process for process in family if process.is_running()], "neither a process nor its zombie"
    await before.stands_again()


async def test_many_servers_that_start_at_once_come_up_or_say_why_not(
    opencode_binary: Path, model: Demo, tmp_path: Path
) -> None:
    folders = [tmp_path / f"project {number}" for number in range(max(4, ROUNDS // 10))]
    for folder in folders:
        folder.mkdir()
    before = Before()
    starting = [ServerProcess.start(folder, binary=opencode_binary, env=model.env) for folder in folders]
    came = await asyncio.gather(*starting, return_exceptions=True)
    up = [server for server in came if isinstance(server, ServerProcess)]
    failed = [server for server in came if isinstance(server, BaseException)]
    print(f"{len(up)} came up; {failed}")
    assert up
    assert len({server.url for server in up}) == len(up)
    assert all(isinstance(error, ServerFailed) and str(error) for error in failed)
    await asyncio.gather(*(server.stop() for server in up))
    await before.stands_again()


async def test_servers_that_cannot_start_leave_nothing(project: Path, comms: RecordingComms, tmp_path: Path) -> None:
    program = tmp_path / "opencode"
    program.write_text("#!/bin/sh\nsleep 300 &\necho 'no license' >&2\nexit 3\n")
    program.chmod(0o755)

    async def round() -> None:
        oc = OpenCode(project, binary=program)
        with pytest.raises(OpenCodeError, match=r"no license|exit code 3"):
            await oc.ready()
        await oc.close()
        comms.all.clear()

    await round()
    before = Before()
    for _ in range(5):
        await round()
    await before.stands_again()
