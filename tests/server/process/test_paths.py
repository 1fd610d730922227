"""Folders with names that are no text, names that the locale cannot say, and disks that are full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from opencode_widget.errors import ConnectionFailed, DirectoryError, ServerFailed
from opencode_widget.page import folders
from opencode_widget.server.endpoints import InvalidServer, OwnedServer, attached_server
from opencode_widget.server.process import disk
from opencode_widget.server.process.paths import local_path, path_text, shown_path
from opencode_widget.server.process.process import ServerProcess, check_directory

ROOT = Path(__file__).parents[3]


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A folder whose name is not UTF-8."""
    name = os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff")
    os.mkdir(name)  # noqa: PTH102
    return Path(name)


def test_a_folder_that_is_not_utf_8_is_refused_by_name(bad: Path) -> None:
    for folder in (bad, bad / "below"):
        with pytest.raises(DirectoryError, match=r"bad\\xff.* is not UTF-8"):
            check_directory(folder)
    with pytest.raises(DirectoryError):
        check_directory("half a character: \ud800")
    assert OwnedServer(bad).directory.endswith("bad\\xff")
    assert OwnedServer("\ud800").directory.endswith("\\ud800")


async def test_no_server_is_started_for_it(bad: Path, opencode_binary: Path) -> None:
    with pytest.raises(DirectoryError, match="is not UTF-8"):
        await ServerProcess.start(bad, binary=opencode_binary)
    source = attached_server("http://host.invalid:1", bad, "opencode", None)
    assert isinstance(source, InvalidServer)
    with pytest.raises(DirectoryError, match="is not UTF-8"):
        await source.reach()


def test_it_is_not_offered(bad: Path) -> None:
    (bad.parent / "good").mkdir()
    (bad.parent / "größe").mkdir()
    assert folders.complete(f"{bad.parent}/") == [f"{bad.parent}/good/", f"{bad.parent}/größe/"]
    folders.remember("\udcff")
    assert "\udcff" not in folders.recent()


@pytest.mark.parametrize("path", ["/a", "/ünï", "/日本"])
def test_what_is_text_stays(path: str) -> None:
    assert (path_text(path), shown_path(Path(path)), str(local_path(path))) == (path, path, path)


@pytest.mark.timeout(120)
def test_under_the_c_locale_a_folder_of_any_name_has_a_server(tmp_path: Path, opencode_binary: Path) -> None:
    folder = tmp_path / "ünï"
    folder.mkdir()
    (tmp_path / "run.py").write_text(
        textwrap.dedent(f"""
            import asyncio, sys
            from opencode_widget.page import folders
            from opencode_widget.sync.event_loop import Home
            from opencode_widget.page.manager import Manager
            from opencode_widget.server.backoff import Backoff
            from opencode_widget.server.endpoints import OwnedServer, check_directory

            async def main():
                assert sys.getfilesystemencoding() == "ascii", sys.getfilesystemencoding()
                manager = Manager(Home(), lambda message: None, lambda *, now: None, Backoff())
                assert check_directory({str(folder)!r}) == check_directory(sys.argv[1])
                instance = manager.add(OwnedServer({str(folder)!r}, binary={str(opencode_binary)!r}))
                session = await instance.new_session("Here")
                print(ascii(instance.directory), ascii(session.info.directory), ascii(instance.title))
                print(ascii(folders.complete({str(tmp_path)!r} + "/")))
                await manager.close()

            asyncio.run(main())
        """),
        encoding="utf-8",
    )
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "run.py", str(folder)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    line = f"{str(folder)!a} {str(folder)!a} {folder.name!a}"
    assert done.stdout.splitlines() == [line, ascii([f"{folder}/"])]


# ---- the disk ---------------------------------------------------------------------------------------------------------


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


async def test_a_full_disk_is_told(
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


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)  # root may write everywhere
    trouble = disk.disk_trouble({"XDG_DATA_HOME": str(tmp_path / "deep" / "er"), "HOME": str(tmp_path)})
    assert trouble == (f"The folder {tmp_path} may not be written, and OpenCode writes to {tmp_path}/deep/er/opencode.")


def test_a_disk_with_room_is_no_trouble(tmp_path: Path) -> None:
    assert shutil.disk_usage(tmp_path).free > disk.LITTLE, "this test needs some room itself"
    assert disk.disk_trouble({"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}) is None
    assert disk.disk_trouble({"HOME": "\0", "TMPDIR": str(tmp_path)}) is None
