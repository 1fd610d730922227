"""An agent's text is hostile. In a real browser with a strict policy, nothing may run, leave the box, send a request, or freeze."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import product
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from .harness.gallery import PAGE, GalleryPages
from .harness.page_monitor import PageMonitor
from .harness.widget import Widget

CORPORA = ("scripts", "boxes", "links", "terminal", "reordered")
SCENES = ("full", "rich", "form", "failed", "tools", "parts")
# What other Markdown readers treat as markup: one scene shows what ours does with it.
OTHERS = ("audit", "hosts", "markdown", "math")
# Scripts and styles only from files: none inline, none from strings. The page's own styles go through the CSSOM.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
WIDTH, HEIGHT, MARGIN = 800, 600, 200
# Milliseconds until a page that draws a hostile scene responds again, on a busy machine.
PATIENCE = 60_000

STYLE = "style-src-attr inline"

RECORDER = """() => {
  window.ran = [];
  for (const name of ["alert", "prompt", "confirm", "print", "open"]) window[name] = () => { window.ran.push(name); };
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
    window.ran.push(`${violatedDirective} ${blockedURI} ${sample}`));
}"""

# Elements that a sanitiser may pass by mistake, and attributes that would do harm on those.
FOREIGN = """() => {
  const texts = [...document.querySelectorAll(".ocw-md")];
  const found = [];
  for (const element of texts.flatMap((each) => [...each.querySelectorAll("*")])) {
    if (element.matches('.ocw-code-bar > button > svg.ocw-icon')) continue;
    if (/^(script|style|iframe|object|embed|form|input|meta|base|link|video|audio|img|svg|template|dialog)$/i.test(element.tagName))
      found.push(element.outerHTML.slice(0, 200));
    for (const { name, value } of element.attributes)
      if (/^on|^id$|^name$|^style$|commandlinker|popover/.test(name)) found.push(`${element.tagName} ${name}=${value}`);
  }
  for (const element of document.querySelectorAll("[data-commandlinker-command], .jp-Notebook, script[src*=evil]"))
    found.push(element.outerHTML.slice(0, 200));
  return found;
}"""

LINKS = """() => [...document.querySelectorAll("#here a[href]")].map((link) =>
  ({ href: link.href, rel: link.rel, target: link.target, title: link.title, words: link.textContent,
     written: !!link.closest(".ocw-md") }))"""

# Records what is at points around the widget, and what elements positioned relative to the window draw there.
OUTSIDE = """([width, height, margin]) => {
  const widget = document.querySelector("#here .ocw");
  const { left, top, right, bottom } = widget.getBoundingClientRect();
  const found = [];
  for (let x = 4; x < innerWidth; x += 20)
    for (let y = 4; y < innerHeight; y += 20) {
      const inside = x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1;
      const there = inside ? null : document.elementFromPoint(x, y);
      if (there && widget.contains(there)) found.push(`${there.tagName}.${there.className} at ${x},${y}`);
    }
  for (const element of widget.querySelectorAll("*"))
    if (getComputedStyle(element).position === "fixed" && element.getClientRects().length > 0) found.push(`fixed: ${element.className}`);
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page has become wider");
  return found.slice(0, 10);
}"""

# Characters that reorder text: the text beside them must keep its order.
REORDERING = """() => {
  const marks = /[\\u202a-\\u202e\\u2066-\\u2069\\u200e\\u200f\\u061c]/;
  const walker = document.createTreeWalker(document.querySelector("#here .ocw"), NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!marks.test(node.data)) continue;
    const parent = node.parentElement;
    const { unicodeBidi, display } = getComputedStyle(parent);
    const apart = /isolate|plaintext/.test(unicodeBidi) || !/^inline$|contents/.test(display);
    if (parent.closest(".ocw-request")) found.push(`in a request: ${parent.outerHTML.slice(0, 160)}`);
    else if (!apart) found.push(parent.outerHTML.slice(0, 160));
  }
  return [...new Set(found)].slice(0, 20).map((each) => each.toWellFormed());
}"""


# A message of the agent with one part, unfolded; and the longest time in which the page did not respond.
SHOW = """async (part) => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, Math.round(duration));
  }).observe({ type: "longtask" });
  const head = { id: "h", role: "assistant", state: "complete", created: 1 };
  window.kernel.frame(
    { op: "message", session: "s1", head, after: window.kernel.lastMessage },
    { op: "part", session: "s1", message: "h", after: null, part: { id: "h1", ...part } },
  );
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (const fold of document.querySelectorAll("#here .ocw-log details:not([open])")) fold.open = true;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}"""

OPEN_ALL = """() => {
  for (const fold of document.querySelectorAll("#here [role=dialog] details:not([open])")) fold.open = true;
}"""


async def with_policy(route: Route) -> None:
    answer = await route.fetch()
    await route.fulfill(response=answer, headers={**answer.headers, "Content-Security-Policy": POLICY})


@asynccontextmanager
async def opened(pages: GalleryPages, query: str) -> AsyncIterator[tuple[Page, PageMonitor]]:
    """The gallery under the policy; checks at the end that nothing ran and no request was sent."""
    async with pages.seat(WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN) as seat:
        page, monitor = seat.page, seat.monitor
        if seat.uses == 0:
            await page.add_init_script(f"({RECORDER})()")
        await page.route(f"**/{PAGE}*", with_policy)
        await page.goto(f"{pages.address}{PAGE}?{query}&width={WIDTH}&height={HEIGHT}", timeout=PATIENCE)
        await page.locator("#here .ocw").wait_for(timeout=PATIENCE)
        await settled(page)
        yield page, monitor
        if "hostile=boxes" in query:
            await only_styles_were_refused(page, monitor)
        await nothing_happened(page, monitor)


async def settled(page: Page) -> None:
    """Wait until the page has drawn and responds."""
    await page.wait_for_function(
        "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true))))", timeout=PATIENCE
    )


async def only_styles_were_refused(page: Page, monitor: PageMonitor) -> None:
    """The sanitiser parses a text before it drops its `style`, so the browser reports each style that the policy then refuses."""
    await page.evaluate(f"() => {{ window.ran = window.ran.filter((each) => each.trim() !== {STYLE!r}); }}")
    monitor.errors = [error for error in monitor.errors if "inline style" not in error]


async def nothing_happened(page: Page, monitor: PageMonitor) -> None:
    assert await page.evaluate("() => window.ran") == []
    assert monitor.errors == [], "errors on the console"
    assert monitor.strangers == [], "requests to others than the gallery"
    assert len(page.context.pages) == 1
    assert await page.evaluate("() => document.title") == "opencode_widget without a kernel"


# What the policy refuses, each in its own way.
FORBIDDEN = """() => setTimeout(() => {
  const make = (tag, fill) => document.body.append(Object.assign(document.createElement(tag), fill));
  make("style", { textContent: "body { color: red }" });
  make("script", { textContent: "window.inline = 1" });
  document.body.setAttribute("style", "color: red");
  try { window.eval("window.evaluated = 1"); } catch {}
})"""


async def test_the_policy_is_in_force_and_what_it_refuses_is_reported(pages: GalleryPages) -> None:
    async with opened(pages, "scene=stream&play=no") as (page, monitor):
        assert await page.evaluate("() => window.ran") == []
        await page.evaluate(FORBIDDEN)
        await page.wait_for_function("() => window.ran.length >= 4")
        received = {each.split()[0] for each in await page.evaluate("() => window.ran")}
        assert received == {"style-src-elem", "script-src-elem", "style-src-attr", "script-src"}, received
        assert await page.evaluate("() => [window.inline, window.evaluated]") == [None, None]
        await page.evaluate("() => { window.ran = []; }")
        monitor.errors.clear()


async def test_the_page_works_under_the_policy(pages: GalleryPages) -> None:
    async with opened(pages, "scene=stream&play=no") as (page, _):
        await page.evaluate("() => window.stream({ every: 0, size: 200 })")
        widget = Widget(page.locator("#here .ocw"))
        await expect(page.locator("#here .ocw-md pre code span[class]").first).to_be_visible()
        assert await page.locator("#here .ocw-frame").evaluate("frame => frame.style.height") == f"{HEIGHT}px"
        await widget.root.get_by_role("button", name="Session info").click()
        await expect(widget.dialog("Session")).to_be_visible()
        await page.keyboard.press("Escape")
        await widget.root.get_by_role("textbox", name="Prompt").fill("Under the policy")
        await page.keyboard.press("Enter")
        await settled(page)


@pytest.mark.parametrize(("corpus", "scene"), [*product(CORPORA, SCENES), *product(OTHERS, ("full",))])
async def test_nothing_runs_or_leaves_the_box(pages: GalleryPages, corpus: str, scene: str) -> None:
    async with opened(pages, f"scene={scene}&hostile={corpus}&open=all") as (page, _):
        for place in ("top", "middle", "bottom"):
            await scroll(page, place)
            await looks_harmless(page)


MANY_WORDS = re.compile(r"[\s\S]{1000}")  # of the corpus


@pytest.mark.parametrize("corpus", CORPORA)
async def test_nothing_runs_or_leaves_the_box_in_the_panels(pages: GalleryPages, corpus: str) -> None:
    async with opened(pages, f"scene=full&hostile={corpus}") as (page, _):
        widget = Widget(page.locator("#here .ocw"))
        await widget.root.get_by_role("button", name="Session info").click()
        await looks_harmless(page)
        await page.keyboard.press("Escape")
        await widget.serve("Server…")
        panel = widget.dialog("Server")
        for tab in ("Overview", "Log", "Events"):
            await panel.get_by_role("tab", name=tab).click()
            await expect(panel).not_to_contain_text("No events yet")
            await page.evaluate(OPEN_ALL)
            await expect(panel).to_contain_text(MANY_WORDS)
            await looks_harmless(page)


async def looks_harmless(page: Page) -> None:
    await settled(page)
    assert await page.evaluate(FOREIGN) == []
    assert await page.evaluate(OUTSIDE, [WIDTH, HEIGHT, MARGIN]) == []
    assert await page.evaluate(REORDERING) == []
    links_say_where_they_go(await page.evaluate(LINKS))


async def scroll(page: Page, place: str) -> None:
    """Scroll through everything, as what is far from the view is not drawn."""
    share = {"top": 0, "middle": 0.5, "bottom": 1}[place]
    log = page.get_by_role("log")
    if await log.count():
        await log.first.evaluate("(log, share) => { log.scrollTop = share * log.scrollHeight; }", share)
    await settled(page)


def links_say_where_they_go(links: list[dict[str, Any]]) -> None:
    for link in links:
        assert re.match(r"(https?|mailto):", link["href"]), link
        assert "noopener" in link["rel"], link
        assert link["target"] == "_blank", link
        if link["written"]:
            assert link["title"], link
            assert link["title"].isascii(), link


async def test_words_that_name_another_host_are_followed_by_the_true_one(pages: GalleryPages) -> None:
    async with opened(pages, "scene=full&hostile=links") as (page, _):
        events = [link["words"] for link in await page.evaluate(LINKS) if link["written"]]
        assert "good.example (evil.example)" in events
        assert "docs (xn--pple-43d.com)" in events


async def test_an_image_is_asked_for_when_the_user_clicks_and_not_before(pages: GalleryPages) -> None:
    async with opened(pages, "scene=full&hostile=links") as (page, monitor):
        assert await page.locator("#here .ocw-md img").count() == 0
        button = page.get_by_role("button", name="Show image “pixel” from evil.example").first
        await expect(button).to_have_attribute("title", "https://evil.example/pixel.png")
        await button.click()
        # The page's policy refuses the request; that it was attempted proves that the click worked.
        await page.wait_for_function("() => window.ran.some((each) => each.includes('evil.example'))")
        assert monitor.strangers == ["https://evil.example/pixel.png"]
        await page.evaluate("() => { window.ran = []; }")
        monitor.errors.clear()
        monitor.strangers.clear()


# The nightly run uses all of it.
WEIGHT = float(os.environ.get("WEIGHT", "0.2"))


def times(count: int) -> int:
    return int(count * WEIGHT)


HEAVY = {
    "a line of 10 MB": "x" * times(10_000_000),
    "words of 10 MB": "word " * times(2_000_000),
    "lines of 5 MB": "a line of words\n" * times(320_000),
    "nested quotes": ">" * times(100_000) + "x",
    "nested lists": "- " * times(100_000) + "x",
    "brackets": "[" * times(100_000),
    "emphasis": "*a **b " * times(15_000),
    "strong signs": "**" * times(50_000),
    "formulas": "$$\nx\n" * times(20_000),
    "a long table": "| a | b |\n| - | - |\n" + "| 1 | 2 |\n" * times(20_000),
    "a wide table": "|a" * times(20_000) + "|\n" + "|-" * times(20_000) + "|\n" + "|b" * times(20_000) + "|",
    "many paragraphs": "word\n\n" * times(20_000),
    "many items": "- a\n" * times(20_000),
    "code": "```python\n" + "def f(): return 1\n" * times(60_000) + "```",
    "escape sequences": "\x1b[31mred\x1b[0m\r" * times(100_000),
}


TOOL = {"kind": "tool", "state": "completed", "output": "", "started": 1, "finished": 2}


def written(words: str) -> dict[str, Any]:
    return {"kind": "text", "text": words, "ended": True}


def thought(words: str) -> dict[str, Any]:
    return {"kind": "reasoning", "text": words, "ended": True, "started": 1, "finished": 2}


def put_out(words: str) -> dict[str, Any]:
    return {**TOOL, "tool": "bash", "input": {"command": "cat"}, "output": words}


def changed(words: str) -> dict[str, Any]:
    lines = words.split("\n")
    old = "".join(f"-{line}\n" for line in lines)
    new = "".join(f"+{line}!\n" for line in lines)
    patch = f"--- a/a\n+++ b/a\n@@ -1,{len(lines)} +1,{len(lines)} @@\n{old}{new}"
    filediff = {"file": "a", "patch": patch, "additions": len(lines), "deletions": len(lines)}
    return {**TOOL, "tool": "edit", "input": {"filePath": "a"}, "metadata": {"diff": patch, "filediff": filediff}}


PLAIN = {
    "white space": " " * times(5_000_000),
    "empty lines": "\n" * times(2_000_000),
    "an end that does not come": "\n<shell_metadata>" * times(20_000),
}


@pytest.mark.parametrize(
    ("part", "name"),
    [
        *((written, name) for name in HEAVY),
        *((thought, name) for name in HEAVY if "MB" in name),
        *((put_out, name) for name in (*HEAVY, *PLAIN)),
        *((changed, name) for name in ("lines of 5 MB", "a line of 10 MB", "words of 10 MB", *PLAIN)),
    ],
)
async def test_nothing_freezes_the_page(pages: GalleryPages, part: Callable[[str], dict[str, Any]], name: str) -> None:
    async with opened(pages, "scene=stream&play=no") as (page, _):
        await page.evaluate(SHOW, part((HEAVY | PLAIN)[name]))
        await settled(page)
        await expect(page.locator("#here [data-message=h]")).to_have_count(1)
        print(part.__name__, name, await page.evaluate("() => window.longest"), "ms")


@pytest.mark.parametrize("name", [name for name in HEAVY if "MB" not in name])
async def test_nothing_freezes_the_page_that_comes_in_pieces(pages: GalleryPages, name: str) -> None:
    async with opened(pages, "scene=stream&play=no") as (page, _):
        await page.evaluate(
            "(source) => void window.stream({ every: 10, size: source.length / 20, source })", HEAVY[name]
        )
        await page.wait_for_function(
            "() => document.querySelector('#here .ocw').textContent.length > 0", timeout=PATIENCE
        )
        await settled(page)
