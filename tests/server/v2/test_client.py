"""OpenCode 2.x: every call, made to a fake 2.1 server; and to its earlier spelling on a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.ids import make_id
from opencode_widget.model import events as e
from opencode_widget.model.entities import (
    BUSY,
    IDLE,
    Feature,
    PermissionRequest,
    QuestionRequest,
    Role,
    TextInfo,
    ToolState,
    prompt_part,
)
from opencode_widget.server.api import Admitted, Attachment, Client, Invocation, Mention, Prompt, PromptOptions
from opencode_widget.server.detect import detect
from opencode_widget.server.http.client import Http, Limits, address
from opencode_widget.server.v1.client import V1Client
from opencode_widget.server.v2.client import V2Client
from opencode_widget.server.v2.prompt import mention_place

from ...support.scripts import ask, bash, fail, gate, say, script, think, tokens, tool
from ...support.servers import faults
from ...support.servers.http import Exchange, Handler
from ...support.servers.real import RealServer
from ...support.servers.sse import encode
from ...support.v2.events import DIRECTORY
from ...support.v2.fake import FakeServerV2
from ...support.v2_preview import live as v2_preview_live
from ...support.wait import eventually, eventually_async

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

QUICK = Limits(connect=1, hello=1, answer=2, silence=5)


class DecodedStream:
    """Listens to a client's stream, and waits for what it says."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.events: list[e.Event] = []
        self.places: dict[str, int] = {}
        self._came = asyncio.Event()
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async with aclosing(self.client.listen()) as stream:
            async for decoded in stream:
                self.events += decoded.events
                self.places.update([decoded.log_position] if decoded.log_position else [])
                self._came.set()

    async def wait_for(self, what: Callable[[e.Event], object]) -> e.Event:
        async with asyncio.timeout(20):
            while not (found := next((event for event in self.events if what(event)), None)):
                self._came.clear()
                await self._came.wait()
        return found

    async def asked(self) -> PermissionRequest | QuestionRequest:
        received = await self.wait_for(lambda event: isinstance(event, e.Asked))
        assert isinstance(received, e.Asked)
        return received.request

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[FakeServerV2]:
    async with FakeServerV2() as server:
        yield server


@pytest_asyncio.fixture
async def fake_client(fake: FakeServerV2) -> AsyncIterator[Client]:
    client = await detect(Http(address(fake.url), DIRECTORY, QUICK))
    yield client
    await client.close()


@pytest_asyncio.fixture
async def live_client(server: RealServer, project: Path, model: Demo) -> AsyncIterator[Client]:
    v2_preview_live.prepare(project, model)
    client = await v2_preview_live.find(Http(address(server.url, password=server.password), str(project)))
    await eventually_async(lambda: _has_model(client), what="the catalogue")
    yield client
    await client.close()


async def _has_model(client: Client) -> bool:
    return any(f"{model.provider}/{model.id}" == v2_preview_live.MODEL for model in (await client.catalogue()).models)


@pytest.fixture(params=["2.1, a fake", "1.18.33's /api"])
def client(request: pytest.FixtureRequest) -> Client:
    """Either of the two, for what both can do."""
    name = "fake_client" if request.param.startswith("2.1") else "live_client"
    found: Client = request.getfixturevalue(name)
    return found


@pytest_asyncio.fixture
async def stream(client: Client) -> AsyncIterator[DecodedStream]:
    decoded = DecodedStream(client)
    await decoded.wait_for(lambda event: isinstance(event, e.Greeted))
    yield decoded
    await decoded.close()


def prompt(session_id: str, text: str, **options: object) -> Prompt:
    id = make_id("msg")
    return Prompt(session_id, text, id, prompt_part(id), PromptOptions(**options))  # type: ignore[arg-type]


async def begin(client: Client, text: str) -> str:
    """A session with the scripted model, and a prompt on its way."""
    session = await client.create_session()
    named = v2_preview_live.MODEL if client.version.endswith("/api") else "scripted/m"
    await client.prompt(prompt(session.id, text, model=named))
    return session.id


def is_idle(event: e.Event) -> bool:
    return isinstance(event, e.StatusChanged) and event.status.activity == "idle"


