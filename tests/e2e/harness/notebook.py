"""A notebook open in JupyterLab, in one browser tab."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Error, Locator, Page

from tests.support.wait import eventually_async

OPEN_LIMIT = 120.0  # seconds

# Waits up to a second in the page, as each look from outside costs four processes some milliseconds.
READY = """async (name) => {
  const pause = () => new Promise((done) => setTimeout(done, 20));
  for (let looks = 0; looks < 50; looks++, await pause()) {
    const panel = window.jupyterapp?.shell?.currentWidget;
    if (!panel?.content?.model || !panel.sessionContext || panel.context.path !== name) continue;
    await panel.context.ready;
    await panel.sessionContext.ready;
    if (panel.sessionContext.session?.kernel?.connectionStatus === 'connected') return true;
  }
  return false;
}"""
# Runs the cell at an index, and returns its outputs when the kernel has answered.
RUN = """async (index) => {
  const app = window.jupyterapp, panel = app.shell.currentWidget, notebook = panel.content;
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  await app.commands.execute('notebook:run-cell');
  return notebook.widgets[index]?.model.outputs.toJSON();  // none, where the notebook was closed meanwhile
}"""
# Replaces whatever is open.
OPEN = """async (path) => {
  const { shell, commands } = window.jupyterapp, before = [...shell.widgets('main')];
  await commands.execute('docmanager:open', {path, factory: 'Notebook'});
  for (const each of before) each.dispose();
}"""
ADD = """(source) => {
  const notebook = window.jupyterapp.shell.currentWidget.content, cells = notebook.model.sharedModel;
  const index = cells.cells.length;
  cells.insertCell(index, {cell_type: 'code', source});
  return index;
}"""
EDIT = """([index, source]) => {
  window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells[index].setSource(source);
}"""


class CellFailed(AssertionError):
    """A cell raised."""


class Notebook:
    """Runs cells through JupyterLab itself, as Shift+Enter would."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name

    @classmethod
    async def open(cls, page: Page, lab: str, name: str) -> Notebook:
        """Open a notebook in the single-document view and wait for its kernel."""
        await page.goto(f"{lab}/doc/tree/{name}")
        notebook = cls(page, name)
        await notebook.ready()
        return notebook

    @classmethod
    async def open_in(cls, page: Page, name: str) -> Notebook:
        """Open a notebook in a page that has JupyterLab already, which saves most of the time."""
        await page.evaluate(OPEN, name)
        notebook = cls(page, name)
        await notebook.ready()
        return notebook

    async def ready(self) -> None:
        # Not `wait_for_function`, which takes the promise itself for a true value.
        await eventually_async(self._is_ready, within=OPEN_LIMIT, what="the notebook's kernel")

    async def _is_ready(self) -> bool:
        try:
            return bool(await self.page.evaluate(READY, self.name))
        except Error:
            # A second tab finds its workspace in use, and JupyterLab redirects it to another one while we wait.
            return False

    async def reload(self) -> None:
        """Reload the page; the kernel lives on, and no cell is run again."""
        await self.save()
        await self.page.reload()
        await self.ready()

    async def save(self) -> None:
        await self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    async def run(self, cell: int | str) -> str:
        """Run the cell at an index, or new code in a new cell; return what it printed and its result as text.

        Raises:
            CellFailed: it raised.
        """
        index = cell if isinstance(cell, int) else await self.page.evaluate(ADD, cell)
        outputs = await self.page.evaluate(RUN, index)
        return "".join(_text(output) for output in outputs)

    async def start(self, code: str) -> int:
        """Run new code in a new cell without waiting for its end; return the cell's index."""
        index: int = await self.page.evaluate(ADD, code)
        await self.page.evaluate(f"(index) => {{ void ({RUN})(index); }}", index)
        return index

    async def edit(self, index: int, source: str) -> None:
        await self.page.evaluate(EDIT, [index, source])

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)


def _text(output: dict[str, Any]) -> str:
    if output["output_type"] == "error":
        raise CellFailed("\n".join(output["traceback"]))
    if output["output_type"] == "stream":
        return _joined(output["text"])
    return _joined(output.get("data", {}).get("text/plain", ""))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
