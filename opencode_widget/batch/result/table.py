"""The result of a batch: a row a job, as Python objects, as a table of pandas or polars, and drawn side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from ...api.frames import Library, frame
from ...model.render.blocks import Block
from ...model.render.rich import Rich
from ...operations.turn.shapes import Shape
from ..answers import Answer
from ..jobs import Job
from .drawing import side_by_side
from .rows import COLUMNS, DATA, BatchRow, row_of


class BatchTable(Rich):
    """The answers of `OpenCode.batch` and `OpenCode.compare`, in the order of the prompts, and of models, agents and repetitions.

    `len(table)`, `list(table)`, `table[0]`, `table.to_frame()`, `table.plot()`. As a cell's last expression it shows the answers side by
    side, with what differs marked.

    Attributes:
        rows: the rows.
        seconds: that the call took; less than those of the rows together, which run side by side.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        answers: Sequence[Answer],
        extra: Sequence[Mapping[str, Any]] = (),
        library: str | None = None,
        shape: Shape | None = None,
        seconds: float = 0.0,
    ) -> None:
        self.seconds = seconds
        self.rows = tuple(row_of(job, answer, shape) for job, answer in zip(jobs, answers, strict=True))
        self._groups = tuple(job.row for job in jobs)
        self._extra = tuple(extra[job.row] for job in jobs) if extra else ({},) * len(jobs)
        self._library = library
        self._data = None if shape is None else [answer.data for answer in answers]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[BatchRow]:
        return iter(self.rows)

    @overload
    def __getitem__(self, index: int) -> BatchRow: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[BatchRow, ...]: ...

    def __getitem__(self, index: int | slice) -> BatchRow | tuple[BatchRow, ...]:
        return self.rows[index]

    @property
    def failed(self) -> tuple[BatchRow, ...]:
        """The rows that have an error."""
        return tuple(row for row in self.rows if row.error is not None)

    @property
    def cost(self) -> float:
        """The cost of all rows, in dollars."""
        return sum(row.cost or 0.0 for row in self.rows)

    @property
    def tokens(self) -> int:
        """The tokens of all rows."""
        return sum(row.tokens for row in self.rows)

    def __repr__(self) -> str:
        rows = "1 row" if len(self) == 1 else f"{len(self)} rows"
        failed = f", {len(self.failed)} failed" if self.failed else ""
        cost = f", ${self.cost:.4f}" if self.cost else ""
        return f"<BatchTable of {rows}{failed}: {self.seconds:.1f} s, {self.tokens:,} tokens{cost}>"

    def _blocks(self) -> Iterable[Block]:
        return side_by_side(repr(self).strip("<>"), self.prompts())

    def prompts(self) -> list[list[BatchRow]]:
        """The rows by the prompts that the user gave: those of the same prompt stand together."""
        groups: dict[int, list[BatchRow]] = {}
        for group, row in zip(self._groups, self.rows, strict=True):
            groups.setdefault(group, []).append(row)
        return list(groups.values())

    def to_frame(self, library: Library | None = None) -> Any:
        """The rows as a table.

        Args:
            library: "pandas" or "polars"; None: that of the table that the batch was given, or else the one that is loaded or installed.

        Returns:
            A DataFrame of that library: the prompt, the other columns that were given, then the attributes of `BatchRow`; `data`, the
            JSON of each answer, where `schema` was given. A column that was
            given and has the name of one of those is called `NAME_given`.

        Raises:
            ValueError: there is no such library.
            NotSupported: it is not installed.
        """
        names = dict.fromkeys(name for extra in self._extra for name in extra)
        given = {_free(name): [extra.get(name) for extra in self._extra] for name in names}
        results: dict[str, list[Any]] = {name: [getattr(row, name) for row in self.rows] for name in COLUMNS}
        if self._data is not None:
            results[DATA] = self._data
        return frame({"prompt": results.pop("prompt"), **given, **results}, library or self._library)

    def plot(self) -> Any:
        """Draw cost, seconds and tokens of each model, a bar for their mean and a point for each row.

        Returns:
            The three Axes of matplotlib, of a figure that the notebook shows below the cell.

        Raises:
            NotSupported: matplotlib is not installed.
        """
        from .plot import draw

        return draw(self.rows)


def _free(name: str) -> str:
    return f"{name}_given" if name in (*COLUMNS, DATA) else name