# ---- both -------------------------------------------------------------------------------------------------------------


async def test_a_turn_streams_and_is_fetched_as_it_streamed(client: Client, stream: DecodedStream) -> None:
    session = await begin(client, script(think("Hm."), say("Hello there, you.")))
    await stream.wait_for(is_idle)
    deltas = "".join(
        event.text for event in stream.events if isinstance(event, e.PartDelta) and "text" in event.part_id
    )
    assert deltas == "Hello there, you."
    history = await client.history(session, 100)
    asked, answered = history.messages
    assert (asked.info.role, asked.parts[0].id) == (Role.USER, prompt_part(asked.info.id))
    assert [(part.kind, getattr(part, "text", "")) for part in answered.parts] == [
        ("reasoning", "Hm."),
        ("text", "Hello there, you."),
    ]
    received = {event.part_id for event in stream.events if isinstance(event, e.PartDelta)}
    assert {part.id for part in answered.parts} == received
    assert history.more is None
    overview = await client.overview(1000)
    assert session in {info.id for info in overview.sessions}
    assert session not in overview.statuses


async def test_a_tool_waits_for_leave_and_says_what_it_writes(client: Client, stream: DecodedStream) -> None:
    session = await begin(client, script(bash("echo hi"), say("Done")))
    request = await stream.asked()
    assert isinstance(request, PermissionRequest)
    assert (request.permission, request.patterns, request.session_id) == ("bash", ("echo hi",), session)
    overview = await client.overview(10)
    assert overview.requests == (request,)
    assert overview.statuses == {session: BUSY}
    await client.answer_permission(request.id, "once")
    await client.answer_permission(request.id, "once")  # again, as of somebody else
    await stream.wait_for(is_idle)
    written = "".join(event.text for event in stream.events if isinstance(event, e.PartDelta) and event.field == "raw")
    assert '"echo hi"' in written
    history = await client.history(session, 100)
    used = next(part for message in history.messages for part in message.parts if part.kind == "tool")
    assert (used.state, used.output.splitlines()[0], used.call) == (ToolState.COMPLETED, "hi", request.call)  # type: ignore[union-attr]


async def test_a_question_is_answered_with_a_label(client: Client, stream: DecodedStream) -> None:
    session = await begin(client, script(ask("Which?", "Red", "Blue"), say("Fine")))
    request = await stream.asked()
    assert isinstance(request, QuestionRequest)
    assert [option.label for option in request.questions[0].options] == ["Red", "Blue"]
    assert (await client.overview(10)).requests == (request,)
    await client.answer_question(request.id, [["Blue"]])
    await stream.wait_for(is_idle)
    used = next(
        part for message in (await client.history(session, 9)).messages for part in message.parts if part.kind == "tool"
    )
    assert "Blue" in used.output  # type: ignore[union-attr]


async def test_a_question_is_dismissed(client: Client, stream: DecodedStream) -> None:
    await begin(client, script(ask("Which?", "Red", "Blue"), say("Fine")))
    request = await stream.asked()
    await client.answer_question(request.id, None)
    await stream.wait_for(lambda event: isinstance(event, e.Answered) and event.outcome == "dismissed")


async def test_a_turn_is_interrupted_and_keeps_its_words(client: Client, stream: DecodedStream) -> None:
    session = await begin(client, script(tokens(3000, 0.01)))
    await stream.wait_for(lambda event: isinstance(event, e.PartDelta))
    await client.abort(session)
    await stream.wait_for(is_idle)
    answer = (await client.history(session, 9)).messages[-1]
    assert answer.info.error is not None
    assert (answer.info.error.name, answer.parts[0].kind) == ("MessageAbortedError", "text")
    assert answer.parts[0].text.startswith("t000001 ")  # type: ignore[union-attr]


async def test_a_refusal_of_the_model_is_the_message_s_error(client: Client, stream: DecodedStream) -> None:
    session = await begin(client, script(fail(400, "No such luck")))
    await stream.wait_for(is_idle)
    answer = (await client.history(session, 9)).messages[-1]
    assert answer.info.error is not None
    assert "No such luck" in answer.info.error.message


