"""Permissions and questions of agents as Python objects, read and answered by the user's code."""

from __future__ import annotations

import pytest

from opencode_widget import AnsweredBy, Permission, Questions
from opencode_widget.api.session import Session

from ..support.agent_requests import ask_permission, ask_questions, first_pending, replies
from ..support.command_client import CommandClient
from ..support.servers.fake import FakeServer
from ..support.wait import eventually


def ids(pending: list[Permission | Questions]) -> list[str]:
    return [request.id for request in pending]


# ---- which wait -------------------------------------------------------------------------------------------------------


async def test_a_session_has_its_own_requests_and_those_of_its_sub_agents(
    client: CommandClient, fake_server: FakeServer
) -> None:
    fake_server.add_session("ses_2")
    for child, parent in (("ses_below", "ses_1"), ("ses_deep", "ses_below")):
        fake_server.add_session(child, parent=parent)
    await eventually(lambda: len(client.instance.sessions) == 4)
    ask_permission(fake_server, "per_1", session="ses_deep")
    ask_questions(fake_server, "Which?", session="ses_1")
    ask_permission(fake_server, "per_2", session="ses_2")
    ask_permission(fake_server, "per_3", session="ses_unheard_of")
    await eventually(lambda: len(client.instance.pending) == 4)
    assert ids(client.instance.pending) == ["per_1", "que_1", "per_2", "per_3"]
    found = {id: ids(client.instance.session(id).pending) for id in ("ses_1", "ses_below", "ses_deep", "ses_2")}
    assert found == {
        "ses_1": ["per_1", "que_1"],
        "ses_below": ["per_1"],
        "ses_deep": ["per_1"],
        "ses_2": ["per_2"],
    }
    asked = client.instance.session("ses_1").pending[0]
    assert asked.session == client.instance.session("ses_deep")
    assert ids(Session(asked.session._runtime, "ses_unheard_of").pending) == ["per_3"]


async def test_an_answered_request_leaves_the_session(client: CommandClient, fake_server: FakeServer) -> None:
    session = client.instance.session("ses_1")
    ask_permission(fake_server)
    await eventually(lambda: session.pending)
    (asked,) = session.pending
    assert isinstance(asked, Permission)
    await asked.allow()
    assert (session.pending, asked.waits, replies(fake_server)) == ([], False, [{"reply": "once"}])


async def test_a_deleted_session_has_no_requests(client: CommandClient, fake_server: FakeServer) -> None:
    session = client.instance.session("ses_1")
    ask_permission(fake_server)
    await eventually(lambda: session.pending)
    info = fake_server.sessions.pop("ses_1")
    fake_server.emit("session.deleted", durable=True, sessionID="ses_1", info=info)
    await eventually(lambda: "deleted" in repr(session))
    assert session.pending == []


# ---- by hand ----------------------------------------------------------------------------------------------------------


async def test_a_permission_says_what_it_is_for_and_is_given(client: CommandClient, fake_server: FakeServer) -> None:
    ask_permission(fake_server)
    asked = await first_pending(client)
    assert isinstance(asked, Permission)
    assert (asked.id, asked.permission, asked.patterns, asked.session.id) == ("per_1", "bash", ("ls",), "ses_1")
    assert (repr(asked), asked.waits) == ("<Permission bash: 'ls'>", True)
    await asked.allow(always=True)
    assert (replies(fake_server), client.instance.pending) == ([{"reply": "always"}], [])
    assert repr(asked).endswith("(answered)>")


async def test_a_permission_is_refused_with_and_without_words(client: CommandClient, fake_server: FakeServer) -> None:
    ask_permission(fake_server)
    await (await first_pending(client)).reject("Use python.")
    ask_permission(fake_server, "per_2")
    await (await first_pending(client)).reject()
    assert replies(fake_server) == [{"reply": "reject", "message": "Use python."}]
    assert replies(fake_server, "per_2") == [{"reply": "reject"}]


async def test_questions_are_answered_one_for_one(client: CommandClient, fake_server: FakeServer) -> None:
    ask_questions(fake_server, "One?", "Two?")
    asked = await first_pending(client)
    assert isinstance(asked, Questions)
    with pytest.raises(ValueError, match="2 questions and 1 answers"):
        await asked.answer("Yes")
    await asked.answer("Yes", ["Yes", "No"])
    (sent,) = fake_server.seen("POST", "/question/que_1/reply")
    assert sent.json() == {"answers": [["Yes"], ["Yes", "No"]]}


async def test_questions_are_dismissed(client: CommandClient, fake_server: FakeServer) -> None:
    ask_questions(fake_server, "One?")
    await (await first_pending(client)).dismiss()
    assert fake_server.seen("POST", "/question/que_1/reject")


async def test_a_permission_says_what_always_would_cover(client: CommandClient, fake_server: FakeServer) -> None:
    ask_permission(fake_server)
    asked = await first_pending(client)
    request = fake_server.permissions["per_1"]
    assert (list(asked.always), asked.metadata) == (request["always"], request["metadata"])
    assert asked.answered_by is None
    await asked.reject()
    assert asked.answered_by is AnsweredBy.KERNEL


async def test_requests_draw_themselves_with_the_title_of_their_session(
    client: CommandClient, fake_server: FakeServer
) -> None:
    fake_server.rename("ses_1", "Sheep")
    await eventually(lambda: client.instance.session("ses_1").title == "Sheep")
    ask_permission(fake_server)
    ask_questions(fake_server, "Which one?")
    ask_permission(fake_server, "per_2", session="ses_unheard_of")
    await eventually(lambda: len(client.instance.pending) == 3)
    permission, questions, homeless = client.instance.pending
    assert "Sheep" in permission._repr_html_()
    assert "Which one?" in questions._repr_html_()
    assert repr(questions) == "<Questions 'Which one?'>"
    assert homeless._repr_html_()
