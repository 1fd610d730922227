"""Servers of our own: found, started, and gone when they should be."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

from opencode_widget.errors import DirectoryError, ServerFailed
from opencode_widget.server.process import install, process
from opencode_widget.server.process.process import ServerProcess, binary_version, check_directory

from ...support.processes import descendants, started_since
from ...support.wait import eventually

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def private_tmp(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of this test's own, which must be empty again at the end."""
    folder = tmp_path_factory.mktemp("tmp")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    assert list(folder.glob("opencode-widget*")) == []


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """No process of ours is left at the end of a test, and no file open."""
    before = descendants()
    files = len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert started_since(before) == set()
    assert len(list(Path("/proc/self/fd").iterdir())) <= files + 6, (
        "an event loop of pytest-asyncio may come, a pipe a server may not"
    )


@pytest.fixture
def fake(tmp_path: Path) -> Callable[[str], Path]:
    """Make a program out of a shell script."""

    def make(script: str) -> Path:
        path = tmp_path / "opencode"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return make


LISTENS = "echo 'opencode server listening on http://127.0.0.1:1/'"
CHILDREN = f"sleep 301 & setsid sleep 302 & (setsid sleep 303 &) ; {LISTENS}"


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def family(server: ServerProcess) -> list[psutil.Process]:
    """The supervisor and all that it guards."""
    supervisor = psutil.Process(server.pid).parent()
    assert supervisor is not None
    return [supervisor, *supervisor.children(recursive=True)]


# --- a real server -----------------------------------------------------------------------------------------------------------------------


async def test_a_real_server_starts_answers_and_stops(opencode_binary: Path, model: Demo, project: Path) -> None:
    server = await ServerProcess.start(project, binary=opencode_binary, env=model.env)
    assert server.running
    assert server.returncode is None
    assert server.url.startswith("http://127.0.0.1:")
    assert not server.url.endswith(":4096")
    async with httpx.AsyncClient(base_url=server.url) as client:
        assert (await client.get("/global/health")).status_code == 401
        answer = await client.get("/path", auth=(server.username, server.password))
    assert answer.json()["directory"] == str(project)
    members = family(server)
    await server.stop()
    assert not server.running
    assert not [member for member in members if alive(member.pid)]
    assert any("listening" in line for line in server.log_tail())


async def test_two_real_servers_at_once_have_two_ports(opencode_binary: Path, model: Demo, project: Path) -> None:
    start = [ServerProcess.start(project, binary=opencode_binary, env=model.env) for _ in range(2)]
    server, two = await asyncio.gather(*start)
    assert server.url != two.url
    assert server.password != two.password
    await asyncio.gather(server.stop(), two.stop())


async def test_what_an_outer_opencode_left_in_the_environment_does_no_harm(
    opencode_binary: Path, model: Demo, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENCODE_SERVER_USERNAME", "OPENCODE_SERVER_PASSWORD", "OPENCODE_PASSWORD", "OPENCODE_CLIENT"):
        monkeypatch.setenv(name, "outer")
    server = await ServerProcess.start(project, binary=opencode_binary, env=model.env)
    async with httpx.AsyncClient(base_url=server.url, auth=(server.username, server.password)) as client:
        assert (await client.get("/global/health")).status_code == 200
    assert "OPENCODE_CLIENT" not in psutil.Process(server.pid).environ()
    await server.stop()


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "exit", "held open by a fork"])
def test_a_real_server_ends_with_its_owner(opencode_binary: Path, project: Path, how: str, private_tmp: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(project), str(opencode_binary), how],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(private_tmp), "XDG_DATA_HOME": str(private_tmp / "data")},
    )
    assert owner.stdout is not None
    server, *forks = map(int, owner.stdout.readline().split())
    members = [psutil.Process(server), psutil.Process(server).parent()]
    if how != "exit":
        owner.send_signal(signal.SIGTERM if how == "SIGTERM" else signal.SIGKILL)
    owner.wait(10)
    owner.stdout.close()
    try:
        _, left = psutil.wait_procs([member for member in members if member], timeout=5)
        assert left == []
    finally:
        for fork in forks:
            os.kill(fork, signal.SIGKILL)


