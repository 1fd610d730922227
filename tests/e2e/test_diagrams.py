"""Mermaid diagrams, drawn by the program that was built, in a real browser: what is drawn, what is refused, and what it cannot reach."""

from __future__ import annotations

import base64
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.support.scripts import say, script
from tests.support.servers.real import RealServer

from .conftest import ARTIFACTS
from .harness.diagrams import DRAWN_WITHIN, FLOW, draw, fenced, size_of
from .harness.gallery import PAGE, GalleryPages
from .harness.lab_browser import LabBrowser
from .harness.page_monitor import PageMonitor
from .harness.widget import Widget

SHOW = """(text) => {
  const head = { id: "h", role: "assistant", state: "complete", created: 1 };
  const part = { kind: "text", id: "h1", text, ended: true };
  window.kernel.frame(
    { op: "message", session: "s1", head, after: window.kernel.lastMessage },
    { op: "part", session: "s1", message: "h", after: null, part },
  );
}"""
RECORDER = """() => {
  if (window !== top) return;
  window.ran = [];
  for (const name of ["alert", "prompt", "confirm", "print", "open"]) window[name] = () => { window.ran.push(name); };
}"""
# Puts another program in the place of Mermaid's.
REPLACE = """([base64, size]) => {
  window.kernel.do_read_mermaid = ({ offset }) => ({ ok: true, result: { base64: offset ? "" : base64, size } });
}"""
IN_SHADOW = """(text) => {
  const host = document.createElement("div");
  document.body.append(host);
  const root = host.attachShadow({ mode: "open" });
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: "../../opencode_widget/static/widget.css" });
  const el = document.createElement("div");
  el.id = "inside";
  root.append(sheet, el);
  const { initialize, render } = window.widget();
  initialize({ model: window.model });
  render({ model: window.model, el });
}"""


@asynccontextmanager
async def opened(pages: GalleryPages, query: str = "") -> AsyncIterator[tuple[Page, PageMonitor]]:
    """The gallery; checks at the end that nothing ran and nothing was requested."""
    async with pages.seat(1000, 900) as seat:
        page = seat.page
        requested: list[str] = []

        async def refuse(route: Route) -> None:
            requested.append(route.request.url)
            await route.abort()

        # What a policy stops does not come so far; the monitor would count it.
        await page.context.route(lambda url: not url.startswith(pages.address), refuse)
        if seat.uses == 0:
            await page.add_init_script(f"({RECORDER})()")
        await page.goto(f"{pages.address}{PAGE}?scene=stream&play=no&height=800{query}")
        await page.locator("#here .ocw").wait_for()
        yield page, seat.monitor
        assert await page.evaluate("() => window.ran") == []
        assert requested == [], "requests to others than the gallery"
        assert len(page.frames) == 1, "a frame was left behind"
        assert await page.locator("svg:has(g.nodes), svg[aria-roledescription]").count() == 0, "an SVG is in the page"


async def show(page: Page, source: str) -> Locator:
    """Show an answer with a diagram; returns its code block."""
    await page.evaluate(SHOW, fenced(source))
    return page.locator("#here .ocw-code").last


