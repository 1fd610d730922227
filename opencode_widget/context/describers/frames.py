"""Tables and columns of pandas and polars: shape, types, missing values and the first rows. A lazy table is never collected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...model.text.brief import counted
from ..description import Description, code
from ..registry import describes
from ..work import type_name
from .brief import cell, table

ROWS = 5
# Columns that the list of types has, and the first rows.
COLUMNS, SHOWN = 60, 20
# Cells among which missing values are counted; more would take too long.
COUNTED = 10_000_000


# ---- pandas -----------------------------------------------------------------------------------------------------------


@describes("pandas.DataFrame")
def pandas_frame(frame: Any) -> Description:
    """A DataFrame of pandas."""
    rows, width = frame.shape
    # By position: names may stand twice, and have levels.
    columns = [frame.iloc[:, place] for place in range(min(width, COLUMNS))]
    nulls = _nulls(rows * width, (int(column.isna().sum()) for column in columns))
    types = _types((column.name for column in columns), (column.dtype for column in columns), nulls)
    head = frame.iloc[:ROWS, :SHOWN]
    first = [(label, *row) for label, row in zip(head.index, head.itertuples(index=False, name=None), strict=False)]
    names = ["" if frame.index.name is None else _name(frame.index.name), *(_name(name) for name in head.columns)]
    index = f"index: {type_name(type(frame.index))} of {frame.index.dtype}"
    return _table(_kind(frame, rows, width), [types, index, table(names, first)], rows, width)


@describes("pandas.Series", "pandas.Index")
def pandas_column(column: Any) -> Description:
    """A Series or an Index of pandas."""
    size = len(column)
    has_levels = hasattr(column, "levels")  # an index whose values are tuples, of which none is missing
    nulls = (
        f"{int(column.isna().sum()):,} missing" if size <= COUNTED and not has_levels else "missing values not counted"
    )
    head = column[:ROWS] if not hasattr(column, "iloc") else column.iloc[:ROWS]
    labels = head.index if hasattr(head, "index") and hasattr(head, "iloc") else range(len(head))
    return _column(column, nulls, list(zip(labels, head, strict=True)), [*_range(column)])


# ---- polars -----------------------------------------------------------------------------------------------------------


@describes("polars.DataFrame")
def polars_frame(frame: Any) -> Description:
    """A DataFrame of polars."""
    rows, width = frame.shape
    some = frame[:, :COLUMNS]
    nulls = _nulls(rows * width, (some.null_count().row(0) if width else ()))
    types = _types(some.columns, some.dtypes, nulls)
    head = frame[:ROWS, :SHOWN]
    return _table(_kind(frame, rows, width), [types, table([*map(_name, head.columns)], head.rows())], rows, width)


@describes("polars.Series")
def polars_column(column: Any) -> Description:
    """A Series of polars."""
    head = list(enumerate(column.head(ROWS).to_list()))
    return _column(column, f"{column.null_count():,} missing", head, [*_range(column)])


@describes("polars.LazyFrame")
def lazy_frame(frame: Any) -> Description:
    """A table that is not computed: how it would be, which reads no data."""
    plan, omitted = code(frame.explain(optimized=False))
    return Description(
        f"{type_name(type(frame))}, not collected", f"Its plan:\n\n{plan}", omitted=("its rows", *omitted)
    )


# ---- what they share --------------------------------------------------------------------------------------------------


def _kind(frame: Any, rows: int, width: int) -> str:
    return f"{type_name(type(frame))}, {counted(rows, 'row')} x {counted(width, 'column')}"


def _nulls(cells: int, counts: Iterable[int]) -> list[str]:
    """The missing values of each column; [] where there are too many cells to count."""
    return [f"{count:,}" for count in counts] if cells <= COUNTED else []


def _types(names: Iterable[object], dtypes: Iterable[object], nulls: Sequence[str]) -> str:
    rows = [[_name(name), str(dtype)] for name, dtype in zip(names, dtypes, strict=True)]
    if not nulls:
        return table(("column", "dtype"), rows) if rows else ""
    return table(("column", "dtype", "missing"), [[*row, count] for row, count in zip(rows, nulls, strict=True)])


def _name(name: object) -> str:
    return name if isinstance(name, str) else str(name)


def _table(kind: str, texts: list[str], rows: int, width: int) -> Description:
    omitted = []
    if rows > ROWS:
        omitted.append(f"{rows - ROWS:,} of {rows:,} rows")
    if width > SHOWN:
        omitted.append(f"the first rows of {width - SHOWN:,} of {width:,} columns")
    if width > COLUMNS:
        omitted.append(f"the types of {width - COLUMNS:,} of {width:,} columns")
    if rows * width > COUNTED:
        omitted.append("counts of missing values")
    return Description(kind, "\n\n".join(filter(None, texts)), omitted=tuple(omitted))


def _range(column: Any) -> Iterable[str]:
    """The least and the greatest value of a column that has few enough of them, and an order."""
    if not 0 < len(column) <= COUNTED:
        return
    try:
        least, greatest = column.min(), column.max()
    except Exception:  # noqa: BLE001 - mixed types have no order, which each library says in its own way
        return
    if least is not None:
        yield f"from {cell(least)} to {cell(greatest)}"


def _column(column: Any, nulls: str, head: Sequence[tuple[object, object]], facts: list[str]) -> Description:
    size = len(column)
    name = "" if column.name is None or column.name == "" else f" {_name(column.name)!r}"
    kind = f"{type_name(type(column))}{name}, {counted(size, 'value')} of {column.dtype}, {nulls}"
    omitted = (f"{size - len(head):,} of {size:,} values",) if size > len(head) else ()
    return Description(", ".join((kind, *facts)), table(("index", "value"), head) if head else "", omitted=omitted)
