"""A replay can be paused, goes on where it was, and changes its speed meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic

import pytest

from opencode_widget import NotAllowed, OpenCode
from opencode_widget.errors import BadCommand
from opencode_widget.page.commands.router import run
from opencode_widget.replay.clock import Clock

from ..support.wait import eventually
from .conftest import Keep

RECORDING = (Path(__file__).parents[2] / "notebooks" / "replay.jsonl").read_text().splitlines()
MESSAGES = [9, 4]


def said(widget: OpenCode) -> int:
    return sum(len(message.text) for session in widget.sessions for message in session.messages)


async def until_said(widget: OpenCode, least: int) -> int:
    await eventually(lambda: said(widget) >= least)
    return said(widget)


async def test_a_paused_replay_stands_still_and_goes_on_where_it_was(keep: Keep) -> None:
    widget = keep(OpenCode.replay(RECORDING, speed=4))
    await until_said(widget, 20)
    widget.playback.pause()
    assert widget.playback.paused
    assert "paused" in repr(widget.playback)
    before = said(widget)
    await asyncio.sleep(0.5)
    assert said(widget) == before
    widget.playback.resume()
    assert await until_said(widget, before + 1) < before + 100, "it skips nothing"
    widget.playback.speed = 0
    async with asyncio.timeout(20):
        await widget.replayed()
    assert [len(session.messages) for session in widget.sessions] == MESSAGES
    assert widget.playback.has_ended
    assert "ended" in repr(widget.playback)


async def test_a_replay_at_once_can_be_paused_before_it_begins(keep: Keep) -> None:
    widget = keep(OpenCode.replay(RECORDING, speed=0))
    widget.playback.pause()
    await widget.ready()
    await asyncio.sleep(0.3)
    assert not widget.playback.has_ended
    widget.playback.resume()
    async with asyncio.timeout(20):
        await widget.replayed()


async def test_a_speed_must_be_one(keep: Keep) -> None:
    widget = keep(OpenCode.replay(RECORDING, speed=0))
    with pytest.raises(ValueError, match="The speed of a replay is 0"):
        widget.playback.speed = -1
    assert widget.playback.speed == 0


async def test_where_there_is_no_replay_there_is_no_playback(keep: Keep) -> None:
    widget = keep(OpenCode(url="http://127.0.0.1:9"))
    with pytest.raises(NotAllowed, match="shows servers and not a replay"):
        _ = widget.playback


async def test_the_clock_stands_while_it_is_paused_and_passes_at_its_speed() -> None:
    clock, began = Clock(speed=10), monotonic()
    clock.start(5)
    await clock.wait_until(6)
    assert 0.09 < monotonic() - began < 1
    clock.change(paused=True)
    waiting = asyncio.ensure_future(clock.wait_until(7))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    clock.change(paused=False, speed=0)
    await asyncio.wait_for(waiting, 1)
    clock.change(speed=1)
    waiting = asyncio.ensure_future(clock.wait_until(60))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    clock.change(speed=float("inf"))
    await asyncio.wait_for(waiting, 1)


async def test_a_page_pauses_it_and_sees_that(keep: Keep) -> None:
    widget = keep(OpenCode.replay(RECORDING, speed=4))
    await until_said(widget, 1)
    manager = widget._manager
    await run(manager, "control_replay", {"paused": True, "speed": 2})
    (instance,) = manager.instances.values()
    assert instance.head().get("replay") == {"paused": True, "speed": 2, "ended": False}
    await run(manager, "control_replay", {"paused": False, "speed": 0})
    async with asyncio.timeout(20):
        await widget.replayed()
    assert instance.head().get("replay") == {"paused": False, "speed": 0, "ended": True}
    with pytest.raises(BadCommand):
        await run(manager, "control_replay", {"paused": "yes"})


async def test_a_widget_with_servers_has_nothing_to_pause(keep: Keep) -> None:
    widget = keep(OpenCode(url="http://127.0.0.1:9"))
    with pytest.raises(BadCommand, match="no replay"):
        await run(widget._manager, "control_replay", {"paused": True})
