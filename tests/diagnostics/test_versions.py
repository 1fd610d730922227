"""Versions of packages."""

from __future__ import annotations

import re
from importlib.metadata import requires

import pytest

from opencode_widget import __version__
from opencode_widget.diagnostics import versions


def test_the_version_of_a_package_that_is_installed() -> None:
    assert versions.installed("opencode_widget") == __version__


def test_a_package_that_is_not_installed_has_none() -> None:
    assert versions.installed("no-such-package-as-this") is None


def test_what_is_needed_comes_with_the_package() -> None:
    """All but ipykernel, which comes with the host: in a plain script there is no kernel."""
    required = [requirement for requirement in requires("opencode_widget") or () if "extra ==" not in requirement]
    names = {re.split(r"[^\w.-]", requirement)[0] for requirement in required}
    assert {*versions.NEEDED} == names | {"ipykernel"}


def test_what_the_demo_needs_comes_with_its_extra() -> None:
    extra = [each for each in requires("opencode_widget") or () if re.search(r"extra == .demo", each)]
    assert {*versions.DEMO} == {re.split(r"[^\w.-]", requirement)[0] for requirement in extra}


@pytest.mark.parametrize(("version", "bad"), [("6.29.5", False), ("7.0.1", True), ("7.3.0", True), ("7.4.0", False)])
def test_a_kernel_that_can_deadlock_is_advised_against(version: str, bad: bool) -> None:
    assert bool(versions.kernel_advice(version)) is bad
    assert ("7.4" in versions.kernel_advice(version)) is bad
