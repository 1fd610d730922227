"""Tables of pandas and polars: shape, types, missing values and a head, within bounds; a lazy one is never collected."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest

from opencode_widget.context.description import TEXT_BYTES
from opencode_widget.context.work import described

DATA: dict[str, list[Any]] = {"name": ["Ann", "Bo|b", None], "age": [31, 42, 53], "note": ["a\nb", "c", "d" * 500]}


@pytest.mark.parametrize(("frame", "kind"), [(pd.DataFrame(DATA), "pandas"), (pl.DataFrame(DATA), "polars")])
def test_a_table_has_its_shape_types_missing_values_and_head(frame: Any, kind: str) -> None:
    found = described(frame, "@var:df")
    assert found.kind == f"{kind}.DataFrame, 3 rows x 3 columns"
    lines = found.text.splitlines()
    assert lines[0] == "| column | dtype | missing |"
    (name,) = [line for line in lines if line.startswith("| name |") and line.count("|") == 4 and "1 |" in line]
    assert name.endswith("| 1 |")
    assert r"Bo\|b" in found.text
    assert "a b" in found.text
    assert "d" * 100 not in found.text
    assert found.omitted == ()


def test_a_frame_is_bounded_in_rows_and_columns() -> None:
    frames = (
        pd.DataFrame({f"c{number}": range(1_000) for number in range(200)}),
        pl.DataFrame({f"c{number}": range(1_000) for number in range(200)}),
    )
    for frame in frames:
        found = described(frame, "@var:df")
        assert found.kind.endswith("1,000 rows x 200 columns")
        assert len(found.text.encode()) <= TEXT_BYTES
        assert found.omitted == (
            "995 of 1,000 rows",
            "the first rows of 180 of 200 columns",
            "the types of 140 of 200 columns",
        )
        assert "| 4 |" in found.text
        assert "c199" not in found.text


def test_names_of_any_kind_are_names() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=["same", "same", ("a", 1)], index=pd.Index([9], name="key"))
    text = described(frame, "@var:df").text
    assert text.count("| same | int64 | 0 |") == 2
    assert "('a', 1)" in text
    assert "| key | same | same |" in text
    levels = pd.DataFrame({"v": [1]}, index=pd.MultiIndex.from_tuples([("a", 1)]))
    assert "index: pandas.MultiIndex of object" in described(levels, "@var:df").text


@pytest.mark.parametrize("frame", [pd.DataFrame(), pl.DataFrame(), pd.DataFrame({"a": []})])
def test_an_empty_table_is_described(frame: Any) -> None:
    assert "0 rows" in described(frame, "@var:df").kind


def test_a_table_too_large_to_count_is_described_without_its_missing_values() -> None:
    frame = pd.DataFrame({"a": pd.Series([1]).repeat(10_000_001)})
    found = described(frame, "@var:df")
    assert "missing" not in found.text
    assert "counts of missing values" in found.omitted


def test_a_column_has_its_range() -> None:
    kinds = [
        described(pd.Series([3.0, None, 1.0], name="loss"), "@var:s").kind,
        described(pl.Series("loss", [3.0, None, 1.0]), "@var:s").kind,
        described(pd.Series(["b", 1]), "@var:s").kind,
        described(pd.MultiIndex.from_tuples([("a", 1)]), "@var:s").kind,
    ]
    assert kinds[0] == "pandas.Series 'loss', 3 values of float64, 1 missing, from 1.0 to 3.0"
    assert kinds[1] == "polars.Series 'loss', 3 values of Float64, 1 missing, from 1.0 to 3.0"
    assert kinds[2].startswith("pandas.Series, 2 values of object, 0 missing")
    assert kinds[3].startswith("pandas.MultiIndex")


def test_the_index_of_a_series_is_shown() -> None:
    found = described(pd.Series(range(10), index=list("abcdefghij")), "@var:s")
    assert "| a | 0 |" in found.text
    assert found.omitted == ("5 of 10 values",)


def test_a_lazy_table_is_not_collected() -> None:
    calls: list[Any] = []

    def seen(frame: pl.DataFrame) -> pl.DataFrame:
        calls.append(frame)
        return frame

    lazy = pl.DataFrame({"a": [1]}).lazy().map_batches(seen).filter(pl.col("a") > 0)
    found = described(lazy, "@var:lazy")
    assert found.kind == "polars.LazyFrame, not collected"
    assert "FILTER" in found.text
    assert calls == []


def test_a_table_is_left_as_it_is() -> None:
    frame = pd.DataFrame(DATA)
    before = frame.copy(deep=True)
    described(frame, "@var:df")
    pd.testing.assert_frame_equal(frame, before)
