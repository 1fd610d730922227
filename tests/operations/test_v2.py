"""What OpenCode 2.x does otherwise than 1.x, as a real 2.x server was seen to do it: on the fake 2.1 server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.model.entities import PermissionRequest, QuestionRequest, Role, ToolState
from opencode_widget.model.state import Message, MessageState, Part, Session
from opencode_widget.operations import long_calls, prompts, replies, sessions, turn
from opencode_widget.operations.turn import admitted
from opencode_widget.sync.runtime import InstanceRuntime

from ..support.runtimes import PATIENT, REAL, Connect
from ..support.scripts import ask, bash, fail, gate, say, script, tokens, tool
from ..support.servers import faults
from ..support.servers.proxy import Proxy
from ..support.v2.fake import FakeServerV2
from ..support.wait import eventually


@dataclass(frozen=True)
class TwoSession:
    """A session on screen, of a fake 2.1 server behind a proxy that can be cut."""

    runtime: InstanceRuntime
    fake: FakeServerV2
    proxy: Proxy
    id: str

    @property
    def state(self) -> Session:
        """What the kernel knows of it."""
        return self.runtime.session(self.id)

    @property
    def answers(self) -> list[Message]:
        return [message for message in self.state if message.role is Role.ASSISTANT]

    @property
    def tools(self) -> list[Part]:
        return [part for message in self.state for part in message.parts if part.kind == "tool"]

    @property
    def asked(self) -> list[str]:
        """The text of each prompt."""
        return [message.text for message in self.state if message.role is Role.USER]

    async def send(self, *steps: object) -> str:
        return await prompts.prompt(self.runtime, self.id, script(*steps))  # type: ignore[arg-type]

    async def ask(self, text: str) -> Message:
        return await turn.ask(self.runtime, self.id, text, timeout=20)

    async def request(self) -> PermissionRequest | QuestionRequest:
        """Wait for a request of the agent."""
        await eventually(lambda: self.runtime.state.requests, what="a request")
        return next(iter(self.runtime.state.requests.values()))

    async def cut(self) -> None:
        await self.proxy.refuse()
        await eventually(lambda: not self.runtime.is_live, what="the loss of the stream")

    async def resume(self) -> None:
        await self.proxy.resume()
        await eventually(lambda: self.runtime.is_live, what="the new stream")

    async def is_idle(self) -> None:
        await eventually(lambda: self.runtime.is_live and not self.state.busy, what="rest")

    async def agrees(self) -> None:
        """What is shown is what the server has, part by part."""
        assert self.runtime.client is not None
        fetched = (await self.runtime.client.history(self.id, 1000)).messages
        await eventually(
            lambda: self.state.ids == [message.info.id for message in fetched], what="the server's messages"
        )
        for message, value in zip(self.state, fetched, strict=True):
            assert [(part.id, part.text, part.output, part.state) for part in message.parts] == [
                (part.id, getattr(part, "text", ""), getattr(part, "output", ""), getattr(part, "state", None))
                for part in value.parts
            ]


@pytest.fixture(params=["no log", "a log"])
def keeps_log(request: pytest.FixtureRequest) -> bool:
    """Does the server keep the events of a session? `opencode serve` does not."""
    return bool(request.param == "a log")


@pytest_asyncio.fixture
async def two(keeps_log: bool, connect: Connect) -> AsyncIterator[TwoSession]:
    async with FakeServerV2(keeps_log=keeps_log) as fake, Proxy(fake.url) as proxy:
        runtime = connect(proxy.url, backoff=PATIENT, limits=REAL)
        await runtime.ready()
        yield TwoSession(runtime, fake, proxy, (await runtime.new_session()).id)
        await runtime.close()


# ---- a cut ------------------------------------------------------------------------------------------------------------


async def test_an_answer_that_went_on_to_a_permission_while_the_stream_was_cut_is_whole(two: TwoSession) -> None:
    await two.send(tokens(5), gate("door"), tokens(30, start=6), bash("echo hi"), say("End"))
    await eventually(lambda: "t000005" in "".join(message.text for message in two.answers))
    await two.cut()
    two.fake.open("door")
    await eventually(lambda: two.fake.permissions)
    await two.resume()
    request = await two.request()
    await eventually(lambda: two.tools, what="the tool that asks")
    assert "t000035" in two.answers[-1].text
    await replies.answer_permission(two.runtime, request.id, "once")
    await two.is_idle()
    await two.agrees()


async def test_a_whole_turn_that_ran_while_the_stream_was_cut_is_there(two: TwoSession) -> None:
    await two.ask("One")
    await two.cut()
    await two.fake.finish(two.id, script(say("Two"), tool("glob", pattern="*"), say("Three")))
    await two.resume()
    await two.is_idle()
    assert [message.text for message in two.answers] == ["One", "Two", "Three"]
    await two.agrees()


async def test_two_cuts_in_one_turn_lose_nothing(two: TwoSession) -> None:
    await two.send(tokens(5), gate("first"), tool("glob", pattern="*"), tokens(5), gate("second"), say("End"))
    await eventually(lambda: two.answers and two.answers[-1].text)
    for door in ("first", "second"):
        await two.cut()
        two.fake.open(door)
        await asyncio.sleep(0.05)
        await two.resume()
    await eventually(lambda: two.answers[-1].text.endswith("End"))
    await two.is_idle()
    await two.agrees()


@pytest.mark.parametrize(
    "fault",
    [
        faults.body(b'{"_tag": "InvalidRequestError", "message": "No such query"}', status=400),
        faults.body(b"", status=405),
        faults.body(b'{"_tag": "UnknownError"}', status=500),
        faults.html_page,
        faults.body(b"data: {oops\n\n", "text/event-stream"),
        faults.body(b'data: {"type": "log.synced"}\n\n', "text/event-stream"),
    ],
    ids=["400", "405", "500", "web page", "not JSON", "marker without a number"],
)
async def test_a_log_that_cannot_be_read_costs_nothing(fault: faults.Fault, connect: Connect) -> None:
    async with FakeServerV2() as fake, Proxy(fake.url) as proxy:
        runtime = connect(proxy.url, backoff=PATIENT, limits=REAL)
        await runtime.ready()
        two = TwoSession(runtime, fake, proxy, (await runtime.new_session()).id)
        fake.always[f"/api/experimental/session/{two.id}/log"] = fault
        await two.ask("One")
        await two.cut()
        await fake.finish(two.id, script(say("Two")))
        await two.resume()
        assert [message.text for message in two.answers] == ["One", "Two"]
        await two.agrees()
        await runtime.close()


# ---- a revert ---------------------------------------------------------------------------------------------------------


async def test_a_prompt_after_a_revert_is_shown_and_answered(two: TwoSession) -> None:
    await two.ask("First")
    await two.ask("Second")
    second = next(message.id for message in two.state if message.text == "Second")
    await sessions.revert(two.runtime, two.id, second)
    assert (await two.ask("Third")).text == "Third"
    assert two.asked == ["First", "Third"]
    assert two.state.info.revert is None
    await two.agrees()


async def test_a_compaction_after_a_revert_commits_it(two: TwoSession) -> None:
    await two.ask("First")
    await sessions.revert(two.runtime, two.id, two.state.ids[0])
    summary = await long_calls.finish(two.runtime, two.id, long_calls.compact(two.runtime, two.id))
    assert summary is not None
    assert (summary.text, two.asked, two.state.info.revert) == ("They talked", [], None)
    await two.agrees()


# ---- what the server only admits --------------------------------------------------------------------------------------


async def test_a_command_ends_with_its_turn_and_returns_its_last_message(two: TwoSession) -> None:
    call = long_calls.command(two.id, "/review", "all of it")
    last = await long_calls.finish(two.runtime, two.id, call)
    assert last is not None
    assert (last.role, last.text, last.state) == (Role.ASSISTANT, "/review all of it", MessageState.COMPLETE)
    assert not two.state.busy


async def test_init_is_a_command_and_ends_with_its_turn(two: TwoSession) -> None:
    last = await long_calls.finish(two.runtime, two.id, long_calls.init(two.runtime, two.id))
    assert last is not None
    assert (last.role, last.text.strip(), two.state.busy) == (Role.ASSISTANT, "/init", False)


async def test_a_command_sent_into_a_turn_ends_after_it(two: TwoSession) -> None:
    await two.send(say("One."), gate("door"), tool("glob", pattern="*"), say("Two."))
    await eventually(lambda: two.answers and two.answers[-1].text)
    call = asyncio.create_task(long_calls.finish(two.runtime, two.id, long_calls.command(two.id, "review", "it")))
    await eventually(lambda: "/review it" in two.asked)
    assert not call.done()
    two.fake.open("door")
    last = await asyncio.wait_for(call, 20)
    assert last is not None
    assert "/review it" in last.text
    assert not two.state.busy


async def test_a_compaction_returns_its_whole_summary(two: TwoSession) -> None:
    await two.ask("One")
    two.fake.compaction_gate = "summary"
    call = asyncio.create_task(long_calls.finish(two.runtime, two.id, long_calls.compact(two.runtime, two.id)))
    await eventually(lambda: any(message.info.summary for message in two.state))
    assert not call.done()
    two.fake.open("summary")
    summary = await asyncio.wait_for(call, 20)
    assert summary is not None
    assert (summary.text, summary.info.summary, summary.info.completed is not None) == ("They talked", True, True)


async def test_a_compaction_that_fails_says_why(two: TwoSession) -> None:
    await two.ask("One")
    two.fake.compaction_error = "Too long"
    with pytest.raises(errors.SessionFailed, match="Too long"):
        await long_calls.finish(two.runtime, two.id, long_calls.compact(two.runtime, two.id))


async def test_a_call_without_a_turn_ends_with_the_last_message(
    two: TwoSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitted, "GRACE", 0.1)
    await two.ask("One")
    two.fake.always[f"/api/session/{two.id}/compact"] = faults.body(b'{"data": {}}')
    last = await long_calls.finish(two.runtime, two.id, long_calls.compact(two.runtime, two.id))
    assert last is not None
    assert last.text == "One"


async def test_a_call_whose_turn_ends_while_the_stream_is_cut_ends_too(two: TwoSession) -> None:
    two.fake.compaction_gate = "summary"
    call = asyncio.create_task(long_calls.finish(two.runtime, two.id, long_calls.compact(two.runtime, two.id)))
    await eventually(lambda: any(message.info.summary for message in two.state))
    await two.cut()
    two.fake.open("summary")
    await two.resume()
    summary = await asyncio.wait_for(call, 20)
    assert summary is not None
    assert summary.text == "They talked"


# ---- requests ---------------------------------------------------------------------------------------------------------


async def test_a_permission_goes_when_its_turn_is_stopped(two: TwoSession) -> None:
    await two.send(bash("echo hi"), say("Done"))
    await two.request()
    await prompts.abort(two.runtime, two.id)
    await two.is_idle()
    await eventually(lambda: not two.runtime.state.requests, what="no request")
    assert two.runtime.state.waiting(two.id) == 0


async def test_the_time_that_a_tool_waited_is_known_apart_from_its_own(two: TwoSession) -> None:
    await two.send(bash("echo hi"), say("Done"))
    request = await two.request()
    assert request.message_id is not None
    assert request.call is not None
    await asyncio.sleep(0.2)
    await replies.answer_permission(two.runtime, request.id, "once")
    await two.is_idle()
    assert (two.state.waiting_times.of(request.message_id, request.call) or 0) >= 200


@pytest.mark.parametrize("reason", ["reject", "dismiss"])
async def test_a_bare_no_ends_the_turn(two: TwoSession, reason: str) -> None:
    await two.send(bash("rm x") if reason == "reject" else ask("Which?", "This", "That"), say("Never"))
    request = await two.request()
    if reason == "reject":
        await replies.answer_permission(two.runtime, request.id, "reject")
    else:
        await replies.answer_question(two.runtime, request.id, None)
    await two.is_idle()
    assert "Never" not in "".join(message.text for message in two.answers)
    assert (two.tools[0].state, two.runtime.state.requests) == (ToolState.ERROR, {})
    await two.agrees()


async def test_words_with_a_no_are_read_by_the_model(two: TwoSession) -> None:
    await two.send(bash("rm x"), say("Then not"))
    await replies.answer_permission(two.runtime, (await two.request()).id, "reject", "Not that")
    await two.is_idle()
    assert two.answers[-1].text == "Then not"


async def test_a_form_with_a_step_elsewhere_is_answered(two: TwoSession) -> None:
    fields = [
        {"key": "login", "type": "external", "url": "https://example.org/login", "title": "Log in"},
        {"key": "name", "type": "string", "title": "Name"},
    ]
    await two.send(tool("question", fields=fields), say("Done"))
    await replies.answer_question(two.runtime, (await two.request()).id, [[], ["Ada"]])
    await two.is_idle()
    assert two.fake.answers == [{"answer": {"login": True, "name": "Ada"}}]
    assert two.answers[-1].text == "Done"


# ---- shells -----------------------------------------------------------------------------------------------------------


async def test_stop_ends_a_shell_command_which_counts_as_busy(two: TwoSession) -> None:
    call = long_calls.shell(two.runtime, two.id, "wait for ever")
    shell = asyncio.create_task(long_calls.finish(two.runtime, two.id, call))
    await eventually(lambda: two.tools, what="the command")
    assert two.state.busy
    await eventually(lambda: two.answers[-1].state is MessageState.STREAMING)
    await prompts.abort(two.runtime, two.id)
    await asyncio.wait_for(shell, 20)
    await two.is_idle()
    assert two.tools[0].info.metadata["status"] == "killed"  # type: ignore[union-attr]
    await two.agrees()


async def test_a_shell_command_is_busy_beside_a_turn_and_after_a_cut(two: TwoSession) -> None:
    call = long_calls.shell(two.runtime, two.id, "wait door")
    shell = asyncio.create_task(long_calls.finish(two.runtime, two.id, call))
    await eventually(lambda: two.tools)
    await two.send(say("Hi"))
    await eventually(lambda: any(message.text == "Hi" and message.info.completed for message in two.answers))
    assert two.state.busy
    await two.fake.cut_all()
    await eventually(lambda: not two.runtime.is_live)
    await two.resume()
    assert two.state.busy
    two.fake.open("door")
    await asyncio.gather(shell, return_exceptions=True)
    await two.is_idle()
    await two.agrees()


async def test_a_prompt_is_answered_while_a_shell_command_runs(two: TwoSession) -> None:
    call = long_calls.shell(two.runtime, two.id, "wait door")
    shell = asyncio.create_task(long_calls.finish(two.runtime, two.id, call))
    await eventually(lambda: two.tools)
    assert (await two.ask("Hi")).text == "Hi"
    assert not shell.done()
    two.fake.open("door")
    await shell


# ---- routes that are not there ----------------------------------------------------------------------------------------

GONE = faults.body(b'{"_tag": "RouteNotFound"}', status=404)
ABSENT, ABSENCES = [GONE, faults.body(b"", status=405), faults.html_page], ["404", "405", "web page"]


@pytest.mark.parametrize(
    "path", ["/api/form", "/api/permission/request", "/api/session/active", "/api/shell", "/api/location"]
)
@pytest.mark.parametrize("how", ABSENT, ids=ABSENCES)
async def test_a_list_that_the_server_lacks_is_empty(path: str, how: faults.Fault, connect: Connect) -> None:
    async with FakeServerV2() as fake:
        fake.always[path] = how
        runtime = connect(fake.url, limits=REAL)
        await runtime.ready()
        session = (await runtime.new_session()).id
        assert (await turn.ask(runtime, session, "Hi", timeout=20)).text == "Hi"
        await runtime.close()


@pytest.mark.parametrize("how", ABSENT, ids=ABSENCES)
async def test_a_permission_that_no_list_names_waits_on_after_a_cut(two: TwoSession, how: faults.Fault) -> None:
    two.fake.always["/api/permission/request"] = how
    await two.send(bash("echo hi"), say("Done"))
    request = await two.request()
    await two.cut()
    await two.resume()
    assert list(two.runtime.state.requests) == [request.id]
    await replies.answer_permission(two.runtime, request.id, "once")
    await two.is_idle()
    assert not two.runtime.state.requests
    assert "Done" in two.answers[-1].text


async def test_forms_are_found_under_their_older_route(connect: Connect) -> None:
    async with FakeServerV2() as fake:
        form = {"id": "frm_1", "sessionID": fake.add_session()["id"], "title": "Size", "fields": []}
        fake.always["/api/form"] = GONE
        fake.always["/api/form/request"] = faults.body(json.dumps({"data": [form]}).encode())
        runtime = connect(fake.url, limits=REAL)
        await runtime.ready()
        assert list(runtime.state.requests) == ["frm_1"]
        await runtime.close()


@pytest.mark.parametrize("how", ABSENT, ids=ABSENCES)
async def test_a_call_that_the_server_lacks_is_refused_in_words_that_fit(two: TwoSession, how: faults.Fault) -> None:
    two.fake.always[f"/api/session/{two.id}/compact"] = how
    with pytest.raises(errors.NotSupported, match=r"2\.1\.0 .*compact"):
        await long_calls.finish(two.runtime, two.id, long_calls.compact(two.runtime, two.id))


async def test_a_command_that_is_not_there_is_refused_in_the_server_s_words(two: TwoSession) -> None:
    words = b'{"_tag": "CommandNotFoundError", "message": "Command not found: revue"}'
    two.fake.always[f"/api/session/{two.id}/command"] = faults.body(words, status=404)
    with pytest.raises(errors.NotFound, match="Command not found: revue"):
        await long_calls.finish(two.runtime, two.id, long_calls.command(two.id, "revue"))


# ---- tools and steps --------------------------------------------------------------------------------------------------


async def test_a_call_of_an_unknown_to_do_tool_fills_no_list(two: TwoSession) -> None:
    todos = [{"content": "Sleep", "status": "pending", "priority": "high"}]
    await two.send(tool("todowrite", todos=todos), say("So"))
    await eventually(lambda: two.answers and two.answers[-1].text == "So")
    assert two.state.todos == ()
    await two.runtime.history.refetch(two.id)
    assert two.state.todos == ()


async def test_a_step_that_is_tried_again_keeps_the_time_of_its_message(two: TwoSession) -> None:
    await two.send(fail(503, "Busy", times=2), say("At last"))
    await eventually(lambda: two.answers and two.answers[-1].text == "At last")
    await two.is_idle()
    (row,) = [message for message in two.fake.messages[two.id] if message["type"] == "assistant"]
    assert two.answers[0].info.created == row["time"]["created"]


async def test_a_running_shell_tool_shows_its_output(two: TwoSession) -> None:
    await two.send(tool("shell", command="wait door"), say("Done"))
    await replies.answer_permission(two.runtime, (await two.request()).id, "once")
    await eventually(lambda: two.fake.shells.known)
    (shell,) = two.fake.shells.known
    two.fake.shells.write(shell, "one 🐑\n")
    await eventually(lambda: two.tools[0].output == "one 🐑\n", what="the first line")
    two.fake.shells.write(shell, "two\n")
    await eventually(lambda: two.tools[0].output == "one 🐑\ntwo\n", what="the second line")
    assert two.tools[0].state is ToolState.RUNNING
    two.fake.open("door")
    await two.is_idle()
    await two.agrees()
