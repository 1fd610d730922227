"""An agent's text stays text outside the widget, too: in a cell's output, in an export, and in what other programs make of these."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from nbconvert import HTMLExporter
from playwright.async_api import Browser, Page, expect

from opencode_widget.api.session_export import Format
from tests.hostile import CORPUS, TEXTS
from tests.hostile.handles import session_of
from tests.support.wait import eventually_async

from .harness.lab import Lab
from .harness.notebook import CellFailed, Notebook
from .harness.outsider import ActivityMonitor, ForeignServer, monitored_context

ROOT = Path(__file__).parents[2]
LONG = 240  # seconds, on a busy machine: outputs of thousands of elements, drawn several times
PATIENCE = 20.0  # seconds
END = "The end of the output"

# Objects of ours with every hostile text in every field.
SURFACES = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from opencode_widget.errors import ServerFailed
from tests.hostile import CORPUS, TEXTS
from tests.hostile.handles import alone, handles

class Shown:
    '''Outputs of several objects as one: JupyterLab shows fifty of a cell.'''
    def __init__(self, *objects):
        self.objects = objects
    def _repr_html_(self):
        return "".join(each._repr_html_() for each in self.objects) + "<p>{END}</p>"

FAMILIES = ["\\n\\n".join(texts) for texts in CORPUS.values()]
"""
REPLIES = "Shown(*map(alone, TEXTS.values()))"
HANDLES = "Shown(*(each for text in FAMILIES for each in handles(text)))"
ERROR = "raise ServerFailed(FAMILIES[0], remedy='\\n\\n'.join(FAMILIES), log=tuple(FAMILIES))"

EXPORTS: dict[Format, str] = {
    "notebook": "export.ipynb",
    "markdown": "export.md",
    "text": "export.txt",
    "html": "export.html",
}
# The texts themselves, not rendered by us, and the activity that they cause: a script, a request, a connection.
RAW = [CORPUS["audit"][0], CORPUS["audit"][1].replace("https:", "http:")]
SIGNS = ("alert", "evil.example/track.png", "GET /direct.png")
NO_SCRIPT = "data:text/javascript,"

