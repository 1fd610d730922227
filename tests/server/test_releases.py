"""Releases of OpenCode, and what each lacks."""

from __future__ import annotations

import pytest

from opencode_widget.server import releases
from opencode_widget.server.process.install import OPENCODE_VERSION
from opencode_widget.server.releases import Standing, advice, has, lacks, standing


@pytest.mark.parametrize(
    ("version", "how"),
    [
        ("0.15.31", Standing.TOO_OLD),
        ("1.0.98", Standing.TOO_OLD),
        ("1.0.152", Standing.SPOKEN),
        ("OpenCode 1.2.27", Standing.SPOKEN),
        (OPENCODE_VERSION, Standing.TESTED),
        ("1.18.999", Standing.NEWER),
        ("1.99.0", Standing.NEWER),
        ("2.0.12", Standing.SPOKEN),
        ("3.0.0", Standing.TOO_NEW),
        ("local", Standing.UNKNOWN),
        ("OpenCode 1.0.x", Standing.SPOKEN),
        ("OpenCode 1.x", Standing.UNKNOWN),
    ],
)
def test_how_a_version_stands_to_this_package(version: str, how: Standing) -> None:
    assert standing(version) is how


def test_numbers_are_compared_as_numbers() -> None:
    assert has("1.10.0", (1, 2, 27))
    assert not has("1.2.9", (1, 2, 27))
    assert not has("local", (0, 0, 0))


def test_a_version_lacks_what_came_later() -> None:
    assert not any("password" in what for what in lacks("1.1.16"))
    assert any("password" in what for what in lacks("1.1.11"))
    assert any("password" in what for what in lacks("OpenCode 1.0.x")), "a server that does not say which 1.0 it is"
    assert any("models.dev" in what for what in lacks("1.1.31"))
    assert not any("models.dev" in what for what in lacks("1.1.65"))
    assert lacks(OPENCODE_VERSION) == lacks("local") == ()


def test_what_a_user_should_know() -> None:
    assert advice(OPENCODE_VERSION) == advice("local") == ""
    assert "newer than" in advice("1.99.0")
    assert "password" in advice("1.1.11")


def test_each_lack_has_an_end_after_its_beginning() -> None:
    assert all(lack.first_without < lack.first_with for lack in releases.LACKS)
