"""A disk that is full, or that may not be written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from opencode_widget.errors import ConnectionFailed, ServerFailed
from opencode_widget.server.endpoints import OwnedServer
from opencode_widget.server.process import disk
from opencode_widget.server.process.process import ServerProcess


@pytest.fixture
def fake(tmp_path: Path) -> Callable[[str], Path]:
    def make(script: str) -> Path:
        (tmp_path / "opencode").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "opencode").chmod(0o755)
        return tmp_path / "opencode"

    return make


def full(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The disk of a folder has no room; the others have."""

    def usage(path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=4096 if path.is_relative_to(folder) else 10**12)

    monkeypatch.setattr(disk, "shutil", SimpleNamespace(disk_usage=usage))


async def test_a_full_disk_is_reported(
    fake: Callable[[str], Path], project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    full(monkeypatch, data)
    with pytest.raises(ServerFailed, match=r"The disk that holds .*/data/opencode is full: 0\.0 MB are free") as caught:
        await ServerProcess.start(project, binary=fake("exit 1"), env={"XDG_DATA_HOME": str(data)})
    assert "Free some space" in caught.value.remedy
    assert "it printed nothing" in str(caught.value)


async def test_a_server_that_ends_on_a_full_disk_says_so(
    fake: Callable[[str], Path], project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    listens = 'echo "opencode server listening on http://127.0.0.1:1"; sleep 0.2'
    source = OwnedServer(project, binary=fake(listens), env={"XDG_DATA_HOME": str(data)})
    await source.reach()
    full(monkeypatch, data)
    error = await source.explain(ConnectionFailed("Lost."))
    assert "is full" in str(error)
    await source.release()


def test_a_folder_that_may_not_be_written_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)  # root may write everywhere
    trouble = disk.disk_trouble({"XDG_DATA_HOME": str(tmp_path / "deep" / "er"), "HOME": str(tmp_path)})
    assert trouble == (f"The folder {tmp_path} may not be written, and OpenCode writes to {tmp_path}/deep/er/opencode.")


def test_a_disk_with_room_is_no_trouble(tmp_path: Path) -> None:
    assert shutil.disk_usage(tmp_path).free > disk.LITTLE, "this test needs some room itself"
    assert disk.disk_trouble({"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}) is None
    assert disk.disk_trouble({"HOME": "\0", "TMPDIR": str(tmp_path)}) is None
