"""Every call of OpenCode 1.x, made to a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.model.entities import Activity, PermissionRequest, QuestionRequest, Role, ToolState
from opencode_widget.server.api import Invocation
from opencode_widget.server.http.client import Http, Limits, address
from opencode_widget.server.v1.client import V1Client

from ...support import shapes
from ...support.scripts import ask, bash, gate, say, script, tokens
from ...support.servers import faults
from ...support.servers.fake import FakeServer
from ...support.servers.real import RealServer
from ...support.wait import eventually_async
from ..stream_recorder import StreamRecorder, asked_in, is_status, last_tool, prompt, say_all

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

NOWHERE = "ses_0000000000000000000000000"


# ---- sessions ---------------------------------------------------------------------------------------------------------


async def test_the_folder_is_the_one_asked_for(client: V1Client, project: Path) -> None:
    assert await client.directory() == str(project)


async def test_without_a_folder_it_is_the_servers_own(server: RealServer) -> None:
    client = V1Client(Http(address(server.url, password=server.password)), "OpenCode")
    assert await client.directory() == str(server.directory)
    await client.close()


async def test_a_fresh_folder_has_nothing(client: V1Client) -> None:
    overview = await client.overview(100)
    assert (overview.sessions, dict(overview.statuses), overview.requests) == ((), {}, ())
    assert not overview.more_sessions


async def test_a_session_is_made_with_its_title_and_listed(client: V1Client, project: Path) -> None:
    made = await client.create_session("Über Schafe 🐑")
    assert (made.title, made.directory, made.parent) == ("Über Schafe 🐑", str(project), None)
    assert (await client.overview(100)).sessions == (made,)


async def test_a_session_without_a_title_gets_one_of_the_server(client: V1Client) -> None:
    assert (await client.create_session()).title


async def test_the_overview_is_limited_and_says_that_there_is_more(client: V1Client) -> None:
    made = [await client.create_session(f"s{number}") for number in range(3)]
    overview = await client.overview(2)
    assert len(overview.sessions) == 2
    assert overview.more_sessions
    assert {info.id for info in (await client.overview(10)).sessions} == {info.id for info in made}


async def test_a_made_session_comes_as_an_event_too(client: V1Client, recorder: StreamRecorder) -> None:
    made = await client.create_session("Heard")
    event = await recorder.wait_for(lambda event: isinstance(event, e.SessionUpserted) and event.session_id == made.id)
    assert isinstance(event, e.SessionUpserted)
    assert event.created
    assert event.info.title == "Heard"


async def test_the_catalogue_names_agents_and_models_and_what_is_taken_by_default(client: V1Client) -> None:
    catalogue = await client.catalogue()
    assert {"build", "plan"} <= {agent.name for agent in catalogue.agents}
    assert [(model.provider, model.id, model.name) for model in catalogue.models] == [
        ("demo", "scripted", "Scripted model")
    ]
    assert (catalogue.default_model, catalogue.models[0].context) == ("demo/scripted", 100_000)
    assert catalogue.default_agent == "build"


# ---- prompts ----------------------------------------------------------------------------------------------------------


async def test_a_prompt_keeps_our_ids_and_is_answered(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Talk")
    sent = await say_all(client, recorder, session.id, script(say("Hello **you**")))
    confirmed = [
        event
        for event in recorder.events
        if isinstance(event, e.MessageUpserted) and event.message_id == sent.message_id
    ]
    assert confirmed
    assert {
        event.part.id
        for event in recorder.events
        if isinstance(event, e.PartUpserted) and event.message_id == sent.message_id
    } == {sent.part_id}
    asked, answer = (await client.history(session.id, 100)).messages
    assert (asked.info.id, asked.info.role) == (sent.message_id, Role.USER)
    assert (answer.info.role, answer.info.parent) == (Role.ASSISTANT, sent.message_id)
    assert [part.text for part in answer.parts if part.kind == "text"] == ["Hello **you**"]


async def test_the_same_prompt_sent_twice_stands_there_once(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Twice")
    sent = await say_all(client, recorder, session.id, script(say("Once")))
    recorder.events.clear()
    await client.prompt(sent)
    await eventually_async(lambda: _is_idle(client, session.id))
    messages = (await client.history(session.id, 100)).messages
    assert [message.info.id for message in messages].count(sent.message_id) == 1
    assert [len(message.parts) for message in messages if message.info.id == sent.message_id] == [1]


async def _is_idle(client: V1Client, session_id: str) -> bool:
    return session_id not in (await client.overview(10)).statuses


async def test_agent_and_model_are_named_with_a_prompt(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Named")
    sent = await say_all(client, recorder, session.id, script(say("Planned")), agent="plan", model="demo/scripted")
    asked = (await client.history(session.id, 10)).messages[0].info
    assert (asked.id, asked.agent, asked.model) == (sent.message_id, "plan", "demo/scripted")


async def test_an_unknown_model_is_taken_and_fails_as_an_event(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Wrong")
    await client.prompt(prompt(session.id, "Hello", model="demo/no-such"))
    event = await recorder.wait_for(
        lambda event: isinstance(event, e.SessionErrored) and event.session_id == session.id
    )
    assert isinstance(event, e.SessionErrored)
    assert "no-such" in event.problem.message


async def test_a_busy_session_is_in_the_overview_until_it_is_aborted(
    client: V1Client, recorder: StreamRecorder, model: Demo
) -> None:
    session = await client.create_session("Long")
    await client.prompt(prompt(session.id, script(tokens(3), gate("never-opened"))))
    await recorder.wait_for(lambda event: isinstance(event, e.PartDelta) and event.session_id == session.id)
    overview = await client.overview(10)
    assert overview.statuses[session.id].activity is Activity.BUSY
    await client.abort(session.id)
    await recorder.wait_for(is_status(session.id, Activity.IDLE))
    assert session.id not in (await client.overview(10)).statuses

    async def has_error() -> object:
        return (await client.history(session.id, 10)).messages[-1].info.error

    error = await eventually_async(has_error)
    assert getattr(error, "name", None) == "MessageAbortedError"


async def test_aborting_a_session_at_rest_is_no_error(client: V1Client) -> None:
    await client.abort((await client.create_session("Rest")).id)


# ---- history ----------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(120)
async def test_a_long_history_comes_in_pages_without_gap_or_double(
    client: V1Client, server: RealServer, project: Path
) -> None:
    session = await client.create_session("Long")
    path = f"/session/{session.id}/message"

    def fill(count: int) -> list[str]:
        with server.client(project) as raw, ThreadPoolExecutor(8) as pool:
            body = {"noReply": True, "parts": [{"type": "text", "text": "Baa"}]}
            list(pool.map(lambda _: raw.post(path, json=body).raise_for_status(), range(count)))
            return [message["info"]["id"] for message in raw.get(path).json()]

    ids = await asyncio.to_thread(fill, 123)
    assert len(ids) == 123
    newest = await client.history(session.id, 100)
    assert [message.info.id for message in newest.messages] == ids[-100:]
    assert newest.more is not None
    assert newest.todos == ()
    older = await client.history(session.id, 20, newest.more)
    assert [message.info.id for message in older.messages] == ids[3:23]
    assert older.todos is None
    oldest = await client.history(session.id, 100, older.more)
    assert [message.info.id for message in oldest.messages] == ids[:3]
    assert oldest.more is None


async def test_what_a_tool_did_is_in_the_history(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Tool")
    await say_all(
        client,
        recorder,
        session.id,
        script({"tool": "read", "input": {"filePath": "{directory}/README.md"}}, say("Read.")),
    )
    messages = (await client.history(session.id, 10)).messages
    (tool,) = [part for message in messages for part in message.parts if part.kind == "tool"]
    assert (tool.tool, tool.state) == ("read", ToolState.COMPLETED)
    assert "sheep" in tool.output


# ---- permissions and questions ----------------------------------------------------------------------------------------


async def test_a_permission_waits_in_the_overview_and_is_given_once(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("May I")
    await client.prompt(prompt(session.id, script(bash("echo one two"), say("Ran."))))
    request = await asked_in(recorder, session.id)
    (waiting,) = (await client.overview(10)).requests
    assert isinstance(waiting, PermissionRequest)
    assert (waiting.id, waiting.permission, waiting.patterns) == (request, "bash", ("echo one two",))
    await client.answer_permission(request, "once")
    await recorder.wait_for(is_status(session.id, Activity.IDLE))
    assert (await client.overview(10)).requests == ()
    state, output = await last_tool(client, session.id)
    assert (state, output.strip()) == (ToolState.COMPLETED, "one two")
    answered = await recorder.wait_for(lambda event: isinstance(event, e.Answered))
    assert isinstance(answered, e.Answered)
    assert (answered.request_id, answered.outcome) == (request, "once")


async def test_a_permission_given_for_always_is_not_asked_for_again(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Always")
    await client.prompt(prompt(session.id, script(bash("echo one"), bash("echo one"), say("Ran twice."))))
    await client.answer_permission(await asked_in(recorder, session.id), "always")
    await recorder.wait_for(is_status(session.id, Activity.IDLE))
    assert sum(isinstance(event, e.Asked) for event in recorder.events) == 1
    assert (await last_tool(client, session.id))[0] is ToolState.COMPLETED


async def test_a_permission_that_is_refused_ends_the_turn(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Never")
    await client.prompt(prompt(session.id, script(bash("echo one"), say("Not said."))))
    await client.answer_permission(await asked_in(recorder, session.id), "reject")
    await recorder.wait_for(is_status(session.id, Activity.IDLE))
    assert (await last_tool(client, session.id))[0] is ToolState.ERROR


async def test_a_permission_that_is_refused_with_words_lets_the_model_go_on(
    client: V1Client, recorder: StreamRecorder
) -> None:
    session = await client.create_session("Rather not")
    await client.prompt(prompt(session.id, script(bash("echo one"), say("Said nonetheless."))))
    await client.answer_permission(await asked_in(recorder, session.id), "reject", "use python")
    await recorder.wait_for(is_status(session.id, Activity.IDLE))
    state, output = await last_tool(client, session.id)
    assert state is ToolState.ERROR
    assert "use python" in output
    assert (await client.history(session.id, 20)).messages[-1].parts[1].text == "Said nonetheless."  # type: ignore[union-attr]


async def test_questions_wait_in_the_overview_and_are_answered(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Which")
    await client.prompt(prompt(session.id, script(ask("Red or blue?", "Red", "Blue"), say("Good choice."))))
    request = await asked_in(recorder, session.id)
    (waiting,) = (await client.overview(10)).requests
    assert isinstance(waiting, QuestionRequest)
    assert [option.label for option in waiting.questions[0].options] == ["Red", "Blue"]
    await client.answer_question(request, [["Blue"]])
    await recorder.wait_for(is_status(session.id, Activity.IDLE))
    assert "Blue" in (await last_tool(client, session.id))[1]


async def test_questions_are_dismissed(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Neither")
    await client.prompt(prompt(session.id, script(ask("Red or blue?", "Red", "Blue"), say("Well."))))
    await client.answer_question(await asked_in(recorder, session.id), None)
    await recorder.wait_for(is_status(session.id, Activity.IDLE))
    assert (await client.overview(10)).requests == ()
    assert (await last_tool(client, session.id))[0] is ToolState.ERROR


async def test_a_request_that_was_answered_elsewhere_is_done(client: V1Client) -> None:
    await client.answer_permission("per_0000000000000000000000000", "once")
    await client.answer_question("que_0000000000000000000000000", [["x"]])
    await client.answer_question("que_0000000000000000000000000", None)


# ---- what is not there ------------------------------------------------------------------------------------------------


async def test_an_unknown_session_is_not_found(client: V1Client) -> None:
    with pytest.raises(errors.NotFound) as caught:
        await client.prompt(prompt(NOWHERE, "Hello"))
    assert caught.value.status == 404
    with pytest.raises(errors.NotFound, match="Check the id"):
        await client.history(NOWHERE, 10)


@pytest.mark.parametrize("id", ["../../etc", "a/b", "?x=1", "", "%2e%2e", "日本語"])
async def test_an_id_that_is_none_is_refused_and_reaches_no_other_path(client: V1Client, id: str) -> None:
    with pytest.raises((errors.RequestFailed, errors.NotOpenCode)):
        await client.history(id, 10)


# ---- folders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["with space", "50% off", "%20", "日本語 über", "a+b"])
async def test_sessions_of_a_folder_with_a_strange_name_are_streamed_and_listed(
    server: RealServer, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    client = V1Client(Http(address(server.url, password=server.password), str(folder)), "OpenCode")
    recorder = StreamRecorder(client)
    await recorder.wait_for(lambda event: isinstance(event, e.Greeted))
    made = await client.create_session("Here")
    assert made.directory == str(folder)
    # The server greets a moment before it forwards the events of a folder that it has just loaded: the first one may be missing.
    hearing = asyncio.ensure_future(
        recorder.wait_for(lambda event: isinstance(event, e.SessionUpserted) and event.session_id == made.id)
    )
    while not hearing.done():
        await client.rename(made.id, "Here")
        await asyncio.wait([hearing], timeout=1.0)
    await hearing
    assert [info.id for info in (await client.overview(10)).sessions] == [made.id]
    await recorder.close()
    await client.close()


@pytest.mark.parametrize("form", ["{}/", "{}/.", "{}/../project", "{link}"])
async def test_a_folder_may_be_written_in_many_ways(
    server: RealServer, project: Path, tmp_path: Path, form: str
) -> None:
    link = tmp_path / "link"
    link.symlink_to(project)
    folder = form.format(project, link=link)
    client = V1Client(Http(address(server.url, password=server.password), folder), "OpenCode")
    made = await client.create_session("Here")
    where = await client.directory()
    assert made.directory == where, "events carry the folder as the server writes it"
    assert made.id in {info.id for info in (await client.overview(10)).sessions}
    await client.close()


# ---- answers that a real server does not give -------------------------------------------------------------------------


@pytest_asyncio.fixture
async def fake(fake_server: FakeServer) -> AsyncIterator[V1Client]:
    limits = Limits(connect=1, hello=0.3, answer=0.5, silence=1)
    client = V1Client(Http(address(fake_server.url), limits=limits), "OpenCode")
    yield client
    await client.close()


async def test_one_bad_entry_does_not_take_the_others_with_it(fake: V1Client, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_1")
    fake_server.sessions["ses_2"] = {"id": 7}
    fake_server.messages["ses_1"] = [{"oops": 1}, 7, {"info": shapes.user("msg_1", "ses_1"), "parts": [None, {}]}]  # type: ignore[list-item]
    fake_server.statuses = {"ses_1": {"type": "busy"}, "ses_2": 7}  # type: ignore[dict-item]
    fake_server.permissions = {"per_1": {"id": 1}}
    overview = await fake.overview(10)
    assert [info.id for info in overview.sessions] == ["ses_1"]
    assert list(overview.statuses) == ["ses_1"]
    assert overview.requests == ()
    (message,) = (await fake.history("ses_1", 10)).messages
    assert (message.info.id, message.parts) == ("msg_1", ())


async def test_an_older_server_without_questions_has_none(fake: V1Client, fake_server: FakeServer) -> None:
    fake_server.always["/question"] = faults.html_page
    fake_server.add_session("ses_1")
    assert len((await fake.overview(10)).sessions) == 1


@pytest.mark.parametrize(
    "answer", [faults.html_page, faults.body(b"{oops"), faults.body(b"{}"), faults.body(b"[]"), faults.body(b"7")]
)
async def test_an_answer_of_another_shape_is_one_of_our_errors_or_nothing(
    fake: V1Client, fake_server: FakeServer, answer: faults.Fault
) -> None:
    fake_server.add_session("ses_1")
    paths = ("/path", "/session", "/session/status", "/permission", "/session/ses_1/message", "/session/ses_1/todo")
    fake_server.always = dict.fromkeys((*paths, "/agent", "/config", "/config/providers"), answer)
    for call in (
        fake.directory,
        lambda: fake.overview(10),
        lambda: fake.history("ses_1", 10),
        fake.catalogue,
        lambda: fake.create_session("x"),
    ):
        try:
            await call()
        except errors.OpenCodeError as error:
            assert error.remedy or isinstance(error, errors.RequestFailed)  # noqa: PT017 - both ways are right


TYPE_ERROR = {
    "name": "UnknownError",
    "data": {
        "message": "TypeError: undefined is not an object (evaluating 'command3.agent')\n    at command2 (/$bunfs/root/src/index.js:1:2)"
    },
}


@pytest.mark.parametrize("status", [400, 500])
async def test_a_command_that_is_not_there_is_named_with_those_that_are(
    fake: V1Client, fake_server: FakeServer, status: int
) -> None:
    """Up to 1.2.27 the server answers with an error of its program."""
    fake_server.always |= {
        "/session/ses_1/command": faults.body(json.dumps(TYPE_ERROR).encode(), status=status),
        "/command": faults.body(b'[{"name": "init"}, {"name": "review"}, {}]'),
    }
    with pytest.raises(errors.RequestFailed) as caught:
        await fake.command(Invocation("ses_1", "dance"))
    assert str(caught.value) == "There is no command /dance. There are /init, /review."
    with pytest.raises(
        errors.RequestFailed, match=r"TypeError: undefined is not an object \(evaluating 'command3.agent'\)\.$"
    ):
        await fake.command(Invocation("ses_1", "review"))
    fake_server.always["/command"] = faults.html_page
    with pytest.raises(errors.RequestFailed, match="TypeError"):
        await fake.command(Invocation("ses_1", "dance"))
