"""What people met in the field, as far as only a browser shows it: keys that go to the host, files that come back, pictures."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

from playwright.async_api import expect

from tests.support.scripts import gate, say, script, tokens
from tests.support.servers.real import RealServer

from .harness.lab_browser import LabBrowser
from .harness.transfer import Carried, paste_file
from .test_composer import PICTURE, sent_parts, type_prompt, write_on

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