async def test_what_was_missed_is_replayed_by_its_number(
    client: Client, stream: DecodedStream, fake: FakeServerV2
) -> None:
    fake.keeps_log = True
    session = await begin(client, script(think("Hm."), say("One")))
    await stream.wait_for(is_idle)
    before = stream.places[session]
    await client.prompt(prompt(session, script(say("Two"))))
    await stream.wait_for(lambda event: isinstance(event, e.PartUpserted) and getattr(event.part, "text", "") == "Two")
    await eventually_async(lambda: _is_at_rest(client, session))
    replayed = await client.replay(session, before)
    assert replayed is not None
    places = [decoded.log_position[1] for decoded in replayed if decoded.log_position]
    assert places == sorted(set(places))  # not all numbers are published
    assert places[0] > before
    received = [event.id for event in stream.events]
    assert all(event.id in received for decoded in replayed for event in decoded.events)
    assert await client.replay(session, places[-1]) == []


async def test_a_log_that_lacks_what_it_numbers_says_nothing_of_the_past(
    fake: FakeServerV2, fake_client: Client, fake_stream: DecodedStream
) -> None:
    session = await begin(fake_client, script(say("One")))
    await fake_stream.wait_for(is_idle)
    newest = fake_stream.places[session]
    assert await fake_client.replay(session, newest - 1) is None
    assert await fake_client.replay(session, newest) == []
    assert await fake_client.replay(session, newest + 5) is None  # a number of another life of the server
    fake.keeps_log = True
    assert await fake_client.replay(session, newest - 1) is not None


@pytest.mark.parametrize("marker", [{}, {"seq": None}, {"seq": "many"}])
async def test_a_log_without_a_number_says_nothing_of_the_past(
    fake: FakeServerV2, fake_client: Client, marker: dict[str, object]
) -> None:
    async def synced(exchange: Exchange, _normal: Handler) -> None:
        await exchange.head(200, faults.SSE)
        await exchange.write(encode({"type": "log.synced", "aggregateID": "ses_x", **marker}))

    fake.always["/api/experimental/session/ses_x/log"] = synced
    assert await fake_client.replay("ses_x", 3) is None


async def _is_at_rest(client: Client, session: str) -> bool:
    return session not in (await client.overview(10)).statuses


async def test_messages_are_taken_back_and_restored(client: Client, stream: DecodedStream) -> None:
    session = await begin(client, script(say("One")))
    await stream.wait_for(is_idle)
    asked = (await client.history(session, 9)).messages[0].info.id
    await client.revert(session, asked)
    await stream.wait_for(lambda event: isinstance(event, e.SessionPatched) and event.changes.get("revert") == asked)
    await client.unrevert(session)
    await stream.wait_for(lambda event: isinstance(event, e.SessionPatched) and event.changes == {"revert": None})


async def test_files_are_found(client: Client) -> None:
    assert [found_file.path for found_file in await client.find("sheep", 5)] == ["sheep.py"]


async def test_the_catalogue_and_the_folder(client: Client) -> None:
    catalogue = await client.catalogue()
    assert catalogue.default_agent == "build"
    assert any(command.name in ("review", "init") for command in catalogue.commands)
    assert await client.directory() == client.http.directory


async def test_the_agent_is_chosen_with_a_prompt(client: Client, stream: DecodedStream) -> None:
    session = await begin(client, script(say("One")))
    await stream.wait_for(is_idle)
    await client.prompt(prompt(session, script(say("Two")), agent="plan"))
    await stream.wait_for(lambda event: isinstance(event, e.SessionPatched) and event.changes.get("agent") == "plan")


# ---- the fake alone ---------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def fake_stream(fake_client: Client) -> AsyncIterator[DecodedStream]:
    stream = DecodedStream(fake_client)
    await stream.wait_for(lambda event: isinstance(event, e.Greeted))
    yield stream
    await stream.close()


async def test_2_1_offers_its_features(fake_client: Client) -> None:
    assert isinstance(fake_client, V2Client)
    assert (fake_client.version, fake_client.dialect) == ("OpenCode 2.1.0", "OpenCode 2.x")
    assert Feature.EDIT_PROMPT in fake_client.features
    assert Feature.SHARE not in fake_client.features


