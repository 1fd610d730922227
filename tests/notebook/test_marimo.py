"""Outside of marimo, and where marimo has lost the names that are used, nothing is done and nothing fails."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from opencode_widget.notebook import marimo


class Registry:
    def __init__(self) -> None:
        self.items: list[Any] = []

    def add(self, item: Any) -> None:
        self.items.append(item)


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """marimo's module of contexts, as far as it is used."""
    module = ModuleType("marimo._runtime.context")
    for name in ("marimo", "marimo._runtime"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "marimo._runtime.context", module)
    return module


def test_without_marimo_there_is_no_cell_to_wait_for() -> None:
    assert not marimo.is_marimo()
    assert not marimo.on_cell_end(lambda: None)


def test_a_cell_that_ends_calls_the_function(context: Any) -> None:
    registry, ended = Registry(), []
    context.get_context = lambda: type("Context", (), {"cell_lifecycle_registry": registry})
    assert marimo.on_cell_end(lambda: ended.append(True))
    (item,) = registry.items
    item.create(context=None)
    assert ended == []
    assert item.dispose(context=None, deletion=False) is True
    assert ended == [True]


@pytest.mark.parametrize("registry", [None, object()])
def test_without_the_registry_nothing_fails(context: Any, registry: object) -> None:
    context.get_context = lambda: type("Context", (), {"cell_lifecycle_registry": registry})
    assert marimo.is_marimo()
    assert not marimo.on_cell_end(lambda: None)


def test_without_the_context_or_outside_of_a_notebook_it_is_not_marimo(context: Any) -> None:
    assert not marimo.is_marimo()

    def outside() -> None:
        raise RuntimeError("no context")

    context.get_context = outside
    assert not marimo.is_marimo()
