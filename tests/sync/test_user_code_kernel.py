"""In a real kernel nothing that a policy or an observer raises ends the kernel, the connection or the widget."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support.kernel import Kernel
from ..support.scripts import bash, say, script
from ..support.servers.real import RealServer
from ..support.user_faults import FAULTS

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def kernel(project: Path) -> Iterator[Kernel]:
    kernel = Kernel(project)
    yield kernel
    kernel.close()


@pytest.mark.parametrize("background", [False, True], ids=["own loop", "background"])
def test_nothing_that_the_users_code_raises_ends_the_kernel(
    kernel: Kernel, server: RealServer, project: Path, background: bool
) -> None:
    kernel.run(
        textwrap.dedent(f"""
            import asyncio, logging, sys
            sys.path.insert(0, {str(ROOT)!r})
            from tests.support.user_faults import FAULTS
            from opencode_widget import OpenCode
            logging.disable()
            oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r},
                          background={background})
            session = await oc.new_session("Faults")
            faults = list(FAULTS)
            def policy(asked):
                raise faults.pop(0)
            def observer(change):
                raise SystemExit
            oc.on_permission(policy)
            oc.observe(observer, "tabs")
            async def until(look):
                async with asyncio.timeout(30):
                    while not look():
                        await asyncio.sleep(0.01)
        """)
    )
    steps = script(*(bash(f"echo {fault.__name__}") for fault in FAULTS), say("All done."))
    kernel.run(f"turn = asyncio.ensure_future(session.ask({steps!r}))")
    answered = (
        "for number, fault in enumerate(FAULTS):\n"
        "    await until(lambda: sum('A policy failed' in one for one in oc.notices) > number and oc.pending)\n"
        "    await oc.pending[0].allow()\n"
        "    await until(lambda: not oc.pending)\n"
        "print((await turn).text, oc)"
    )
    assert kernel.run(answered) == "All done. <OpenCode 1 instance: 1 connected>\n"
    assert kernel.run("print(any('observer' in one and 'SystemExit' in one for one in oc.notices))") == "True\n"
    assert kernel.manager.is_alive()
