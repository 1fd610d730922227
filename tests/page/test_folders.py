"""Folders, completed as they are written, and those that were opened lately."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from opencode_widget.page import folders


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("alpha", "Alphabet", "beta", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "alpine.txt").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def test_folders_are_completed_as_the_prefix_is_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folders.complete("~/al") == ["~/Alphabet/", "~/alpha/"]
    assert folders.complete(f"{home}/be") == [f"{home}/beta/"]
    assert folders.complete("~") == ["~/"]
    monkeypatch.chdir(home)
    assert folders.complete("be") == ["beta/"]


def test_hidden_folders_come_where_a_dot_is_written(home: Path) -> None:
    assert "~/.hidden/" not in folders.complete("~/")
    assert folders.complete("~/.h") == ["~/.hidden/"]


def test_there_is_nothing_where_there_is_no_folder(home: Path) -> None:
    assert folders.complete(f"{home}/nowhere/x") == []
    assert folders.complete("a\0b/c") == []


def test_the_latest_folder_comes_first_and_once(home: Path) -> None:
    assert folders.recent() == []
    for name in ("alpha", "beta", "gone", "alpha"):
        folders.remember(str(home / name))
    assert folders.recent() == [str(home / "alpha"), str(home / "beta")]


def test_the_list_is_bounded(home: Path) -> None:
    for number in range(folders.RECENT + 5):
        folders.remember(f"/f{number}")
    assert len(json.loads(folders.recent_file().read_text())) == folders.RECENT


@pytest.mark.parametrize("damage", [b"", b"{", b'{"a": 1}', b"\xff\xfe", b"[1, null]", b"[" * 5000])
def test_a_damaged_file_is_replaced(home: Path, damage: bytes) -> None:
    folders.recent_file().parent.mkdir(parents=True)
    folders.recent_file().write_bytes(damage)
    assert folders.recent() == []
    folders.remember(str(home / "beta"))
    assert folders.recent() == [str(home / "beta")]


def test_concurrent_writers_leave_a_complete_list(home: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(folders.remember, [str(home / name) for name in ("alpha", "beta")] * 40))
    assert set(folders.recent()) <= {str(home / "alpha"), str(home / "beta")}
    assert folders.recent()
    assert list(folders.recent_file().parent.iterdir()) == [folders.recent_file()], "nothing half-written is left"


def test_where_nothing_can_be_written_nothing_is_remembered(home: Path) -> None:
    (home / "state").write_text("a file where a folder should be")
    folders.remember(str(home / "alpha"))
    assert folders.recent() == []


def test_a_link_to_itself_is_no_folder(home: Path) -> None:
    (home / "loop").symlink_to("loop")
    assert folders.complete("~/lo") == []


def test_a_path_that_is_no_text_leaves_the_list_as_it_was(home: Path) -> None:
    folders.remember(str(home / "beta"))
    folders.remember(f"{home}/\udce4")
    assert folders.recent() == [str(home / "beta")]
    assert list(folders.recent_file().parent.iterdir()) == [folders.recent_file()]
