"""Mistakes that a user may make: the widget explains each in words, without a traceback, and goes on working."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.scripts import say, script
from tests.support.servers import faults
from tests.support.servers.fake import FakeServer
from tests.support.servers.real import RealServer, free_port
from tests.support.wait import eventually

from .harness.lab_browser import LabBrowser, Shown, attaches

ONCE = ", backoff=Backoff(initial=0.1, attempts=1)"


async def says(widget: Shown, *words: str) -> None:
    """The widget shows these words and is not connected; nothing looks like a traceback."""
    await expect(widget.connection).to_have_text("Disconnected")
    for word in words:
        await expect(widget.root).to_contain_text(word, ignore_case=True)
    await expect(widget.button("Reconnect")).to_be_visible()
    await expect(widget.page.locator(".jp-Notebook")).not_to_contain_text("Traceback")


async def test_a_folder_that_does_not_exist(lab_browser: LabBrowser) -> None:
    await says(await lab_browser.show("OpenCode('/nowhere/to/be/found')"), "/nowhere/to/be/found does not exist")


async def test_a_file_where_a_folder_should_be(lab_browser: LabBrowser, project: Path) -> None:
    await says(await lab_browser.show(f"OpenCode({str(project / 'README.md')!r})"), "README.md is a file")


async def test_a_missing_program(lab_browser: LabBrowser, project: Path) -> None:
    await says(
        await lab_browser.show(f"OpenCode({str(project)!r}, binary='/no/opencode')"), "/no/opencode", "does not exist"
    )


async def test_a_program_that_is_not_opencode_and_ends_at_once(
    lab_browser: LabBrowser, project: Path, tmp_path: Path
) -> None:
    program = tmp_path / "opencode"
    program.write_text("#!/bin/sh\necho I am a teapot\nexit 3\n")
    program.chmod(0o755)
    call = f"OpenCode({str(project)!r}, binary={str(program)!r}{ONCE})"
    await says(await lab_browser.show(call), "exit code 3", "I am a teapot")


async def test_an_address_without_a_scheme(lab_browser: LabBrowser) -> None:
    await says(await lab_browser.show("OpenCode(url='localhost:4096')"), "http://")


async def test_an_address_where_nobody_is(lab_browser: LabBrowser) -> None:
    await says(await lab_browser.show(f"OpenCode(url='http://127.0.0.1:{free_port()}'{ONCE})"), "127.0.0.1")


async def test_a_wrong_password(lab_browser: LabBrowser, server: RealServer) -> None:
    widget = await lab_browser.show(f"OpenCode(url={server.url!r}, password='wrong')")
    await says(widget, "password")
    await expect(widget.page.locator(".jp-OutputArea")).not_to_contain_text("'wrong'")


async def test_a_web_server_that_is_not_opencode(lab_browser: LabBrowser, fake_server: FakeServer) -> None:
    for path in ("/global/health", "/event", "/global/event", "/events", "/session", "/api/health", "/"):
        fake_server.always[path] = faults.html_page
    await says(await lab_browser.show(f"OpenCode(url={fake_server.url!r})"), "not", "OpenCode")
    asked = len(fake_server.requests)
    assert asked < 20, "no storm of attempts"


async def test_a_service_that_does_not_even_speak_http(lab_browser: LabBrowser, fake_server: FakeServer) -> None:
    for path in ("/global/health", "/event", "/global/event", "/events", "/session", "/api/health", "/"):
        fake_server.always[path] = faults.not_http
    await says(await lab_browser.show(f"OpenCode(url={fake_server.url!r}{ONCE})"), fake_server.url)


async def test_a_bad_folder_in_the_open_panel_is_reported_there_and_the_rest_goes_on(
    lab_browser: LabBrowser, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    await widget.button("Open an instance").click()
    await widget.root.get_by_label("Folder", exact=True).fill("/nowhere")
    await widget.button("Open folder").click()
    await expect(widget.root.get_by_text("/nowhere does not exist").first).to_be_visible()
    await widget.page.keyboard.press("Escape")
    await widget.instance("project").click()
    await widget.connected()
    await widget.send(script(say("Untouched.")))
    await expect(widget.answers).to_contain_text("Untouched.")


async def test_frames_that_make_no_sense_do_not_stop_the_stream(
    lab_browser: LabBrowser, fake_server: FakeServer
) -> None:
    fake_server.add_session("ses_1", "Robust")
    widget = await lab_browser.show(f"OpenCode(url={fake_server.url!r})")
    await widget.connected()
    await widget.session("Robust").click()
    await eventually(lambda: fake_server.streams, what="an open stream")
    for frame in (
        faults.NOT_JSON,
        faults.NOT_AN_OBJECT,
        faults.NOT_AN_EVENT,
        faults.UNKNOWN_TYPE,
        faults.MISSING_FIELDS,
    ):
        fake_server.send(frame)
    fake_server.send(faults.huge_frame())
    await widget.send("Are you there?")
    await expect(widget.asked).to_contain_text("Are you there?")
    await eventually(lambda: fake_server.messages["ses_1"], what="the prompt at the server")
    fake_server.answer("ses_1", "All is well.")
    await expect(widget.answers).to_contain_text("All is well.")
    await widget.connected()


@pytest.mark.parametrize("code", ["oc.instances[0].session('ses_nope')", "oc.active_session = 'ses_nope'"])
async def test_an_unknown_session_is_an_error_that_names_it(
    lab_browser: LabBrowser, server: RealServer, project: Path, code: str
) -> None:
    widget = await lab_browser.show(attaches(server.url, server, project))
    await widget.connected()
    guarded = f"try:\n    {code}\nexcept Exception as error:\n    print(type(error).__name__, error)"
    assert "ses_nope" in await widget.python(guarded)
    await widget.connected()
