"""What came of each job, on the disk: one line of JSON each, so that a batch that was stopped goes on where it was.

Each line names its batch. The last one may be incomplete, if the machine or the process ended while it was written; it is then removed.
The last line of a job counts: one that failed is asked again, and has a second line.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from ..errors import BadBatch
from ..redaction import KNOWN
from .answers import Answer
from .jobs import Job

BATCH, PROMPT, NUMBER = "batch", "prompt", "number"
FIELDS = frozenset(item.name for item in fields(Answer))
OTHER_NAME = "Name another file, or remove this one."


class Journal:
    """The journal of one batch.

    Args:
        path: the file; None: nothing is kept.
        batch: what the batch asks for, in short.
        jobs: those of the batch.
    """

    def __init__(self, path: str | os.PathLike[str] | None, batch: str, jobs: Sequence[Job]) -> None:
        self._path = None if path is None else Path(path).expanduser().absolute()
        self._batch = batch
        self._jobs = jobs
        self._writes: set[asyncio.Future[None]] = set()
        self._turn = asyncio.Lock()

    async def open(self) -> dict[int, Answer]:
        """Read what is there, and make the file if there is none.

        Returns:
            The answers of the jobs that are done, by their numbers.

        Raises:
            BadBatch: it is the journal of another batch, no journal at all, or cannot be read or written.
        """
        if self._path is None:
            return {}
        try:
            return await asyncio.to_thread(self._read, self._path)
        except (OSError, ValueError) as error:
            if isinstance(error, BadBatch):
                raise
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text"
            raise BadBatch(f"The journal {self._path} cannot be used: {reason}.", remedy=OTHER_NAME) from None

    def _read(self, path: Path) -> dict[int, Answer]:
        with path.open("a+b") as file:
            file.seek(0)
            lines = file.read().splitlines(keepends=True)
            whole = [line for line in lines if line.endswith(b"\n")]
            found = [self._answer(number, line.decode()) for number, line in enumerate(whole, 1)]
            if len(whole) < len(lines):
                if not whole and not lines[-1].startswith(b"{"):
                    raise self._strange(1)
                file.truncate(sum(map(len, whole)))
        last = {answer.number: answer for answer in found}
        return {number: answer for number, answer in last.items() if answer.error is None}

    def _answer(self, number: int, line: str) -> Answer:
        try:
            row: Any = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not row.keys() >= FIELDS or BATCH not in row:
            raise self._strange(number)
        if row[BATCH] != self._batch:
            raise BadBatch(
                f"The journal {self._path} is of another batch: its prompts, models, agents, folders or repetitions are not these. "
                "Nothing was sent.",
                remedy=OTHER_NAME,
            )
        if row[NUMBER] not in range(len(self._jobs)):
            raise self._strange(number)
        return Answer(**{name: row[name] for name in FIELDS})

    def _strange(self, number: int) -> BadBatch:
        return BadBatch(f"Line {number} of {self._path} is not of a journal. Nothing was sent.", remedy=OTHER_NAME)

    async def write(self, answer: Answer) -> None:
        """Add an answer. A caller that is cancelled meanwhile does not cut it off.

        Raises:
            OSError: it cannot be written.
        """
        if self._path is None:
            return
        writing = asyncio.ensure_future(self._write(self._path, answer))
        self._writes.add(writing)
        writing.add_done_callback(self._writes.discard)
        await asyncio.shield(writing)

    async def _write(self, path: Path, answer: Answer) -> None:
        row = {BATCH: self._batch, PROMPT: KNOWN.text(self._jobs[answer.number].prompt), **asdict(answer)}
        line = f"{json.dumps(row)}\n".encode()
        async with self._turn:
            await asyncio.to_thread(_append, path, line)

    async def close(self) -> None:
        """Wait for what is being written."""
        await asyncio.gather(*self._writes, return_exceptions=True)


def _append(path: Path, line: bytes) -> None:
    with path.open("ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
