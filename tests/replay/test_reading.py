"""What is no recording is refused in one sentence; what is cut off is played as far as it goes. A replay changes nothing."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from opencode_widget import OpenCode, Permission, errors
from opencode_widget.replay.player import _due, _whole

from ..support.scripts import ask, bash, script
from ..support.v2.fake import FakeServerV2
from ..support.wait import eventually
from .conftest import Keep

HEADER = {"format": "opencode_widget recording", "version": 1, "package": "0.1.0"}
INSTANCE = {"at": 0, "in": "i1", "instance": {"dialect": "1", "server": "OpenCode 1.18.33", "directory": "~/p"}}


def text(*lines: Any) -> list[str]:
    return [json.dumps(line) for line in lines]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "These lines: the recording is empty."),
        (["# Notes"], "These lines is not a recording of opencode_widget."),
        (text({"cells": []}), "These lines is not a recording of opencode_widget."),
        (text(HEADER | {"version": 7}), "a recording of format 7; this version of opencode_widget reads format 1."),
        (text(HEADER), "the recording ended before a server was connected."),
        (text(HEADER, INSTANCE, "nonsense", INSTANCE), "line 3 is not of a recording."),
        (
            text(HEADER, {**INSTANCE, "instance": {"dialect": "9", "server": "OpenCode 9"}}),
            "does not know: generation '9'",
        ),
    ],
)
def test_what_is_no_recording_is_refused_in_words(given: list[str], words: str) -> None:
    with pytest.raises(errors.RecordingFailed) as caught:
        OpenCode.replay(given)
    assert words in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_missing_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(errors.RecordingFailed, match="cannot be read: No such file or directory"):
        OpenCode.replay(tmp_path / "missing.jsonl")
    with pytest.raises(errors.RecordingFailed, match="cannot be read: Is a directory"):
        OpenCode.replay(tmp_path)


@pytest.mark.parametrize("more", [{"speed": -1}, {"speed": float("nan")}, {"idle": -1}])
def test_a_speed_that_is_none_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="of a replay is 0"):
        OpenCode.replay(text(HEADER, INSTANCE), **more)


async def test_a_last_line_that_is_cut_off_is_told_once(keep: Keep) -> None:
    widget = keep(OpenCode.replay([*text(HEADER, INSTANCE), '{"at": 1, "in": "i1", "eve'], speed=0))
    await widget.replayed()
    assert [notice for notice in widget.notices if "cut off" in notice] == list(widget.notices)
    assert len(widget.notices) == 1


async def test_what_only_later_versions_know_is_passed_over(keep: Keep) -> None:
    lines = text(
        HEADER,
        INSTANCE,
        {"at": 1, "in": "i1", "hologram": {}},
        {"at": 2, "in": "i1", "event": 3},
        {"at": 3, "end": "x"},
    )
    widget = keep(OpenCode.replay(lines, speed=0))
    await widget.replayed()
    assert widget.sessions == []


async def test_a_replay_opens_no_connection_and_leaves_no_thread(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a replay opens no connection")

    before = set(threading.enumerate())
    monkeypatch.setattr(socket.socket, "connect", refuse)
    widget = keep(OpenCode.replay(text(HEADER, INSTANCE), speed=0))
    await widget.ready()
    await widget.replayed()
    await widget.close()
    assert set(threading.enumerate()) <= before


async def test_a_replay_in_the_background_ends_with_the_widget() -> None:
    before = set(threading.enumerate())
    widget = OpenCode.replay([*text(HEADER, INSTANCE, {"at": 9999, "in": "i1", "viewed": None})], background=True)
    await widget.ready()
    await widget.close()
    await eventually(lambda: set(threading.enumerate()) <= before)


async def test_a_replay_changes_nothing(tmp_path: Path, keep: Keep) -> None:
    async with FakeServerV2() as fake:
        widget = keep(OpenCode(url=fake.url))
        await widget.ready()
        with widget.record(tmp_path / "r.jsonl") as recording:
            await recording.ready()
            session = await widget.new_session("Recorded")
            await session.send(script(bash("ls"), ask("Which?", "One", "Two")))
            await eventually(lambda: widget.pending)
        await widget.close()
    played = keep(OpenCode.replay(tmp_path / "r.jsonl", speed=0))
    await played.replayed()
    (session,), (request,) = played.sessions, played.pending
    seen = [message.id for message in session.messages]
    assert isinstance(request, Permission)
    acts: list[Callable[[], Awaitable[object]]] = [
        partial(session.ask, "More"),
        session.abort,
        partial(session.rename, "Other"),
        session.delete,
        request.allow,
        played.new_session,
        played.instances[0].restart,
    ]
    for act in acts:
        with pytest.raises(errors.NotAllowed, match=r"^This is a replay; "):
            await act()
    with pytest.raises(errors.NotAllowed, match=r"^This is a replay; "):
        played.open(tmp_path)
    with pytest.raises(errors.NotAllowed, match=r"^This is a replay; "):
        played.attach("http://127.0.0.1:1")
    with pytest.raises(errors.NotAllowed, match=r"^This is a replay; "):
        played.record(tmp_path / "again.jsonl")
    assert [message.id for message in session.messages] == seen
    assert played.pending


async def test_only_a_replay_can_be_awaited_to_its_end(keep: Keep) -> None:
    async with FakeServerV2() as fake:
        widget = keep(OpenCode(url=fake.url))
        with pytest.raises(errors.NotAllowed, match="shows servers and not a replay"):
            await widget.replayed()
        await widget.close()


def test_a_pause_is_shortened_to_the_longest_one() -> None:
    lines = [{"at": at} for at in (5, 6, 60, 61)]
    assert _due(lines, None) == [0, 1, 55, 56]
    assert _due(lines, 2) == [0, 1, 3, 4]


def test_events_do_not_wait_for_an_answer_that_was_not_recorded() -> None:
    lines: list[dict[str, Any]] = [
        {"loading": True},
        {"load": []},
        {"loading": True},
        {"fetching": "a"},
        {"fetching": "b"},
        {"history": "b"},
    ]
    assert [*_whole(lines)] == [{"loading": True}, {"load": []}, {"fetching": "b"}, {"history": "b"}]


def test_a_file_that_jupyterlite_lists_and_cannot_read_must_be_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path := tmp_path / "fault.jsonl").write_text("{}")
    monkeypatch.setattr(sys, "platform", "emscripten")

    def refuse(_path: Path) -> bytes:
        raise FileNotFoundError(44, os.strerror(2))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(errors.RecordingFailed, match=r"No such file or directory.*name the file \.txt"):
        OpenCode.replay(path)
