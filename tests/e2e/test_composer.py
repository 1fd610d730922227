"""What the user writes, and what the model receives."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.support.scripts import gate, say, script, tokens
from tests.support.servers.real import RealServer

from .harness.lab_browser import LabBrowser, Shown
from .harness.transfer import Carried, drop_file, paste_file, paste_text

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

ECHO = script(say("{prompt}"))  # the model repeats what it received
PICTURE = Carried(
    "dolly.png",
    "image/png",
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
)
NOTES = Carried("notes.txt", "text/plain", b"Dolly was cloned in 1996.\n")
COMMAND = """---
description: Count the sheep
---
script: {"title": "Counting", "steps": [{"text": "Counted $ARGUMENTS."}]}
"""


async def type_prompt(widget: Shown, text: str) -> None:
    """Type at the end of the text, key by key, so that the lists open as they do for a user."""
    await widget.prompt.press("Control+End")
    await widget.prompt.press_sequentially(text)


async def write_on(widget: Shown, text: str) -> None:
    await widget.prompt.press("Control+End")
    await widget.page.keyboard.insert_text(text)


def sent_parts(server: RealServer, project: Path) -> list[dict[str, Any]]:
    """Return the parts of the last prompt, as the server stores them."""
    with server.client(project) as client:
        session = client.get("/session").json()[0]["id"]
        messages = client.get(f"/session/{session}/message").json()
    return [message for message in messages if message["info"]["role"] == "user"][-1]["parts"]  # type: ignore[no-any-return]


# ---- slash commands ---------------------------------------------------------------------------------------------------


async def test_a_command_of_the_project_is_found_and_run_by_keys(
    lab_browser: LabBrowser, rich_server: RealServer, project: Path
) -> None:
    commands = project / ".opencode" / "command"
    commands.mkdir(parents=True)
    (commands / "count-sheep.md").write_text(COMMAND)
    widget = await lab_browser.attach(rich_server, project)
    await type_prompt(widget, "/csh")
    offered = widget.root.get_by_role("listbox", name="Commands")
    await expect(offered.get_by_role("option", selected=True)).to_contain_text("/count-sheep")
    await expect(offered).to_contain_text("Count the sheep")
    await widget.prompt.press("Tab")
    await expect(widget.prompt).to_have_value("/count-sheep ")
    await type_prompt(widget, "seven")
    await widget.prompt.press("Enter")
    await expect(widget.answers.last).to_contain_text("Counted seven.")


async def test_a_command_of_ours_is_carried_out_at_once(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.python("await oc.new_session('Counting')")
    await expect(widget.session("Counting")).to_be_visible()
    await type_prompt(widget, "/ren")
    await widget.prompt.press("Tab")
    await type_prompt(widget, "Black sheep")
    await widget.prompt.press("Enter")
    await expect(widget.session("Black sheep")).to_be_visible()
    await type_prompt(widget, "/sess")
    await widget.prompt.press("Enter")
    await expect(widget.dialog("All sessions")).to_be_visible()
    await widget.page.keyboard.press("Escape")
    await expect(widget.prompt).to_be_focused()
    await expect(widget.prompt).to_have_value("")


# ---- mentions ---------------------------------------------------------------------------------------------------------


async def test_the_model_gets_the_file_that_is_mentioned(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await type_prompt(widget, "Look at @shpy")
    mentions = widget.root.get_by_role("listbox", name="Mentions")
    await expect(mentions.get_by_role("option", selected=True)).to_contain_text("sheep.py")
    await widget.prompt.press("Enter")
    await expect(widget.prompt).to_have_value("Look at @sheep.py ")
    await write_on(widget, f"\n{ECHO}")
    await widget.prompt.press("Enter")
    await expect(widget.answers.last).to_contain_text("return len(sheep)")
    await expect(widget.asked.last).to_contain_text("@sheep.py")


async def test_the_model_gets_the_list_of_a_folder_that_is_mentioned(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    (project / "meadow").mkdir()
    (project / "meadow" / "clover.txt").write_text("green\n")
    widget = await lab_browser.attach(server, project)
    await type_prompt(widget, "What is in @mea")
    mentions = widget.root.get_by_role("listbox", name="Mentions")
    await mentions.get_by_role("option").filter(has_text="meadow/").filter(has_not_text="clover").click()
    await expect(widget.prompt).to_have_value("What is in @meadow/ ")
    await write_on(widget, f"\n{ECHO}")
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("clover.txt")


async def test_an_agent_that_is_mentioned_is_to_be_called(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await type_prompt(widget, "@gener")
    await expect(widget.root.get_by_role("option", selected=True)).to_contain_text("general")
    await widget.prompt.press("Enter")
    await expect(widget.prompt).to_have_value("@general ")
    await write_on(widget, f"\n{ECHO}")
    await widget.prompt.press("Enter")
    await expect(widget.answers.last).to_contain_text("subagent: general")


# ---- the shell --------------------------------------------------------------------------------------------------------


async def test_an_exclamation_mark_leads_into_the_shell_and_escape_out_of_it(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    mark = widget.root.get_by_text("Shell", exact=True)
    await type_prompt(widget, "!")
    await expect(mark).to_be_visible()
    await widget.prompt.press("Escape")
    await expect(mark).to_have_count(0)
    await type_prompt(widget, "!cat README.md")
    await expect(widget.prompt).to_have_value("cat README.md")
    await widget.prompt.press("Enter")
    await expect(widget.log.locator("[data-tool=bash]")).to_be_visible()
    await widget.idle()
    await widget.log.locator("[data-tool=bash] summary").first.click()
    await expect(widget.log).to_contain_text("It counts sheep.")


# ---- attachments ------------------------------------------------------------------------------------------------------


async def test_files_are_attached_by_button_by_paste_and_by_drop(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    chips = widget.root.get_by_role("list", name="Attached").get_by_role("listitem")
    async with widget.page.expect_file_chooser() as opening:
        await widget.button("Attach files").click()
    await (await opening.value).set_files([NOTES.payload()])
    await expect(chips).to_have_count(1)
    await paste_file(widget.prompt, PICTURE)
    await expect(chips).to_have_count(2)
    await drop_file(widget.prompt, Carried("wool.csv", "text/csv", b"colour,kilograms\nblack,3\n"))
    await expect(chips).to_have_count(3)
    await widget.button("Remove dolly.png").click()
    await expect(chips).to_have_count(2)
    await write_on(widget, ECHO)
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("Dolly was cloned in 1996.")
    await expect(widget.answers.last).to_contain_text("black,3")
    await expect(widget.asked.last).to_contain_text("notes.txt")
    await expect(chips).to_have_count(0)


async def test_a_picture_goes_as_it_is_and_is_shown(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.attach(server, project)
    await paste_file(widget.prompt, PICTURE)
    await write_on(widget, script(say("A nice picture.")))
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("A nice picture.")
    (file,) = [part for part in sent_parts(server, project) if part["type"] == "file"]
    assert (file["mime"], file["filename"]) == ("image/png", "dolly.png")
    assert base64.b64decode(file["url"].partition(",")[2]) == PICTURE.content
    assert await widget.asked.last.locator("img").first.evaluate("(image) => image.naturalWidth") == 1


@pytest.mark.over_two(at_night=True)
async def test_a_file_above_the_bound_is_refused_in_words(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.root.locator("input[type=file]").set_input_files(
        [Carried("flock.bin", "application/octet-stream", bytes(9_000_000)).payload()]
    )
    await expect(widget.problems).to_contain_text("flock.bin has 9 MB; 7 MB is the limit for one prompt.")
    await expect(widget.root.get_by_role("list", name="Attached")).to_have_count(0)


@pytest.mark.over_two(at_night=True)
async def test_a_long_paste_is_folded_and_goes_in_full(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    await lab_browser.context.grant_permissions(["clipboard-read", "clipboard-write"])
    widget = await lab_browser.attach(server, project)
    await write_on(widget, f"{ECHO}\n")
    await paste_text(widget.prompt, "".join(f"Sheep number {number}\n" for number in range(1, 61)))
    await expect(widget.prompt).to_have_value(f"{ECHO}\n[Pasted 61 lines]")
    chip = widget.root.get_by_role("list", name="Attached").get_by_role("listitem")
    await expect(chip).to_contain_text("61 lines")
    await widget.button("Send").click()
    await expect(widget.answers.last).to_contain_text("Sheep number 60")


# ---- drafts and history -----------------------------------------------------------------------------------------------


async def test_a_draft_is_there_after_a_reload_each_in_its_session(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.python("await oc.new_session('First'); await oc.new_session('Second')")
    await widget.session("Second").click()
    await widget.prompt.fill("Half a thou")
    await widget.session("First").click()
    await expect(widget.prompt).to_have_value("")
    await widget.session("Second").click()
    await expect(widget.prompt).to_have_value("Half a thou")
    await widget.notebook.reload()
    await expect(widget.session("Second")).to_have_attribute("aria-selected", "true")
    await expect(widget.prompt).to_have_value("Half a thou")


@pytest.mark.over_two(at_night=True)
async def test_earlier_prompts_come_back_by_the_arrows(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    first, second = script(say("One.")), script(say("Two."))
    for prompt, answer in ((first, "One."), (second, "Two.")):
        await widget.send(prompt)
        await expect(widget.answers.last).to_contain_text(answer)
        await widget.idle()
    await widget.prompt.fill("A draft")
    await widget.prompt.press("Home")
    for key, words in (("Up", second), ("Up", first), ("Up", first), ("Down", second), ("Down", "A draft")):
        await widget.prompt.press(f"Arrow{key}")
        await expect(widget.prompt).to_have_value(words)


# ---- agent, model and variant -----------------------------------------------------------------------------------------


async def test_agent_model_and_variant_are_chosen_by_search(
    lab_browser: LabBrowser, rich_server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(rich_server, project)
    keyboard = widget.page.keyboard
    for name, letters, chosen in (
        ("Agent", "pla", "plan"),
        ("Model", "secmod", "Second model"),
        ("Variant", "hi", "high"),
    ):
        button = widget.root.get_by_role("button", name=f"{name}: ")
        await button.click()
        await expect(widget.root.get_by_role("combobox", name=f"Search: {name.lower()}")).to_be_focused()
        await keyboard.type(letters)
        await keyboard.press("Enter")
        await expect(button).to_have_accessible_name(f"{name}: {chosen}")
        await expect(button).to_be_focused()
    await widget.send(script(say("As you like.")))
    await expect(widget.answers.last).to_contain_text("As you like.")
    await expect(widget.answers.last).to_contain_text("plan · Second model high")


# ---- while the agent works --------------------------------------------------------------------------------------------


async def test_a_queued_prompt_is_changed_before_its_turn(
    lab_browser: LabBrowser, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.send(script(say("First, "), gate(f"queue-{project}"), say("done.")))
    await expect(widget.answers).to_contain_text("First,")
    await widget.send(script(say("As it was.")))
    queued = widget.asked.last
    await expect(queued).to_contain_text("Queued")
    await queued.get_by_role("button", name="Edit").click()
    field = queued.get_by_role("textbox", name="Queued prompt")
    await expect(field).to_be_focused()
    await field.fill(script(say("As it was changed.")))
    await field.press("Enter")
    await expect(queued).to_contain_text("As it was changed.")
    await model.open(f"queue-{project}")
    await expect(widget.answers.last).to_contain_text("As it was changed.")


@pytest.mark.over_two
async def test_a_prompt_is_taken_back_while_the_kernel_is_busy(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.python("await oc.new_session('Counting')")
    cell = await widget.notebook.start("import time; time.sleep(12)")
    await expect(widget.notebook.cell(cell).locator(".jp-InputPrompt")).to_have_text("[*]:")
    await widget.send("The first is on its way")
    await expect(widget.asked).to_contain_text("The kernel is busy")
    for words, button in (("The second stays here", "Edit"), ("The third is not wanted", "Remove")):
        await widget.send(words)
        row = widget.asked.filter(has_text=words)
        await expect(row).to_contain_text("Waiting for the kernel")
        await row.get_by_role("button", name=button).click()
        await expect(row).to_have_count(0)
        await expect(widget.prompt).to_have_value(words if button == "Edit" else "")
        await widget.prompt.fill("")


@pytest.mark.over_two(at_night=True)
async def test_escape_twice_stops_the_answer(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.send(script(tokens(5_000, 0.02)))
    await expect(widget.answers).to_contain_text("t000003")
    await widget.prompt.press("Escape")
    await expect(widget.root.get_by_text("Escape again to stop")).to_be_visible()
    # Two more: on a slow machine the second may arrive too late for the first.
    await widget.prompt.press("Escape")
    await widget.prompt.press("Escape")
    await expect(widget.answers).to_contain_text("Stopped")
    await widget.idle()


@pytest.mark.over_two(at_night=True)
@pytest.mark.parametrize("key", ["Enter", "Control+Enter"])
async def test_a_key_sends_and_another_breaks_the_line(
    lab_browser: LabBrowser, server: RealServer, project: Path, key: str
) -> None:
    widget = await lab_browser.attach(server, project)
    await type_prompt(widget, "Two")
    await widget.prompt.press("Shift+Enter")
    await write_on(widget, f"lines\n{ECHO}")
    await widget.prompt.press(key)
    await expect(widget.answers.last).to_contain_text("Two")
    await expect(widget.asked.last).to_contain_text("lines")
