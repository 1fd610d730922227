"""Which names a prompt has, and what they stand for; an unknown one is an error with near names."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from opencode_widget.context.names import Name, mentioned, target
from opencode_widget.context.namespace import Namespace, user_namespace
from opencode_widget.context.sending import targets
from opencode_widget.context.work import described
from opencode_widget.errors import UnknownName

# The page reads names by the same table: `tests/frontend/ui/composer/names.test.ts`.
CASES = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "names"), [(case["text"], case["names"]) for case in CASES])
def test_the_names_in_a_prompt(text: str, names: list[str]) -> None:
    assert [name.text for name in mentioned(text)] == names


class Watched(dict[str, Any]):
    """A namespace that knows which of its values were read."""

    def __init__(self, **values: Any) -> None:
        super().__init__(values)
        self.read: list[str] = []

    def __getitem__(self, key: str) -> Any:
        self.read.append(key)
        return super().__getitem__(key)


def test_only_what_is_named_is_read() -> None:
    variables = Watched(df=1, secret=2)
    assert target(Name("var", "df"), Namespace(variables)).value == 1
    assert variables.read == ["df"]


@pytest.mark.parametrize(
    ("wrong", "near"), [("DF", ("@var:df",)), ("modle", ("@var:model",)), ("zzz", ()), ("_", ()), ("dataframe", ())]
)
def test_an_unknown_variable_has_near_names(wrong: str, near: tuple[str, ...]) -> None:
    variables = Watched(df=1, model=2, In=[], _private=3)
    shell = SimpleNamespace(user_ns_hidden={"In": []})
    with pytest.raises(UnknownName, match=f"no variable '{wrong}'") as caught:
        target(Name("var", wrong), Namespace(variables, shell))
    assert (caught.value.name, caught.value.near) == (f"@var:{wrong}", near)
    assert all(name in caught.value.remedy for name in near)
    assert variables.read == []


def shell(*sources: str) -> Any:
    return SimpleNamespace(history_manager=SimpleNamespace(input_hist_raw=["", *sources]))


def test_a_cell_is_its_source_and_its_value() -> None:
    namespace = Namespace({"Out": {2: {"a": 1}}}, shell("x = 1", "{'a': x}"))
    one, two = (target(Name("cell", number), namespace) for number in "12")
    assert described(one.value, one.title, one.describer).text == "```python\nx = 1\n```"
    text = described(two.value, two.title, two.describer).text
    assert "{'a': x}" in text
    assert "Its value: dict, 1 entry" in text


@pytest.mark.parametrize("number", ["0", "4", "999999999"])
def test_a_cell_that_was_not_run_is_an_error(number: str) -> None:
    namespace = Namespace({}, shell("x", "y", "  "))
    with pytest.raises(UnknownName, match=rf"no cell \[{number}\].*The last one is \[3\]"):
        target(Name("cell", number), namespace)


def test_without_cells_the_error_says_where_they_are_known() -> None:
    with pytest.raises(UnknownName, match="IPython"):
        target(Name("cell", "1"), Namespace({}))


def test_the_last_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("last_value", "last_exc"):
        monkeypatch.delattr(sys, name, raising=False)
    with pytest.raises(UnknownName, match="No cell has failed"):
        target(Name("error"), Namespace({}))
    monkeypatch.setattr(sys, "last_value", fault := ValueError(), raising=False)
    assert target(Name("error"), Namespace({})).value is fault


def test_the_current_figure() -> None:
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    plt.close("all")
    with pytest.raises(UnknownName, match="no open figure"):
        target(Name("fig"), Namespace({"x": 1}))
    older, newer = plt.figure(), plt.figure()
    assert target(Name("fig"), Namespace({})).value is newer
    plt.figure(older.number)
    assert target(Name("fig"), Namespace({})).value is older
    plt.close("all")
    assert target(Name("fig"), Namespace({"b": newer, "a": older})).value is newer
    assert target(Name("fig"), Namespace({"Out": {1: newer, 2: older, 3: 7}})).value is older


def test_a_script_has_the_variables_of_its_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "of_the_script", 7, raising=False)
    assert user_namespace().variables["of_the_script"] == 7


@pytest.mark.parametrize("wrong", ["text", 7, {"a": 1}, b"x"])
def test_attach_is_a_list(wrong: Any) -> None:
    with pytest.raises(TypeError, match="list"):
        targets("hello", wrong)
