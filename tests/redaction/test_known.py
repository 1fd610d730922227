"""The registry of secrets: registrations are counted, and whoever ends them can do so at any moment."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from opencode_widget.redaction.known import RETIRED, Known

pytestmark = pytest.mark.timeout(20)

LONG = "a-long-Passw0rd-{}"


def test_a_secret_is_known_until_its_last_registration_is_withdrawn() -> None:
    known = Known()
    known.add("short")
    known.add("short")
    known.withdraw("short")
    assert known.text("is it short?") != "is it short?"
    known.forget("short")
    assert known.text("is it short?") == "is it short?"


def test_no_common_word_is_known_for_longer_than_it_is_used() -> None:
    known = Known()
    for number in range(RETIRED + 1):
        known.add(LONG.format(number))
        known.forget(LONG.format(number))
    assert LONG.format(0) in known.text(LONG.format(0)), "the oldest is no longer known"
    assert LONG.format(1) not in known.text(LONG.format(1))


def test_the_garbage_collector_may_withdraw_a_secret_in_the_middle_of_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    class Owner:
        pass

    known = Known()
    known.add("short")
    owner = Owner()
    owner.itself = owner  # type: ignore[attr-defined]
    weakref.finalize(owner, known.withdraw, "short")
    rebuild = known._rebuild

    def collect_and_rebuild() -> None:
        gc.collect()
        rebuild()

    monkeypatch.setattr(known, "_rebuild", collect_and_rebuild)
    del owner
    known.add(LONG)
    assert repr(known) == "<Known: 1 secrets>"
    assert known.text("is it short?") == "is it short?"


def test_a_secret_that_is_withdrawn_while_another_thread_changes_the_registry_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = Known()
    known.add("short")
    rebuild, entered, leave = known._rebuild, threading.Event(), threading.Event()

    def slow_rebuild() -> None:
        entered.set()
        leave.wait(10)
        rebuild()

    monkeypatch.setattr(known, "_rebuild", slow_rebuild)
    other = threading.Thread(target=known.add, args=(LONG,))
    other.start()
    assert entered.wait(10)
    known.withdraw("short")  # does not wait for the other thread
    leave.set()
    other.join(10)
    assert known.text("is it short?") == "is it short?"
