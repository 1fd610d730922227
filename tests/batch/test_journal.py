"""What a journal keeps, what it forgets, and which files are none."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opencode_widget import BadBatch
from opencode_widget.batch import journal as module
from opencode_widget.batch.answers import Answer
from opencode_widget.batch.given import read
from opencode_widget.batch.jobs import jobs
from opencode_widget.batch.journal import Journal

JOBS = jobs(read(["a", "b", "c"]), (None,), (None,), 1, [None] * 3)
FULL = Answer(1, "B\n“b”", "m/1", "build", 10, 20, 0.5, 1.5, "bash", None, "ses_1")


def journal(path: Path, batch: str = "this") -> Journal:
    return Journal(path, batch, JOBS)


async def filled(path: Path, *answers: Answer) -> None:
    first = journal(path)
    assert await first.open() == {}
    for answer in answers:
        await first.write(answer)
    await first.close()


async def test_what_was_answered_is_there_again(tmp_path: Path) -> None:
    await filled(tmp_path / "j", FULL, Answer(2, error="No."))
    lines = [json.loads(line) for line in (tmp_path / "j").read_text().splitlines()]
    assert [(line["batch"], line["prompt"], line["number"]) for line in lines] == [("this", "b", 1), ("this", "c", 2)]
    assert await journal(tmp_path / "j").open() == {1: FULL}  # what failed is asked again


async def test_the_last_answer_of_a_job_counts(tmp_path: Path) -> None:
    better = replace(FULL, text="Better")
    await filled(tmp_path / "j", Answer(1, error="No."), better)
    assert await journal(tmp_path / "j").open() == {1: better}


@pytest.mark.parametrize("rest", [b'{"batch"', b"{", b'{"batch": "this", "number": 2, "text": "\xc3'])
async def test_an_incomplete_line_is_removed(tmp_path: Path, rest: bytes) -> None:
    await filled(tmp_path / "j", FULL)
    whole = (tmp_path / "j").read_bytes()
    (tmp_path / "j").write_bytes(whole + rest)
    again = journal(tmp_path / "j")
    assert await again.open() == {1: FULL}
    assert (tmp_path / "j").read_bytes() == whole
    await again.write(Answer(0, "A"))
    assert (await journal(tmp_path / "j").open()).keys() == {0, 1}


async def test_a_stop_does_not_cut_a_line_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()
    in_thread = asyncio.to_thread

    async def slow(*call: Any) -> None:
        begun.set()
        await goes_on.wait()
        await in_thread(*call)

    kept = journal(tmp_path / "j")
    await kept.open()
    monkeypatch.setattr(module.asyncio, "to_thread", slow)
    task = asyncio.create_task(kept.write(FULL))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    goes_on.set()
    await kept.close()
    monkeypatch.undo()
    assert await journal(tmp_path / "j").open() == {1: FULL}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"my notes\n", "Line 1 of .* is not of a journal"),
        (b"my notes", "Line 1 of .* is not of a journal"),
        (b'{"a": 1}\n', "Line 1 of .* is not of a journal"),
        (b"[]\n", "Line 1 of .* is not of a journal"),
        (b"\xff\xfe\n", "it is no text"),
    ],
)
async def test_another_file_is_refused_and_left_alone(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "j").write_bytes(content)
    with pytest.raises(BadBatch, match=words):
        await journal(tmp_path / "j").open()
    assert (tmp_path / "j").read_bytes() == content


async def test_the_journal_of_another_batch_is_refused(tmp_path: Path) -> None:
    await filled(tmp_path / "j", FULL)
    with pytest.raises(BadBatch, match="is of another batch"):
        await journal(tmp_path / "j", "that").open()


async def test_a_file_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadBatch, match="cannot be used: No such file or directory"):
        await journal(tmp_path / "nowhere" / "j").open()
    with pytest.raises(BadBatch, match="cannot be used: Is a directory"):
        await journal(tmp_path).open()


async def test_without_a_file_nothing_is_kept() -> None:
    none = Journal(None, "this", JOBS)
    assert await none.open() == {}
    await none.write(FULL)
    await none.close()
