"""The variables of the demo's server."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencode_widget import demo
from opencode_widget.server.process import process


@pytest.mark.parametrize("of_the_user", [None, "", "/of/the/user.db"])
def test_no_database_is_named_for_to_2x_an_empty_name_is_a_path(
    of_the_user: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENCODE_DB", raising=False)
    if of_the_user is not None:
        monkeypatch.setenv("OPENCODE_DB", of_the_user)
    variables = demo.environment(tmp_path, "http://127.0.0.1:1")
    assert "OPENCODE_DB" not in variables
    assert "OPENCODE_DB" not in process.environment("secret", variables)
    assert variables["XDG_DATA_HOME"] == str(tmp_path / "data")


def test_the_shell_asks_in_both_generations() -> None:
    permission = demo.configuration("http://127.0.0.1:1")["permission"]
    assert (permission["bash"], permission["shell"]) == ("ask", "ask")


# Starts as 2.x does: an empty OPENCODE_DB is a path that cannot be opened.
SECOND = """#!/bin/sh
if [ "${OPENCODE_DB+named}" ]; then echo 'SQLiteError: unable to open database file' >&2; exit 1; fi
case "$*" in
  *--version*) echo 'opencode v2.0.0';;
  *--stdio*) echo '{"type":"ready","url":"http://127.0.0.1:2/"}'; cat >/dev/null;;
  *) echo 'server listening on http://127.0.0.1:1'; exec sleep 300;;
esac
"""


@pytest.mark.parametrize("of_the_user", [None, "", "/of/the/user.db"])
async def test_a_program_of_2x_starts_with_the_demo(
    of_the_user: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENCODE_DB", raising=False)
    if of_the_user is not None:
        monkeypatch.setenv("OPENCODE_DB", of_the_user)
    program = tmp_path / "opencode"
    program.write_text(SECOND)
    program.chmod(0o700)
    variables = demo.environment(tmp_path / "home", "http://127.0.0.1:1")
    server = await process.ServerProcess.start(tmp_path, binary=program, env=variables)
    assert server.url == "http://127.0.0.1:2"
    await server.stop()
