"""The interface of a client: what a dialect lacks, and answers that are not OpenCode's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from opencode_widget.errors import NotOpenCode, NotSupported
from opencode_widget.model.dialects.classic import session_info
from opencode_widget.server.api import Client, Invocation
from opencode_widget.server.classic import ClassicClient
from opencode_widget.server.http.client import Http, address

LACKING: dict[str, Callable[[Client], Awaitable[object]]] = {
    "rename": lambda client: client.rename("s", "t"),
    "delete": lambda client: client.delete("s"),
    "archive": lambda client: client.archive("s", archived=True),
    "fork": lambda client: client.fork("s"),
    "take back messages": lambda client: client.revert("s", "m"),
    "restore": lambda client: client.unrevert("s"),
    "share": lambda client: client.share("s", shared=True),
    "compact": lambda client: client.compact("s", "p/m"),
    "AGENTS.md": lambda client: client.init("s", "p/m"),
    "run a command": lambda client: client.command(Invocation("s", "c")),
    "shell": lambda client: client.shell(Invocation("s", "ls")),
    "take back a prompt": lambda client: client.cancel_prompt("s", "m"),
    "change a prompt": lambda client: client.edit_prompt("s", "m", "t"),
    "has its turn": lambda client: client.deliver_prompt("s", "m", "queue"),
    "look for files": lambda client: client.find("x", 1),
    "which files changed": lambda client: client.diff("s"),
    "services": lambda client: client.services(),
    "connect MCP": lambda client: client.connect_mcp("x", connected=True),
}


@pytest_asyncio.fixture
async def client() -> AsyncIterator[ClassicClient]:
    client = ClassicClient(Http(address("http://127.0.0.1:1")), "OpenCode (classic)")
    yield client
    await client.close()


@pytest.mark.parametrize("what", LACKING)
async def test_what_a_dialect_lacks_is_an_error_in_words(client: ClassicClient, what: str) -> None:
    with pytest.raises(NotSupported, match=rf"OpenCode \(classic\) cannot .*{what}.*\(classic\) has no call for that"):
        await LACKING[what](client)


async def test_a_dialect_without_a_log_replays_nothing(client: ClassicClient) -> None:
    assert await client.replay("s", 3) is None


async def test_a_dialect_that_streams_the_output_of_tools_is_not_asked_for_it(client: ClassicClient) -> None:
    assert await client.shell_output("sh", 0) is None


async def test_an_answer_that_is_not_opencodes_says_where(client: ClassicClient) -> None:
    with pytest.raises(
        NotOpenCode, match=r"http://127.0.0.1:1 answered /session with JSON that is not OpenCode's: 'id'"
    ):
        client.understood(session_info, {}, "/session")


async def test_its_repr_names_the_dialect_and_the_address(client: ClassicClient) -> None:
    assert repr(client) == "<Client classic OpenCode (classic) at http://127.0.0.1:1>"
