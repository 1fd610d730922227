"""Actions on a session, and facts about it and its server: by menus, keys and panels."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from opencode_widget.demo.project import make_project
from tests.support.scripts import Step, delegate, say, script, tool
from tests.support.servers.real import RealServer
from tests.support.v2_preview import live as v2_preview_live

from .harness.lab_browser import ONE, TWO, LabBrowser, Shown, starts

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

TITLE = "Counting"
PATH = {ONE: "filePath", TWO: "path"}
DELTA = {ONE: "message.part.delta", TWO: "session.next.text.delta"}


@pytest.fixture
def repository(tmp_path: Path, model: Demo, spoken: str) -> Path:
    """A project under git, where OpenCode can revert changes of files."""
    folder = tmp_path / "repository"
    make_project(folder)
    if spoken == TWO:
        v2_preview_live.prepare(folder, model)
    return folder


async def with_session(lab_browser: LabBrowser, server: RealServer, project: Path, title: str = TITLE) -> Shown:
    widget = await lab_browser.attach(server, project)
    await widget.python(f"session = await oc.new_session({title!r})")
    await expect(widget.session(lab_browser.title(title))).to_have_attribute("aria-selected", "true")
    return widget


async def id_of_session(widget: Shown) -> str:
    return (await widget.python("print(session.id)")).strip()


def write(lab_browser: LabBrowser, file: Path, content: str) -> Step:
    """Return the tool that writes a file, whose input 2.x spells differently."""
    return tool("write", **{PATH[lab_browser.spoken]: str(file), "content": content})


async def converse(widget: Shown, *answers: str) -> None:
    """Send one prompt after the other, and wait for each answer."""
    for words in answers:
        await widget.send(script(say(words)))
        await expect(widget.answers.last).to_contain_text(words.splitlines()[-1])
        await widget.idle()


def titles(server: RealServer, project: Path) -> list[str]:
    with server.client(project) as client:
        return [session["title"] for session in client.get("/session").json()]


# ---- titles -----------------------------------------------------------------------------------------------------------


async def test_a_session_is_renamed_by_menu_and_by_double_click(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await with_session(lab_browser, server, project)
    field = widget.root.get_by_role("textbox", name="Session title")
    await widget.act("Rename")
    await expect(field).to_be_focused()
    await field.fill("Black sheep")
    await field.press("Enter")
    await expect(widget.session("Black sheep")).to_be_visible()
    await widget.root.locator(".ocw-head-title").dblclick()
    await field.fill("Never mind")
    await field.press("Escape")
    await expect(field).to_have_count(0)
    await widget.root.locator(".ocw-head-title").dblclick()
    await field.fill("White sheep")
    await field.press("Enter")
    await expect(widget.session("White sheep")).to_be_visible()
    assert titles(server, project) == ["White sheep"]


async def test_a_session_is_deleted_only_when_that_was_confirmed(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await with_session(lab_browser, server, project)
    asked = widget.dialog(f"Delete “{TITLE}”?")
    await widget.act("Delete…")
    await asked.get_by_role("button", name="Cancel").click()
    await expect(asked).to_have_count(0)
    assert titles(server, project) == [TITLE]
    await widget.act("Delete…")
    await asked.get_by_role("button", name="Delete").click()
    await expect(widget.session(TITLE)).to_have_count(0)
    assert titles(server, project) == []


async def test_a_session_is_deleted_by_keys(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await with_session(lab_browser, server, project, "To be kept")
    await widget.python("await oc.new_session('To be deleted')")
    await widget.session("To be deleted").focus()
    keyboard = widget.page.keyboard
    await keyboard.press("Shift+F10")
    await expect(widget.root.get_by_role("menuitem", name="Rename")).to_be_focused()
    await keyboard.press("d")
    await keyboard.press("Enter")
    asked = widget.dialog("Delete “To be deleted”?")
    await expect(asked.get_by_role("button", name="Cancel")).to_be_focused()
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(widget.session("To be deleted")).to_have_count(0)
    assert titles(server, project) == ["To be kept"]


# ---- fork and revert --------------------------------------------------------------------------------------------------


async def test_a_fork_goes_on_by_itself(lab_browser: LabBrowser, server: RealServer, project: Path) -> None:
    widget = await with_session(lab_browser, server, project)
    await converse(widget, "One sheep.")
    await widget.act("Fork")
    fork = widget.sessions.get_by_role("tab", selected=True)
    await expect(fork).to_contain_text("fork")
    await expect(widget.answers).to_contain_text("One sheep.")
    await widget.send(script(say("A second one.")))
    await expect(widget.answers.last).to_contain_text("A second one.")
    await widget.idle()
    await widget.sessions.get_by_role("tab").filter(has_not_text="fork").click()
    await expect(widget.answers).to_have_count(1)


async def test_a_fork_from_a_prompt_has_what_was_before_it(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await with_session(lab_browser, server, project)
    await converse(widget, "One sheep.", "Two sheep.")
    await widget.asked.last.hover()
    await widget.asked.last.get_by_role("button", name="Fork from here").click()
    await expect(widget.sessions.get_by_role("tab")).to_have_count(2)
    await expect(widget.answers).to_have_count(1)
    await expect(widget.prompt).to_have_value(script(say("Two sheep.")))


@pytest.mark.over_two
async def test_a_revert_takes_files_back_and_a_restore_brings_them_again(
    lab_browser: LabBrowser, server: RealServer, repository: Path
) -> None:
    widget = await with_session(lab_browser, server, repository)
    wolf = repository / "wolf.txt"
    await converse(widget, "Nothing to fear.")
    await widget.send(script(write(lab_browser, wolf, "howl\n"), say("Written.")))
    await expect(widget.answers.last).to_contain_text("Written.")
    await widget.idle()
    assert wolf.read_text() == "howl\n"
    await widget.asked.last.hover()
    await widget.asked.last.get_by_role("button", name="Revert to here").click()
    asked = widget.dialog("Revert to here?")
    await expect(asked).to_contain_text("wolf.txt")
    await asked.get_by_role("button", name="Revert").click()
    reverted = widget.root.get_by_role("region", name="Reverted")
    await expect(reverted).to_contain_text("reverted")
    await expect(widget.asked).to_have_count(1)
    await expect(widget.prompt).to_have_value(script(write(lab_browser, wolf, "howl\n"), say("Written.")))
    assert not wolf.exists()
    await reverted.get_by_role("button", name="Restore").click()
    await expect(widget.answers.last).to_contain_text("Written.")
    await expect(reverted).to_have_count(0)
    assert wolf.read_text() == "howl\n"


async def test_a_compacted_conversation_shows_its_summary(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await with_session(lab_browser, server, project)
    await converse(widget, "A long talk about sheep.")
    await widget.act("Compact")
    await expect(widget.log).to_contain_text("Conversation compacted")
    await expect(widget.answers.last).to_contain_text("The conversation so far was a demonstration.")
    await widget.idle()
    await widget.send(script(say("And on we go.")))
    await expect(widget.answers.last).to_contain_text("And on we go.")


# ---- archive, delete, close -------------------------------------------------------------------------------------------


@pytest.mark.over_two
@pytest.mark.parametrize(("format", "ending"), [("Markdown", ".md"), ("JSON", ".json"), ("notebook", ".ipynb")])
async def test_a_conversation_is_saved(
    lab_browser: LabBrowser, server: RealServer, project: Path, format: str, ending: str
) -> None:
    widget = await with_session(lab_browser, server, project)
    await converse(widget, "Seven sheep.")
    async with widget.page.expect_download() as coming:
        await widget.act(f"Export as {format}")
    download = await coming.value
    assert download.suggested_filename == f"{lab_browser.title(TITLE)}{ending}"
    text = await asyncio.to_thread(Path(await download.path()).read_text)
    assert "Seven sheep." in text
    if ending == ".ipynb":
        assert [cell["cell_type"] for cell in json.loads(text)["cells"]] == ["markdown"] * 3
    if ending == ".json":
        assert [message["head"]["role"] for message in json.loads(text)["messages"]] == ["user", "assistant"]


async def test_an_archived_session_is_put_away_and_found_again(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await with_session(lab_browser, server, project)
    await widget.act("Archive")
    await expect(widget.session(TITLE)).to_have_count(0)
    await widget.button("All sessions").click()
    panel = widget.dialog("All sessions")
    await panel.get_by_text("Archived (1)").click()
    await panel.get_by_role("button", name="Session actions").click()
    await widget.root.get_by_role("menuitem", name="Unarchive").click()
    await expect(widget.session(TITLE)).to_be_visible()


# ---- search -----------------------------------------------------------------------------------------------------------


async def test_sessions_are_found_by_words_of_their_titles(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(server, project)
    await widget.python("for title in ('Black sheep', 'White sheep', 'Grey wolf'): await oc.new_session(title)")
    await widget.button("All sessions").click()
    panel = widget.dialog("All sessions")
    await expect(panel.get_by_role("listitem")).to_have_count(3)
    await panel.get_by_role("searchbox", name="Filter sessions").fill("sheep wh")
    await expect(panel.get_by_role("listitem")).to_have_count(1)
    await panel.get_by_role("button", name="White sheep").click()
    await expect(widget.session("White sheep")).to_have_attribute("aria-selected", "true")


async def test_sub_agents_are_folded_under_who_started_them(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await with_session(lab_browser, server, project, "The parent")
    await widget.send(script(delegate(script(say("Looked.")), "Look around"), say("Both done.")))
    await expect(widget.answers.last).to_contain_text("Both done.")
    await widget.button("All sessions").click()
    panel = widget.dialog("All sessions")
    await expect(panel.get_by_role("button", name="Look around")).to_have_count(0)
    await panel.get_by_role("button", name="1 subagent").click()
    await panel.get_by_role("button", name="Look around").click()
    await expect(widget.answers).to_contain_text("Looked.")
    await widget.root.get_by_title("Back to The parent").click()
    await expect(widget.answers.last).to_contain_text("Both done.")


@pytest.mark.over_two
async def test_words_are_found_in_the_conversation_on_screen(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await with_session(lab_browser, server, project)
    lines = "".join(f"Sheep number {number}.\n\n" for number in range(60))
    await converse(widget, lines + "The first wolf.", lines + "The second wolf.")
    await widget.prompt.press("Control+f")
    search = widget.root.get_by_role("search")
    field = search.get_by_role("textbox", name="Search conversation")
    await field.fill("wolf")
    # Each prompt contains the words of its answer.
    await expect(search.get_by_role("status")).to_have_text("4 of 4")
    await field.press("Enter")
    await expect(search.get_by_role("status")).to_have_text("3 of 4")
    await field.press("Enter")
    await expect(widget.answers.get_by_text("The first wolf.", exact=True)).to_be_in_viewport()
    await field.fill("bear")
    await expect(search.get_by_role("status")).to_have_text("Nothing found")
    await field.press("Escape")
    await expect(search).to_have_count(0)
    await expect(widget.prompt).to_be_focused()


# ---- panels -----------------------------------------------------------------------------------------------------------


async def test_the_session_panel_tells_what_it_used_and_changed(
    lab_browser: LabBrowser, server: RealServer, repository: Path
) -> None:
    widget = await with_session(lab_browser, server, repository)
    await widget.send(script(write(lab_browser, repository / "wolf.txt", "howl\nhowl\n"), say("Written.")))
    await expect(widget.answers.last).to_contain_text("Written.")
    await widget.idle()
    id = await id_of_session(widget)
    await widget.root.get_by_role("button", name="Session info").click()
    panel = widget.dialog("Session")
    await expect(panel.get_by_role("meter", name="Context used")).to_be_visible()
    await expect(panel).to_contain_text("Scripted model")
    changes = panel.get_by_role("region", name="Files changed")
    await expect(changes).to_contain_text("1 file, +2")
    await changes.get_by_text("wolf.txt").click()
    await expect(changes.get_by_role("group", name="Changes in wolf.txt")).to_contain_text("howl")
    await expect(panel).to_contain_text(id)
    await widget.page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)


async def test_changes_are_reviewed_file_by_file(lab_browser: LabBrowser, server: RealServer, repository: Path) -> None:
    widget = await with_session(lab_browser, server, repository)
    await expect(widget.root.get_by_role("button", name="Review changes")).to_have_count(0)
    first = write(lab_browser, repository / "den" / "wolf.py", "def howl():\n    return 'long'\n")
    second = write(lab_browser, repository / "bear.txt", "growl\n")
    for written, words in ((first, "One."), (second, "Two.")):
        await widget.send(script(written, say(words)))
        await expect(widget.answers.last).to_contain_text(words)
        await widget.idle()
    await widget.root.get_by_role("button", name="Review changes").click()
    panel = widget.dialog("Changes")
    await expect(panel.get_by_role("status")).to_contain_text("2 files")
    await expect(panel.get_by_role("region", name="den/wolf.py").locator(".hljs-keyword").first).to_have_text("def")
    await panel.get_by_role("button", name="Next file").click()
    await expect(panel.get_by_role("region", name="bear.txt")).to_contain_text("growl")
    await panel.get_by_role("combobox", name="Changes of").select_option(label="Last turn")
    await expect(panel.get_by_role("status")).to_contain_text("1 file")
    await panel.get_by_role("searchbox", name="Filter files").fill("wolf")
    await expect(panel.get_by_text("No file matches.")).to_be_visible()
    await widget.page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)


async def test_the_server_panel_tells_version_and_log_of_a_server_of_ours(
    lab_browser: LabBrowser, project: Path
) -> None:
    widget = await lab_browser.show(starts(project))
    await widget.connected()
    await widget.serve("Server…")
    panel = widget.dialog("Server")
    await expect(panel).to_contain_text("OpenCode 1.")
    await expect(panel).to_contain_text("this kernel (stops with it)")
    await expect(panel.get_by_role("region", name="Services")).to_contain_text(
        "No MCP servers, language servers or formatters configured"
    )
    await panel.get_by_role("tab", name="Log").click()
    await expect(panel.get_by_role("log")).to_contain_text("listening on")


async def test_the_server_panel_tells_how_its_helpers_stand(
    lab_browser: LabBrowser, rich_server: RealServer, project: Path
) -> None:
    widget = await lab_browser.attach(rich_server, project)
    await widget.serve("Server…")
    services = widget.dialog("Server").get_by_role("region", name="Services")
    await expect(services.get_by_role("listitem").filter(has_text="meadow")).to_contain_text("failed")
    await expect(services.get_by_role("listitem").filter(has_text="shears")).to_contain_text("enabled")
    await services.get_by_role("button", name="Connect meadow").click()
    await services.get_by_role("button", name="Refresh").click()
    await expect(services.get_by_role("listitem").filter(has_text="meadow")).to_contain_text("failed")


@pytest.mark.over_two
async def test_the_inspector_shows_events_by_type_and_can_be_paused(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    await lab_browser.context.grant_permissions(["clipboard-read", "clipboard-write"])
    widget = await with_session(lab_browser, server, project)
    await converse(widget, "Heard.")
    id = await id_of_session(widget)
    await widget.serve("Server…")
    panel = widget.dialog("Server")
    await panel.get_by_role("tab", name="Events").click()
    events = panel.get_by_role("listitem")
    await expect(events.filter(has_text=DELTA[lab_browser.spoken]).first).to_be_visible()
    await panel.get_by_label("Type").select_option("session.created")
    await expect(events).to_have_count(1)
    await events.locator("summary").click()
    await expect(events.locator("pre")).to_contain_text(id)
    await panel.get_by_role("button", name="Copy").click()
    copied = json.loads(await widget.page.evaluate("() => navigator.clipboard.readText()"))
    assert copied["name"] == "session.created"
    await panel.get_by_role("button", name="Pause").click()
    await widget.python("await oc.new_session('Not seen yet')")
    await expect(widget.sessions.get_by_role("tab")).to_have_count(2)
    await expect(events).to_have_count(1)
    await panel.get_by_role("button", name="Resume").click()
    await expect(events).to_have_count(2)


# ---- folders ----------------------------------------------------------------------------------------------------------


async def test_a_folder_is_opened_by_a_path_that_completes(
    lab_browser: LabBrowser, server: RealServer, tmp_path: Path
) -> None:
    for name in ("first", "second", "sevenths"):
        (tmp_path / name).mkdir()
    widget = await lab_browser.attach(server, tmp_path / "first")
    await widget.button("Open an instance").click()
    panel = widget.dialog("Open")
    field = panel.get_by_role("combobox", name="Folder")
    await field.fill(f"{tmp_path}/se")
    await expect(panel.get_by_role("option")).to_have_count(2)
    await field.press("ArrowDown")
    await field.press("Enter")
    await expect(field).to_have_value(f"{tmp_path}/second/")
    await field.press("Enter")
    await expect(widget.instance("second")).to_have_attribute("aria-selected", "true")
    await widget.connected()
