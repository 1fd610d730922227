"""Where the program is."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencode_widget.errors import BinaryNotFound
from opencode_widget.server.process import binary, install
from opencode_widget.server.process.binary import VARIABLE, find_binary


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_program_is_looked_for_in_this_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "cached_binary", lambda: None)
    env = {"HOME": str(tmp_path), "PATH": str(tmp_path / "bin")}
    with pytest.raises(BinaryNotFound, match="opencode-widget install"):
        find_binary(env=env)
    monkeypatch.setattr(install, "cached_binary", lambda: tmp_path / "cached")
    assert find_binary(env=env) == binary.Binary(tmp_path / "cached", "cache")
    official = program(tmp_path / ".opencode" / "bin" / "opencode")
    assert find_binary(env=env) == binary.Binary(official, "home")
    on_path = program(tmp_path / "bin" / "opencode")
    assert find_binary(env=env) == binary.Binary(on_path, "path")
    named = program(tmp_path / "mine")
    assert find_binary(env=env | {VARIABLE: str(named)}) == binary.Binary(named, "environment")
    assert find_binary(named, env=env | {VARIABLE: "x"}) == binary.Binary(named, "argument")
    assert find_binary("opencode", env=env) == binary.Binary(on_path, "argument")


@pytest.mark.parametrize(
    ("name", "problem"), [("/no/such", "does not exist"), ("/", "is a folder"), ("nothing-on-path", "not exist")]
)
def test_a_program_that_is_named_must_be_there(name: str, problem: str) -> None:
    with pytest.raises(BinaryNotFound, match=problem):
        find_binary(name)
    with pytest.raises(BinaryNotFound, match=VARIABLE):
        find_binary(env={VARIABLE: name})
