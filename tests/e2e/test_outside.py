"""What an agent writes is text outside of the widget, too: as a cell's output, in an export, and in what other programs make of these."""

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
from .harness.outsider import Ears, Stranger, eared

ROOT = Path(__file__).parents[2]
LONG = 240  # seconds, on a machine that is busy: outputs of thousands of elements, drawn several times
PATIENCE = 20.0  # seconds
END = "The end of the output"

# Objects of ours with every hostile text in every place.
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
# The texts themselves, not drawn by us, and what the ears hear of them: a script, a request, a connection.
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
async def stranger() -> AsyncIterator[Stranger]:
    async with Stranger().listening() as stranger:
        yield stranger


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def isolated(browser: Browser, stranger: Stranger) -> AsyncIterator[Browser]:
    """A browser that reaches Jupyter and the stranger, and nobody else."""
    other = await stranger.browser(browser)
    yield other
    await other.close()


@pytest_asyncio.fixture(loop_scope="session")
async def opened(isolated: Browser, stranger: Stranger, lab: Lab) -> AsyncIterator[tuple[Page, Ears]]:
    context = await eared(isolated)
    ears = Ears(context, stranger, lab.url, lab.work)
    ears.forget()
    yield await context.new_page(), ears
    await context.close()
    await asyncio.to_thread(lab.end_kernels)


@pytest.mark.timeout(LONG)
async def test_no_output_runs_or_loads(opened: tuple[Page, Ears], lab: Lab) -> None:
    page, ears = opened
    lab.write_notebook("outside.ipynb", [SURFACES, REPLIES, HANDLES, ERROR])
    notebook = await Notebook.open(page, lab.url, "outside.ipynb")
    await run_all(notebook)
    await outputs_are_silent(page, ears, "outputs")
    await notebook.reload()
    await outputs_are_silent(page, ears, "outputs after save and reload")
    # The same by another hand: Jupyter's server does not know its signature.
    rewrite(lab.work / "outside.ipynb", lab.work / "copy.ipynb")
    copy = await Notebook.open_in(page, "copy.ipynb")
    await outputs_are_silent(page, ears, "outputs of a notebook that is not trusted")
    await trust(copy)
    await outputs_are_silent(page, ears, "outputs after the notebook was trusted")
    await show(page, ears, await converted(lab.work / "outside.ipynb"))
    await outputs_are_silent(page, ears, "outputs in nbconvert's HTML")
    await raw_outputs_are_heard(page, ears, lab)
    ears.forget()
    await show(page, ears, await converted(lab.work / "raw.ipynb"))
    await hear(page, ears, *SIGNS)


async def run_all(notebook: Notebook) -> None:
    for cell in range(3):
        await notebook.run(cell)
    with pytest.raises(CellFailed, match=r"evil\.example"):
        await notebook.run(3)


async def outputs_are_silent(page: Page, ears: Ears, what: str) -> None:
    """Both are there; each is brought into view, as JupyterLab draws what is seen."""
    ends = page.get_by_text(END, exact=True)
    await expect(ends).to_have_count(2)
    for end in await ends.all():
        await end.scroll_into_view_if_needed()
    await expect(
        page.locator(".jp-RenderedText[data-mime-type*=stderr], .jp-RenderedText[data-mime-type*=error]")
    ).to_have_count(1)
    await ears.silent(page, what)


async def raw_outputs_are_heard(page: Page, ears: Ears, lab: Lab) -> None:
    """The control: the texts themselves as outputs, once they are trusted."""
    data = [*({"text/html": text} for text in RAW), {"text/markdown": RAW[0]}]
    outputs = [{"output_type": "display_data", "metadata": {}, "data": each} for each in data]
    lab.write_notebook("raw.ipynb", [""])
    rewrite(lab.work / "raw.ipynb", lab.work / "raw.ipynb", outputs)
    await trust(await Notebook.open(page, lab.url, "raw.ipynb"))
    await hear(page, ears, *SIGNS, "pwned.txt")


