"""What the user gives a batch: strings, dictionaries, or a table or a column of pandas or polars, as prompts with what belongs to each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadBatch
from ..model.render.visible import one_line

# The columns that a batch uses; what stands in others is kept.
PROMPT, MODEL, AGENT, FOLDER = "prompt", "model", "agent", "folder"
USED = frozenset({PROMPT, MODEL, AGENT, FOLDER})
EXPECTED = "A batch takes a list of prompts, a table with a column 'prompt', a column of prompts, or dictionaries with a key 'prompt'"
# Values by which tables say that a cell is empty, by the names of their types: NaN is found by being unlike itself.
EMPTY = frozenset({"NoneType", "NAType", "NaTType"})


@dataclass(frozen=True, slots=True)
class Given:
    """One prompt of the user.

    Attributes:
        prompt: its text.
        model: its own model; None: those of the batch.
        agent: its own agent; None: those of the batch.
        folder: its own folder; None: the batch's.
        extra: what stands in the other columns.
    """

    prompt: str
    model: str | None = None
    agent: str | None = None
    folder: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prompts:
    """All prompts of a batch; `library`: "pandas" or "polars" if they came from one of its tables."""

    rows: tuple[Given, ...]
    library: str | None = None


def read(source: object) -> Prompts:
    """Read what the user gave.

    Raises:
        BadBatch: it is nothing of that kind, is empty, or a row has no prompt.
    """
    library = _library(source)
    rows = tuple(_row(number, value) for number, value in enumerate(_values(source, library)))
    if not rows:
        raise BadBatch("The batch has no rows.", remedy="Give at least one prompt.")
    return Prompts(rows, library)


def _library(source: object) -> str | None:
    """The library whose table or column it is; those of others may be derived from them, as geopandas' are."""
    names = (kind.__module__.partition(".")[0] for kind in type(source).__mro__)
    return next((name for name in names if name in ("pandas", "polars")), None)


def _values(source: Any, library: str | None) -> Iterable[object]:
    """The rows as strings and dictionaries."""
    if library is not None:
        return _of_table(source, library)
    if isinstance(source, str | bytes | Mapping) or not isinstance(source, Iterable):
        raise BadBatch(
            f"{EXPECTED}, not {_a(source)}.", remedy="One prompt alone: oc.compare(prompt), or a list with one entry."
        )
    return source


def _of_table(source: Any, library: str) -> Iterable[object]:
    kinds = {kind.__name__ for kind in type(source).__mro__}
    if "Series" in kinds:
        return list(source)
    if "DataFrame" not in kinds:
        remedy = "Collect it first: frame.collect()." if "LazyFrame" in kinds else ""
        raise BadBatch(f"{EXPECTED}, not a {type(source).__name__} of {library}.", remedy=remedy)
    names = [str(name) for name in source.columns]
    if PROMPT not in names:
        raise BadBatch(
            f"The table has no column {PROMPT!r}; it has: {', '.join(map(one_line, names)) or 'none'}.",
            remedy=f"Rename the column with the prompts to {PROMPT!r}.",
        )
    rows: list[object] = source.to_dicts() if library == "polars" else source.to_dict("records")
    return rows


def _row(number: int, value: object) -> Given:
    if isinstance(value, Mapping):
        return _of_mapping(number, {str(name): item for name, item in value.items()})
    if isinstance(value, str) or is_empty(value):
        return Given(_prompt(number, value))
    raise BadBatch(f"Row {number} of the batch is {_a(value)}; {EXPECTED[0].lower()}{EXPECTED[1:]}.")


def _of_mapping(number: int, row: Mapping[str, object]) -> Given:
    if PROMPT not in row:
        raise BadBatch(
            f"Row {number} of the batch has no {PROMPT!r}; it has: {', '.join(map(one_line, row)) or 'none'}."
        )
    extra = {name: value for name, value in row.items() if name not in USED}
    model, agent, folder = (_optional(number, name, row.get(name)) for name in (MODEL, AGENT, FOLDER))
    return Given(_prompt(number, row[PROMPT]), model, agent, folder, extra)


def _prompt(number: int, value: object) -> str:
    if is_empty(value) or (isinstance(value, str) and not value.strip()):
        raise BadBatch(f"Row {number} of the batch has an empty prompt.", remedy="Leave the row out.")
    if not isinstance(value, str):
        raise BadBatch(f"The prompt of row {number} is {_a(value)}; a prompt is a str.")
    return value


def _optional(number: int, name: str, value: object) -> str | None:
    if is_empty(value):
        return None
    if name == FOLDER and isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str) or not value:
        raise BadBatch(f"The {name} of row {number} is {_a(value)}; it is a str, or empty.")
    return value


def folders(folder: object, count: int) -> Iterator[str | None]:
    """The folder of each row: none, the same for all, or one a row.

    Raises:
        BadBatch: there are more or fewer folders than rows, or they are nothing of that kind.
    """
    if folder is None or isinstance(folder, str | os.PathLike):
        named: Sequence[object] = [folder] * count
    elif isinstance(folder, Iterable):
        named = list(folder)
    else:
        raise BadBatch(f"`folder` is a path, or a list with one for each row, not {_a(folder)}.")
    if len(named) != count:
        raise BadBatch(
            f"`folder` has {len(named)} folders for {count} rows.", remedy="Give one for each row, or one for all."
        )
    yield from (_optional(number, FOLDER, value) for number, value in enumerate(named))


def is_empty(value: object) -> bool:
    """Does a table mean by this value that nothing is there?"""
    return type(value).__name__ in EMPTY or (isinstance(value, float) and value != value)


def _a(value: object) -> str:
    """A value by the name of its type."""
    name = type(value).__name__
    return f"an {name}" if name[0].lower() in "aeiou" else f"a {name}"
