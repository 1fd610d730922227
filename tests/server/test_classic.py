"""The `/events` dialect, spoken with a small server of the tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.model.entities import Activity, Catalogue, Role, ToolState
from opencode_widget.server.api import Prompt
from opencode_widget.server.classic import ClassicClient
from opencode_widget.server.http.client import Http, Limits, address

from ..support.servers import faults
from ..support.servers.classic import ClassicServer
from ..support.wait import eventually

QUICK = Limits(connect=1, hello=0.5, answer=1, silence=5)


@pytest_asyncio.fixture
async def client(classic_server: ClassicServer) -> AsyncIterator[ClassicClient]:
    client = ClassicClient(Http(address(classic_server.url), limits=QUICK), "OpenCode (classic)")
    yield client
    await client.close()


@pytest_asyncio.fixture
async def seen(client: ClassicClient, classic_server: ClassicServer) -> AsyncIterator[list[e.Event]]:
    events: list[e.Event] = []

    async def listen() -> None:
        async with aclosing(client.listen()) as stream:
            async for decoded in stream:
                events.extend(decoded.events)

    task = asyncio.create_task(listen())
    await eventually(lambda: len(classic_server.channel))
    yield events
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def prompt(session_id: str, text: str) -> Prompt:
    return Prompt(session_id, text, "msg_ours", "prt_ours")


async def test_a_session_is_made_listed_and_seen_in_the_stream(client: ClassicClient, seen: list[e.Event]) -> None:
    made = await client.create_session("Classic")
    assert made.title == "Classic"
    assert (await client.overview(10)).sessions == (made,)
    await eventually(lambda: any(isinstance(event, e.SessionUpserted) and event.info == made for event in seen))


async def test_a_session_needs_no_title(client: ClassicClient) -> None:
    assert (await client.create_session()).title == "Untitled"


async def test_a_prompt_has_the_servers_id_and_is_answered_part_by_part(
    client: ClassicClient, seen: list[e.Event]
) -> None:
    session = await client.create_session("Talk")
    id = await client.prompt(prompt(session.id, "one two three"))
    assert id != "msg_ours"
    await eventually(
        lambda: any(isinstance(event, e.StatusChanged) and event.status.activity is Activity.IDLE for event in seen)
    )
    asked, answer = (await client.history(session.id, 10)).messages
    assert (asked.info.id, asked.info.role) == (id, Role.USER)
    assert (answer.info.role, answer.parts[0].text) == (Role.ASSISTANT, "one two three ")  # type: ignore[union-attr]
    texts = [
        event.part.text for event in seen if isinstance(event, e.PartUpserted) and event.message_id == answer.info.id
    ]  # type: ignore[union-attr]
    assert texts[0] == ""
    assert texts[-1] == "one two three "
    assert texts == sorted(texts, key=len)


async def test_tools_and_child_sessions_are_known(client: ClassicClient, seen: list[e.Event]) -> None:
    session = await client.create_session("Tools")
    await client.prompt(prompt(session.id, "tool child"))
    await eventually(
        lambda: any(isinstance(event, e.StatusChanged) and event.status.activity is Activity.IDLE for event in seen)
    )
    children = [info for info in (await client.overview(10)).sessions if info.parent == session.id]
    assert [child.title for child in children] == ["A child"]
    tool = (await client.history(session.id, 10)).messages[-1].parts[1]
    assert tool.kind == "tool"
    assert (tool.tool, tool.state, tool.output) == ("bash", ToolState.COMPLETED, "README.md\n")


async def test_a_turn_is_aborted(client: ClassicClient, seen: list[e.Event]) -> None:
    session = await client.create_session("Long")
    await client.prompt(prompt(session.id, "hold the line"))
    await eventually(lambda: any(isinstance(event, e.PartUpserted) and event.part.kind == "text" for event in seen))
    await client.abort(session.id)
    await eventually(
        lambda: any(isinstance(event, e.StatusChanged) and event.status.activity is Activity.IDLE for event in seen)
    )
    assert (await client.history(session.id, 10)).messages[-1].info.error is not None


async def test_it_knows_no_folder_no_models_and_no_requests(client: ClassicClient) -> None:
    assert await client.directory() is None
    assert await client.catalogue() == Catalogue()
    with pytest.raises(errors.RequestFailed, match="per_1"):
        await client.answer_permission("per_1", "once")
    with pytest.raises(errors.RequestFailed, match="que_1"):
        await client.answer_question("que_1", None)


async def test_an_unknown_session_is_not_found(client: ClassicClient) -> None:
    for call in (client.history("ses_x", 10), client.prompt(prompt("ses_x", "hi")), client.abort("ses_x")):
        with pytest.raises(errors.NotFound):
            await call


@pytest.mark.parametrize("answer", [b"{}", b"[7, null, {}]", b"7", b"{oops", b"null"])
async def test_an_answer_of_another_shape_is_one_of_our_errors_or_nothing(
    client: ClassicClient, classic_server: ClassicServer, answer: bytes
) -> None:
    session = classic_server.add_session("Here")["id"]
    path = f"/session/{session}/message"
    classic_server.always |= {"/session": faults.body(answer), path: faults.body(answer)}
    for call in (
        lambda: client.overview(10),
        lambda: client.history(session, 10),
        client.create_session,
        lambda: client.prompt(prompt(session, "x")),
    ):
        try:
            await call()
        except errors.OpenCodeError as error:
            assert error.remedy or isinstance(error, errors.RequestFailed)  # noqa: PT017 - both ways are right
