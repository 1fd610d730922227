"""A replay shows what the recorded widget showed, of a real server and of one of 2.x."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from opencode_widget import OpenCode

from ..support.scripts import bash, delegate, say, script, think, tool
from ..support.servers.real import RealServer
from ..support.v2.fake import FakeServerV2
from ..support.wait import eventually
from .conftest import Keep, attached

LIMIT = 40
RECORDED = Path(__file__).parents[2] / "notebooks" / "replay.jsonl"


def facts(widget: OpenCode) -> dict[str, Any]:
    """What a widget has of its sessions, and what a replay must have too."""
    return {
        session.id: (session.title, session.status, messages(session), usage(session)) for session in widget.sessions
    }


def messages(session: Any) -> list[Any]:
    return [
        (
            message.id,
            message.role,
            message.state,
            str(message.error),
            [(part.kind, part.text, part.tool, part.output) for part in message.parts],
        )
        for message in session.messages
    ]


def usage(session: Any) -> Any:
    return [(step.model, step.cost, step.output) for step in session.usage.steps]


def differences(found: Any, expected: Any, where: str = "") -> list[str]:
    """Where two values differ, in words that a failing test shows."""
    if isinstance(found, dict) and isinstance(expected, dict):
        found, expected = sorted(found.items()), sorted(expected.items())
    if isinstance(found, list | tuple) and isinstance(expected, list | tuple) and len(found) == len(expected):
        pairs = enumerate(zip(found, expected, strict=True))
        return [words for number, (one, other) in pairs for words in differences(one, other, f"{where}.{number}")]
    if isinstance(found, list) and isinstance(expected, list):
        return [
            f"{where}: {item!r} is in one alone"
            for item in [*found, *expected]
            if (item in found) != (item in expected)
        ]
    return [] if found == expected else [f"{where}: {found!r}, and was {expected!r}"]


async def replayed(keep: Keep, path: Path, **more: Any) -> OpenCode:
    widget = keep(OpenCode.replay(path, speed=0, **more))
    async with asyncio.timeout(LIMIT):
        await widget.ready()
        await widget.replayed()
    return widget


def scrubbed(found: Any) -> Any:
    """What a recorded widget has, as its recording has it: home folders are replaced."""
    from opencode_widget.replay.scrub import Scrubber

    text = Scrubber().text
    return _mapped(found, text)


def _mapped(value: Any, change: Any) -> Any:
    if type(value) is str:
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(item, change) for item in value)
    return value


async def test_a_replay_ends_where_the_recorded_widget_ended(
    server: RealServer, project: Path, tmp_path: Path, keep: Keep
) -> None:
    widget = keep(attached(server, str(project)))
    await widget.ready()
    earlier = await widget.new_session("Before the recording")
    await earlier.ask(script(say("It was said before.")))
    recording = widget.record(tmp_path / "all.jsonl")
    await recording.ready()
    session = await widget.new_session("Recorded")
    widget.on_permission(lambda _request: "once")
    await session.rename("Recorded, and renamed")
    inner = script(think("I am the sub-agent."), tool("glob", pattern="*"), say("Two files."))
    await session.ask(
        script(think("Hm."), say("I look around."), bash("echo seen"), delegate(inner), say("That is all."))
    )
    await eventually(lambda: not any(each.status != "idle" for each in widget.sessions))
    expected = facts(widget)
    recording.stop()
    assert recording.ended == "stopped"
    played = await replayed(keep, tmp_path / "all.jsonl")
    assert differences(facts(played), scrubbed(expected)) == []
    assert played.active_session == session.id


@pytest.mark.parametrize("waits", [True, False])
async def test_a_replay_of_a_server_of_2x_ends_where_the_recorded_widget_ended(
    tmp_path: Path, keep: Keep, *, waits: bool
) -> None:
    async with FakeServerV2() as fake:
        widget = keep(OpenCode(url=fake.url))
        await widget.ready()
        with widget.record(tmp_path / "v2.jsonl") as recording:
            if waits:
                await recording.ready()
            session = await widget.new_session("Recorded")
            widget.on_permission(lambda _request: "once")
            await session.ask(script(think("Hm."), say("I look around."), bash("echo seen"), say("That is all.")))
            await eventually(lambda: session.status == "idle")
            expected = facts(widget)
        await widget.close()
    played = await replayed(keep, tmp_path / "v2.jsonl")
    assert differences(facts(played), scrubbed(expected)) == []


async def test_a_replay_is_not_refused_in_a_browsers_python(monkeypatch: pytest.MonkeyPatch, keep: Keep) -> None:
    """`tests/e2e/hosts/jupyterlite.py` plays one in a browser."""
    monkeypatch.setattr(sys, "platform", "emscripten")
    widget = keep(OpenCode.replay(RECORDED, speed=0))
    await widget.replayed()
    assert widget.sessions[0].title == "Why test_split fails"
