"""A batch that Python runs, as the page shows and stops it."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from opencode_widget.demo import Demo
from tests.support.scripts import gate, say, script
from tests.support.servers.real import RealServer

from .harness.lab_browser import LabBrowser


async def test_a_strip_shows_a_batch_also_after_a_reload_and_stops_it(
    lab_browser: LabBrowser, server: RealServer, project: Path, model: Demo
) -> None:
    widget = await lab_browser.attach(server, project)
    prompts = [script(say("Hello a.")), script(gate("batch-strip"), say("Hello b.")), script(say("Hello c."))]
    await widget.python(
        f"import asyncio\ntask = asyncio.ensure_future(oc.batch({prompts!r}, concurrency=1, progress=False))"
    )
    strip = widget.root.get_by_role("region", name="Batch")
    await expect(strip.get_by_role("status")).to_have_text("Batch: 1 of 3 done")
    await expect(strip.get_by_role("progressbar", name="Prompts done")).to_have_attribute("value", "1")
    await widget.notebook.reload()
    await expect(strip.get_by_role("status")).to_have_text("Batch: 1 of 3 done")
    await strip.get_by_role("button", name="Stop batch").click()
    await expect(strip).to_have_count(0)
    assert await widget.python("await asyncio.wait([task])\nprint(task.cancelled())") == "True\n"
    assert await model.waiting() == []
