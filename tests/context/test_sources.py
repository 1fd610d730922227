"""Functions, classes and modules by their source; exceptions by the frames of the user's own code."""

from __future__ import annotations

import functools
import json
import linecache
import types
from typing import Any

import pytest

from opencode_widget.context.work import described


def double(value: int, *, times: int = 2) -> int:
    """Twice as much."""
    return value * times


class Doubler:
    """Doubles."""

    def double(self, value: int) -> int:
        return value * 2


def test_a_function_is_its_source() -> None:
    found = described(double, "@var:f")
    assert found.kind.startswith("function double(value: 'int', *, times: 'int' = 2) -> 'int'")
    assert "return value * times" in found.text
    assert "return value * 2" in described(Doubler().double, "@var:f").text
    assert "return value * 2" in described(Doubler, "@var:C").text


def test_what_is_written_in_c_is_its_documentation() -> None:
    found = described(len, "@var:len")
    assert found.kind.startswith("function len(obj, /)")
    assert "whose source is not known" in found.kind
    assert "number of items" in found.text


def test_partial_and_cached_functions_are_functions() -> None:
    assert "with some arguments given" in described(functools.partial(double, times=3), "@var:f").kind
    assert "return value * times" in described(functools.lru_cache(double), "@var:f").text


def cell(source: str, name: str = "<ipython-input-7-abc>") -> dict[str, Any]:
    """Run a source as IPython runs a cell: in a module without a file, whose lines are known."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, name, "exec"), namespace)
    return namespace


CELL = """
import functools
class Other:
    def f(self): return 1

@functools.total_ordering
class Model:
    depth = 3
    def __lt__(self, other): return True
    @property
    def size(self): return 7
"""


def test_a_class_of_a_cell_is_its_source() -> None:
    found = described(cell(CELL)["Model"], "@var:Model")
    assert found.text.startswith("```python\n@functools.total_ordering\nclass Model:\n    depth = 3")
    assert "Other" not in found.text


def test_a_class_without_methods_is_named() -> None:
    assert "whose source is not known" in described(cell("class Empty: pass")["Empty"], "@var:E").kind


def test_a_module_is_its_documentation_and_names() -> None:
    found = described(json, "@var:json")
    assert found.kind.startswith("module json")
    assert "dumps: function" in found.text
    lazy = types.ModuleType("lazy")
    lazy.__getattr__ = lambda name: pytest.fail(f"{name} was looked up")  # type: ignore[method-assign]
    assert "module lazy" in described(lazy, "@var:m").kind


# ---- exceptions -------------------------------------------------------------------------------------------------------


def failure(call: Any) -> BaseException:
    try:
        call()
    except BaseException as fault:  # noqa: BLE001 - of any kind
        return fault
    raise AssertionError


FAILING = """
import json

def load(text):
    # read it
    return json.loads(text)

def main():
    try:
        load("{")
    except ValueError as fault:
        raise RuntimeError("cannot start") from fault
"""


def test_an_exception_shows_the_users_own_frames_and_its_causes() -> None:
    found = described(failure(cell(FAILING)["main"]), "@error")
    text = found.text
    assert found.kind == "RuntimeError (an exception)"
    assert text.index("JSONDecodeError") < text.index("That led to") < text.index("RuntimeError: cannot start")
    assert "->    6     return json.loads(text)" in text
    assert "    # read it" in text
    assert "raised in JSONDecoder.raw_decode, decoder.py" in text
    assert "self.raw_decode" not in text
    assert "frames of libraries" in found.omitted[0]


def test_a_recursion_is_bounded() -> None:
    def again() -> None:
        again()

    found = described(failure(again), "@error")
    assert len(found.text) < 10_000
    assert "RecursionError" in found.text


def test_a_chain_that_has_no_end_is_described() -> None:
    first, second = ValueError("one"), ValueError("two")
    first.__context__, second.__context__ = second, first
    assert "one" in described(first, "@error").text
    link: BaseException = ValueError("0")
    for number in range(1, 30):
        following = ValueError(str(number))
        following.__cause__ = link
        link = following
    assert "25 earlier exceptions" in described(link, "@error").omitted


def test_what_is_suppressed_is_not_shown() -> None:
    error = failure(cell("def f():\n try: {}['k']\n except KeyError: raise ValueError('only me') from None")["f"])
    assert "KeyError: 'k'" not in described(error, "@error").text


def test_a_syntax_error_shows_its_line() -> None:
    error = failure(lambda: compile("x = (1,\ny = 2", "cell", "exec"))
    assert "'(' was never closed" in described(error, "@error").text


class Mute(Exception):
    def __str__(self) -> str:
        raise OSError("no words")


def test_an_exception_whose_words_raise_is_described() -> None:
    assert "Mute" in described(Mute(), "@error").text
    long = described(ValueError("x" * 1_000_000), "@error")
    assert len(long.text) < 6_000


def test_a_group_names_its_members() -> None:
    assert "contains KeyError: 'k'" in described(ExceptionGroup("several", [KeyError("k")]), "@error").text
