"""Events: frozen, and equal by class and fields."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.entities import BUSY, IDLE

EVENT = e.StatusChanged(id="evt_1", session_id="ses_1", status=BUSY)


def test_events_of_one_class_with_equal_fields_are_equal_and_have_one_hash() -> None:
    again = e.StatusChanged(id="evt_1", session_id="ses_1", status=BUSY)
    assert again == EVENT
    assert len({again, EVENT}) == 1
    assert replace(EVENT, status=IDLE) != EVENT


def test_events_of_two_classes_are_never_equal() -> None:
    assert e.SessionRemoved(session_id="ses_1") != e.HistoryRewritten(session_id="ses_1")
    assert EVENT != "evt_1"


def test_an_event_shows_its_fields() -> None:
    assert repr(e.SessionRemoved(session_id="ses_1")) == "SessionRemoved(id=None, session_id='ses_1')"


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        EVENT.status = IDLE  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        EVENT.other = 1  # type: ignore[attr-defined]