async def test_a_session_is_renamed_archived_forked_and_deleted(fake: FakeServerV2, fake_client: Client) -> None:
    session = (await fake_client.create_session("Mine")).id
    await fake_client.rename(session, "Ours")
    await fake_client.archive(session, archived=True)
    (info,) = (await fake_client.overview(9)).sessions
    assert (info.title, info.archived is not None) == ("Ours", True)
    await fake_client.archive(session, archived=False)
    fork = await fake_client.fork(session)
    await fake_client.delete(session)
    assert [info.id for info in (await fake_client.overview(9)).sessions] == [fork.id]
    with pytest.raises(errors.NotFound):
        await fake_client.rename(session, "Gone")


async def test_a_prompt_that_waits_is_seen_changed_and_taken_back(
    fake: FakeServerV2, fake_client: Client, fake_stream: DecodedStream
) -> None:
    session = await begin(fake_client, script(gate("door"), say("One")))
    await fake_stream.wait_for(lambda event: isinstance(event, e.PromptDelivered))
    files = (Attachment("text/plain", "a.txt", "data:text/plain;base64,aGk="),)
    first, second = prompt(session, "Wait", files=files), prompt(session, "Wait too")
    await fake_client.prompt(first)
    await fake_client.prompt(second)
    waiting = [message for message in (await fake_client.history(session, 9)).messages if message.info.queued]
    assert [message.info.id for message in waiting] == [first.message_id, second.message_id]
    await fake_client.cancel_prompt(session, second.message_id)
    await fake_client.edit_prompt(session, first.message_id, "Changed")
    (left,) = [message for message in (await fake_client.history(session, 9)).messages if message.info.queued]
    assert [getattr(part, "text", "") or getattr(part, "url", "") for part in left.parts] == [
        "Changed",
        "data:text/plain;base64,aGk=",
    ]
    with pytest.raises(errors.NotFound, match="no longer waits"):
        await fake_client.edit_prompt(session, first.message_id, "Again")
    fake.open("door")


async def test_when_a_prompt_has_its_turn_is_stated_and_changed(
    fake: FakeServerV2, fake_client: Client, fake_stream: DecodedStream
) -> None:
    session = await begin(fake_client, script(gate("door"), say("One")))
    await fake_stream.wait_for(lambda event: isinstance(event, e.PromptDelivered))
    sent = prompt(session, "Wait", delivery="queue")
    await fake_client.prompt(sent)
    (waiting,) = [message.info for message in (await fake_client.history(session, 9)).messages if message.info.queued]
    assert waiting.delivery == "queue"
    await fake_client.deliver_prompt(session, sent.message_id, "steer")
    await fake_stream.wait_for(
        lambda event: isinstance(event, e.MessagePatched) and event.changes == {"delivery": "steer"}
    )
    with pytest.raises(errors.NotFound):
        await fake_client.deliver_prompt(session, "msg_none", "steer")
    fake.open("door")


@pytest.mark.parametrize("call", ["inbox", "message"])
async def test_a_prompt_that_has_its_turn_while_all_is_fetched_is_there_once(
    call: str, fake: FakeServerV2, fake_client: Client, fake_stream: DecodedStream
) -> None:
    session = await begin(fake_client, script(gate("door"), say("One")))
    await fake_stream.wait_for(lambda event: isinstance(event, e.PromptDelivered))
    sent = prompt(session, "Wait", delivery="queue")
    await fake_client.prompt(sent)

    async def have_its_turn(exchange: Exchange, normal: Handler) -> None:
        fake.open("door")
        await eventually(lambda: not fake.inbox[session])
        await normal(exchange)

    fake.always[f"/api/session/{session}/{call}"] = have_its_turn
    events = [message.info.id for message in (await fake_client.history(session, 9)).messages]
    assert events.count(sent.message_id) == 1