KINDS = {
    "flowchart": FLOW,
    "with subgraphs": "flowchart LR\n  subgraph one\n    a1-->a2\n  end\n  subgraph two\n    b1-->b2\n  end\n  one --> two",
    "sequence": "sequenceDiagram\n  participant A\n  A->>B: Hello B, how are you?\n  Note right of B: thinks\n  B-->>A: Fine & <b>well</b>",
    "class": "classDiagram\n  Animal <|-- Duck\n  Animal : +int age\n  Duck : +quack()",
    "state": "stateDiagram-v2\n  [*] --> Still\n  Still --> Moving\n  Moving --> [*]",
    "entities": 'erDiagram\n  CUSTOMER ||--o{ ORDER : places\n  ORDER {\n    string name "the name"\n  }',
    "gantt": "gantt\n  title A plan\n  dateFormat YYYY-MM-DD\n  section One\n  Task :a1, 2024-01-01, 30d\n  Other :after a1, 20d",
    "pie": 'pie title Pets\n  "Dogs" : 386\n  "Cats" : 85',
    "git": "gitGraph\n  commit\n  branch develop\n  commit\n  checkout main\n  merge develop",
    "journey": "journey\n  title My day\n  section Work\n    Make tea: 5: Me\n    Do work: 1: Me, Cat",
    "quadrant": "quadrantChart\n  title Reach\n  x-axis Low --> High\n  y-axis Few --> Many\n  A: [0.3, 0.6]",
    "timeline": "timeline\n  title History\n  2002 : LinkedIn\n  2004 : Facebook : Google",
    "chart": 'xychart-beta\n  title "Sales"\n  x-axis [jan, feb, mar]\n  y-axis "Revenue" 0 --> 100\n  bar [50, 60, 75]',
    "sankey": "sankey-beta\n\nA,B,10\nA,C,5",
    "blocks": "block-beta\n  columns 2\n  a b\n  c d",
    "packet": 'packet-beta\n  0-15: "Source"\n  16-31: "Target"',
    "requirements": "requirementDiagram\n  requirement test_req {\n    id: 1\n    text: the text.\n    risk: high\n  }",
    "other scripts": 'graph TD\n  A["Привет 世界 🎉"] --> B["مرحبا"]',
    "front matter": "---\ntitle: Named\nconfig:\n  look: handDrawn\n---\ngraph TD\n  A --> B",
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_diagram_is_drawn(pages: GalleryPages, kind: str) -> None:
    async with opened(pages) as (page, monitor):
        image = await draw(await show(page, KINDS[kind]))
        width, height = await size_of(image)
        assert min(width, height) > 20
        box = await image.bounding_box()
        assert box is not None
        assert box["width"] / box["height"] == pytest.approx(width / height, rel=0.05)
        assert monitor.errors == []
        ARTIFACTS.mkdir(exist_ok=True)
        await page.screenshot(path=ARTIFACTS / f"diagram-{kind.replace(' ', '-')}.png")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("graph TD\n  A --> B\n  B --> {oops\n  C --> D", "line 3 (“B --> {oops”) cannot be read."),
        ("---\ntitle: x\n---\n%% note\ngraph TD\n\n  A --> B\n  B --> {oops", "line 8 (“B --> {oops”) cannot be read."),
        ("sequenceDiagram\n  A->>B: Hi\n  A-B", "line 3 (“A-B”) cannot be read."),
        ('pie title Pets\n  "Dogs" 386', 'line 2 (“"Dogs" 386”) cannot be read.'),
        ("no diagram at all", "“no diagram at all” begins no diagram that is known here."),
        ("", "it is empty."),
    ],
)
async def test_an_error_is_a_line_of_words(pages: GalleryPages, source: str, words: str) -> None:
    async with opened(pages) as (page, monitor):
        block = await show(page, source)
        await block.get_by_role("button", name="Draw diagram").click()
        await expect(block.get_by_role("alert")).to_contain_text(
            f"This diagram has an error: {words}", timeout=DRAWN_WITHIN
        )
        await expect(block.locator("pre")).to_be_visible()
        assert monitor.errors == []


