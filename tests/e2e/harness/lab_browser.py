"""The browser of one test, in front of the shared JupyterLab."""

from __future__ import annotations

import uuid
from pathlib import Path

from playwright.async_api import Page

from tests.support.servers.real import RealServer

from .context_pool import SharedContext
from .lab import Lab
from .notebook import Notebook
from .widget import Widget, widget_in

IMPORT = "from opencode_widget import Backoff, OpenCode\n"
# What to speak with a server of 1.18: 1.x, as `detect` finds, or, in tests only, 2.x with the runtime inside it.
ONE, TWO = "1.x", "2.x"
SPEAK = {
    ONE: "",
    TWO: """
from functools import partial
from opencode_widget import widget
from tests.support.v2_preview.client import V2PreviewClient

async def find(http):
    return V2PreviewClient(http, "OpenCode 1.18.33 /api")

widget.Manager = partial(widget.Manager, detect=find)
""",
}


def starts(project: Path, more: str = "") -> str:
    """The call that starts a server in a folder."""
    return f"OpenCode({str(project)!r}{more})"


def attaches(url: str, server: RealServer, project: Path, more: str = "") -> str:
    """The call that attaches to a server, by this URL."""
    return f"OpenCode({str(project)!r}, url={url!r}, password={server.password!r}{more})"


class LabBrowser:
    """Opens notebooks, each under a name of its own, in tabs of one browser context.

    Args:
        context: the browser.
        lab: JupyterLab.
        spoken: to a server of 1.18: ONE or TWO.
    """

    def __init__(self, context: SharedContext, lab: Lab, spoken: str = ONE) -> None:
        self.context = context.context
        self.lab = lab
        self.spoken = spoken
        self._seat = context

    def title(self, wanted: str) -> str:
        """Return the title of a session created with this title: the 2.x runtime inside 1.18 accepts none."""
        return wanted if self.spoken == ONE else "New session"

    def errors(self) -> list[str]:
        """The errors on the console so far, for a test that expects some; without them it goes on."""
        return self._seat.watch.take()[0]

    async def open(self, *cells: str) -> Notebook:
        """Open a new notebook with these cells, without running them."""
        name = f"test-{uuid.uuid4().hex[:8]}.ipynb"
        self.lab.write_notebook(name, list(cells))
        if page := self._seat.page():
            return await Notebook.open_in(page, name)
        return await Notebook.open(await self.context.new_page(), self.lab.url, name)

    async def show(self, call: str) -> Shown:
        """Open a notebook whose first cell is `oc = <call>; oc`, and run it."""
        notebook = await self.open(f"{IMPORT}{SPEAK[self.spoken]}oc = {call}\noc")
        await notebook.run(0)
        return Shown(notebook)

    async def attach(self, server: RealServer, project: Path) -> Shown:
        """Open a notebook whose widget is connected to a server, in a folder."""
        shown = await self.show(attaches(server.url, server, project))
        await shown.connected()
        return shown

    async def beside(self, notebook: Notebook) -> Notebook:
        """Open the same notebook in a second browser tab."""
        await notebook.save()
        page = await self.context.new_page()
        return await Notebook.open(page, self.lab.url, notebook.name)


class Shown(Widget):
    """The widget in the first cell, and its notebook."""

    def __init__(self, notebook: Notebook) -> None:
        super().__init__(widget_in(notebook.page).root)
        self.notebook = notebook
        self.page: Page = notebook.page

    async def python(self, code: str) -> str:
        """Run code in the kernel; `oc` is the widget."""
        return await self.notebook.run(code)