DISTRUST = "() => window.jupyterapp.shell.currentWidget.content.widgets.filter((cell) => !cell.model.trusted).length"
TRUST = "() => void window.jupyterapp.commands.execute('notebook:trust')"
PREVIEW = """async (path) => {
  const { shell, commands } = window.jupyterapp, before = [...shell.widgets('main')];
  const view = await commands.execute('docmanager:open', { path, factory: 'Markdown Preview' });
  for (const each of before) each.dispose();
  await view.content.ready;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def foreign_server() -> AsyncIterator[ForeignServer]:
    async with ForeignServer().listening() as foreign_server:
        yield foreign_server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def isolated(browser: Browser, foreign_server: ForeignServer) -> AsyncIterator[Browser]:
    """A browser that reaches Jupyter and the foreign server, and nothing else."""
    other = await foreign_server.browser(browser)
    yield other
    await other.close()


@pytest_asyncio.fixture(loop_scope="session")
async def opened(
    isolated: Browser, foreign_server: ForeignServer, lab: Lab
) -> AsyncIterator[tuple[Page, ActivityMonitor]]:
    context = await monitored_context(isolated)
    monitor = ActivityMonitor(context, foreign_server, lab.url, lab.work)
    monitor.forget()
    yield await context.new_page(), monitor
    await context.close()
    await asyncio.to_thread(lab.end_kernels)


@pytest.mark.timeout(LONG)
async def test_no_output_runs_or_loads(opened: tuple[Page, ActivityMonitor], lab: Lab) -> None:
    page, monitor = opened
    lab.write_notebook("outside.ipynb", [SURFACES, REPLIES, HANDLES, ERROR])
    notebook = await Notebook.open(page, lab.url, "outside.ipynb")
    await run_all(notebook)
    await outputs_are_quiet(page, monitor, "outputs")
    await notebook.reload()
    await outputs_are_quiet(page, monitor, "outputs after save and reload")
    # The same notebook written by another program: Jupyter's server does not know its signature.
    rewrite(lab.work / "outside.ipynb", lab.work / "copy.ipynb")
    copy = await Notebook.open_in(page, "copy.ipynb")
    await outputs_are_quiet(page, monitor, "outputs of a notebook that is not trusted")
    await trust(copy)
    await outputs_are_quiet(page, monitor, "outputs after the notebook was trusted")
    await show(page, monitor, await converted(lab.work / "outside.ipynb"))
    await outputs_are_quiet(page, monitor, "outputs in nbconvert's HTML")
    await raw_outputs_cause_activity(page, monitor, lab)
    monitor.forget()
    await show(page, monitor, await converted(lab.work / "raw.ipynb"))
    await expect_activity(page, monitor, *SIGNS)


async def run_all(notebook: Notebook) -> None:
    for cell in range(3):
        await notebook.run(cell)
    with pytest.raises(CellFailed, match=r"evil\.example"):
        await notebook.run(3)


async def outputs_are_quiet(page: Page, monitor: ActivityMonitor, what: str) -> None:
    """Both outputs are there; each is scrolled into view, as JupyterLab draws only what is visible."""
    ends = page.get_by_text(END, exact=True)
    await expect(ends).to_have_count(2)
    for end in await ends.all():
        await end.scroll_into_view_if_needed()
    await expect(
        page.locator(".jp-RenderedText[data-mime-type*=stderr], .jp-RenderedText[data-mime-type*=error]")
    ).to_have_count(1)
    await monitor.check_quiet(page, what)


async def raw_outputs_cause_activity(page: Page, monitor: ActivityMonitor, lab: Lab) -> None:
    """The control: the texts themselves as outputs of a trusted notebook."""
    data = [*({"text/html": text} for text in RAW), {"text/markdown": RAW[0]}]
    outputs = [{"output_type": "display_data", "metadata": {}, "data": each} for each in data]
    lab.write_notebook("raw.ipynb", [""])
    rewrite(lab.work / "raw.ipynb", lab.work / "raw.ipynb", outputs)
    await trust(await Notebook.open(page, lab.url, "raw.ipynb"))
    await expect_activity(page, monitor, *SIGNS, "pwned.txt")


@pytest.mark.timeout(LONG)
async def test_no_export_runs_or_loads(opened: tuple[Page, ActivityMonitor], lab: Lab) -> None:
    page, monitor = opened
    session = session_of("\n\n".join(TEXTS.values()), *TEXTS.values())
    for format, name in EXPORTS.items():
        (lab.work / name).write_text(await session.export(format), encoding="utf-8")
    notebook = await Notebook.open(page, lab.url, "export.ipynb")
    await cells_are_quiet(page, monitor, "an exported notebook")
    await trust(notebook)
    await cells_are_quiet(page, monitor, "an exported notebook after it was trusted")
    await page.evaluate(PREVIEW, EXPORTS["markdown"])
    await monitor.check_quiet(page, "exported Markdown in JupyterLab's preview")
    for path in (lab.work / "export.html", lab.work / "export.txt", await converted(lab.work / "export.ipynb")):
        await show(page, monitor, path)
        await monitor.check_quiet(page, f"{path.name} as a page")
    await raw_documents_cause_activity(page, monitor, lab)


async def raw_documents_cause_activity(page: Page, monitor: ActivityMonitor, lab: Lab) -> None:
    """The texts themselves as Markdown: JupyterLab runs nothing of them, but loads their images."""
    (lab.work / "raw.md").write_text("\n\n".join(RAW))
    await page.goto(f"{lab.url}/lab/tree/raw.md")
    await eventually_async(lambda: page.evaluate("() => !!window.jupyterapp"), within=PATIENCE, what="JupyterLab")
    await page.evaluate("() => window.jupyterapp.restored")
    await page.evaluate(PREVIEW, "raw.md")
    await expect_activity(page, monitor, *SIGNS[1:])


async def cells_are_quiet(page: Page, monitor: ActivityMonitor, what: str) -> None:
    await page.locator(".jp-MarkdownCell .jp-RenderedMarkdown").last.scroll_into_view_if_needed()
    await monitor.check_quiet(page, what)


# ---- notebooks and pages ----------------------------------------------------------------------------------------------


def rewrite(source: Path, target: Path, outputs: list[dict[str, Any]] | None = None) -> None:
    """Return the notebook as another program would write it; `outputs` replaces its first cell's."""
    document = json.loads(source.read_text())
    document["metadata"]["by"] = "another program"
    if outputs is not None:
        document["cells"][0]["outputs"] = outputs
    target.write_text(json.dumps(document))


async def trust(notebook: Notebook) -> None:
    """Trust the notebook as a user does, in JupyterLab's own dialog."""
    page = notebook.page
    assert await page.evaluate(DISTRUST) > 0
    await page.evaluate(TRUST)
    await page.get_by_role("dialog").get_by_role("button", name="Trust").click()

    async def trusted() -> bool:
        return bool(await page.evaluate(DISTRUST) == 0)

    await eventually_async(trusted, within=PATIENCE, what="trust")


async def converted(notebook: Path) -> Path:
    """Return what `nbconvert --to html` makes of it, without the two scripts that its template loads from a CDN."""
    exporter = HTMLExporter(mathjax_url=NO_SCRIPT, require_js_url=NO_SCRIPT)  # type: ignore[no-untyped-call]
    html, _ = await asyncio.to_thread(exporter.from_filename, str(notebook))
    target = notebook.with_suffix(".nbconvert.html")
    target.write_text(html, encoding="utf-8")
    return target


async def show(page: Page, monitor: ActivityMonitor, path: Path) -> None:
    """Open a file in the browser."""
    monitor.expect(path.as_uri())
    await page.goto(path.as_uri())


async def expect_activity(page: Page, monitor: ActivityMonitor, *signs: str) -> None:
    """Wait until all of these were recorded."""

    async def all_heard() -> bool:
        activity = await monitor.activity(page)
        return all(any(sign in each for each in activity) for sign in signs)

    await eventually_async(all_heard, within=PATIENCE, what=f"all of {signs}")
