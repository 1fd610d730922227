"""Shells of 2.x: which run, how they end, and what they write."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from opencode_widget.errors import ConnectionFailed
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.v2.routes import Routes
from opencode_widget.server.v2.shells import Shells

from ...support.servers import faults
from ...support.v2.fake import FakeServerV2
from ...support.wait import eventually

GONE = faults.body(b"", status=404)


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[FakeServerV2]:
    async with FakeServerV2() as server:
        yield server


@pytest_asyncio.fixture
async def shells(fake: FakeServerV2) -> AsyncIterator[Shells]:
    http = Http(address(fake.url), "/project")
    yield Shells(Routes(http))
    await http.close()


@pytest_asyncio.fixture
async def session(fake: FakeServerV2) -> str:
    """A session in which the user's command and a tool of the agent run, beside one of another session."""
    mine, other = (fake.add_session()["id"] for _ in range(2))
    for id in (mine, other):
        asyncio.get_running_loop().create_task(fake.shells.run(id, "wait for ever"))
    await eventually(lambda: len(fake.shells.running()) == 2)
    fake.shells.begin(mine, "of a tool")
    return str(mine)


def running(fake: FakeServerV2) -> list[tuple[str, str]]:
    return [(shell["metadata"]["sessionID"], shell["command"]) for shell in fake.shells.running()]


async def test_all_that_run_are_listed(shells: Shells, fake: FakeServerV2, session: str) -> None:
    assert await shells.running() == frozenset(fake.shells.known)
    (request,) = fake.seen("GET", "/api/shell")
    assert request.query == {"location[directory]": "/project"}


@pytest.mark.parametrize("listed", [None, GONE, faults.html_page])
async def test_the_users_commands_of_one_session_are_ended(
    shells: Shells, fake: FakeServerV2, session: str, listed: faults.Fault | None
) -> None:
    if listed is not None:
        fake.always["/api/shell"] = listed
    await shells.end(session)
    await eventually(lambda: len(running(fake)) == 2)
    assert (session, "of a tool") in running(fake)
    assert (session, "wait for ever") not in running(fake)


async def test_where_none_runs_no_messages_are_fetched(shells: Shells, fake: FakeServerV2) -> None:
    id = fake.add_session()["id"]
    await shells.end(id)
    assert fake.seen("GET", f"/api/session/{id}/message") == []


async def test_one_that_ends_meanwhile_has_ended(shells: Shells, fake: FakeServerV2, session: str) -> None:
    (mine,) = (message["shellID"] for message in fake.messages[session])
    fake.always[f"/api/shell/{mine}"] = GONE
    await shells.end(session)


async def test_a_server_that_is_away_is_no_list_without_an_entry(shells: Shells, fake: FakeServerV2) -> None:
    fake.always["/api/shell"] = faults.unavailable
    with pytest.raises(ConnectionFailed):
        await shells.running()


async def test_the_output_is_read_from_a_cursor(shells: Shells, fake: FakeServerV2) -> None:
    id = fake.shells.begin("ses_1", "make")["id"]
    fake.shells.write(id, "🐑 one\n")
    assert await shells.output(id, 0) == ("🐑 one\n", 9)
    fake.shells.write(id, "two\n")
    assert await shells.output(id, 9) == ("two\n", 13)
    assert await shells.output(id, 13) == ("", 13)
    assert await shells.output("sh_none", 0) is None


@pytest.mark.parametrize("answer", [[], "words", None, {"output": 3}, {"cursor": "x"}, {"output": "a", "cursor": None}])
async def test_an_output_of_the_wrong_kind_is_none_or_empty(shells: Shells, fake: FakeServerV2, answer: Any) -> None:
    fake.always["/api/shell/sh_1/output"] = faults.body(json.dumps({"data": answer}).encode())
    found = await shells.output("sh_1", 5)
    assert found in (None, ("", 5), ("a", 5))


@pytest.mark.parametrize(
    "listed", [lambda id: [{"id": id, "status": "exited"}], lambda _: ["words", {"status": "running"}, None]]
)
async def test_a_shell_that_does_not_run_is_not_counted(
    shells: Shells, fake: FakeServerV2, listed: Callable[[str], Any]
) -> None:
    fake.always["/api/shell"] = faults.body(json.dumps({"data": listed("sh_1")}).encode())
    assert await shells.running() == frozenset()
