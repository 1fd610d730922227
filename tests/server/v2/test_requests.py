"""Requests of 2.x: their session is remembered, and what was settled elsewhere is no error."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from opencode_widget.errors import RequestFailed
from opencode_widget.model.entities import FormField, PermissionRequest, Question, QuestionRequest
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.v2.requests import Requests
from opencode_widget.server.v2.routes import Routes

from ...support.servers import faults
from ...support.servers.fake import FakeServer

PERMISSION = PermissionRequest("per_1", "ses_1", "bash")
FORM = QuestionRequest(
    "frm_1", "ses_1", (Question("How many?", "Count", field=FormField("count", "integer", required=True)),)
)
ANSWER = "/api/session/ses_1/permission/per_1/reply"


@pytest_asyncio.fixture
async def requests(fake_server: FakeServer) -> AsyncIterator[Requests]:
    http = Http(address(fake_server.url))
    requests = Requests(Routes(http))
    requests.remember([PERMISSION, FORM])
    yield requests
    await http.close()


@pytest.mark.parametrize(("message", "more"), [(None, {}), ("Too risky", {"message": "Too risky"})])
async def test_an_answer_goes_to_the_session_that_asked(
    requests: Requests, fake_server: FakeServer, message: str | None, more: dict[str, str]
) -> None:
    fake_server.always[ANSWER] = faults.body(b"{}")
    assert await requests.answer_permission("per_1", "reject", message)
    assert fake_server.requests[-1].json() == {"decision": "reject", **more}


async def test_the_values_of_a_form_have_their_types(requests: Requests, fake_server: FakeServer) -> None:
    fake_server.always["/api/session/ses_1/form/frm_1/reply"] = faults.body(b"{}")
    assert await requests.answer_question("frm_1", [["3"]])
    assert fake_server.requests[-1].json() == {"answer": {"count": 3}}


async def test_a_form_is_dismissed(requests: Requests, fake_server: FakeServer) -> None:
    fake_server.always["/api/session/ses_1/form/frm_1"] = faults.body(b"{}")
    assert await requests.answer_question("frm_1", None)
    assert fake_server.requests[-1].method == "DELETE"


async def test_a_wrong_answer_is_not_sent(requests: Requests, fake_server: FakeServer) -> None:
    with pytest.raises(RequestFailed, match="The answer was not sent: Count must be a whole number"):
        await requests.answer_question("frm_1", [["three"]])
    assert fake_server.requests == []


async def test_what_was_never_reported_is_settled(requests: Requests, fake_server: FakeServer) -> None:
    assert not await requests.answer_permission("per_2", "once", None)
    assert not await requests.answer_question("frm_2", [["3"]])
    assert fake_server.requests == []


@pytest.mark.parametrize("status", [404, 409])
async def test_what_was_settled_elsewhere_is_no_error(requests: Requests, fake_server: FakeServer, status: int) -> None:
    fake_server.always[ANSWER] = faults.body(b"{}", status=status)
    assert not await requests.answer_permission("per_1", "once", None)


async def test_any_other_refusal_is_one(requests: Requests, fake_server: FakeServer) -> None:
    fake_server.always[ANSWER] = faults.body(b"{}", status=400)
    with pytest.raises(RequestFailed, match="400"):
        await requests.answer_permission("per_1", "once", None)
