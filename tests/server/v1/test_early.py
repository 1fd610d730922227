"""The client of OpenCode 1.0."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.model.entities import PermissionRequest, QuestionRequest
from opencode_widget.server.api import Reply
from opencode_widget.server.detect import detect
from opencode_widget.server.http.client import Http, Limits, address
from opencode_widget.server.v1.early import EarlyClient

from ...support.servers import faults
from ...support.servers.early import EarlyServer
from ...support.wait import eventually
from ..stream_recorder import StreamRecorder

QUICK = Limits(connect=1, hello=1, answer=1, silence=5)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[EarlyServer]:
    async with EarlyServer() as server:
        yield server


@pytest_asyncio.fixture
async def client(server: EarlyServer) -> AsyncIterator[EarlyClient]:
    client = EarlyClient(Http(address(server.url), limits=QUICK), "OpenCode 1.0.x")
    yield client
    await client.close()


async def test_it_has_sessions_and_no_list_of_requests(client: EarlyClient, server: EarlyServer) -> None:
    server.add_session("ses_1")
    overview = await client.overview(10)
    assert ([info.id for info in overview.sessions], overview.requests) == (["ses_1"], ())
    assert overview.unlisted == (PermissionRequest, QuestionRequest)


@pytest.mark.parametrize("reply", ["once", "always", "reject"])
async def test_a_permission_is_answered_at_its_session(client: EarlyClient, server: EarlyServer, reply: Reply) -> None:
    server.add_session("ses_1")
    recorder = StreamRecorder(client)
    await eventually(lambda: server.streams == 1)
    server.ask_permission("per_1", "ses_1", "rm -r build")
    await recorder.wait_for(lambda event: isinstance(event, e.Asked) and event.request.id == "per_1")
    assert await client.answer_permission("per_1", reply, "not that") is True
    (request,) = server.seen("POST", "/session/ses_1/permissions/per_1")
    assert request.json() == {"response": reply}
    await recorder.wait_for(lambda event: isinstance(event, e.Answered) and event.outcome == reply)
    await recorder.close()


async def test_a_permission_that_waited_before_the_connection_can_be_answered(
    client: EarlyClient, server: EarlyServer
) -> None:
    server.add_session("ses_1")
    server.ask_permission("per_1", "ses_1")
    assert await client.answer_permission("per_1", "once") is False, "nothing was said of it"
    client.remember([PermissionRequest("per_1", "ses_1", "bash")])
    assert await client.answer_permission("per_1", "once") is True
    assert server.permissions == {}


async def test_it_asks_no_questions(client: EarlyClient) -> None:
    with pytest.raises(errors.NotFound, match="knows no question 'que_1'"):
        await client.answer_question("que_1", [["One"]])


async def test_the_first_of_1_1_may_have_lists_and_questions() -> None:
    """Releases between 1.0.185 and 1.1.11, which have a health route, are asked for what they may have."""
    async with EarlyServer(version="1.1.4", health=True) as server:
        client = await detect(Http(address(server.url), limits=QUICK))
        assert (type(client), client.version) == (EarlyClient, "OpenCode 1.1.4")
        server.add_session("ses_1")
        server.ask_permission("per_1", "ses_1")
        overview = await client.overview(10)
        assert ([request.id for request in overview.requests], overview.unlisted) == (["per_1"], ())
        server.always |= {"/permission": faults.html_page, "/question": faults.body(b"", status=404)}
        assert (await client.overview(10)).unlisted == (PermissionRequest, QuestionRequest)
        assert await client.answer_permission("per_1", "once") is True
        assert await client.answer_question("que_1", [["One"]]) is False, "answered elsewhere"
        await client.close()
