"""A day's work in JupyterLab, in some minutes: cells that compute, one after the other, while a user works in the widget.

For the night: it takes minutes for each kernel.

    python -m pytest tests/e2e/hosts/days_work.py

Ten prompts, three permissions, two questions, a stop and a reload of the page; then nothing may be lost or doubled, and each click was
answered, or the page said that it waits. `$DAYS_WORK` is the number of seconds for which a cell computes.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.support.scripts import ask, bash, gate, say, script
from tests.support.servers.real import RealServer

from ..harness.context_pool import SharedContext
from ..harness.lab import Lab
from ..harness.lab_browser import LabBrowser, Shown, attaches
from .packages import HostPackages

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

pytestmark = [pytest.mark.timeout(1800)]

# Seconds for which a cell computes; a minute in a day's work.
COMPUTES = float(os.environ.get("DAYS_WORK", "8"))
CELLS = 40
# Milliseconds in which what a user did must have an effect, where it waits for the cell: two cells, and what the machine needs.
PATIENCE = 2 * 1000 * COMPUTES + 60_000
COMPUTE = f"import time\nend = time.monotonic() + {COMPUTES}\nwhile time.monotonic() < end:\n    sum(range(10_000))"
KERNELS = {"7.4": ("ipykernel>=7.4,<8",), "6.31": ("ipykernel>=6.31,<7",)}
# Executes cells, one when the last has ended: with ipykernel 6, messages of a page wait for all cells that are queued. It does so without
# cells of the notebook, which would scroll to each of them, and take the widget away from below the pointer.
COMPUTE_ON = """([code, count]) => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  void (async () => {
    for (let executed = 0; executed < count; executed++) await kernel.requestExecute({ code }).done;
  })();
}"""
# The ids of the prompts on the page, which draws those near the view: scrolls from the top to the end.
PROMPTS = """async (log) => {
  let view = log;
  while (view && !(view.scrollHeight > view.clientHeight && /auto|scroll/.test(getComputedStyle(view).overflowY))) {
    view = view.parentElement;
  }
  const found = new Set();
  for (let top = 0; ; top += (view ?? log).clientHeight / 2) {
    if (view) view.scrollTop = top;
    await new Promise((done) => setTimeout(done, 200));
    for (const prompt of log.querySelectorAll('[aria-label="You"]')) found.add(prompt.dataset.message);
    if (!view || top >= view.scrollHeight - view.clientHeight) return [...found];
  }
}"""


@pytest.fixture(params=sorted(KERNELS))
def kernel(request: pytest.FixtureRequest) -> str:
    version: str = request.param
    return version


@pytest_asyncio.fixture(loop_scope="session")
async def browser_before(
    kernel: str, browser: Browser, opencode_binary: Path, model: Demo, tmp_path: Path
) -> AsyncIterator[LabBrowser]:
    """JupyterLab whose kernels are of this version."""
    packages = HostPackages(tmp_path / "packages", *KERNELS[kernel])
    lab = Lab(tmp_path / "lab", {**model.env, **packages.env})
    lab.start()
    context = await SharedContext.new(browser, lab)
    try:
        yield LabBrowser(context, lab)
    finally:
        await context.context.close()
        lab.stop()


class Work:
    """What the user does, and what must come of it."""

    def __init__(self, widget: Shown) -> None:
        self.widget = widget
        self.asked = 0

    async def prompt(self, *steps: dict[str, object]) -> None:
        await self.widget.send(script(*steps))
        self.asked += 1

    async def answered(self, text: str) -> None:
        await expect(self.widget.answers.last).to_contain_text(text, timeout=PATIENCE)
        await expect(self.widget.button("Stop")).to_have_count(0, timeout=PATIENCE)

    async def says(self) -> None:
        await self.prompt(say(f"Answer {self.asked + 1}."))
        await self.answered(f"Answer {self.asked}.")

    async def allows(self) -> None:
        await self.prompt(bash(f"echo permitted {self.asked + 1}"), say(f"Allowed {self.asked + 1}."))
        await expect(self.widget.button("Allow once")).to_be_enabled(timeout=PATIENCE)
        await self.widget.button("Allow once").click()
        await self.answered(f"Allowed {self.asked}.")

    async def chooses(self) -> None:
        await self.prompt(ask("Which way?", "Left", "Right"), say("{result}"))
        await expect(self.widget.requests).to_contain_text("Which way?", timeout=PATIENCE)
        await self.widget.requests.get_by_label("Right").check()
        await self.widget.button("Submit").click()
        await self.answered("Right")

    async def stops(self) -> None:
        await self.prompt(say("It began. "), gate("never"), say("It went on."))
        await expect(self.widget.answers.last).to_contain_text("It began.", timeout=PATIENCE)
        await self.widget.button("Stop").click()
        await expect(self.widget.button("Stop")).to_have_count(0, timeout=PATIENCE)

    async def reloads(self) -> None:
        await self.widget.notebook.reload()
        await expect(self.widget.connection).to_have_text("Connected", timeout=PATIENCE)
        await self.answered(f"Answer {self.asked}.")
        assert len(await self.prompts()) == self.asked
        await self.widget.page.evaluate(COMPUTE_ON, [COMPUTE, CELLS])

    async def prompts(self) -> list[str]:
        """The prompts that the page shows."""
        found: list[str] = await self.widget.log.evaluate(PROMPTS)
        return found

    @property
    def day(self) -> list[Callable[[], Awaitable[None]]]:
        """Ten prompts, three permissions, two questions, a stop and a reload."""
        return [
            self.says,
            self.allows,
            self.says,
            self.chooses,
            self.stops,
            self.says,
            self.reloads,
            self.allows,
            self.says,
            self.chooses,
            self.allows,
        ]


async def test_a_days_work(browser_before: LabBrowser, server: RealServer, project: Path, kernel: str) -> None:
    widget = await browser_before.show(attaches(server.url, server, project, ", background=True"))
    await widget.connected()
    version = await widget.python("import ipykernel; print(ipykernel.__version__)")
    assert version.startswith(kernel)
    await widget.page.evaluate(COMPUTE_ON, [COMPUTE, CELLS])
    work = Work(widget)
    for act in work.day:
        await act()
    assert work.asked == 10
    assert len(await work.prompts()) == work.asked
    assert await asked_of_the_server(server, project) == work.asked, "nothing is lost or doubled"


async def asked_of_the_server(server: RealServer, project: Path) -> int:
    """The prompts that the server has."""
    count = 0
    with server.client(project) as client:
        for session in client.get("/session").json():
            messages = client.get(f"/session/{session['id']}/message").json()
            count += sum(message["info"]["role"] == "user" for message in messages)
    return count
