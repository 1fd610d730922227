"""The program that draws Mermaid diagrams, as a page gets it."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path

import pytest

from opencode_widget.page.commands import mermaid

from ...support.command_client import CommandClient

CONTENT = bytes(range(256)) * 2_000


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mermaid.js.gz"
    path.write_bytes(CONTENT)
    monkeypatch.setattr(mermaid, "PROGRAM", path)
    return path


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("restricted", [False, True])
async def test_a_page_gets_the_program_in_pieces_also_a_visitors(restricted: bool) -> None:
    client = CommandClient(restricted=restricted)
    got = b""
    while True:
        reply = await client.does("read_mermaid", offset=len(got))
        assert reply["size"] == len(CONTENT)
        assert len(reply["base64"]) <= 200_000
        piece = base64.b64decode(reply["base64"])
        if not piece:
            break
        got += piece
    assert got == CONTENT
    await client.manager.close()


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("offset", [None, "0", -5, True, [1]])
async def test_an_offset_that_is_none_is_the_start(offset: object) -> None:
    client = CommandClient()
    reply = await client.does("read_mermaid", offset=offset)
    assert base64.b64decode(reply["base64"]) == CONTENT[: mermaid.PIECE]
    assert base64.b64decode((await client.does("read_mermaid", offset=2**80))["base64"]) == b""
    await client.manager.close()


async def test_an_installation_without_the_program_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mermaid, "PROGRAM", tmp_path / "missing")
    client = CommandClient()
    problem = await client.fails("read_mermaid", offset=0)
    assert problem["name"] == "NotSupported"
    assert "without the program that draws Mermaid diagrams" in problem["message"]
    assert "pip install" in problem["remedy"]
    await client.manager.close()


def test_the_program_that_was_built_is_mermaid_and_our_script() -> None:
    text = gzip.decompress(mermaid.PROGRAM.read_bytes()).decode()
    assert 'globalThis["mermaid"]' in text
    assert text.index("drawDiagram") > text.index('globalThis["mermaid"]')
