"""Errors as problems."""

from __future__ import annotations

from opencode_widget.errors import NotFound, ServerFailed
from opencode_widget.model.entities import Problem
from opencode_widget.server.problems import problem_of


def test_no_error_is_no_problem() -> None:
    assert problem_of(None) is None


def test_an_error_of_ours_is_shown_in_its_words() -> None:
    assert problem_of(NotFound("No such session.", remedy="Check the id.")) == Problem(
        "NotFound", "No such session.", "Check the id."
    )


def test_a_server_that_failed_shows_the_end_of_its_log() -> None:
    problem = problem_of(ServerFailed("It ended.", log=("first", "last")))
    assert problem is not None
    assert problem.details == "first\nlast"


def test_of_an_error_that_is_not_ours_only_the_kind_and_the_place_are_shown() -> None:
    try:
        raise KeyError("hunter2-swordfish")
    except KeyError as error:
        problem = problem_of(error)
    assert problem is not None
    assert problem.name == "KeyError"
    assert problem.message.startswith("Something went wrong inside opencode_widget: ")
    assert "hunter2" not in problem.message