async def test_shell_commands_and_compaction_are_messages(fake_client: Client, fake_stream: DecodedStream) -> None:
    session = (await fake_client.create_session()).id
    await fake_client.shell(Invocation(session, "ls"))
    assert await fake_client.compact(session, "scripted/m") is Admitted.SUMMARY
    await fake_stream.wait_for(is_idle)
    shell, summary = (await fake_client.history(session, 9)).messages
    assert shell.parts[0].output == "a.py\n"  # type: ignore[union-attr]
    assert (summary.info.summary, summary.parts[0].text) == (True, "They talked")  # type: ignore[union-attr]
    upserts = [event.info.id for event in fake_stream.events if isinstance(event, e.MessageUpserted)]
    assert upserts == [shell.info.id, summary.info.id]


async def test_a_command_is_run_with_the_agent_that_was_chosen(fake: FakeServerV2, fake_client: Client) -> None:
    session = (await fake_client.create_session()).id
    invocation = Invocation(session, "review", "all", PromptOptions("plan", "scripted/m", "low"))
    assert await fake_client.command(invocation) is Admitted.PROMPT
    assert (fake.sessions[session]["agent"], fake.sessions[session]["model"]["variant"]) == ("plan", "low")
    await eventually(lambda: fake.messages[session])
    assert fake.messages[session][0]["text"] == "/review all"


async def test_files_services_and_changes(fake: FakeServerV2, fake_client: Client) -> None:
    session = (await fake_client.create_session()).id
    (changed,) = await fake_client.diff(session, "msg_1")
    assert (changed.file, changed.additions, changed.status) == ("sheep.py", 1, "modified")
    (service,) = await fake_client.services()
    assert (service.name, service.state, service.detail) == ("search", "failed", "No network")
    await fake_client.connect_mcp("search", connected=True)
    assert fake.answers == [{"search": "connect"}]


async def test_names_in_a_prompt_are_sent_with_their_position(fake: FakeServerV2, fake_client: Client) -> None:
    session = (await fake_client.create_session()).id
    mentions = (Mention("file", "sheep.py", 3, 12), Mention("agent", "general", 13, 21))
    await fake_client.prompt(prompt(session, "🐑: @sheep.py @general", mentions=mentions))
    sent = fake.seen("POST", f"/api/session/{session}/prompt")[0].json()
    assert sent["files"] == [
        {
            "uri": f"file://{DIRECTORY}/sheep.py",
            "name": "sheep.py",
            "mention": {"start": 4, "end": 13, "text": "@sheep.py"},
        }
    ]
    assert sent["agents"] == [{"name": "general", "mention": {"start": 14, "end": 22, "text": "@general"}}]
    assert mention_place("ab", Mention("agent", "b", 1, 2)) == {"start": 1, "end": 2, "text": "b"}


async def test_a_reason_goes_with_a_no(fake: FakeServerV2, fake_client: Client, fake_stream: DecodedStream) -> None:
    session = await begin(fake_client, script(bash("rm -r /"), say("Pity")))
    request = await fake_stream.asked()
    await fake_client.answer_permission(request.id, "reject", "Not that")
    await fake_stream.wait_for(is_idle)
    assert fake.answers == [{"decision": "reject", "message": "Not that"}]
    used = next(
        part
        for message in (await fake_client.history(session, 9)).messages
        for part in message.parts
        if part.kind == "tool"
    )
    assert (used.state, used.error) == (ToolState.ERROR, "The user said no")  # type: ignore[union-attr]


async def test_an_answer_of_the_wrong_kind_is_not_sent(
    fake: FakeServerV2, fake_client: Client, fake_stream: DecodedStream
) -> None:
    form = {"id": "frm_x", "sessionID": "ses_x", "title": "Size", "fields": [{"key": "n", "type": "integer"}]}
    fake.say("form.created", "", form=form)
    await fake_stream.asked()
    with pytest.raises(errors.RequestFailed, match="must be a whole number"):
        await fake_client.answer_question("frm_x", [["many"]])
    assert fake.answers == []


@pytest.mark.parametrize("answers", [None, [["x"]]])
async def test_an_unknown_request_is_done(fake_client: Client, answers: list[list[str]] | None) -> None:
    await fake_client.answer_question("frm_?", answers)
    await fake_client.answer_permission("per_?", "once")


