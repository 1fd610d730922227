"""The Python handle of a session: what it tells, what can be done with it, and from which loop."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from opencode_widget import errors
from opencode_widget.api.session import Session
from opencode_widget.errors import BadAttachment
from opencode_widget.model import events as e
from opencode_widget.model.entities import Role
from opencode_widget.server.endpoints import attached_server
from opencode_widget.sync.event_loop import HomeLoop

from ..support import shapes
from ..support.command_client import CommandClient
from ..support.managers import manage
from ..support.runtimes import QUICK
from ..support.scripts import delegate, fail, gate, say, script, tokens
from ..support.servers import faults
from ..support.servers.classic import ClassicServer
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer
from ..support.wait import eventually

pytestmark = pytest.mark.timeout(90)


# ---- what it tells --------------------------------------------------------------------------------------------------


async def test_a_session_describes_itself(fake: Session) -> None:
    assert repr(fake) == "<Session 'A session' idle, 0 messages loaded>"
    assert (fake.title, fake.parent, fake.status, fake.messages, fake.children) == ("A session", None, "idle", [], [])
    assert (fake.todos, fake.pending, fake.info.id) == ([], [], fake.id)
    twin = Session(fake._runtime, fake.id)
    assert twin == fake
    assert hash(twin) == hash(fake)
    assert fake != "ses_1"
    assert fake != Session(fake._runtime, "ses_2")


async def test_a_session_knows_those_of_its_sub_agents(
    client: CommandClient, fake: Session, fake_server: FakeServer
) -> None:
    fake_server.add_session("ses_below", parent="ses_1")
    await eventually(lambda: fake.children)
    (child,) = fake.children
    assert (child.id, child.parent, child.children) == ("ses_below", "ses_1", [])


async def test_a_deleted_session_says_so(fake: Session, fake_server: FakeServer) -> None:
    info = fake_server.sessions.pop("ses_1")
    fake_server.emit("session.deleted", durable=True, sessionID="ses_1", info=info)
    await eventually(lambda: repr(fake) == "<Session ses_1 (deleted)>")
    assert fake._repr_html_() == ""
    for read in ("info", "title", "parent", "status", "messages", "todos"):
        with pytest.raises(errors.NotFound):
            getattr(fake, read)
    assert (fake.children, fake.pending) == ([], [])


async def test_show_selects_it_in_the_widget(client: CommandClient, fake: Session, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_2")
    await eventually(lambda: len(client.instance.sessions) == 2)
    fake.show()
    assert fake._runtime.selected == "ses_1"
    client.instance.session("ses_2").show()
    assert fake._runtime.selected == "ses_2"


async def test_the_handles_can_be_read_while_the_home_thread_is_at_work(fake_server: FakeServer) -> None:
    manager = manage(HomeLoop(background=True), limits=QUICK)
    instance = manager.add(attached_server(fake_server.url, None, "opencode", None))
    fake_server.add_session("ses_x")
    await instance.ready()
    session = instance.session("ses_x")
    await session.load()

    def read() -> None:
        while len(instance.sessions) < 400:
            assert all(message.session_id == "ses_x" for message in session.messages)
            assert session.children == []
            repr(instance)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        reading = asyncio.ensure_future(asyncio.to_thread(read))
        for number in range(400):
            fake_server.add_session(f"ses_{number}")
            fake_server.put_message(shapes.user(f"msg_{number}", "ses_x", at=number))
            await asyncio.sleep(0)
        async with asyncio.timeout(30):
            await reading
    finally:
        sys.setswitchinterval(interval)
    await manager.close()


# ---- prompts --------------------------------------------------------------------------------------------------------


async def test_a_prompt_is_answered(session: Session) -> None:
    reply = await session.ask(script(say("Hello **you**")))
    assert (reply.text, session.status) == ("Hello **you**", "idle")
    assert [message.role for message in session.messages] == [Role.USER, Role.ASSISTANT]


async def test_an_error_of_the_model_is_drawn_with_the_message(session: Session) -> None:
    with pytest.raises(errors.SessionFailed, match="on strike"):
        await session.ask(script(fail(400, "The model is on strike")))
    assert "on strike" in session.messages[-1]._repr_html_()


async def test_ask_gives_up_in_time(fake: Session) -> None:
    with pytest.raises(TimeoutError, match=r"within 0\.1 s"):
        await fake.ask("Hello?", timeout=0.1)


@pytest.mark.parametrize("wrong", ["", "  \n"])
async def test_an_empty_prompt_is_refused(fake: Session, wrong: str) -> None:
    for call in (fake.ask, fake.send):
        with pytest.raises(ValueError, match="empty"):
            await call(wrong)
    with pytest.raises(ValueError, match="empty"):
        await anext(fake.stream(wrong))


async def test_a_prompt_is_a_string(fake: Session) -> None:
    with pytest.raises(TypeError, match="not int"):
        await fake.ask(7)  # type: ignore[arg-type]


async def test_what_is_chosen_goes_with_the_prompt(fake: Session, fake_server: FakeServer, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    await fake.send("Hello", agent="plan", model="scripted/m", variant="high", files=[tmp_path / "a.txt"])
    body = fake_server.seen("POST", "/session/ses_1/prompt_async")[0].json()
    assert (body["agent"], body["model"], body["variant"]) == (
        "plan",
        {"providerID": "scripted", "modelID": "m"},
        "high",
    )
    assert [part.get("filename") for part in body["parts"]] == [None, "a.txt"]
    with pytest.raises(errors.NotSupported):
        await fake.send("Hello", delivery="queue")


async def test_a_file_goes_with_a_prompt(session: Session, project: Path) -> None:
    await session.ask(script(say("Read")), files=[project / "sheep.py"])
    files = [part for part in session.messages[0].parts if part.kind == "file"]
    assert [getattr(part.info, "filename", "") for part in files] == ["sheep.py"]
    with pytest.raises(BadAttachment, match=r"gone\.py"):
        await session.send("Hi", files=[project / "gone.py"])


async def test_send_returns_as_soon_as_the_server_has_it(session: Session) -> None:
    id = await session.send(script(tokens(2), gate("never-opened")))
    assert session.messages[0].id == id
    await session.abort()


async def test_stream_yields_the_events_of_the_turn(session: Session) -> None:
    events = [event async for event in session.stream(script(say("In pieces")))]
    assert isinstance(events[0], e.PromptSubmitted)
    assert "".join(event.text for event in events if isinstance(event, e.PartDelta)) == "In pieces"


async def test_leaving_a_stream_stops_following_the_turn(fake: Session, fake_server: FakeServer) -> None:
    stream = fake.stream("Hello?")
    assert isinstance(await anext(stream), e.PromptSubmitted)
    await stream.aclose()
    await eventually(lambda: not fake._runtime.listeners)
    assert not fake_server.seen("POST", "/session/ses_1/abort")


async def test_a_sub_agent_has_a_session_of_its_own(session: Session) -> None:
    reply = await session.ask(script(delegate(script(say("Found it."))), say("It was found.")))
    assert reply.text == "It was found."
    (child,) = session.children
    assert child.parent == session.id
    assert [message.text for message in await child.load()][-1] == "Found it."


async def test_the_classic_dialect_is_asked_in_the_same_way(classic_server: ClassicServer) -> None:
    manager = manage(limits=QUICK)
    instance = manager.add(attached_server(classic_server.url, None, "opencode", None))
    session = await instance.new_session("Classic")
    reply = await session.ask("one two three", timeout=20)
    assert reply.text == "one two three "
    deltas = [event async for event in session.stream("four five")]
    assert deltas
    assert [message.role for message in session.messages] == [Role.USER, Role.ASSISTANT] * 2
    await manager.close()


# ---- the whole session ----------------------------------------------------------------------------------------------


async def test_its_life(session: Session) -> None:
    await session.rename(" Sheep ")
    assert session.title == "Sheep"
    with pytest.raises(ValueError, match="empty"):
        await session.rename("  ")
    await session.archive()
    assert session.info.archived is not None
    await session.archive(False)
    assert session.info.archived is None
    await session.delete()
    assert "deleted" in repr(session)
    assert session._repr_html_() == ""
    with pytest.raises(errors.NotFound):
        await session.rename("Gone")


async def test_prompts_are_undone_and_redone_step_by_step(session: Session) -> None:
    for words in ("One", "Two", "Three"):
        await session.ask(script(say(words)))
    with pytest.raises(errors.RequestFailed, match="Nothing was taken back"):
        await session.redo()
    shown = lambda: [words for words in ("One", "Two", "Three") if f"\n{words}" in session.to_markdown()]  # noqa: E731
    assert shown() == ["One", "Two", "Three"]
    assert [await session.undo() for _ in range(3)] == [script(say(words)) for words in ("Three", "Two", "One")]
    assert shown() == []
    with pytest.raises(errors.RequestFailed, match="no prompt to take back"):
        await session.undo()
    steps = []
    for _ in range(3):
        await session.redo()
        steps.append(shown())
    assert steps == [["One"], ["One", "Two"], ["One", "Two", "Three"]]
    assert session.info.revert is None


async def test_an_answer_that_failed_is_tried_again(session: Session) -> None:
    with pytest.raises(errors.SessionFailed, match="Not today"):
        await session.ask(script(fail(400, "Not today"), title="T"))
    with pytest.raises(errors.SessionFailed, match="Not today"):
        await session.try_again(session.messages[-1])
    await session.ask(script(say("One")))
    assert (await session.try_again()).text == "One"
    assert [message.role for message in session.messages] == [Role.USER, Role.ASSISTANT] * 4


async def test_fork_revert_and_unrevert(session: Session) -> None:
    await session.ask(script(say("One")))
    await session.ask(script(say("Two")))
    second = session.messages[2]
    copy = await session.fork(second)
    assert [message.text for message in copy.messages[1:]] == ["One"]
    await session.revert(second)
    assert session.info.revert == second.id
    assert "Two" not in session.to_markdown()
    await session.unrevert()
    assert "Two" in session.to_markdown()
    assert len((await session.fork()).messages) == 4


async def test_what_stands_in_it(session: Session) -> None:
    await session.ask(script(say("A **needle**")))
    found = await session.search("NEEDLE")
    assert (found[0].before, found[0].match) == ("A **", "needle")
    with pytest.raises(ValueError, match="nothing"):
        await session.search(" ")
    assert "A **needle**" in await session.export()
    assert json.loads(await session.export("notebook"))["nbformat"] == 4
    with pytest.raises(ValueError, match="markdown"):
        await session.export("pdf")  # type: ignore[arg-type]
    assert "needle" in session._repr_html_()
    assert (session.todos, await session.diff()) == ([], [])


async def test_what_takes_long_is_waited_for(session: Session) -> None:
    run = await session.shell("echo baa")
    assert [part.output for part in run.parts] == ["baa\n"]
    summary = await session.compact()
    assert summary.info.summary
    with pytest.raises(errors.RequestFailed, match="dance"):
        await session.command("/dance")


async def test_a_long_call_that_leaves_no_message_is_a_failure(fake: Session, fake_server: FakeServer) -> None:
    done = faults.body(b"true")
    fake_server.always |= {f"/session/ses_1/{name}": done for name in ("command", "shell", "summarize", "init")}
    for call in (
        fake.command("/review"),
        fake.shell("ls"),
        fake.compact(model="scripted/m"),
        fake.init(model="scripted/m"),
    ):
        with pytest.raises(errors.SessionFailed, match="no message"):
            await call


async def test_sharing_that_is_switched_off_is_one_of_our_errors(session: Session) -> None:
    with pytest.raises(errors.RequestFailed, match="share"):
        await session.share()
    await session.unshare()


async def test_a_shared_session_has_an_address(fake: Session, fake_server: FakeServer) -> None:
    info = {**fake_server.sessions["ses_1"], "share": {"url": "https://share.invalid/s/1"}}
    fake_server.always["/session/ses_1/share"] = faults.body(json.dumps(info).encode())
    assert await fake.share() == "https://share.invalid/s/1"


# ---- loops and threads ----------------------------------------------------------------------------------------------


async def test_a_session_can_be_asked_from_another_thread_with_its_own_loop(session: Session) -> None:
    async def elsewhere() -> tuple[str, list[str]]:
        reply = await session.ask(script(say("From afar")))
        streamed = [
            event.text async for event in session.stream(script(say("And near"))) if isinstance(event, e.PartDelta)
        ]
        await session.load()
        return reply.text, streamed

    text, streamed = await asyncio.to_thread(lambda: asyncio.run(elsewhere()))
    assert (text, "".join(streamed)) == ("From afar", "And near")


async def test_a_session_at_home_on_a_thread_is_asked_from_this_loop(server: RealServer, folder: str) -> None:
    manager = manage(HomeLoop(background=True))
    instance = manager.add(attached_server(server.url, folder, "opencode", server.password))
    session = await (await instance).new_session("Background")
    assert (await session.ask(script(say("From the thread")))).text == "From the thread"
    assert (
        "".join(
            [event.text async for event in session.stream(script(say("In pieces"))) if isinstance(event, e.PartDelta)]
        )
        == "In pieces"
    )
    await manager.close()
    with pytest.raises(errors.Closed):
        await session.ask("Too late")


SCRIPT = """
import asyncio, sys
from opencode_widget import OpenCode

async def main():
    oc = OpenCode(url={url!r}, password={password!r}, directory={folder!r})
    session = await oc.new_session("From a script")
    reply = await session.ask({prompt!r})
    print(reply.text)
    {end}

asyncio.run(main())
"""


@pytest.mark.parametrize("end", ["await oc.close()", "oc.close()", "pass"])
def test_a_plain_script_asks_and_ends_without_a_word_of_complaint(
    server: RealServer, folder: str, tmp_path: Path, end: str
) -> None:
    file = tmp_path / "ask.py"
    file.write_text(
        textwrap.dedent(SCRIPT).format(
            url=server.url, password=server.password, folder=folder, prompt=script(say("Hello from a script")), end=end
        )
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello from a script\n", "")
