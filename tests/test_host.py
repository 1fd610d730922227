"""What the kernel says of its host."""

from __future__ import annotations

import pytest

from opencode_widget import __version__
from opencode_widget.host import VARIABLES, describe_host


@pytest.mark.parametrize(("variable", "name"), VARIABLES.items())
def test_a_host_is_known_by_its_variable(variable: str, name: str) -> None:
    assert describe_host({variable: "1"})["host"] == name


def test_a_host_inside_another_is_the_inner_one() -> None:
    assert describe_host({"JPY_PARENT_PID": "7", "VSCODE_PID": "8"})["host"] == "VS Code"


def test_versions_stand_beside_it() -> None:
    facts = describe_host({})
    assert facts["opencode_widget"] == __version__
    assert facts["anywidget"]
    assert all(isinstance(value, str) for value in facts.values())
