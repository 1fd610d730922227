"""What the kernel says of its host."""

from __future__ import annotations

import sys
import warnings
from types import SimpleNamespace

import pytest

from opencode_widget import __version__
from opencode_widget.diagnostics import host
from opencode_widget.diagnostics.host import VARIABLES, describe_host, warn_of_kernel


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


def pretend(monkeypatch: pytest.MonkeyPatch, ipykernel: str, *, in_kernel: bool = True) -> None:
    monkeypatch.setattr(host, "current_kernel", lambda: object() if in_kernel else None)
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace(__version__=ipykernel))


@pytest.mark.parametrize("version", ["7.0.1", "7.3.0"])
def test_a_kernel_that_stands_still_is_warned_of(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, version)
    with pytest.warns(UserWarning, match=f"ipykernel {version} may stand still: pip install -U"):
        warn_of_kernel()


@pytest.mark.parametrize(
    ("version", "in_kernel"), [("6.29.5", True), ("7.4.0", True), ("8.0.0", True), ("7.0.1", False)]
)
def test_others_are_not(version: str, in_kernel: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, version, in_kernel=in_kernel)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_kernel()
