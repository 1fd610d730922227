"""Programs are looked for on PATH, and never in the working folder."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from opencode_widget.errors import BinaryNotFound
from opencode_widget.server.process import programs
from opencode_widget.server.process.binary import find_binary
from opencode_widget.server.process.process import ServerProcess, environment
from opencode_widget.server.process.programs import find_program, without_working_folder

PACKAGE = Path(__file__).parents[3] / "opencode_widget"
HERE = ["", ".", "./", "bin", "../x", "./bin"]


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with programs of a stranger."""
    folder = tmp_path / "repository"
    for where in (folder, folder / "bin", tmp_path / "x"):
        where.mkdir()
        for name in ("opencode", "opencode.CMD", "git"):
            (where / name).write_text(f"#!/bin/sh\ntouch {folder}/sprung\n")
            (where / name).chmod(0o755)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("entry", HERE)
def test_what_lies_in_the_working_folder_is_not_found(trap: Path, tmp_path: Path, entry: str) -> None:
    env = {"PATH": os.pathsep.join([entry, str(tmp_path / "empty")]), "HOME": str(tmp_path)}
    assert find_program("opencode", env) is None
    assert find_program("opencode", {"PATH": entry}) is None
    with pytest.raises(BinaryNotFound, match="not exist on PATH"):
        find_binary("opencode", env=env)
    assert without_working_folder(env)["PATH"] == str(tmp_path / "empty")


def test_what_is_on_path_is_found_by_its_whole_path(trap: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "opencode").touch(mode=0o755)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "opencode").touch(mode=0o644)
    env = {"PATH": os.pathsep.join([".", str(tmp_path / "plain"), str(tmp_path / "real")])}
    assert find_program("opencode", env) == tmp_path / "real" / "opencode"
    assert find_program("gone", env) is None
    assert find_binary("./opencode", env=env).path == trap / "opencode", "named with its folder, on purpose"


def test_windows_looks_on_path_alone_too(trap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "IS_WINDOWS", True)
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "opencode.CMD").touch(mode=0o755)
    env = {"PATH": os.pathsep.join(["", str(tmp_path / "real")]), "PATHEXT": ".EXE;.CMD"}
    assert find_program("opencode", env) == tmp_path / "real" / "opencode.CMD"
    assert find_program("opencode.cmd", env) is None, (
        "this system minds the case; what matters is that no ending is added"
    )
    assert find_program("opencode", {"PATH": ""}) is None
    assert without_working_folder(env)["NoDefaultCurrentDirectoryInExePath"] == "1"


def test_without_a_path_nothing_is_found() -> None:
    assert find_program("sh", {}) is None
    assert without_working_folder({"A": "b"}) == {"A": "b"}


def test_what_a_server_inherits_finds_nothing_by_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}::bin")
    assert all(os.path.isabs(entry) for entry in environment("secret")["PATH"].split(os.pathsep))  # noqa: PTH117


async def test_a_real_server_runs_no_git_of_its_folder(
    trap: Path, opencode_binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    (trap / ".git").mkdir()
    process = await ServerProcess.start(trap, binary=opencode_binary)
    await process.stop()
    assert not (trap / "sprung").exists()


def test_nobody_looks_for_programs_another_way() -> None:
    # What is below `frontend` builds the package, in its own source.
    paths = [path for path in PACKAGE.rglob("*.py") if "frontend" not in path.parts]
    trees = {path: ast.walk(ast.parse(path.read_text())) for path in paths}
    calls = [(path, node.func) for path, nodes in trees.items() for node in nodes if isinstance(node, ast.Call)]
    assert [path.name for path, called in calls if ast.unparse(called).endswith("which")] == []
