"""The checklist of the task that this package grew from, on a server that speaks its dialect (`/events`)."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.support.servers.classic import ClassicServer
from tests.support.wait import eventually

from .harness.lab_browser import LabBrowser


async def test_a_connection_is_made_and_shown(lab_browser: LabBrowser, classic_server: ClassicServer) -> None:
    widget = await lab_browser.show(f"OpenCode(url={classic_server.url!r})")
    await widget.connected()
    assert len(classic_server.channel) == 1, "one stream an instance"


async def test_a_message_streams_and_its_tools_show(lab_browser: LabBrowser, classic_server: ClassicServer) -> None:
    widget = await lab_browser.show(f"OpenCode(url={classic_server.url!r})")
    await widget.connected()
    await widget.watch_growth()
    await widget.send("tool count these sheep for me one two three four five six seven")
    await expect(widget.answers).to_contain_text("bash")
    await expect(widget.answers).to_contain_text("count these sheep for me one two three four five six seven")
    await widget.idle()
    assert len(await widget.growth()) > 5
    await expect(widget.asked).to_have_count(1)
    await expect(widget.answers).to_have_attribute("aria-busy", "false")


async def test_events_without_role_and_time_are_understood(
    lab_browser: LabBrowser, classic_server: ClassicServer
) -> None:
    classic_server.bare_events = True
    widget = await lab_browser.show(f"OpenCode(url={classic_server.url!r})")
    await widget.connected()
    await widget.send("one two three")
    await expect(widget.answers.last).to_contain_text("one two three")
    await widget.idle()
    await expect(widget.answers.last).to_have_attribute("aria-busy", "false")
    await expect(widget.asked).to_have_count(1)
    await expect(widget.answers).to_have_count(1)


async def test_sessions_change_live_and_a_child_gets_its_tab(
    lab_browser: LabBrowser, classic_server: ClassicServer
) -> None:
    session = classic_server.add_session("The parent")
    widget = await lab_browser.show(f"OpenCode(url={classic_server.url!r})")
    await widget.connected()
    await widget.session("The parent").click()
    await widget.send("a child please")
    await expect(widget.session("A child")).to_be_visible()
    titles = await widget.sessions.get_by_role("tab").all_inner_texts()
    assert "The parent" in titles[0]
    assert "A child" in titles[1]
    classic_server.rename(session["id"], "Renamed")
    await expect(widget.session("Renamed")).to_be_visible()


async def test_a_lost_server_is_tried_again_and_found(lab_browser: LabBrowser, classic_server: ClassicServer) -> None:
    widget = await lab_browser.show(f"OpenCode(url={classic_server.url!r})")
    await widget.connected()
    await widget.send("hold on to this")
    await expect(widget.answers).to_contain_text("hold")
    await classic_server.cut_all()
    classic_server.release()
    await widget.connected()
    await expect(widget.answers).to_contain_text("hold on to this")
    await classic_server.stop()
    await expect(widget.connection).to_have_text(re.compile(r"Reconnecting.*\(\d of 5\)"))
    await classic_server.start()
    await widget.connected()


async def test_attempts_have_an_end(lab_browser: LabBrowser, classic_server: ClassicServer) -> None:
    widget = await lab_browser.show(f"OpenCode(url={classic_server.url!r}, backoff=Backoff(initial=0.1, attempts=2))")
    await widget.connected()
    await classic_server.stop()
    await expect(widget.connection).to_have_text("Disconnected")
    await classic_server.start()
    await widget.button("Reconnect").click()
    await widget.connected()


async def test_closing_the_tab_closes_the_stream(lab_browser: LabBrowser, classic_server: ClassicServer) -> None:
    async with ClassicServer() as other:
        widget = await lab_browser.show(f"OpenCode(url={classic_server.url!r})")
        await widget.connected()
        await widget.python(f"await oc.attach({other.url!r})")
        await eventually(lambda: len(other.channel) == 1, what="the second stream")
        await widget.python("await oc.instances[0].close()")
        await eventually(lambda: len(classic_server.channel) == 0, what="the end of the first stream")
        assert len(other.channel) == 1
        await expect(widget.instances.get_by_role("tab")).to_have_count(1)
        await widget.connected()
