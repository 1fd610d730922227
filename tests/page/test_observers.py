"""Failures of the user's observers: shown once, and interrupts reach the cell that they belong to."""

from __future__ import annotations

import logging

import pytest

from opencode_widget.model.entities import Problem
from opencode_widget.page.observers import ALERTS, ObserverFailures


@pytest.fixture
def shown() -> list[Problem]:
    return []


@pytest.fixture
def failures(shown: list[Problem]) -> ObserverFailures:
    return ObserverFailures(shown.append)


def test_a_failure_is_logged_and_each_text_is_shown_once(
    failures: ObserverFailures, shown: list[Problem], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for _ in range(3):
        failures.failed(ValueError("on purpose"))
    assert [problem.name for problem in shown] == ["ObserverFailed"]
    assert caplog.text.count("an observer of the widget failed") >= 3


def test_no_more_different_failures_are_shown_than_a_user_reads(
    failures: ObserverFailures, shown: list[Problem]
) -> None:
    for number in range(2 * ALERTS):
        failures.failed(type(f"Fault{number}", (ValueError,), {})())
    assert len(shown) == ALERTS


def test_an_interrupt_is_raised_in_the_cell_that_sets_the_trait(failures: ObserverFailures) -> None:
    with pytest.raises(KeyboardInterrupt):
        failures.failed(KeyboardInterrupt())


def test_an_interrupt_while_nobody_waits_is_not_raised(failures: ObserverFailures, shown: list[Problem]) -> None:
    with failures.internal():
        failures.failed(SystemExit())
    assert len(shown) == 1
    with failures.call():
        pass


def test_an_interrupt_during_a_call_is_raised_when_the_call_has_done_its_work(failures: ObserverFailures) -> None:
    done: list[str] = []

    def open_folder() -> None:
        with failures.call():
            with failures.internal():
                failures.failed(KeyboardInterrupt())
            done.append("work")

    with pytest.raises(KeyboardInterrupt):
        open_folder()
    assert done == ["work"]
    with failures.call():
        done.append("it was raised once")
    with pytest.raises(SystemExit):
        failures.failed(SystemExit())


def test_a_call_that_fails_raises_its_own_error(failures: ObserverFailures) -> None:
    with pytest.raises(ValueError, match="own"), failures.call():
        raise ValueError("its own")