async def test_a_drawing_is_reached_by_keyboard_and_goes_back_to_its_source(pages: GalleryPages) -> None:
    async with opened(pages) as (page, _):
        block = await show(page, FLOW)
        await block.get_by_role("button", name="Draw diagram").focus()
        await page.keyboard.press("Enter")
        await expect(block.get_by_role("img", name="Diagram: graph TD")).to_be_visible(timeout=DRAWN_WITHIN)
        await expect(block.locator("pre")).to_be_hidden()
        await expect(block.get_by_role("button", name="Show source")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(block.locator("pre")).to_be_visible()
        await expect(block.get_by_role("img")).to_be_hidden()
        await block.get_by_role("button", name="Show diagram").click()
        await expect(block.get_by_role("img")).to_be_visible()


async def test_another_theme_draws_it_again(pages: GalleryPages) -> None:
    async with opened(pages) as (page, _):
        image = await draw(await show(page, FLOW))
        before = await image.get_attribute("src")
        await page.evaluate("() => { document.body.dataset.jpThemeLight = 'false'; }")
        await expect(image).not_to_have_attribute("src", before or "", timeout=DRAWN_WITHIN)
        assert min(await size_of(image)) > 20
        await page.screenshot(path=ARTIFACTS / "diagram-dark.png")


async def test_it_is_drawn_in_a_shadow_root(pages: GalleryPages) -> None:
    async with opened(pages) as (page, _):
        await page.evaluate(IN_SHADOW)
        await page.locator("#inside").get_by_role("log").wait_for()
        await page.evaluate(SHOW, fenced(FLOW))
        image = await draw(page.locator("#inside .ocw-code").last)
        assert min(await size_of(image)) > 20


# ---- hostile diagrams -------------------------------------------------------------------------------------------------

HOSTILE = {
    "a script": 'graph TD\n  A["<script>parent.alert(1)</script>"] --> B',
    "a handler": 'graph TD\n  A["<img src=x onerror=parent.alert(1)>"] --> B',
    "a foreign picture": "graph TD\n  A[\"<img src='https://evil.example/a.png'>\"] --> B",
    "a link that runs": 'graph TD\n  A --> B\n  click A href "javascript:parent.alert(1)"',
    "a call": "graph TD\n  A --> B\n  click A call alert(1)",
    "its own rules": '%%{init: {"securityLevel": "loose", "htmlLabels": true, "flowchart": {"htmlLabels": true}}}%%\n'
    "graph TD\n  A[\"<img src='https://evil.example/a.png' onerror='parent.alert(1)'>\"] --> B",
    "a foreign style": '%%{init: {"themeCSS": "@import url(https://evil.example/a.css); '
    '.node {background: url(https://evil.example/b.png)}"}}%%\ngraph TD\n  A --> B',
    "a foreign font": '%%{init: {"fontFamily": "x; background: url(https://evil.example/c.png)"}}%%\ngraph TD\n  A --> B',
    "a picture of a node": 'flowchart TD\n  A@{ img: "https://evil.example/d.png", label: "x", w: 60, h: 60 }\n  A --> B',
    "a style of a node": "graph TD\n  A --> B\n  style A fill:url(https://evil.example/e.svg#x)",
    "the end of the script": 'graph TD\n  A["</script><script>parent.alert(1)</script><!--"] --> B',
    "a prototype": '%%{init: {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}}%%\ngraph TD\n  A --> B',
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_diagram_runs_and_loads_nothing(pages: GalleryPages, name: str) -> None:
    async with opened(pages) as (page, _):
        block = await show(page, HOSTILE[name])
        await block.get_by_role("button", name="Draw diagram").click()
        done = block.get_by_role("img").or_(block.get_by_role("alert"))
        await expect(done).to_be_visible(timeout=DRAWN_WITHIN)
        assert await page.evaluate("() => [{}.polluted, document.title]") == [None, "opencode_widget without a kernel"]
        assert (
            await page.locator("#here .ocw-code :is(script, style, svg:not(.ocw-code-bar svg), iframe, a)").count() == 0
        )


TRIES = """
const tries = {
  page: () => parent.document.title,
  parent: () => parent.kernel,
  storage: () => localStorage.length,
  cookies: () => document.cookie,
  code: () => eval("1"),
  window: () => { if (!open("https://evil.example/")) throw new Error("barred"); },
  frame: () => new Promise((done, fail) => {
    const frame = document.createElement("iframe");
    frame.src = "https://evil.example/f";
    frame.onload = () => { try { frame.contentWindow.location.href; done(); } catch { fail(new Error("barred")); } };
    document.body.append(frame);
    setTimeout(() => fail(new Error("barred")), 1000);
  }),
  request: () => fetch("https://evil.example/r"),
  ours: () => fetch("/api/contents"),
  picture: () => new Promise((done, fail) => {
    const picture = new Image();
    picture.onload = done;
    picture.onerror = () => fail(new Error("barred"));
    picture.src = "https://evil.example/i.png";
  }),
  inline: () => new Promise((done, fail) => {
    window.inline = done;
    document.body.insertAdjacentHTML("beforeend", "<button onclick='inline()'>x</button>");
    document.body.lastChild.click();
    setTimeout(() => fail(new Error("barred")), 100);
  }),
};
globalThis.drawDiagram = async () => {
  const reached = [];
  for (const [name, attempt] of Object.entries(tries)) {
    try { await attempt(); reached.push(name); } catch {}
  }
  return { type: "failed", reason: `reached ${JSON.stringify(reached)} of ${Object.keys(tries).length}` };
};
"""


async def replace(page: Page, program: str) -> None:
    packed = gzip.compress(program.encode())
    await page.evaluate(REPLACE, [base64.b64encode(packed).decode(), len(packed)])


async def test_a_program_that_a_diagram_took_over_reaches_nothing(pages: GalleryPages) -> None:
    async with opened(pages) as (page, _):
        await replace(page, TRIES)
        block = await show(page, FLOW)
        await block.get_by_role("button", name="Draw diagram").click()
        await expect(block.get_by_role("alert")).to_have_text("This diagram has an error: reached [] of 11.")


async def test_a_drawing_that_never_ends_is_given_up_and_the_page_goes_on(pages: GalleryPages) -> None:
    async with opened(pages) as (page, _):
        await replace(page, "globalThis.drawDiagram = () => { for (;;); };")
        block = await show(page, FLOW)
        await block.get_by_role("button", name="Draw diagram").click()
        await expect(block.get_by_role("alert")).to_have_text(
            "The diagram could not be drawn within 10 seconds.", timeout=DRAWN_WITHIN
        )
        prompt = Widget(page.locator("#here .ocw")).prompt
        await prompt.fill("The page goes on")
        await expect(prompt).to_have_value("The page goes on")


async def test_a_host_that_bars_scripts_in_frames_says_so_and_the_source_stays(pages: GalleryPages) -> None:
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:"

    async def with_policy(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, headers={**answer.headers, "Content-Security-Policy": policy})

    async with opened(pages) as (page, _):
        await page.route(f"**/{PAGE}*", with_policy)
        await page.reload()
        await page.locator("#here .ocw").wait_for()
        block = await show(page, FLOW)
        await block.get_by_role("button", name="Draw diagram").click()
        await expect(block.get_by_role("alert")).to_have_text(
            "This host does not let the widget draw diagrams.", timeout=DRAWN_WITHIN
        )
        await expect(block.locator("pre")).to_be_visible()


# ---- in JupyterLab ----------------------------------------------------------------------------------------------------


async def test_in_jupyterlab_the_kernel_sends_the_program(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.send(script(say(fenced(FLOW)), title="A diagram"))
    await widget.idle()
    image = await draw(widget.answers.last.locator(".ocw-code"))
    assert min(await size_of(image)) > 20
