"""What a user may give a batch, and what is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from opencode_widget import BadBatch
from opencode_widget.batch.given import Given, folders, read

COLUMNS = {"prompt": ["a", "b"], "model": [None, "x/y"], "kind": [1, 2]}
ROWS = (Given("a", extra={"kind": 1}), Given("b", "x/y", extra={"kind": 2}))


class Derived(pd.DataFrame):  # type: ignore[misc]
    """A table of a library that builds on pd."""


@pytest.mark.parametrize(
    ("source", "library"),
    [
        (pd.DataFrame(COLUMNS), "pandas"),
        (Derived(COLUMNS), "pandas"),
        (pl.DataFrame(COLUMNS), "polars"),
        ([{"prompt": "a", "kind": 1}, {"prompt": "b", "model": "x/y", "kind": 2}], None),
        (iter([{"prompt": "a", "kind": 1}, {"prompt": "b", "model": "x/y", "kind": 2}]), None),
    ],
)
def test_rows_have_their_own_model_and_keep_what_else_they_have(source: object, library: str | None) -> None:
    found = read(source)
    assert (found.rows, found.library) == (ROWS, library)


@pytest.mark.parametrize(
    ("source", "library"),
    [
        (["a", "b"], None),
        (("a", "b"), None),
        (pd.Series(["a", "b"]), "pandas"),
        (pl.Series(["a", "b"]), "polars"),
        ({"a": 1, "b": 2}.keys(), None),
    ],
)
def test_prompts_alone(source: object, library: str | None) -> None:
    found = read(source)
    assert (found.rows, found.library) == ((Given("a"), Given("b")), library)


@pytest.mark.parametrize("empty", [None, float("nan"), pd.NA, pd.NaT])
def test_an_empty_cell_names_nothing(empty: object) -> None:
    assert read([{"prompt": "a", "model": empty, "agent": empty, "folder": empty}]).rows == (Given("a"),)


def test_a_folder_may_be_a_path(tmp_path: Path) -> None:
    assert read([{"prompt": "a", "folder": tmp_path}]).rows[0].folder == str(tmp_path)
    assert list(folders(tmp_path, 2)) == [str(tmp_path)] * 2
    assert list(folders([tmp_path, None], 2)) == [str(tmp_path), None]
    assert list(folders(None, 2)) == [None, None]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ([], "The batch has no rows"),
        (pd.DataFrame({"prompt": []}), "The batch has no rows"),
        (pl.DataFrame({"prompt": []}), "The batch has no rows"),
        (pd.DataFrame({"question": ["a"]}), "no column 'prompt'; it has: question"),
        (pl.DataFrame({"question": ["a"]}), "no column 'prompt'; it has: question"),
        (pl.LazyFrame({"prompt": ["a"]}), r"frame\.collect\(\)"),
        ("one prompt", r"not a str\. One prompt alone: oc\.compare"),
        ({"prompt": ["a"]}, "not a dict"),
        (7, "not an int"),
        (["a", 7], "Row 1 of the batch is an int"),
        (["a", "  "], "Row 1 of the batch has an empty prompt"),
        (pd.Series(["a", None]), "Row 1 of the batch has an empty prompt"),
        ([{"prompt": 7}], "The prompt of row 0 is an int"),
        ([{"text": "a"}], "Row 0 of the batch has no 'prompt'; it has: text"),
        ([{"prompt": "a", "model": 7}], "The model of row 0 is an int"),
    ],
)
def test_what_is_no_batch_is_refused_in_words(source: Any, words: str) -> None:
    with pytest.raises(BadBatch, match=words) as caught:
        read(source)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("given", "words"),
    [(["/a"], "1 folders for 2 rows"), (7, "`folder` is a path"), ([7, None], "The folder of row 0")],
)
def test_folders_are_refused_in_words(given: Any, words: str) -> None:
    with pytest.raises(BadBatch, match=words):
        list(folders(given, 2))
