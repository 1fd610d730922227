"""However a kernel ends, the server that it started ends too, with all that this started; and a server of somebody else's lives on."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest
from jupyter_client.blocking import BlockingKernelClient

from ..support.servers.real import RealServer, free_port

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--ServerApp.password=",
    "--ServerApp.disable_check_xsrf=True",
    "--IdentityProvider.token=",
)


class Jupyter:
    """A real Jupyter server, and one kernel of it."""

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        port = free_port()
        self.runtime = home / "runtime"
        folders = {"JUPYTER_RUNTIME_DIR": str(self.runtime), "JUPYTER_CONFIG_DIR": str(home / "config")}
        folders |= {"JUPYTER_DATA_DIR": str(home / "data"), "IPYTHONDIR": str(home / "ipython")}
        self._log = (home / "jupyter.log").open("wb")
        self.process = psutil.Popen(
            [sys.executable, "-m", "jupyter_server", *OPTIONS, f"--ServerApp.port={port}"],
            cwd=home,
            env={**os.environ, **env, **folders},
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60)
        within(60, self._answers)
        self.kernel = self.client.post("/api/kernels").json()["id"]
        self._channels = BlockingKernelClient(connection_file=str(self.runtime / f"kernel-{self.kernel}.json"))
        self._channels.load_connection_file()
        self._channels.start_channels(hb=False)  # a slow machine misses beats, and lives
        self._channels.wait_for_ready(timeout=60)

    def _answers(self) -> bool:
        try:
            return self.client.get("/api/status", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def run(self, code: str) -> str:
        """Execute a cell; what it printed."""
        printed: list[str] = []

        def receive(message: dict[str, Any]) -> None:
            content = message["content"]
            assert message["msg_type"] != "error", "\n".join(content.get("traceback", ()))
            printed.extend([content["text"]] if message["msg_type"] == "stream" else [])

        self._channels.execute_interactive(code, timeout=60, output_hook=receive)
        return "".join(printed)

    def kill_kernel(self) -> None:
        os.kill(int(self.run("import os; print(os.getpid())")), signal.SIGKILL)

    def close(self) -> None:
        self._channels.stop_channels()
        self.client.close()
        family = [*self.process.children(recursive=True), self.process] if self.process.is_running() else []
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(20)
        self._log.close()


def within(seconds: float, look: Callable[[], object]) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)


@pytest.fixture
def jupyter(tmp_path: Path, model: Demo, opencode_binary: Path) -> Iterator[Jupyter]:
    home = tmp_path / "jupyter"
    home.mkdir()
    jupyter = Jupyter(home, model.env)
    yield jupyter
    jupyter.close()


ENDS: dict[str, Callable[[Jupyter], object]] = {
    "shutdown": lambda jupyter: jupyter.client.delete(f"/api/kernels/{jupyter.kernel}"),
    "restart": lambda jupyter: jupyter.client.post(f"/api/kernels/{jupyter.kernel}/restart"),
    "kill -9 of the kernel": Jupyter.kill_kernel,
    "kill -9 of the Jupyter server": lambda jupyter: jupyter.process.kill(),
    "SIGTERM to the Jupyter server": lambda jupyter: jupyter.process.terminate(),
}
# A shell of the agent's that runs on, and whose own child has left its session and its parent.
CELL = """
import asyncio
from opencode_widget import OpenCode
oc = OpenCode({folder!r})
session = await oc.new_session("Long")
running = asyncio.ensure_future(session.shell("(setsid sleep 601 &) ; sleep 602"))
print(oc.instances[0]._runtime.endpoint.process.pid)
"""


def family_of(pid: int) -> list[psutil.Process]:
    """A server, who guards it, and all that they started."""
    guard = psutil.Process(pid).parent()
    assert guard is not None
    return [guard, *guard.children(recursive=True)]


def sleepers(pid: int) -> int:
    """How many of them sleep. Those that come and go, such as `git`, may be gone before they are asked."""
    count = 0
    for process in family_of(pid):
        with suppress(psutil.NoSuchProcess):
            count += process.name() == "sleep"
    return count


@pytest.mark.parametrize("end", ENDS)
def test_a_server_of_our_own_ends_with_its_children(jupyter: Jupyter, project: Path, end: str) -> None:
    server = int(jupyter.run(CELL.format(folder=str(project))))
    within(60, lambda: sleepers(server) == 2)
    family = family_of(server)
    ENDS[end](jupyter)
    # The limit counts from the end of the kernel: Jupyter itself may take its time to say good-bye.
    began = time.monotonic()
    _, left = psutil.wait_procs(family, timeout=5)
    for process in left:
        process.kill()
    assert left == []
    print(f"{end}: {time.monotonic() - began:.1f} s")


@pytest.mark.parametrize("end", ["shutdown", "kill -9 of the kernel"])
def test_a_server_that_we_attached_to_lives_on(jupyter: Jupyter, server: RealServer, project: Path, end: str) -> None:
    attach = f"OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r})"
    jupyter.run(f"from opencode_widget import OpenCode\noc = {attach}\nawait oc.ready()\nprint(oc)")
    ENDS[end](jupyter)
    with server.client(project) as client:
        assert client.get("/session").status_code == 200
    assert psutil.Process(server.pid).status() != psutil.STATUS_ZOMBIE


def test_a_restarted_kernel_finds_its_sessions_again(jupyter: Jupyter, project: Path) -> None:
    made = f"from opencode_widget import OpenCode\noc = OpenCode({str(project)!r})\nawait oc.ready()\n"
    jupyter.run(made + "session = await oc.new_session('Kept over a restart')")
    jupyter.client.post(f"/api/kernels/{jupyter.kernel}/restart").raise_for_status()
    jupyter._channels.wait_for_ready(timeout=60)
    assert jupyter.run(made + "print([one.title for one in oc.sessions])") == "['Kept over a restart']\n"