@pytest.mark.parametrize(("status", "kind"), [(409, None), (500, errors.RequestFailed)])
async def test_a_request_settled_elsewhere_is_done_and_a_failure_is_reported(
    fake: FakeServerV2, fake_client: Client, fake_stream: DecodedStream, status: int, kind: type[Exception] | None
) -> None:
    session = await begin(fake_client, script(bash("echo hi")))
    request = await fake_stream.asked()
    path = f"/api/session/{session}/permission/{request.id}/reply"
    fake.always[path] = faults.body(b'{"_tag": "X", "message": "no"}', status=status)
    if kind is None:
        await fake_client.answer_permission(request.id, "once")
    else:
        with pytest.raises(kind):
            await fake_client.answer_permission(request.id, "once")


async def test_more_than_a_page_of_sessions_and_messages(fake: FakeServerV2, fake_client: Client) -> None:
    made = [fake.add_session(f"No. {at}")["id"] for at in range(230)]
    overview = await fake_client.overview(205)
    assert [info.id for info in overview.sessions] == made[:-206:-1]
    assert overview.more_sessions
    assert not (await fake_client.overview(1000)).more_sessions
    fake.messages[made[0]] = [
        {"id": f"msg_{at:03d}", "type": "user", "text": str(at), "time": {"created": at + 1}} for at in range(250)
    ]
    newest = await fake_client.history(made[0], 120)
    assert [message.info.id for message in newest.messages] == [f"msg_{at:03d}" for at in range(130, 250)]
    older = await fake_client.history(made[0], 200, newest.more)
    assert (older.messages[0].info.id, older.more) == ("msg_000", None)


async def test_a_list_of_things_to_do_is_fetched_with_the_messages(
    fake_client: Client, fake_stream: DecodedStream
) -> None:
    todos = [{"content": "Sleep", "status": "pending", "priority": "high"}]
    session = await begin(fake_client, script(tool("plugin_todos", todos=todos), say("So")))
    await fake_stream.wait_for(is_idle)
    history = await fake_client.history(session, 9)
    assert history.todos is not None
    assert [todo.content for todo in history.todos] == ["Sleep"]


async def test_a_log_that_does_not_end_its_past_is_given_up(fake: FakeServerV2, fake_client: Client) -> None:
    fake_client.http.limits = Limits(answer=0.2)
    fake.always["/api/experimental/session/ses_x/log"] = faults.headers_then_silence
    assert await fake_client.replay("ses_x", 0) is None, "the messages are fetched in its place"


# What a server says of a route that it lacks, and of a thing.
NO_ROUTE, NO_THING = (
    b'{"_tag": "RouteNotFound"}',
    b'{"_tag": "CommandNotFoundError", "message": "Command not found: review"}',
)


@pytest.mark.parametrize(
    ("missing", "kind", "words"),
    [
        (faults.body(b"", status=404), errors.NotSupported, r"has no call POST /api/session/\{id\}/command"),
        (faults.body(NO_ROUTE, status=404), errors.NotSupported, "has no call"),
        (faults.html_page, errors.NotSupported, "has no call"),
        (faults.body(NO_THING, status=404), errors.NotFound, "Command not found: review"),
    ],
)
async def test_a_call_that_the_server_lacks_is_told_from_a_thing_that_is_not_there(
    fake: FakeServerV2, fake_client: Client, missing: faults.Fault, kind: type[Exception], words: str
) -> None:
    session = (await fake_client.create_session()).id
    fake.always[f"/api/session/{session}/command"] = missing
    with pytest.raises(kind, match=words):
        await fake_client.command(Invocation(session, "review"))
    fake.always[f"/api/session/{session}"] = faults.body(NO_ROUTE, status=404)
    with pytest.raises(errors.NotFound):  # whatever else is missing, the session is
        await fake_client.command(Invocation(session, "review"))


@pytest.mark.parametrize("missing", [faults.body(b"", status=404), faults.html_page])
async def test_lists_that_the_server_lacks_are_empty(
    fake: FakeServerV2, fake_client: Client, missing: faults.Fault
) -> None:
    session = fake.add_session()["id"]
    paths = ("location", "form", "permission/request", "session/active", "shell", f"session/{session}/inbox")
    fake.always |= {f"/api/{path}": missing for path in paths}
    overview = await fake_client.overview(9)
    assert ([info.id for info in overview.sessions], overview.requests, overview.statuses) == ([session], (), {})
    assert (await fake_client.history(session, 9)).messages == ()
    assert await fake_client.directory() is None


