"""A turn that failed or was stopped: its prompt is sent once more."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from opencode_widget import errors
from opencode_widget.demo import Demo
from opencode_widget.model.entities import FileInfo, MessageInfo, NoteInfo, PartInfo, Role, TextInfo
from opencode_widget.model.state import Message, MessageState, Part
from opencode_widget.operations import turn
from opencode_widget.operations.options import prompt_options
from opencode_widget.operations.turn import retry

from ..support import shapes
from ..support.open_session import OpenSession
from ..support.scripts import fail, gate, script, tokens
from ..support.servers.fake import FakeServer
from ..support.wait import eventually

pytestmark = pytest.mark.timeout(90)


def prompts_of(session: OpenSession) -> list[Message]:
    return [message for message in session.messages if message.role is Role.USER]


def files_of(message: Message) -> list[str]:
    return [part.info.filename for part in message.parts if isinstance(part.info, FileInfo)]


async def test_an_answer_that_failed_is_tried_again_with_its_files(
    session: OpenSession, model: Demo, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    await asyncio.to_thread(table.write_text, "a,b\n1,2\n")
    text = script(fail(400, "No such luck"))
    with pytest.raises(errors.SessionFailed, match="No such luck"):
        await session.ask(text, options=await prompt_options(files=(table,)))
    failed = session.messages[-1]
    assert failed.state is MessageState.FAILED
    with pytest.raises(errors.SessionFailed, match="No such luck"):
        await turn.answered(session.runtime, session.id, retry.try_again(session.runtime, session.id, failed.id))
    first, second = prompts_of(session)
    assert first.text == second.text == text
    assert files_of(first) == files_of(second) == ["table.csv"]
    assert (second.info.agent, second.info.model) == (first.info.agent, first.info.model)
    assert session.messages[-1].info.parent == second.id


async def test_an_answer_that_was_stopped_is_tried_again_and_what_it_wrote_stays(
    session: OpenSession, model: Demo
) -> None:
    await session.send(script(tokens(3), gate("never-opened")))
    await eventually(lambda: session.messages and "t000003" in session.messages[-1].text, within=20)
    with pytest.raises(errors.RequestFailed, match="at work"):
        await retry.try_again(session.runtime, session.id)
    await session.abort()
    await eventually(lambda: session.messages[-1].state is MessageState.INTERRUPTED and not session.state.busy)
    await retry.try_again(session.runtime, session.id)
    await eventually(lambda: len(session.messages) == 4 and "t000003" in session.messages[-1].text, within=20)
    await session.abort()
    assert len({message.text for message in prompts_of(session)}) == 1
    assert "t000003" in session.messages[1].text


async def test_there_must_be_a_prompt(fake: OpenSession, fake_server: FakeServer) -> None:
    for named in (None, "msg_none"):
        with pytest.raises(errors.RequestFailed, match="no prompt"):
            await retry.try_again(fake.runtime, fake.id, named)
    fake_server.put_message(shapes.user("msg_1", "ses_1", at=1))
    fake_server.answer("ses_1", "A summary.")
    await eventually(lambda: fake.texts[-1:] == ["A summary."] and not fake.state.busy)
    with pytest.raises(errors.RequestFailed, match="without a prompt"):
        await retry.try_again(fake.runtime, fake.id)


def prompt_of(*parts: PartInfo) -> Message:
    message = Message(MessageInfo("msg_1", "ses_1", Role.USER))
    message.by_id = {part.id: Part(part) for part in parts}
    return message


def test_what_the_user_chose_is_read_from_the_prompt_where_the_server_gives_out_no_copy() -> None:
    message = prompt_of(
        TextInfo("t1", text="Read @src/a.py with @plan"),
        FileInfo("f1", "image/png", "plot.png", "data:image/png;base64,AA=="),
        FileInfo("f2", "text/plain", "a.py", "data:text/plain;base64,AA==", "/project/src/a.py"),
        FileInfo("f3", "text/plain", "b.py", "data:text/plain;base64,AA==", "/project/src/b.py"),
        NoteInfo("n1", "agent", "@plan"),
    )
    options = retry._options(message, "/project")
    assert [file.filename for file in options.files] == ["plot.png"]
    assert [(each.kind, each.name, message.text[each.start : each.end]) for each in options.mentions] == [
        ("file", "src/a.py", "@src/a.py"),
        ("agent", "plan", "@plan"),
    ]
