"""Several servers and folders, and what remains when they close."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.support.scripts import say, script
from tests.support.servers.real import RealServer
from tests.support.v2_preview import live as v2_preview_live
from tests.support.wait import eventually

from .harness.lab_browser import TWO, LabBrowser, attaches, starts
from .harness.processes import servers_in

if TYPE_CHECKING:
    from opencode_widget.demo import Demo


@pytest.fixture
def other(tmp_path: Path, model: Demo, spoken: str) -> Path:
    folder = tmp_path / "other"
    folder.mkdir()
    if spoken == TWO:
        v2_preview_live.prepare(folder, model)
    return folder


@pytest.mark.over_two(at_night=True)
async def test_a_second_folder_opens_in_a_second_tab(lab_browser: LabBrowser, project: Path, other: Path) -> None:
    widget = await lab_browser.show(starts(project))
    await widget.connected()
    await widget.button("Open an instance").click()
    await widget.root.get_by_label("Folder", exact=True).fill(str(other))
    await widget.button("Open folder").click()
    await expect(widget.instance("other")).to_have_attribute("aria-selected", "true")
    await widget.connected()
    await expect(widget.instances.get_by_role("tab")).to_have_count(2)
    assert len(servers_in(project)) == len(servers_in(other)) == 1


@pytest.mark.over_two
async def test_events_go_to_the_instance_that_they_are_of(lab_browser: LabBrowser, project: Path, other: Path) -> None:
    widget = await lab_browser.show(starts(project))
    await widget.connected()
    await widget.send(script(say("Said in the project.")))
    await expect(widget.answers).to_contain_text("Said in the project.")
    await widget.python(f"await oc.open({str(other)!r}); (await oc.new_session('Elsewhere')).id")
    await expect(widget.instance("other")).to_have_attribute("aria-selected", "true")
    await widget.send(script(say("Said in the other.")))
    await expect(widget.answers).to_contain_text("Said in the other.")
    await expect(widget.log).not_to_contain_text("Said in the project.")
    await widget.instance("project").click()
    await expect(widget.answers).to_contain_text("Said in the project.")
    await expect(widget.log).not_to_contain_text("Said in the other.")
    await expect(widget.sessions.get_by_role("tab")).to_have_count(1)


@pytest.mark.over_two(at_night=True)
async def test_two_folders_of_one_server_are_two_instances(
    lab_browser: LabBrowser, server: RealServer, project: Path, other: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.python(f"await oc.attach({server.url!r}, {str(other)!r}, password={server.password!r})")
    await expect(widget.instance("other")).to_have_attribute("aria-selected", "true")
    with server.client(project) as client:
        client.post("/session", json={"title": "Only of the project"})
    await widget.instance("project").click()
    await expect(widget.session("Only of the project")).to_be_visible()
    await widget.instance("other").click()
    await expect(widget.session("Only of the project")).to_have_count(0)


@pytest.mark.over_two(at_night=True)
async def test_the_death_of_one_server_does_not_touch_the_other(
    lab_browser: LabBrowser, server: RealServer, own_server: RealServer, project: Path, other: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.python(f"await oc.attach({own_server.url!r}, {str(other)!r}, password={own_server.password!r})")
    await expect(widget.instance("other")).to_have_attribute("aria-selected", "true")
    own_server.kill()
    await expect(widget.connection).to_contain_text("Reconnecting")
    await widget.instance("project").click()
    await widget.connected()
    await widget.send(script(say("Still here.")))
    await expect(widget.answers).to_contain_text("Still here.")


@pytest.mark.over_two(at_night=True)
async def test_closing_an_instance_ends_its_server(lab_browser: LabBrowser, project: Path, other: Path) -> None:
    widget = await lab_browser.show(starts(project))
    await widget.connected()
    await widget.python(f"await oc.open({str(other)!r})")
    await expect(widget.instance("other")).to_have_attribute("aria-selected", "true")
    await widget.instances.get_by_role("tab").nth(1).press("Delete")
    await expect(widget.instances.get_by_role("tab")).to_have_count(1)
    await eventually(lambda: not servers_in(other), what="the end of the server")
    assert len(servers_in(project)) == 1
    await widget.root.get_by_title("Close project").click()
    await eventually(lambda: not servers_in(project), what="the end of the server")
    assert await widget.python("oc.instances") == "[]"


@pytest.mark.over_two(at_night=True)
async def test_a_server_that_was_attached_to_lives_on(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.python("await oc.close()")
    with server.client() as client:
        assert client.get("/global/health").json()["healthy"]


@pytest.mark.over_two(at_night=True)
async def test_a_cell_that_is_run_again_leaves_nothing_of_the_old_one(lab_browser: LabBrowser, project: Path) -> None:
    widget = await lab_browser.show(starts(project))
    await widget.connected()
    first = servers_in(project)
    await widget.notebook.run(0)
    await widget.connected()
    await eventually(lambda: not any(process.is_running() for process in first), what="the end of the first server")
    assert len(servers_in(project)) == 1
    await expect(widget.page.get_by_role("tablist", name="Instances")).to_have_count(1)
    await widget.send(script(say("Fresh.")))
    await expect(widget.answers).to_contain_text("Fresh.")


@pytest.mark.over_two(at_night=True)
@pytest.mark.parametrize("end", ["shutdown", "restart", "kill"])
async def test_our_server_dies_with_the_kernel(lab_browser: LabBrowser, project: Path, end: str) -> None:
    widget = await lab_browser.show(starts(project))
    await widget.connected()
    assert len(servers_in(project)) == 1
    if end == "kill":
        os.kill(int(await widget.python("import os; os.getpid()")), signal.SIGKILL)
    else:
        method = "session.kernel.restart" if end == "restart" else "shutdown"
        await widget.page.evaluate(f"() => window.jupyterapp.shell.currentWidget.sessionContext.{method}()")
    await eventually(lambda: not servers_in(project), what="the end of the server")