async def test_stop_ends_the_users_command_whose_output_is_read_meanwhile(
    fake: FakeServerV2, fake_client: Client, fake_stream: DecodedStream
) -> None:
    session = (await fake_client.create_session()).id
    shell = asyncio.create_task(fake_client.shell(Invocation(session, "wait for ever")))
    began = await fake_stream.wait_for(lambda event: isinstance(event, e.ShellChanged))
    assert isinstance(began, e.ShellChanged)
    assert await fake_client.shell_output(began.shell_id, 0) == ("a.py\n", 5)
    assert (await fake_client.overview(9)).shells == {began.shell_id}
    await fake_client.abort(session)
    await shell
    await fake_stream.wait_for(lambda event: isinstance(event, e.ShellChanged) and not event.running)
    assert (await fake_client.overview(9)).shells == frozenset()


async def test_web_pages_are_never_taken_for_success(fake: FakeServerV2, fake_client: Client) -> None:
    of_session = ("", "/ses_x", "/ses_x/inbox", "/ses_x/message")
    for path in (f"/api/session{session}" for session in of_session):
        fake.always[path] = faults.html_page
    with pytest.raises(errors.NotOpenCode):
        await fake_client.overview(9)
    with pytest.raises(errors.NotOpenCode):
        await fake_client.history("ses_x", 9)
    with pytest.raises(errors.NotOpenCode):
        await fake_client.create_session()
    with pytest.raises(errors.NotOpenCode):
        await fake_client.rename("ses_x", "x")


async def test_a_client_that_speaks_1x_to_it_learns_so_and_takes_no_web_page_for_an_answer(fake: FakeServerV2) -> None:
    client = V1Client(Http(address(fake.url), DIRECTORY, QUICK), "OpenCode 1.x")
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: client.overview(9),
        lambda: client.history("ses_1", 9),
        client.create_session,
        client.catalogue,
        lambda: client.prompt(prompt("ses_1", "Hi")),
        lambda: client.abort("ses_1"),
        lambda: client.answer_permission("per_1", "once"),
        lambda: client.rename("ses_1", "x"),
        lambda: client.delete("ses_1"),
        lambda: anext(client.listen()),
    ]
    for call in calls:
        with pytest.raises(errors.NotOpenCode):
            await call()
    await client.close()


async def test_a_newer_version_with_words_that_we_do_not_know_goes_on(
    fake: FakeServerV2, fake_client: Client, fake_stream: DecodedStream
) -> None:
    session = await begin(fake_client, script(say("One."), gate("door"), say("Two.")))
    await fake_stream.wait_for(lambda event: isinstance(event, e.PartDelta))
    answer = fake.messages[session][-1]
    about = {"assistantMessageID": answer["id"], "mood": "calm"}
    fake.say("session.telepathy.started", session, strength=9)
    fake.say("session.status", session, status={"type": "dreaming"})
    fake.say("session.step.ended", session, **about, finish="bored", cost="much", tokens={"input": "many"})
    fake.say("permission.replied", session, requestID="per_x", reply="perhaps")
    fake.say("session.inbox.delivery.changed", session, inboxID="msg_x", delivery="someday")
    fake.sessions[session] |= {"aura": "green", "outcome": "transcended"}
    answer["content"] += [
        {"type": "hologram", "pixels": 9},
        {"type": "tool", "id": "c", "name": "x", "state": {"status": "dreaming"}},
    ]
    fake.messages[session].append({"id": "msg_z", "type": "vision", "time": {"created": 1}})
    fake.open("door")
    await fake_stream.wait_for(lambda event: isinstance(event, e.StatusChanged) and event.status == IDLE)
    assert not any(isinstance(event, e.Malformed) for event in fake_stream.events)
    assert [event.name for event in fake_stream.events if isinstance(event, e.Unknown)] == ["session.telepathy.started"]
    assert [info.id for info in (await fake_client.overview(9)).sessions] == [session]
    _, value = (await fake_client.history(session, 9)).messages
    assert "Two." in [part.text for part in value.parts if isinstance(part, TextInfo)]
