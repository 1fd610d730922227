"""What a user is offered after "@": by name and type alone, whatever the objects would do if they were looked at."""

from __future__ import annotations

import time
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from opencode_widget.context.listing import CELLS, VARIABLES, listed, looked_up
from opencode_widget.context.namespace import Namespace


class Meta(type):
    def __getattribute__(cls, name: str) -> Any:
        raise AssertionError(f"{name} of the type was read")


class Untouchable(metaclass=Meta):
    """Whatever is asked of it fails the test."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"{name} was read")

    def __len__(self) -> int:
        raise AssertionError("its length was asked for")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("it was compared")

    __hash__ = None  # type: ignore[assignment]


class Long(list[int]):
    def __len__(self) -> int:
        raise AssertionError("a subclass may count in its own way")


def shell(*sources: str) -> SimpleNamespace:
    return SimpleNamespace(history_manager=SimpleNamespace(input_hist_raw=["", *sources]), user_ns_hidden={})


def offered(query: str, variables: dict[str, Any], *cells: str) -> dict[str, str]:
    return {item.name.text: item.detail for item in listed(query, Namespace(variables, shell(*cells)))}


def test_variables_by_name_type_and_size() -> None:
    variables = {
        "rows": [1, 2],
        "one": {"a": 1},
        "word": "abc",
        "number": 3,
        "_hidden": 1,
        "strange": Untouchable(),
        "l": Long(),
    }
    found = offered("", variables)
    assert found["@var:rows"] == "list, 2 entries"
    assert found["@var:one"] == "dict, 1 entry"
    assert found["@var:word"] == "str, 3 characters"
    assert found["@var:number"] == "int"
    assert "Untouchable" in found["@var:strange"]
    assert found["@var:l"].endswith("Long")
    assert "@var:_hidden" not in found


def test_the_shape_of_what_holds_data() -> None:
    numpy, pandas = import_module("numpy"), import_module("pandas")

    class Lazy(pandas.DataFrame):  # type: ignore[misc, name-defined]
        @property
        def shape(self) -> Any:
            raise AssertionError("a subclass may compute its shape")

    frame = pandas.DataFrame({"a": [1, 2, 3]})
    found = offered("", {"df": frame, "a": numpy.zeros((2, 3)), "column": frame["a"], "lazy": Lazy({"a": [1]})})
    assert found["@var:df"] == "pandas.DataFrame, 3 x 1"
    assert found["@var:a"] == "numpy.ndarray, 2 x 3"
    assert found["@var:column"] == "pandas.Series, 3"
    assert " x " not in found["@var:lazy"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("df", ["@var:df", "@var:df_old", "@var:my_df", "@var:deaf"]),
        ("var:d", ["@var:df", "@var:df_old", "@var:deaf"]),
        ("DF_", ["@var:df_old"]),
        ("cell:1", ["@cell:1"]),
        ("cell", ["@cell:2", "@cell:1"]),
        ("nothing like it", []),
    ],
)
def test_what_fits_the_query_comes_best_first(query: str, names: list[str]) -> None:
    variables = dict.fromkeys(("deaf", "my_df", "df_old", "df"), 1)
    found = list(offered(query, variables, "x = 1\ny = 2", "plot(x)"))
    assert [name for name in found if name in names] == names
    if not names:
        assert found == []


def test_cells_by_number_and_first_line() -> None:
    assert offered("cell", {}, "\n\nx = 1\ny", "", "plot(x)") == {"@cell:3": "plot(x)", "@cell:1": "x = 1"}


def test_the_error_and_the_figure_are_offered_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.last_value", None, raising=False)
    monkeypatch.setattr("sys.last_exc", None, raising=False)
    assert not {"@error", "@fig"} & set(offered("", {}))
    monkeypatch.setattr("sys.last_value", ValueError("secret"), raising=False)
    assert offered("err", {}) == {"@error": "ValueError"}
    figure = import_module("matplotlib.figure").Figure()
    assert "@fig" in offered("", {"chart": figure})


def test_a_large_namespace_is_bounded_in_number_and_time() -> None:
    small = {f"name_{number}": number for number in range(500)}
    large = {f"name_{number}": number for number in range(200_000)}
    began = time.perf_counter()
    few = offered("name", small, *["x"] * 100)
    middle = time.perf_counter()
    many = offered("name", large, *["x"] * 100)
    assert sum(name.startswith("@var:") for name in many) == VARIABLES == sum(name.startswith("@var:") for name in few)
    assert sum(name.startswith("@cell:") for name in offered("", small, *["x"] * 100)) == CELLS
    assert "@var:name_199999" in many, "what was made last comes first"
    assert time.perf_counter() - middle < 400 * (middle - began) + 1


def test_the_names_in_a_prompt_are_looked_up() -> None:
    found = looked_up("@var:rows, @var:row, @cell:1 and @cell:9", Namespace({"rows": [1]}, shell("x = 1")))
    assert [(item.name.text, item.detail) for item in found] == [
        ("@var:rows", "list, 1 entry"),
        ("@var:row", ""),
        ("@cell:1", "x = 1"),
        ("@cell:9", ""),
    ]
    problems = [item.problem for item in found]
    assert problems[0] is None
    assert problems[2] is None
    assert problems[1] is not None
    assert problems[1].near == ("@var:rows",)