@pytest.mark.timeout(LONG)
async def test_no_export_runs_or_loads(opened: tuple[Page, Ears], lab: Lab) -> None:
    page, ears = opened
    session = session_of("\n\n".join(TEXTS.values()), *TEXTS.values())
    for format, name in EXPORTS.items():
        (lab.work / name).write_text(await session.export(format), encoding="utf-8")
    notebook = await Notebook.open(page, lab.url, "export.ipynb")
    await cells_are_silent(page, ears, "an exported notebook")
    await trust(notebook)
    await cells_are_silent(page, ears, "an exported notebook after it was trusted")
    await page.evaluate(PREVIEW, EXPORTS["markdown"])
    await ears.silent(page, "exported Markdown in JupyterLab's preview")
    for path in (lab.work / "export.html", lab.work / "export.txt", await converted(lab.work / "export.ipynb")):
        await show(page, ears, path)
        await ears.silent(page, f"{path.name} as a page")
    await the_ears_hear_documents(page, ears, lab)


async def the_ears_hear_documents(page: Page, ears: Ears, lab: Lab) -> None:
    """The texts themselves as Markdown: JupyterLab runs nothing of them, and loads their pictures."""
    (lab.work / "raw.md").write_text("\n\n".join(RAW))
    await page.goto(f"{lab.url}/lab/tree/raw.md")
    await eventually_async(lambda: page.evaluate("() => !!window.jupyterapp"), within=PATIENCE, what="JupyterLab")
    await page.evaluate("() => window.jupyterapp.restored")
    await page.evaluate(PREVIEW, "raw.md")
    await hear(page, ears, *SIGNS[1:])


async def cells_are_silent(page: Page, ears: Ears, what: str) -> None:
    await page.locator(".jp-MarkdownCell .jp-RenderedMarkdown").last.scroll_into_view_if_needed()
    await ears.silent(page, what)


# ---- notebooks and pages ----------------------------------------------------------------------------------------------


def rewrite(source: Path, target: Path, outputs: list[dict[str, Any]] | None = None) -> None:
    """The notebook as another program would write it; with `outputs`, these are its first cell's."""
    document = json.loads(source.read_text())
    document["metadata"]["by"] = "another program"
    if outputs is not None:
        document["cells"][0]["outputs"] = outputs
    target.write_text(json.dumps(document))


async def trust(notebook: Notebook) -> None:
    """As a person does it, in JupyterLab's own dialog."""
    page = notebook.page
    assert await page.evaluate(DISTRUST) > 0
    await page.evaluate(TRUST)
    await page.get_by_role("dialog").get_by_role("button", name="Trust").click()

    async def trusted() -> bool:
        return bool(await page.evaluate(DISTRUST) == 0)

    await eventually_async(trusted, within=PATIENCE, what="trust")


async def converted(notebook: Path) -> Path:
    """What `nbconvert --to html` makes of it, without the two scripts that its template loads from a CDN."""
    exporter = HTMLExporter(mathjax_url=NO_SCRIPT, require_js_url=NO_SCRIPT)  # type: ignore[no-untyped-call]
    html, _ = await asyncio.to_thread(exporter.from_filename, str(notebook))
    target = notebook.with_suffix(".nbconvert.html")
    target.write_text(html, encoding="utf-8")
    return target


async def show(page: Page, ears: Ears, path: Path) -> None:
    """A file in the browser."""
    ears.expect(path.as_uri())
    await page.goto(path.as_uri())


async def hear(page: Page, ears: Ears, *signs: str) -> None:
    """All of these are heard, sooner or later."""

    async def all_heard() -> bool:
        heard = await ears.heard(page)
        return all(any(sign in each for each in heard) for sign in signs)

    await eventually_async(all_heard, within=PATIENCE, what=f"all of {signs}")
