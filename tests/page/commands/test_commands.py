"""Messages of pages: `received` at once, one reply to each command, and what is malformed is ignored."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from opencode_widget.sync.event_loop import loop_ended

from ...support.command_client import CommandClient
from ...support.servers.fake import FakeServer
from ...support.wait import eventually


def answers(client: CommandClient) -> list[dict[str, Any]]:
    """What the page got, without the frames, which the kernel may send at any time."""
    return [message for message in client.page.log if message["type"] != "frame"]


@pytest.mark.parametrize(
    "message",
    [
        None,
        7,
        [],
        {},
        {"type": "hello"},
        {"type": "hello", "page": 7},
        {"type": "dance", "page": "p"},
        {"type": "ack", "page": "p"},
        {"type": "ack", "page": "p", "epoch": "x", "seq": "y"},
        {"type": "visible", "page": "p"},
        {"type": "visible", "page": "stranger", "visible": True},
    ],
)
async def test_a_malformed_message_is_ignored(client: CommandClient, message: object) -> None:
    before = answers(client)
    client.commands.receive(message)
    await asyncio.sleep(0)
    assert answers(client) == before
    await client.does("new_session", instance=client.instance.id)


async def test_a_page_acknowledges_frames_of_this_epoch(client: CommandClient) -> None:
    frames = client.manager.frames
    await client.does("new_session", instance=client.instance.id)
    assert frames.pages.known[client.page.name].acknowledged < frames.seq
    client.page.ack()
    assert frames.pages.known[client.page.name].acknowledged == frames.seq
    client.commands.receive({"type": "ack", "page": client.page.name, "epoch": "another", "seq": 0})
    assert frames.pages.known[client.page.name].acknowledged == frames.seq


async def test_no_frames_are_made_after_the_last_page_has_left(client: CommandClient) -> None:
    client.commands.receive({"type": "bye", "page": client.page.name})
    client.page.log.clear()
    await client.instance.new_session("Nobody looks")
    client.manager.frames.flush()
    assert client.page.log == []
    client.page.hello()
    assert client.page.sessions(client.instance.id)[0]["title"] == "Nobody looks"


async def test_a_page_gets_answers_although_the_loop_has_ended(client: CommandClient) -> None:
    client.page.log.clear()
    for message in ({"type": "hello"}, {"type": "command", "id": 7}, {"type": "ack"}, {"type": "bye"}):
        client.commands.refuse(message | {"page": client.page.name}, loop_ended())
    client.commands.refuse("nonsense", loop_ended())
    assert [message["type"] for message in answers(client)] == ["snapshot", "received", "reply"]
    (reply,) = client.page.replies[7]
    assert reply["problem"]["name"] == "Closed"
    await client.manager.close()
    client.commands.refuse({"type": "hello", "page": client.page.name}, loop_ended())
    assert len(answers(client)) == 3


async def test_a_command_without_a_number_is_ignored(client: CommandClient) -> None:
    before = answers(client)
    client.commands.receive({"type": "command", "page": client.page.name, "id": "7", "name": "report"})
    await asyncio.sleep(0)
    assert answers(client) == before


async def test_a_command_without_a_name_or_arguments_gets_its_reply(client: CommandClient) -> None:
    for id, message in enumerate([{"name": None}, {"name": "open", "args": "x"}, {"name": ["open"]}, {}], 900):
        client.commands.receive({"type": "command", "page": client.page.name, "id": id, **message})
        await eventually(lambda id=id: client.page.reply(id))
        assert client.page.replies[id][0]["ok"] is False


async def test_after_the_end_no_page_is_answered(client: CommandClient) -> None:
    await client.manager.close()
    count = len(client.page.log)
    client.page.hello()
    client.page.command("new_session", instance=client.instance.id)
    client.page.visible(True)
    assert len(client.page.log) == count


async def test_a_page_that_becomes_visible_brings_a_lost_server_back(
    client: CommandClient, fake_server: FakeServer
) -> None:
    await fake_server.stop()
    await eventually(lambda: client.instance.connection == "disconnected")
    await fake_server.start()
    client.page.visible(False)
    client.page.visible(True)
    await eventually(lambda: client.page.connection()["state"] == "connected")


async def test_a_command_to_a_server_that_is_away_says_how_it_stands(
    client: CommandClient, fake_server: FakeServer
) -> None:
    await fake_server.stop()
    await eventually(lambda: client.instance.connection == "disconnected")
    problem = await client.fails("new_session", instance=client.instance.id)
    assert problem["name"] == "ConnectionFailed"
    assert "Nothing answers" in problem["message"]
