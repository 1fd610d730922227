"""Folders with names that are no text, and names that the locale cannot say."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from opencode_widget.errors import DirectoryError
from opencode_widget.page import folders
from opencode_widget.server.endpoints import InvalidServer, OwnedServer, attached_server
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
            from opencode_widget.sync.event_loop import HomeLoop
            from opencode_widget.page.manager import Manager
            from opencode_widget.server.backoff import Backoff
            from opencode_widget.server.endpoints import OwnedServer, check_directory

            async def main():
                assert sys.getfilesystemencoding() == "ascii", sys.getfilesystemencoding()
                manager = Manager(HomeLoop(), lambda message: None, lambda *, now: None, Backoff())
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
