"""No text or list that a server can send freezes the page: the longest task of a real browser, in its own CPU time."""

from __future__ import annotations

import asyncio
import json
from bisect import bisect_right
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Browser

from .harness.gallery import PAGE

# Characters of a text: more than the longest block that is drawn in one step, so that a longer text only means more steps.
LENGTH = 31_000
# Milliseconds of the page's own work in one task.
LONGEST = 200
# Milliseconds that the loop of `calibrate` takes on the machine for which `LONGEST` is promised. On a slower machine a task may take longer
# in proportion.
CALIBRATION = 60
# Milliseconds until the next text follows: a task that is too long comes at the start, or again and again.
PATIENCE = 250
SECONDS = 150


# What the page shows at last, so that a view that was not drawn cannot pass.
SHOWN = {
    "100,000 todos": ("Todo 99", "Show more (99900)"),
    "100,000 todos of a call": ("Todo 99", "Show more (99900)"),
    "5,000 texts in a message": ("Words 4999", "Show earlier (4800)"),
    "5,000 calls in a message": ("make 4999", "Show earlier (4800)"),
    "a patch of 5,000 files": ("f99.py", "Show more (4900)"),
    "a permission of 5,000 patterns": ("/data/4999", "Allow once"),
    "2,000 permissions": ("/data/19", "Show more (1980)"),
    "2,000 permissions elsewhere": ("/data/19", "Show more (1980)"),
    "2,000 sessions": ("Session 59", "Show more (1900)"),
    "20,000 models": ("Model 19999", "P 0"),
    "a question of 5,000 options": ("Option 99", "Show more (4900)"),
    "a question of 5,000 options, one to choose": ("Option 4999", "Choose"),
}


class Task(NamedTuple):
    cpu: float
    of: str


async def trace(browser: Browser, gallery: str, wanted: str = "") -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return what the browser recorded while everything was played, and the words that each view showed at last."""
    page = await browser.new_page()
    await page.goto(f"{gallery}{PAGE}?scene=stream&play=no")
    await page.locator("#here .ocw").wait_for()
    await browser.start_tracing(page=page, categories=["toplevel", "blink.user_timing"])
    await page.evaluate("() => window.calibrate()")
    shown: dict[str, str] = await page.evaluate("what => window.playAll(...what)", [LENGTH, PATIENCE, wanted])
    recorded = await browser.stop_tracing()
    await page.close()
    events: list[dict[str, Any]] = json.loads(recorded)["traceEvents"]
    return events, shown


def longest_tasks(events: list[dict[str, Any]]) -> list[Task]:
    """Return the longest task between each mark and the next one."""
    marks = sorted((e["ts"], e["name"][6:], e["pid"], e["tid"]) for e in events if e["name"].startswith("task: "))
    places = [mark[0] for mark in marks]
    longest = dict.fromkeys((mark[1] for mark in marks), 0.0)
    for event in events:
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) == marks[0][2:] and "tdur" in event:
            at = bisect_right(places, event["ts"]) - 1
            if at >= 0:
                longest[marks[at][1]] = max(longest[marks[at][1]], event["tdur"] / 1000)
    return sorted((Task(cpu, of) for of, cpu in longest.items()), reverse=True)


@pytest.mark.timeout(3 * SECONDS)
async def test_no_task_keeps_the_page_from_answering(browser: Browser, gallery: str) -> None:
    async with asyncio.timeout(SECONDS):
        events, shown = await trace(browser, gallery)
    tasks = longest_tasks(events)
    calibration = next(task.cpu for task in tasks if task.of == "calibration")
    drawn = [task for task in tasks if task.of not in ("calibration", "end")]
    assert len(drawn) > 200
    assert shown.keys() == SHOWN.keys()
    missing = {(view, words) for view, all_words in SHOWN.items() for words in all_words if words not in shown[view]}
    assert missing == set()
    allowed = LONGEST * max(1.0, calibration / CALIBRATION)
    assert [task for task in drawn if task.cpu > allowed] == [], f"{allowed:.0f} ms are allowed here"
