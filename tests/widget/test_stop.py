"""In a real kernel: the notebook's Stop button while a cell awaits the widget."""

from __future__ import annotations

import socket
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support.kernel import LIMIT, Kernel
from ..support.scripts import gate, say, script
from ..support.servers.real import RealServer

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# Seconds: 0.1 on a machine at rest. Unless it is woken, the loop's next event comes with the server's heartbeat, after ten seconds, or
# never (in the background).
SOON = 1.0
# The model says nothing until a test opens a gate, which none here does.
SILENT = script(gate("never"), say("Too late"))
# Waits until the session is idle, for as long as an abort may take.
IDLE = (
    "for _ in range(100):\n"
    "    await asyncio.sleep(0.05)\n"
    "    if (status := session.status) == 'idle': break\n"
    "print(status)"
)


@pytest.fixture
def kernel(project: Path) -> Iterator[Kernel]:
    kernel = Kernel(project)
    yield kernel
    kernel.close()


def open_widget(kernel: Kernel, server: RealServer, project: Path, *, background: bool) -> None:
    kernel.run(
        "import asyncio, time\nfrom opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r}, "
        f"background={background})\nsession = await oc.new_session('Stopped')"
    )


def stop(kernel: Kernel, code: str) -> float:
    """Execute a cell that waits, stop it, and return the seconds from Stop to the end of the wait."""
    body = textwrap.indent(code, "    ")
    request = kernel.client.execute(
        "asyncio.get_running_loop().call_later(0.5, print, 'waiting')\n"
        f"try:\n{body}\nexcept asyncio.CancelledError:\n    print('ended', time.monotonic())\n    raise",
        stop_on_error=False,  # the test's next cell may be there before this one has ended
    )
    while "waiting" not in kernel.receive()["content"].get("text", ""):
        pass
    time.sleep(1.0)  # the cell waits by now, and nothing more happens on its loop
    at = time.monotonic()
    kernel.manager.interrupt_kernel()
    with pytest.raises(AssertionError, match="CancelledError"):  # as it stands in the cell's output
        kernel.finish(request)
    kernel.client.get_shell_msg(timeout=LIMIT)
    printed = "".join(message["content"].get("text", "") for _, message in kernel.published)
    took = float(printed.rpartition("ended ")[2].split()[0]) - at
    print(f"the wait ended {took:.2f} s after Stop, and its cell {kernel.published[-1][0] - at:.2f} s after it")
    return took


WAYS = {
    "ask": f"await session.ask({SILENT!r})",
    "stream": f"async for event in session.stream({SILENT!r}): pass",
    "stream, between two events": f"async for event in session.stream({SILENT!r}): await asyncio.sleep(0.05)",
    "several": f"await asyncio.gather(session.ask({SILENT!r}), oc.ready())",
}


@pytest.mark.parametrize("background", [False, True], ids=["own loop", "background"])
def test_a_cell_that_awaits_a_turn_ends_soon_after_stop_and_the_turn_is_aborted(
    kernel: Kernel, server: RealServer, project: Path, background: bool
) -> None:
    open_widget(kernel, server, project, background=background)
    for way, cell in WAYS.items():
        assert stop(kernel, cell) < SOON, way
        assert kernel.run(IDLE) == "idle\n", way
    assert kernel.run("print((await session.ask('Hello?', timeout=30)).text != '')") == "True\n"


@pytest.mark.parametrize("background", [False, True], ids=["own loop", "background"])
def test_a_turn_goes_on_after_stop_where_the_caller_chose_that_and_after_a_time_limit(
    kernel: Kernel, server: RealServer, project: Path, background: bool
) -> None:
    open_widget(kernel, server, project, background=background)
    kernel.run(
        f"try:\n    async with asyncio.timeout(1):\n        await session.ask({SILENT!r})\nexcept TimeoutError:\n    pass\n"
        "await asyncio.sleep(2)"
    )
    assert kernel.run("print(session.status)\nawait session.abort()") == "busy\n"
    assert stop(kernel, f"await session.ask({SILENT!r}, on_interrupt='continue')") < SOON
    assert kernel.run("await asyncio.sleep(2)\nprint(session.status)\nawait session.abort()") == "busy\n"
    with pytest.raises(AssertionError, match="on_interrupt is one of 'abort', 'continue', not 'wait'"):
        kernel.run("await session.ask('Hello?', on_interrupt='wait')")


@pytest.mark.parametrize("background", [False, True], ids=["own loop", "background"])
def test_a_cell_that_waits_for_a_server_that_does_not_come_ends_soon_after_stop(
    kernel: Kernel, project: Path, background: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it accepts, and says nothing
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        kernel.run(
            "import asyncio, time\nfrom opencode_widget import OpenCode\n"
            f"oc = OpenCode(url={url!r}, directory={str(project)!r}, background={background})"
        )
        assert stop(kernel, "await oc.ready()") < SOON
        assert kernel.run("print(oc)") == "<OpenCode 1 instance: 1 connecting>\n"
        assert stop(kernel, "await oc.new_session()") < SOON
