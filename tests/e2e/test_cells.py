"""Code of an answer becomes cells of the notebook, which the user can undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from tests.support.scripts import say, script
from tests.support.servers.real import RealServer
from tests.support.wait import eventually_async

from .harness.lab_browser import LabBrowser

ANSWER = "First:\n\n```python\na = 1\nb = a + 1\n```\n\nThen:\n\n```bash\necho hi\n```\n"
CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells
  .map(({source, metadata}) => ({source: [source].flat().join(''), from: metadata.opencode}))"""
UNDO = "() => window.jupyterapp.commands.execute('notebook:undo-cell-action')"


async def below(page: Page) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = await page.evaluate(CELLS)
    return cells[1:]


async def test_code_is_inserted_as_cells_and_undone(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.send(script(say(ANSWER)))
    await widget.idle()
    before = await below(widget.page)
    insert = widget.answers.last.get_by_role("button", name="Insert as cell below")
    await expect(insert).to_have_count(2)
    await insert.first.click()
    await expect(insert.first).to_have_text("Inserted")
    (cell, *rest) = await below(widget.page)
    assert (cell["source"], rest) == ("a = 1\nb = a + 1", before)
    assert set(cell["from"]) == {"session", "message"}
    await widget.page.evaluate(UNDO)
    assert await below(widget.page) == before
    await widget.answers.last.hover()
    await widget.answers.last.get_by_role("button", name="Insert all code as cells below").click()

    async def are_there() -> bool:
        return [each["source"] for each in await below(widget.page)][:2] == ["a = 1\nb = a + 1", "%%bash\necho hi"]

    await eventually_async(are_there, within=10, what="both cells")
    await widget.page.evaluate(UNDO)
    assert await below(widget.page) == before, "both go in one step"
    await expect(widget.answers.last).to_contain_text("Then:")
