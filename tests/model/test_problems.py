"""Errors of a server: what of their words is shown, and that the longest ones cost no more than their length."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from opencode_widget.errors import RequestFailed
from opencode_widget.model.dialects.v1 import objects as v1_objects
from opencode_widget.model.dialects.v2 import objects as v2_objects
from opencode_widget.model.entities import PROBLEM_BOUND, Problem

Shape = Callable[[int], str]
SHAPES: dict[str, Shape] = {
    "empty lines": lambda size: "\n" * size,
    "lines of spaces": lambda size: "\n \t" * (size // 3),
    "one line of spaces": lambda size: "\n" + " " * size,
    "lines that begin like a trace": lambda size: "\n at" * (size // 4),
    "traces": lambda size: "x\n    at f (file.js:1:2)" * (size // 20),
    "carriage returns": lambda size: "\r\n\r" * (size // 3),
}


def cost(shape: Shape, size: int) -> float:
    stated = {"name": "UnknownError", "data": {"message": shape(size)}}
    spent = []
    for _ in range(5):
        before = time.process_time()
        for _ in range(3):
            v1_objects.problem(stated)
        spent.append(time.process_time() - before)
    return min(spent)


@pytest.mark.parametrize("name", SHAPES)
def test_an_error_costs_as_much_as_it_is_long(name: str) -> None:
    """A quadratic search takes 16 times as long for four times as much; below a millisecond there is nothing to compare."""
    assert cost(SHAPES[name], 800_000) <= max(8 * cost(SHAPES[name], 200_000), 0.001)


@pytest.mark.parametrize("words", ["Failed", "Failed\n\n  at f (x.js:1)\n    at g", "Failed\n\tat f\nagain"])
def test_a_trace_is_left_out(words: str) -> None:
    found = v1_objects.problem({"data": {"message": words}})
    assert found is not None
    assert found.message == "Failed"


def test_a_message_that_has_no_trace_stays_as_it_is() -> None:
    found = v1_objects.problem({"data": {"message": "Look\nat this"}})
    assert found is not None
    assert found.message == "Look\nat this"


def test_no_error_says_more_than_a_user_can_read() -> None:
    long = "x" * 1_000_000
    stated = (
        v1_objects.problem({"name": long, "data": {"message": long}}),
        v2_objects.problem({"type": "provider.auth", "message": long}),
        Problem("UnknownError", long, long, long),
    )
    for problem in stated:
        assert problem is not None
        assert problem.message.startswith("x" * PROBLEM_BOUND)
        assert "980,000 more characters" in problem.message
        assert all(len(words) < PROBLEM_BOUND + 100 for words in (problem.name, problem.remedy, problem.details))


def test_a_message_with_half_a_character_can_be_sent_by_a_kernel() -> None:
    error = RequestFailed("It said \ud800.", remedy="Ask \udc00 again.")
    assert str(error).encode().decode() == "It said \ufffd. Ask \ufffd again."
    assert str(RequestFailed("A pair stays: \U0001f411.")) == "A pair stays: \U0001f411."
