"""What an agent writes is text outside of the widget, too: as a cell's output, before and after save and reload."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Dialog, Page, Request, Route

from tests.support.wait import eventually_async

from .harness.lab import Lab
from .harness.notebook import Notebook

ROOT = Path(__file__).parents[2]
LONG = 180  # seconds, on a machine that is busy: two outputs of thousands of elements, drawn twice
PATIENCE = 20.0  # seconds

# What the corpus calls where it is carried out.
EARS = """() => {
  window.ran = [];
  for (const name of ["alert", "prompt", "confirm", "print", "open"]) window[name] = () => { window.ran.push(name); };
}"""
# Objects of ours with every hostile text in every place: the session and the request are real handles over a state in memory.
SURFACES = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from types import SimpleNamespace
from opencode_widget.handle import SessionHandle
from opencode_widget.requests import Permission, Questions
from tests.hostile import CORPUS, TEXTS
from tests.hostile.conversation import SESSION, reply, requests, state

class Shown:
    '''Outputs of several objects as one: JupyterLab shows fifty of a cell.'''
    def __init__(self, *objects):
        self.objects = objects
    def _repr_html_(self):
        return "".join(one._repr_html_() for one in self.objects) + "<p>The end of the output</p>"

def handles(text):
    made = state(text)
    conversations = SimpleNamespace(state=made, session=made.sessions.__getitem__)
    permission, questions = requests(text)
    return (SessionHandle(conversations, SESSION), Permission(conversations, permission), Questions(conversations, questions))

def alone(text):
    '''A reply that says this and no more.'''
    message = reply(text)
    message.by_id = dict(text=message.by_id["text"])
    return message

FAMILIES = ["\\n\\n".join(texts) for texts in CORPUS.values()]
"""
REPLIES = "Shown(*map(alone, TEXTS.values()))"
HANDLES = "Shown(*(one for text in FAMILIES for one in handles(text)))"
CONTROL = """
from IPython.display import HTML, Markdown, display
display(HTML(CORPUS["audit"][0]), Markdown(CORPUS["audit"][0]), HTML(CORPUS["audit"][1]))
"""


class Ears:
    """What a context did that no text may do."""

    def __init__(self, context: BrowserContext, lab: Lab) -> None:
        self.lab = lab
        self.heard: list[str] = []
        context.on("request", self._requested)
        context.on("page", lambda page: page.on("dialog", self._asked))

    def _requested(self, request: Request) -> None:
        if "evil.example" in request.url or "pwned" in request.url:
            self.heard.append(request.url)

    async def _asked(self, dialog: Dialog) -> None:
        self.heard.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    async def silent(self, page: Page, what: str) -> None:
        """Nothing was asked for and nothing ran in any frame."""
        ran = [f"{what}: {name}" for frame in page.frames for name in await frame.evaluate("() => window.ran ?? []")]
        assert ran + self.heard == [], what
        assert not (self.lab.work / "pwned.txt").exists(), what


async def near(route: Route, lab: Lab) -> None:
    """Nobody but Jupyter is there: what a text would ask for is heard, and goes nowhere."""
    url = route.request.url
    if url.startswith((lab.url, "file:", "data:", "blob:", lab.url.replace("http", "ws"))):
        await route.fallback()
    else:
        await route.abort()


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, lab: Lab) -> AsyncIterator[tuple[Page, Ears]]:
    context = await browser.new_context(viewport={"width": 1200, "height": 900})
    await context.add_init_script(f"({EARS})()")
    await context.route("**/*", lambda route: near(route, lab))
    ears = Ears(context, lab)
    yield await context.new_page(), ears
    await context.close()
    await asyncio.to_thread(lab.end_kernels)


async def drawn(page: Page, count: int) -> None:
    """So many outputs are there; each is brought into view, as JupyterLab draws what is seen."""
    for end in await page.get_by_text("The end of the output", exact=True).all():
        await end.scroll_into_view_if_needed()
    assert await page.get_by_text("The end of the output", exact=True).count() == count


@pytest.mark.timeout(LONG)
async def test_nothing_outside_of_the_widget_runs_or_loads(opened: tuple[Page, Ears], lab: Lab) -> None:
    page, ears = opened
    lab.write_notebook("outside.ipynb", [SURFACES, REPLIES, HANDLES, CONTROL])
    notebook = await Notebook.open(page, lab.url, "outside.ipynb")
    for cell in range(3):
        await notebook.run(cell)
    await drawn(page, 2)
    await ears.silent(page, "outputs")
    await notebook.reload()
    await drawn(page, 2)
    await ears.silent(page, "outputs after a reload")
    assert len(page.context.pages) == 1
    await the_ears_hear(notebook, ears)


async def the_ears_hear(notebook: Notebook, ears: Ears) -> None:
    """The same texts, shown as HTML and as Markdown: each of the ears hears them."""
    await notebook.run(3)
    await notebook.page.wait_for_function("() => window.ran.includes('alert')")
    signs = ("evil.example/track.png", "evil.example/direct.png", "pwned.txt")

    async def all_heard() -> bool:
        return all(any(sign in each for each in ears.heard) for sign in signs)

    await eventually_async(all_heard, within=PATIENCE, what="the requests of raw HTML")
