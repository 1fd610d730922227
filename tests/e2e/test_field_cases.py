"""What people met in the field, as far as only a browser shows it: keys that go to the host, files that come back, pictures."""

from __future__ import annotations

import base64
import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import Locator, expect

from tests.support.scripts import gate, say, script, tokens
from tests.support.servers.real import RealServer

from .harness.lab_browser import LabBrowser, Shown
from .harness.transfer import Carried, paste_file
from .test_composer import PICTURE, sent_parts, type_prompt, write_on

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

RECORD_KEYS = """() => {
  window.seenKeys = [];
  document.addEventListener("keydown", (event) => window.seenKeys.push(event.key));
}"""
TABLE_WITH_PICTURE = """(box) => {
  const data = new DataTransfer();
  data.setData("text/plain", "x\\ty\\n3\\t4");
  data.items.add(new File([new Uint8Array(9)], "image.png", { type: "image/png" }));
  return box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
LARGE_PICTURE = """() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [5000, 1000];
  canvas.getContext("2d").fillRect(0, 0, 5000, 500);
  return canvas.toDataURL("image/png").split(",")[1];
}"""


async def test_the_hosts_shortcuts_work_from_the_composer(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.page.evaluate(RECORD_KEYS)
    await widget.prompt.fill("half a prompt")
    for key in ("a", "ArrowUp", "Shift+Enter", "Control+j", "Control+s", "Control+Shift+C"):
        await widget.prompt.press(key)
    assert [key for key in await widget.page.evaluate("window.seenKeys") if len(key) == 1] == ["s", "C"]
    await expect(widget.page.locator("#modal-command-palette")).to_be_visible()


async def test_a_prompt_comes_back_whole_after_undo(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    (project / "parser.py").write_text("x = 1\n")
    widget = await lab_browser.attach(server, project)
    chips = widget.root.get_by_role("list", name="Attached").get_by_role("listitem")
    await paste_file(widget.prompt, PICTURE)
    await write_on(widget, script(say("Seen.")))
    await type_prompt(widget, " see @pars")
    await expect(widget.root.get_by_role("option").first).to_be_visible()
    await widget.prompt.press("Enter")
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("Seen.")
    await widget.idle()
    await type_prompt(widget, "/undo ")
    await widget.prompt.press("Enter")
    await expect(chips).to_have_count(1)
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("Seen.")
    await widget.idle()
    kinds = [part["type"] for part in sent_parts(server, project) if not part.get("synthetic")]
    assert sorted(kinds) == ["file", "file", "text"]


async def test_a_table_is_pasted_as_text_and_a_large_picture_is_scaled(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    assert await widget.prompt.evaluate(TABLE_WITH_PICTURE), "the browser pastes the text"
    await expect(widget.root.get_by_role("list", name="Attached")).to_have_count(0)
    content = base64.b64decode(await widget.page.evaluate(LARGE_PICTURE))
    await paste_file(widget.prompt, Carried("wide.png", "image/png", content))
    await expect(widget.root.get_by_role("list", name="Attached").get_by_role("listitem")).to_have_count(1)
    await widget.prompt.fill(script(say("Seen.")))
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("Seen.")
    [url] = [part["url"] for part in sent_parts(server, project) if part["type"] == "file"]
    assert struct.unpack(">II", base64.b64decode(url.partition(",")[2])[16:24]) == (2000, 400)


async def test_prompts_wait_in_the_kernel_and_a_stop_keeps_them(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await write_on(widget, script(tokens(3), gate("never-opened")))
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("t000003")
    await write_on(widget, script(say("After all.")))
    await widget.button("Queue").click()
    queue = widget.root.get_by_role("list", name="Queued prompts").get_by_role("listitem")
    await expect(queue).to_have_count(1)
    await widget.button("Stop").click()
    await expect(widget.root.get_by_role("region", name="Queue")).to_contain_text("The turn was stopped.")
    await queue.get_by_role("button", name="Send now").click()
    await expect(widget.answers.last).to_contain_text("After all.")
    await expect(queue).to_have_count(0)


async def test_a_queue_outlives_a_reload_and_goes_in_its_order(
    lab_browser: LabBrowser, server: RealServer, project: Path, model: Demo
) -> None:
    widget = await lab_browser.attach(server, project)
    queue = await two_queued(widget, project)
    await queue.first.get_by_role("button", name="Edit").click()
    await widget.root.get_by_role("textbox", name="Queued prompt").fill(script(say("The first, as changed.")))
    await widget.root.get_by_role("textbox", name="Queued prompt").press("Enter")
    await expect(queue.first).to_contain_text("as changed")
    await queue.last.get_by_role("button", name="Move up").click()
    await expect(queue.first).to_contain_text("The second.")
    await widget.notebook.reload()
    await expect(queue.first).to_contain_text("The second.")
    await expect(queue.last).to_contain_text("as changed")
    await model.open(f"queue-{project}")
    await expect(widget.answers.last).to_contain_text("The first, as changed.")
    await widget.idle()
    await expect(widget.answers).to_contain_text(["t000003", "The second.", "The first, as changed."])
    await expect(queue).to_have_count(0)


async def test_a_queue_ends_with_the_kernel_and_its_words_are_kept(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    queue = await two_queued(widget, project)
    await widget.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    await expect(widget.root.get_by_text("The kernel has stopped")).to_be_visible()
    await expect(widget.root.get_by_role("region", name="Queue")).to_contain_text("ended with the kernel")
    await widget.button("Keep as draft").click()
    await expect(widget.prompt).to_have_value(re.compile("The first.*The second", re.DOTALL))
    await widget.notebook.run(0)
    await widget.session("A scripted session").click()
    await expect(widget.prompt).to_have_value(re.compile("The first.*The second", re.DOTALL))
    await expect(queue).to_have_count(0)


async def two_queued(widget: Shown, project: Path) -> Locator:
    """A turn that runs until its gate is opened, and the two prompts that wait for its end."""
    await write_on(widget, script(tokens(3), gate(f"queue-{project}")))
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("t000003")
    queue = widget.root.get_by_role("list", name="Queued prompts").get_by_role("listitem")
    for at, words in enumerate(("The first.", "The second."), 1):
        await write_on(widget, script(say(words)))
        await widget.button("Queue").click()
        await expect(queue).to_have_count(at)
    return queue
