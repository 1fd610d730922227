"""Servers that disconnect, and return or don't. The page always shows the true state of the connection."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from opencode_widget.ids import make_id
from opencode_widget.model.entities import Role, prompt_part
from opencode_widget.server.api import Prompt
from opencode_widget.server.http.client import Address, Http
from tests.support.scripts import gate, say, script, tokens
from tests.support.servers.proxy import Proxy
from tests.support.servers.real import RealServer
from tests.support.v2_preview.client import V2PreviewClient
from tests.support.wait import eventually_async

from .harness.lab_browser import TWO, LabBrowser, attaches, starts
from .harness.processes import servers_in

if TYPE_CHECKING:
    from opencode_widget.demo import Demo


async def load_folder(server: RealServer, project: Path) -> None:
    """Have a server load a folder, until it runs what it gets there.

    1.18's runtime of 2.x never runs a prompt that it gets while it loads the folder, and does not say when it has.
    """
    http = Http(Address(server.url, "opencode", server.password), str(project))
    client = V2PreviewClient(http, "OpenCode 1.18.33 /api")
    try:
        await eventually_async(lambda: _runs_a_prompt(client), within=60, what="a 2.x runtime that runs prompts")
    finally:
        await http.close()


async def _runs_a_prompt(client: V2PreviewClient) -> bool:
    id = (await client.create_session("Tried before the test")).id
    message_id = make_id("msg")
    await client.prompt(Prompt(id, script(say("It runs.")), message_id, prompt_part(message_id)))
    with contextlib.suppress(AssertionError):
        await eventually_async(lambda: _has_answer(client, id), within=5)
        return True
    return False


async def _has_answer(client: V2PreviewClient, id: str) -> bool:
    return any(
        loaded.info.role is Role.ASSISTANT and loaded.info.completed is not None
        for loaded in (await client.history(id, 10)).messages
    )


@pytest.mark.over_two
async def test_a_server_that_is_killed_and_started_again_is_found_again(
    lab_browser: LabBrowser, own_server: RealServer, project: Path, spoken: str
) -> None:
    widget = await lab_browser.show(attaches(own_server.url, own_server, project))
    await widget.connected()
    await widget.send(script(say("Before the fall.")))
    await expect(widget.answers).to_contain_text("Before the fall.")
    await widget.idle()
    own_server.kill()
    await expect(widget.connection).to_have_text(re.compile(r"Reconnecting.*\(\d of 5\)"))
    await expect(widget.answers).to_contain_text("Before the fall.")
    own_server.start()
    if spoken == TWO:
        await load_folder(own_server, project)
    await widget.connected()
    await expect(widget.answers).to_have_count(1)
    await widget.send(script(say("After it.")))
    await expect(widget.answers.last).to_contain_text("After it.")


@pytest.mark.over_two
async def test_an_answer_that_went_on_meanwhile_is_there_in_whole(
    lab_browser: LabBrowser, proxy: Proxy, server: RealServer, model: Demo, project: Path
) -> None:
    widget = await lab_browser.show(attaches(proxy.url, server, project))
    await widget.connected()
    await widget.send(script(tokens(20), gate(f"gap-{project}"), tokens(200, start=21)))
    await expect(widget.answers).to_contain_text("t000020")
    await proxy.refuse()
    await expect(widget.connection).to_contain_text("Reconnecting")
    await model.open(f"gap-{project}")
    await expect(widget.answers).not_to_contain_text("t000220", timeout=500)
    await proxy.resume()
    await widget.connected()
    await expect(widget.answers).to_contain_text("t000220")
    text = await widget.answers.locator("p").first.inner_text()
    assert text.split() == [f"t{number:06d}" for number in range(1, 221)]
    await widget.idle()


@pytest.mark.over_two
async def test_an_answer_that_is_cut_in_the_middle_goes_on_after_it(
    lab_browser: LabBrowser, proxy: Proxy, server: RealServer, project: Path
) -> None:
    """The connection returns while the part still streams: its start cannot be fetched, and nothing may be shown twice."""
    widget = await lab_browser.show(attaches(proxy.url, server, project))
    await widget.connected()
    await widget.send(script(tokens(200, 0.05)))
    await expect(widget.answers).to_contain_text("t000020")
    await proxy.cut()
    await widget.connected()
    await expect(widget.answers).to_contain_text("t000200")
    await widget.idle()
    text = await widget.answers.locator("p").first.inner_text()
    assert text.split() == [f"t{number:06d}" for number in range(1, 201)]


@pytest.mark.over_two(at_night=True)
async def test_a_server_that_is_gone_for_good_leaves_disconnected_and_a_way_back(
    lab_browser: LabBrowser, proxy: Proxy, server: RealServer, project: Path
) -> None:
    more = ", backoff=Backoff(initial=0.2, attempts=3)"
    widget = await lab_browser.show(attaches(proxy.url, server, project, more))
    await widget.connected()
    await proxy.refuse()
    await expect(widget.connection).to_have_text("Disconnected")
    await expect(widget.button("Reconnect")).to_be_visible()
    await widget.button("Reconnect").click()
    await expect(widget.connection).not_to_have_text("Disconnected")
    await expect(widget.connection).to_have_text("Disconnected")
    await proxy.resume()
    await widget.button("Reconnect").click()
    await widget.connected()
    await widget.send(script(say("Here again.")))
    await expect(widget.answers).to_contain_text("Here again.")


@pytest.mark.over_two(at_night=True)
async def test_the_next_attempt_can_be_made_now(
    lab_browser: LabBrowser, proxy: Proxy, server: RealServer, project: Path
) -> None:
    more = ", backoff=Backoff(initial=600, maximum=600)"
    widget = await lab_browser.show(attaches(proxy.url, server, project, more))
    await widget.connected()
    await proxy.refuse()
    await expect(widget.connection).to_have_text(re.compile(r"Reconnecting in \d+ s \(1 of 5\)"))
    await proxy.resume()
    await widget.button("Reconnect: retry now").click()
    await widget.connected()


@pytest.mark.over_two(at_night=True)
async def test_a_page_that_is_looked_at_again_brings_a_new_attempt(
    lab_browser: LabBrowser, proxy: Proxy, server: RealServer, project: Path
) -> None:
    more = ", backoff=Backoff(initial=0.1, attempts=1)"
    widget = await lab_browser.show(attaches(proxy.url, server, project, more))
    await widget.connected()
    await proxy.refuse()
    await expect(widget.connection).to_have_text("Disconnected")
    await proxy.resume()
    await widget.hide()
    await widget.reveal()
    await widget.connected()


@pytest.mark.timeout(180)
@pytest.mark.over_two(at_night=True)
async def test_a_server_that_falls_silent_counts_as_lost(
    lab_browser: LabBrowser, proxy: Proxy, server: RealServer, project: Path
) -> None:
    widget = await lab_browser.show(attaches(proxy.url, server, project))
    await widget.connected()
    proxy.stall()
    # Four of the heartbeats for which the server is known: 10 s apart in 1.x, 15 s in 2.x.
    await expect(widget.connection).to_contain_text("Reconnecting", timeout=90_000)
    await proxy.cut()
    await proxy.resume()
    await widget.connected()


async def test_our_own_server_is_started_again_when_it_was_killed(lab_browser: LabBrowser, project: Path) -> None:
    widget = await lab_browser.show(starts(project))
    await widget.connected()
    await widget.send(script(say("Remember this.")))
    await expect(widget.answers).to_contain_text("Remember this.")
    await widget.idle()
    (process,) = servers_in(project)
    process.kill()
    await expect(widget.connection).to_contain_text("Reconnecting")
    await widget.connected()
    assert len(servers_in(project)) == 1
    await expect(widget.answers).to_contain_text("Remember this.")
    await widget.send(script(say("And this.")))
    await expect(widget.answers.last).to_contain_text("And this.")
