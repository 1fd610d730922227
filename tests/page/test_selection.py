"""What is on screen, and what follows from it."""

from __future__ import annotations

import dataclasses

import pytest

from opencode_widget.page.selection import Selection


def test_only_the_active_instance_has_a_session_on_screen() -> None:
    selection = Selection("i1", "ses_1")
    assert selection.session_of("i1") == "ses_1"
    assert selection.session_of("i2") is None
    assert Selection().session_of("i1") is None


def test_a_selection_is_a_value() -> None:
    assert Selection("i1", "ses_1") == Selection("i1", "ses_1") != Selection("i1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        Selection("i1").instance = "i2"  # type: ignore[misc]
