"""What was said stays in the notebook: hidden while the widget is drawn, read where there is none."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.scripts import say, script
from tests.support.servers.real import RealServer
from tests.support.wait import eventually_async

from .harness.lab_browser import LabBrowser
from .harness.notebook import Notebook

SHEEP = script(say("Dolly was **cloned** in 1996. <script>alert(1)</script>"))
GOAT = script(say("Mira was cloned in 1998."))
# The HTML of the transcripts in the document that is open.
IN_DOCUMENT = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells;
  const texts = cells.flatMap((cell) => cell.outputs ?? []).map((output) => output.data?.['text/html'] ?? '');
  return texts.map((text) => [text].flat().join('')).filter((text) => text.includes('opencode-transcript'));
}"""


# Counts the frames in which a page shows a transcript, from its begin.
COUNT_SEEN = """
  window.transcriptSeen = 0;
  const look = () => {
    const shown = document.querySelector('.opencode-transcript')?.checkVisibility({visibilityProperty: true});
    if (shown) window.transcriptSeen += 1;
    requestAnimationFrame(look);
  };
  look();
"""


async def in_document(page: Page, words: str, times: int = 1) -> str:
    """Wait until the document has one transcript, with these words in it so often."""

    async def has_it() -> bool:
        texts = await page.evaluate(IN_DOCUMENT)
        return len(texts) == 1 and texts[0].count(words) >= times

    await eventually_async(has_it, within=30, what=f"{words!r} in the document's transcript")
    return str((await page.evaluate(IN_DOCUMENT))[0])


def saved(file: Path) -> str:
    outputs = [output for cell in json.loads(file.read_text())["cells"] for output in cell.get("outputs", ())]
    texts = ["".join(output.get("data", {}).get("text/html", ())) for output in outputs]
    return "".join(text for text in texts if "opencode-transcript" in text)


async def converted(file: Path, form: str) -> str:
    command = [sys.executable, "-m", "nbconvert", "--to", form, "--stdout", "--log-level", "ERROR", str(file)]
    return (await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, text=True)).stdout


async def test_the_transcript_is_hidden_while_live_and_brought_up_to_date_after_a_reload(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.send(SHEEP)
    await expect(widget.answers.last).to_contain_text("Dolly was cloned")
    await in_document(widget.page, "</strong> in 1996.", times=2)
    transcript = widget.page.locator(".opencode-transcript")
    await expect(transcript).to_be_hidden()
    rows = widget.page.locator(".jp-Cell").first.locator(".jp-OutputArea-child:visible")
    await expect(rows).to_have_count(1)
    await widget.page.add_init_script(COUNT_SEEN)
    await widget.notebook.reload()
    await widget.connected()
    await expect(transcript).to_be_hidden()
    assert await widget.page.evaluate("window.transcriptSeen") == 0, (
        "nothing is shown twice, also while the widget loads"
    )
    await widget.send(GOAT)
    await expect(widget.answers.last).to_contain_text("Mira was cloned")
    file = lab_browser.lab.work / widget.notebook.name

    async def is_saved() -> bool:
        await widget.notebook.save()
        return "Mira was cloned" in await asyncio.to_thread(saved, file)

    await eventually_async(is_saved, within=30, what="the new turn in the file")
    await expect(transcript).to_be_hidden()
    await expect(widget.answers.last).to_contain_text("Mira was cloned")


@pytest.mark.timeout(300)  # two conversions, and two notebooks with kernels of their own
async def test_the_transcript_is_read_where_no_widget_is(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.send(SHEEP)
    await expect(widget.answers.last).to_contain_text("Dolly was cloned")
    html = await in_document(widget.page, "</strong> in 1996.", times=2)  # in the prompt and in the answer
    assert "<script" not in html
    await widget.notebook.save()
    lab = lab_browser.lab
    file = lab.work / widget.notebook.name
    for form in ("html", "markdown"):
        text = await converted(file, form)
        assert text.count("in 1996.") == 2, "in the prompt and in the answer, each once"
        assert "<script>alert" not in text
    document = json.loads(file.read_text())
    assert "widgets" not in document["metadata"]
    foreign = lab.work / "foreign.ipynb"
    document["cells"][0]["source"] += "\n# changed elsewhere, so that nobody trusts it"
    foreign.write_text(json.dumps(document))
    for item in ("Kernel", "Shut Down Kernel"):
        await widget.page.get_by_role("menuitem", name=item, exact=True).click()
    await expect(widget.root.get_by_text("The kernel has stopped.")).to_be_visible()
    for name in (widget.notebook.name, foreign.name):
        opened = await Notebook.open(await lab_browser.context.new_page(), lab.url, name)
        transcript = opened.page.locator(".opencode-transcript")
        await expect(transcript).to_contain_text("Dolly was cloned in 1996. <script>alert(1)</script>")
        await expect(transcript).to_be_visible()
        await opened.page.close()
    # JupyterLab reports what it shows in the widget's place.
    assert [error for error in lab_browser.errors() if "widget model not found" not in error] == []
