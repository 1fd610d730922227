"""Files by their name on this machine, also those that Git ignores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opencode_widget.model import events as e
from opencode_widget.operations import search
from opencode_widget.operations.files import ignored
from opencode_widget.operations.files.ignored import named_like

from ...support.open_session import OpenSession
from ...support.servers import faults
from ...support.servers.fake import FakeServer


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path in ("data/x.csv", "data/deep/max.csv", "node_modules/x.csv", ".env", ".git/x.csv", "src/x.py", "X.CSV"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("1")
    return tmp_path


def paths(folder: Path, query: str, limit: int = 9) -> list[str]:
    return [item.path for item in named_like(folder, query, limit)]


def test_files_are_found_wherever_they_stand_the_likeliest_first(tree: Path) -> None:
    assert paths(tree, "x.csv") == ["X.CSV", "data/x.csv", "data/deep/max.csv"]
    assert paths(tree, "data/x") == ["data/x.csv"]
    assert paths(tree, ".env") == [".env"]
    assert paths(tree, "data")[0] == "data/"
    assert paths(tree, "x.csv", 1) == ["X.CSV"]
    assert paths(tree / "nowhere", "x") == []


def test_a_search_looks_at_a_bounded_number(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ignored, "MOST_SEEN", 1)
    assert paths(tree, "max") == []


@pytest.mark.parametrize(("owned", "found"), [(True, ["data/x.csv", "other.csv"]), (False, ["other.csv"])])
async def test_the_folder_of_a_server_of_ours_is_searched_here(
    fake: OpenSession,
    fake_server: FakeServer,
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    owned: bool,
    found: list[str],
) -> None:
    fake_server.always["/find/file"] = faults.body(json.dumps(["other.csv"]).encode())
    fake.runtime.apply(e.DirectoryKnown(directory=str(tree)))
    monkeypatch.setattr(fake.runtime.endpoint, "owned", owned, raising=False)
    assert [item.path for item in await search.find(fake.runtime, "data/x.csv", 20)] == found
    assert "data/x.csv" not in [item.path for item in await search.find(fake.runtime, "", 20)]
