"""Changes of different kinds are different, or comparing them would test nothing."""

from __future__ import annotations

from opencode_widget.model.reduce.changes import CatalogueChanged, InstanceChanged, SessionChanged, SessionGone


def test_changes_of_different_kinds_are_never_equal() -> None:
    assert SessionChanged("a") != SessionGone("a")
    assert [InstanceChanged()] != [CatalogueChanged()]
    assert not SessionChanged("a") == ("a",)  # noqa: SIM201 - both operators are ours
    assert not SessionChanged("a") != SessionChanged("a")  # noqa: SIM202


def test_equal_changes_of_one_kind_are_one_in_a_set() -> None:
    assert {SessionChanged("a"), SessionChanged("a"), SessionGone("a")} == {SessionChanged("a"), SessionGone("a")}
