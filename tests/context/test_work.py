"""A describer runs once, and for two seconds at most; the registry finds the nearest one, and loads no library."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from opencode_widget import Description, Picture, describes
from opencode_widget.context import describers, registry
from opencode_widget.context.work import LIMIT, described
from opencode_widget.errors import CannotDescribe
from opencode_widget.redaction import KNOWN


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone afterwards."""
    for name in ("_by_type", "_by_name"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))


class Animal:
    pass


class Dog(Animal):
    pass


def test_the_describer_of_the_nearest_class_counts() -> None:
    assert describers.anything  # those of the package are registered

    @describes(Animal)
    def animal(value: Animal) -> str:
        return "an **animal**"

    assert described(Dog(), "@var:rex").markdown.endswith("Dog\n\nan **animal**")
    describes(Dog)(lambda value: Description("a dog", pictures=(Picture("image/png", b"x"),)))
    found = described(Dog(), "@var:rex")
    assert (found.markdown, found.pictures[0].content) == ("@var:rex: a dog", b"x")
    describes(dict)(lambda value: "mine")
    assert described({}, "@var:d").text == "mine"


@pytest.mark.parametrize("wrong", [(), (7,), (Animal(),)])
def test_what_is_no_type_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="types"):
        describes(*wrong)


def test_a_describer_that_returns_something_else_is_named() -> None:
    describes(Animal)(lambda value: 7)  # type: ignore[arg-type, return-value]
    with pytest.raises(CannotDescribe, match="returned int"):
        described(Animal(), "@var:x")


@pytest.mark.parametrize("fault", [KeyError("k"), SystemExit(1), KeyboardInterrupt(), RecursionError()])
def test_a_describer_that_raises_is_an_error_in_words(fault: BaseException) -> None:
    def failing(value: object) -> str:
        raise fault

    with pytest.raises(CannotDescribe, match=type(fault).__name__):
        described(Animal(), "@var:x", failing)


class Slow:
    def __init__(self) -> None:
        self.runs, self.go = 0, threading.Event()

    def __repr__(self) -> str:
        self.runs += 1
        self.go.wait(60)
        return "at last"


@pytest.fixture
def slow() -> Iterator[Slow]:
    slow = Slow()
    yield slow
    slow.go.set()


def test_what_takes_too_long_is_refused_in_time_and_never_run_twice(slow: Slow) -> None:
    begun = time.monotonic()
    with pytest.raises(CannotDescribe, match=r"@var:x .*Slow.* within 0\.2 s"):
        described(slow, "@var:x", limit=0.2)
    with pytest.raises(CannotDescribe, match="still runs"):
        described(slow, "@var:x", limit=30)
    assert time.monotonic() - begun < 20
    assert slow.runs == 1
    assert LIMIT == 2


def test_it_can_be_described_when_the_first_attempt_has_ended(slow: Slow) -> None:
    with pytest.raises(CannotDescribe):
        described(slow, "@var:x", limit=0.01)
    slow.go.set()
    for thread in threading.enumerate():
        if thread.name == "opencode-describe":
            thread.join(10)
    assert "at last" in described(slow, "@var:x").text


def test_secrets_and_half_characters_are_replaced_in_all_that_a_describer_returns() -> None:
    KNOWN.add("hunter2-swordfish")
    try:
        found = described(
            Animal(),
            "@var:x",
            lambda value: Description("a hunter2-swordfish", "hunter2-swordfish \ud83d", (), ("\ud83d",)),
        )
        assert "hunter2" not in found.markdown
        found.markdown.encode()
    finally:
        KNOWN.forget("hunter2-swordfish")


def test_a_text_of_a_describer_is_cut_and_its_code_closed() -> None:
    found = described(Animal(), "@var:x", lambda value: "````python\n" + "line\n" * 100_000 + "````")
    assert found.text.endswith("line\n````")
    assert "characters" in found.omitted[-1]


# ---- libraries --------------------------------------------------------------------------------------------------------


def test_no_library_is_imported_to_describe_something_else() -> None:
    code = (
        "import sys; from opencode_widget.context.work import described\n"
        "for value in ({'a': 1}, [1], len, sys, ValueError(), object()): described(value, '@var:x')\n"
        "print([name for name in ('pandas', 'polars', 'numpy', 'matplotlib', 'torch', 'IPython') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"


def test_an_entry_point_is_loaded_when_an_object_of_its_package_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    class Point:
        def __init__(self, name: str, *, fails: bool = False) -> None:
            self.name, self.value, self.fails = name, f"{name}_describers", fails

        def load(self) -> None:
            loaded.append(self.name)
            if self.fails:
                raise ImportError("broken")

    points = [Point(__name__.partition(".")[0]), Point("another_package"), Point("builtins", fails=True)]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == "opencode_widget.describers" else [])
    registry._entry_points.cache_clear()
    registry._load.cache_clear()
    try:
        described(Animal(), "@var:x")
        described(Animal(), "@var:x")
    finally:
        monkeypatch.undo()
        registry._entry_points.cache_clear()
        registry._load.cache_clear()
    assert sorted(loaded) == ["builtins", __name__.partition(".")[0]]
