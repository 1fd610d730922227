"""A recording: what stands in the file, and what does not; how it ends, and what is refused."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from opencode_widget import OpenCode, errors
from opencode_widget.redaction import KNOWN
from opencode_widget.replay.scrub import Scrubber
from opencode_widget.replay.writer import Writer

from ..support.scripts import gate, say, script, tokens
from ..support.v2.fake import FakeServerV2
from ..support.wait import eventually
from .conftest import Keep

SECRET = "correct-horse-battery-staple-42"
TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_no_planted_secret_stands_in_the_file(
    tmp_path: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/wilhelmina")
    monkeypatch.setenv("USER", "wilhelmina")
    KNOWN.add(SECRET)
    words = (
        f"The password is {SECRET}, the token {TOKEN}; Authorization: Bearer abcdefghijklmnop0123 goes to "
        "https://wilhelmina:hunter2hunter2@example.org from /home/wilhelmina/project of wilhelmina."
    )
    planted = (SECRET, TOKEN, "abcdefghijklmnop0123", "hunter2hunter2", "wilhelmina")
    try:
        async with FakeServerV2() as fake:
            fake.add_session(f"Of wilhelmina, with {SECRET}")
            widget = keep(OpenCode(url=fake.url))
            await widget.ready()
            with widget.record(tmp_path / "r.jsonl") as recording:
                await recording.ready()
                session = await widget.new_session("Recorded")
                for chunk in (1, 3, 1000):
                    await session.ask(script(say(words, chunk=chunk)))
                await eventually(lambda: session.status == "idle")
            await widget.close()
    finally:
        KNOWN.forget(SECRET)
    text = (tmp_path / "r.jsonl").read_text()
    assert "~/project of user." in text
    streamed = "".join(
        str(line["event"]["data"].get("delta", "")) for line in lines(tmp_path / "r.jsonl") if "event" in line
    )
    assert "~/project of" in streamed
    assert [word for word in planted if word in text or word in streamed] == []


def test_fields_that_are_named_like_secrets_are_starred_and_private_ones_left_out() -> None:
    scrubber = Scrubber("/home/wilhelmina", "wilhelmina")
    assert scrubber.value({"apiKey": "abc", "tokens": {"input": 3}, "X-Auth-Token": ["t"], "name": "wilhelmina"}) == {
        "apiKey": "***",
        "tokens": {"input": 3},
        "X-Auth-Token": ["***"],
        "name": "wilhelmina",
    }
    provider = {"id": "p", "key": "k", "options": {"baseURL": "u"}, "models": {"m": {"headers": {}, "name": "M"}}}
    assert scrubber.catalogue([provider]) == [{"id": "p", "models": {"m": {"name": "M"}}}]


async def test_a_text_that_streamed_before_the_recording_began_is_whole_in_the_replay(
    tmp_path: Path, keep: Keep
) -> None:
    async with FakeServerV2() as fake:
        widget = keep(OpenCode(url=fake.url))
        await widget.ready()
        session = await widget.new_session("Recorded")
        await session.send(script(tokens(5), gate("half"), tokens(5)))
        await eventually(lambda: "t000005" in session.messages[-1].text)
        with widget.record(tmp_path / "r.jsonl") as recording:
            await recording.ready()
        before = session.messages[-1].text.split()
        fake.open("half")
        await widget.close()
    played = keep(OpenCode.replay(tmp_path / "r.jsonl", speed=0))
    await played.replayed()
    assert played.sessions[0].messages[-1].text.split() == before


# ---- how it ends ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["stop", "close"])
async def test_a_recording_of_a_background_widget_ends_promptly(by: str, tmp_path: Path) -> None:
    async with FakeServerV2() as fake:
        widget = OpenCode(url=fake.url, background=True)
        await widget.ready()
        recording = widget.record(tmp_path / "r.jsonl")
        await recording.ready()
        began = time.monotonic()
        if by == "stop":
            recording.stop()
        await widget.close()
        assert time.monotonic() - began < 3
        assert recording.ended == "stopped"
        await eventually(lambda: lines(tmp_path / "r.jsonl")[-1].get("end") == "stopped")
        assert not [thread for thread in threading.enumerate() if thread.name == "opencode_widget recording"]


async def test_all_instances_are_recorded_or_the_one_that_is_named(tmp_path: Path, keep: Keep) -> None:
    async with FakeServerV2() as one, FakeServerV2() as two:
        widget = keep(OpenCode(url=one.url))
        await widget.ready()
        everything = widget.record(tmp_path / "all.jsonl")
        alone = widget.record(tmp_path / "one.jsonl", widget.instances[0])
        await widget.attach(two.url).ready()
        await everything.ready()
        everything.stop()
        alone.stop()
        await widget.close()
    played = keep(OpenCode.replay(tmp_path / "all.jsonl", speed=0))
    await played.replayed()
    assert len(played.instances) == 2
    assert len({line["in"] for line in lines(tmp_path / "one.jsonl") if "in" in line}) == 1


async def test_a_recording_that_reaches_its_bound_ends_and_says_so(tmp_path: Path, keep: Keep) -> None:
    async with FakeServerV2() as fake:
        widget = keep(OpenCode(url=fake.url))
        await widget.ready()
        recording = widget.record(tmp_path / "r.jsonl", limit=2_000)
        session = await widget.new_session("Recorded")
        await session.ask(script(tokens(100)))
        await eventually(lambda: recording.ended is not None)
        await eventually(lambda: widget.notices)
        assert recording.ended == "it has reached its bound of 2,000 bytes"
        assert "ended: it has reached its bound of 2,000 bytes." in widget.notices[-1]
        assert lines(tmp_path / "r.jsonl")[-1]["end"] == recording.ended
        assert recording.size < 20_000
        recording.stop()
        await widget.close()


def test_a_full_disk_ends_the_file_and_says_so(tmp_path: Path) -> None:
    ended: list[str] = []
    writer = Writer(tmp_path / "r.jsonl", 10_000, ended.append, "1")
    writer._file.close()
    writer._file = FileIO("/dev/full", "w")
    writer.add({"in": "i1"})
    writer.over.wait(5)
    writer.stop()
    assert ended == ["it could not be written: No space left on device"]


async def test_what_cannot_be_recorded_is_refused_at_once(tmp_path: Path, keep: Keep) -> None:
    async with FakeServerV2() as fake:
        widget = keep(OpenCode(url=fake.url))
        there = tmp_path / "there.jsonl"
        there.write_text("mine")
        with pytest.raises(errors.RecordingFailed, match=r"There is a file .* already"):
            widget.record(there)
        assert there.read_text() == "mine"
        with pytest.raises(errors.RecordingFailed, match="cannot be written: No such file or directory"):
            widget.record(tmp_path / "nowhere" / "r.jsonl")
        with pytest.raises(errors.RecordingFailed, match="cannot be written"):
            widget.record("/dev/null/r.jsonl")
        await widget.close()
        with pytest.raises(errors.Closed):
            widget.record(tmp_path / "late.jsonl")
        await asyncio.sleep(0)