OWNER = """
import asyncio, os, sys, time
from opencode_widget.server.process.process import ServerProcess

async def main(project, binary, how):
    server = await ServerProcess.start(project, binary=binary)
    fork = os.fork() if "fork" in how else None
    if fork == 0:
        time.sleep(60)
        os._exit(0)
    print(server.pid, fork or "", flush=True)
    if how != "exit":
        await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


# --- the end -----------------------------------------------------------------------------------------------------------------------------


async def test_stop_leaves_no_child_not_even_one_that_left_its_session(
    fake: Callable[[str], Path], project: Path
) -> None:
    server = await ServerProcess.start(project, binary=fake(f"{CHILDREN}; wait"))
    members = await eventually(
        lambda: found if len(found := family(server)) == 5 else None, what="three sleeping children"
    )
    await server.stop()
    assert not [member for member in members if alive(member.pid)]


async def test_a_server_that_ends_by_itself_leaves_no_child(fake: Callable[[str], Path], project: Path) -> None:
    server = await ServerProcess.start(project, binary=fake(f"{CHILDREN}; sleep 0.5; exit 7"))
    members = family(server)
    assert await asyncio.wait_for(server.wait(), 10) == 7
    assert not [member for member in members if alive(member.pid)]
    assert repr(server) == f"<ServerProcess http://127.0.0.1:1 in {project}: ended with 7>"


async def test_a_server_that_will_not_end_is_killed(fake: Callable[[str], Path], project: Path) -> None:
    server = await ServerProcess.start(project, binary=fake(f"trap '' TERM; {LISTENS}; while :; do sleep 0.1; done"))
    await server.stop(grace=0.2)
    assert server.returncode == -signal.SIGKILL


async def test_a_server_that_loses_a_signal_gets_another(fake: Callable[[str], Path], project: Path) -> None:
    losing = f"trap 'trap \"exit 0\" TERM' TERM; {LISTENS}; while :; do sleep 0.05; done"
    server = await ServerProcess.start(project, binary=fake(losing))
    await server.stop(grace=20)
    assert server.returncode == 0


async def test_kill_now_shortens_a_stop_that_is_waiting(fake: Callable[[str], Path], project: Path) -> None:
    server = await ServerProcess.start(project, binary=fake(f"trap '' TERM; {LISTENS}; while :; do sleep 0.1; done"))
    stopping = asyncio.create_task(server.stop(grace=60))
    await asyncio.sleep(0)
    await asyncio.to_thread(server.kill_now)
    await asyncio.wait_for(stopping, 5)
    assert not server.running


async def test_stop_and_kill_now_may_be_called_again(fake: Callable[[str], Path], project: Path) -> None:
    server = await ServerProcess.start(project, binary=fake(f"{LISTENS}; sleep 300"))
    await asyncio.gather(server.stop(), server.stop())
    await server.stop()
    await asyncio.to_thread(server.kill_now)
    assert await server.wait() == -signal.SIGTERM


async def test_a_fork_of_the_owner_does_not_end_the_server(fake: Callable[[str], Path], project: Path) -> None:
    server = await ServerProcess.start(project, binary=fake(f"{LISTENS}; sleep 300"))

    def fork() -> int:
        if (child := os.fork()) == 0:
            server.kill_now()
            os._exit(0)
        return os.waitpid(child, 0)[1]

    assert await asyncio.to_thread(fork) == 0
    assert alive(server.pid)
    assert server.running
    await server.stop()


async def test_the_death_of_the_supervisor_is_the_death_of_the_server(
    fake: Callable[[str], Path], project: Path
) -> None:
    server = await ServerProcess.start(project, binary=fake(f"{LISTENS}; exec sleep 300"))
    pid = server.pid
    family(server)[0].kill()
    assert await asyncio.wait_for(server.wait(), 5) is None
    await eventually(lambda: not alive(pid))


async def test_a_start_that_is_cancelled_leaves_nothing(
    fake: Callable[[str], Path], project: Path, private_tmp: Path
) -> None:
    program = fake("exec sleep 300")
    before = {child.pid for child in psutil.Process().children()}
    for after in (0.0, 0.01, 0.05, 0.2):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ServerProcess.start(project, binary=program), after)

    def clean() -> bool:
        return {child.pid for child in psutil.Process().children()} <= before and not any(private_tmp.iterdir())

    for _ in range(500):
        if await asyncio.to_thread(clean):
            return
        await asyncio.sleep(0.02)
    pytest.fail("a process or its folder is left")


def test_it_works_on_the_loop_of_another_thread(fake: Callable[[str], Path], project: Path) -> None:
    async def run() -> None:
        server = await ServerProcess.start(project, binary=fake(f"{LISTENS}; sleep 300"))
        await server.stop()
        codes.append(server.returncode)

    codes: list[int | None] = []
    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    thread.join(20)
    assert codes == [-signal.SIGTERM]


async def test_a_loop_may_end_before_the_server(fake: Callable[[str], Path], project: Path) -> None:
    async def run() -> ServerProcess:
        server = await ServerProcess.start(project, binary=fake(f"{LISTENS}; sleep 300"))
        waiting = asyncio.create_task(server.wait())
        await asyncio.sleep(0)
        waiting.cancel()
        return server

    server = await asyncio.to_thread(lambda: asyncio.run(run()))
    assert server.running
    await server.stop()


# --- bad input ---------------------------------------------------------------------------------------------------------------------------


async def test_a_program_that_ends_at_once_shows_its_last_lines(fake: Callable[[str], Path], project: Path) -> None:
    with pytest.raises(ServerFailed, match="ended at once with exit code 3") as caught:
        await ServerProcess.start(project, binary=fake("echo one; printf '\\033[91mtwo\\033[0m\\n' >&2; exit 3"))
    assert caught.value.log == ("one", "two")
    assert caught.value.code == 3
    assert "two" in str(caught.value)
    assert "opencode-widget install" in caught.value.remedy


async def test_a_program_that_never_listens_is_ended(fake: Callable[[str], Path], project: Path) -> None:
    with pytest.raises(ServerFailed, match=r"did not say within 0\.3 s") as caught:
        await ServerProcess.start(project, binary=fake("echo hello; sleep 300"), timeout=0.3)
    assert caught.value.log == ("hello",)
    assert caught.value.code is None


async def test_a_file_that_is_no_program(tmp_path: Path, project: Path) -> None:
    path = tmp_path / "text"
    path.write_text("hello")
    with pytest.raises(ServerFailed, match="Permission denied"):
        await ServerProcess.start(project, binary=path)
    path.chmod(0o755)
    with pytest.raises(ServerFailed, match="Exec format error"):
        await ServerProcess.start(project, binary=path)


async def test_a_2_x_server_is_understood(fake: Callable[[str], Path], project: Path) -> None:
    server = await ServerProcess.start(
        project, binary=fake("echo 'server listening on http://127.0.0.1:5/'; sleep 300")
    )
    assert server.url == "http://127.0.0.1:5"
    await server.stop()


async def test_another_port_is_tried_when_one_was_taken_meanwhile(
    fake: Callable[[str], Path], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = iter([1111, 2222])
    monkeypatch.setattr(process, "free_port", lambda: next(ports))
    monkeypatch.setattr(process, "port_is_taken", lambda port: port == 1111)
    script = '[ "$5" = 2222 ] || exit 1; echo "opencode server listening on http://127.0.0.1:$5"; sleep 300'
    server = await ServerProcess.start(project, binary=fake(script))
    assert server.url.endswith(":2222")
    await server.stop()


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match="does not exist"):
        check_directory(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(DirectoryError, match="is a file"):
        check_directory(tmp_path / "file")
    with pytest.raises(DirectoryError, match="does not exist"):
        check_directory(tmp_path / "file" / "under it")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(DirectoryError):
        check_directory(tmp_path / "loop")
    with pytest.raises(DirectoryError, match="cannot be used"):
        check_directory("a\0b")
    with pytest.raises(DirectoryError, match="cannot be used"):
        check_directory("~nobody-of-this-name/x")


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may read everything
    with pytest.raises(DirectoryError, match="may not be read"):
        check_directory(tmp_path)


def test_a_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a b%20ü").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a b%20ü")
    assert check_directory("~/link/") == tmp_path.resolve() / "a b%20ü"


async def test_a_folder_of_any_name_is_the_servers_folder(fake: Callable[[str], Path], tmp_path: Path) -> None:
    folder = tmp_path / "a b%20ü 日本"
    folder.mkdir()
    server = await ServerProcess.start(folder, binary=fake(f"pwd; {LISTENS}; sleep 300"))
    assert str(folder) in await asyncio.to_thread(server.log_tail)
    await server.stop()


# --- secrets -----------------------------------------------------------------------------------------------------------------------------


async def test_the_password_is_nowhere_to_be_seen(
    fake: Callable[[str], Path], project: Path, private_tmp: Path
) -> None:
    program = fake(f"env; echo $OPENCODE_SERVER_PASSWORD; {LISTENS}; sleep 300")
    server = await ServerProcess.start(project, binary=program, password="s3cret:pässword")
    members = family(server)
    seen = [
        repr(server),
        *(await asyncio.to_thread(server.log_tail, 200)),
        *(str(member.cmdline()) for member in members),
    ]
    assert not [text for text in seen if "s3cret" in text]
    assert any("OPENCODE_SERVER_PASSWORD=***" in text for text in seen)
    logs = await asyncio.to_thread(lambda: [path for path in private_tmp.rglob("*") if path.is_file()])
    assert [stat.S_IMODE(path.stat().st_mode) for path in logs] == [0o600]
    assert stat.S_IMODE(logs[0].parent.stat().st_mode) == 0o700
    await server.stop()
    assert "s3cret" not in "".join(server.log_tail(200))


async def test_a_password_does_not_show_in_an_error(fake: Callable[[str], Path], project: Path) -> None:
    with pytest.raises(ServerFailed) as caught:
        await ServerProcess.start(project, binary=fake("env; exit 1"), password="s3cret")
    assert "s3cret" not in str(caught.value) + repr(caught.value.log)


# --- its version ----------------------------------------------------------------------------------------------------------------------


async def test_versions(opencode_binary: Path, fake: Callable[[str], Path]) -> None:
    assert await binary_version(opencode_binary) == install.OPENCODE_VERSION
    assert await binary_version(fake("echo opencode v2.1.0-rc.1")) == "2.1.0-rc.1"
    with pytest.raises(ServerFailed, match="named no version"):
        await binary_version(fake("echo hello"))
    with pytest.raises(ServerFailed, match="printed nothing for"):
        await binary_version(fake("sleep 300"), timeout=0.2)


# ---- 2.x ----------------------------------------------------------------------------------------------------------------

SECOND = """
case "$*" in
  *--stdio*) echo '{"type":"ready","url":"http://127.0.0.1:2/"}'; cat >/dev/null; echo ended by its stdin >>"$(dirname "$0")/said";;
  *) echo 'server listening on http://127.0.0.1:1'; exec sleep 300;;
esac"""


async def test_2x_is_started_so_that_it_ends_with_its_stdin(project: Path, fake: Callable[[str], Path]) -> None:
    program = fake(SECOND)
    for _ in range(2):  # the second time it is known
        server = await ServerProcess.start(project, binary=program)
        assert server.url == "http://127.0.0.1:2"
        await server.stop()


async def test_2x_ends_by_itself_when_all_that_guard_it_are_killed(project: Path, fake: Callable[[str], Path]) -> None:
    program = fake(f"trap '' TERM; {SECOND}")
    server = await ServerProcess.start(project, binary=program)
    guard = family(server)[0]
    guard.kill()
    await eventually(lambda: not server.running)


async def test_a_program_that_is_1x_again_is_started_as_such(project: Path, fake: Callable[[str], Path]) -> None:
    server = await ServerProcess.start(project, binary=fake(SECOND))
    await server.stop()
    refuses = f'case "$*" in *--stdio*) echo unknown argument; exit 1;; esac; {LISTENS}; exec sleep 300'
    server = await ServerProcess.start(project, binary=fake(refuses))
    assert server.url == "http://127.0.0.1:1"
    await server.stop()
