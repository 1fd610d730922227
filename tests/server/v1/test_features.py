"""What OpenCode 1.x can be asked for beside prompts, asked of a real server."""

from __future__ import annotations

import asyncio
import base64
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opencode_widget import errors
from opencode_widget.ids import make_id
from opencode_widget.model import events as e
from opencode_widget.model.entities import Activity, Feature, FileInfo, NoteInfo, Role, TextInfo, ToolInfo
from opencode_widget.server.api import Attachment, Invocation, Mention, PromptOptions
from opencode_widget.server.v1.client import V1Client

from ...support.scripts import gate, say, script, tokens, tool
from ...support.wait import eventually_async
from ..stream_recorder import StreamRecorder, asked_in, is_status, prompt, say_all

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

PLAIN = "data:text/plain;base64," + base64.b64encode("Schäfchen 🐑".encode()).decode()


def picture() -> str:
    """A PNG of one dot, as a `data:` URL: the server decodes images."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + content).decode()


def test_it_says_what_it_can() -> None:
    assert frozenset(Feature) - V1Client.features == {Feature.CANCEL_PROMPT, Feature.DELIVERY, Feature.REDELIVER}


# ---- sessions ---------------------------------------------------------------------------------------------------------


async def test_rename_and_delete_a_session(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("One")
    await client.rename(session.id, "Zwei 🐑")
    assert [info.title for info in (await client.overview(10)).sessions] == ["Zwei 🐑"]
    await client.delete(session.id)
    assert (await client.overview(10)).sessions == ()
    await recorder.wait_for(lambda event: isinstance(event, e.SessionRemoved) and event.session_id == session.id)
    with pytest.raises(errors.NotFound):
        await client.rename(session.id, "Gone")


async def test_archive_a_session_and_take_it_back(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Old")
    await client.archive(session.id, archived=True)
    (info,) = (await client.overview(10)).sessions
    assert info.archived is not None
    assert info.archived >= session.created
    await client.archive(session.id, archived=False)
    (info,) = (await client.overview(10)).sessions
    assert info.archived is None


async def test_fork_a_session_whole_or_before_a_message(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Trunk")
    await say_all(client, recorder, session.id, script(say("One")))
    second = await say_all(client, recorder, session.id, script(say("Two")))
    part = await client.fork(session.id, second.message_id)
    whole = await client.fork(session.id)
    assert [await spoken(client, id) for id in (session.id, part.id, whole.id)] == [
        ["One", "Two"],
        ["One"],
        ["One", "Two"],
    ]


async def spoken(client: V1Client, session_id: str) -> list[str]:
    messages = (await client.history(session_id, 100)).messages
    answers = [message for message in messages if message.info.role is Role.ASSISTANT]
    return [part.text for message in answers for part in message.parts if isinstance(part, TextInfo) and part.text]


async def test_revert_takes_back_words_and_files_and_unrevert_restores_them(
    client: V1Client, recorder: StreamRecorder, repository: Path
) -> None:
    session = await client.create_session("Back")
    written = repository / "new.txt"
    sent = await say_all(
        client, recorder, session.id, script(tool("write", filePath=str(written), content="one\n"), say("Written"))
    )
    await client.revert(session.id, sent.message_id)
    (info,) = (await client.overview(1)).sessions
    assert (info.revert, written.exists()) == (sent.message_id, False)
    await client.unrevert(session.id)
    (info,) = (await client.overview(1)).sessions
    assert (info.revert, written.exists()) == (None, True)


async def test_what_a_turn_and_a_session_changed(client: V1Client, recorder: StreamRecorder, repository: Path) -> None:
    session = await client.create_session("Diff")
    first = await say_all(client, recorder, session.id, script(write(repository, "a.txt", "one\n"), say("A.")))
    await say_all(client, recorder, session.id, script(write(repository, "b.txt", "one\ntwo\n"), say("B.")))
    (of_turn,) = await client.diff(session.id, first.message_id)
    assert (of_turn.file, of_turn.status, of_turn.additions, of_turn.deletions) == ("a.txt", "added", 1, 0)
    assert of_turn.patch is not None
    assert "+one" in of_turn.patch

    async def both() -> bool:  # the server sums up a turn a little after its end
        return [(diff.file, diff.additions) for diff in await client.diff(session.id)] == [("a.txt", 1), ("b.txt", 2)]

    await eventually_async(both, what="the changes of both turns")


def write(folder: Path, name: str, content: str) -> dict[str, object]:
    return tool("write", filePath=str(folder / name), content=content)


async def test_sharing_that_is_switched_off_says_so(client: V1Client) -> None:
    session = await client.create_session("Mine")
    with pytest.raises(errors.RequestFailed, match="may be switched off"):
        await client.share(session.id, shared=True)
    assert await client.share(session.id, shared=False) is None


# ---- what takes long --------------------------------------------------------------------------------------------------


async def test_a_conversation_is_compacted(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Long")
    await say_all(client, recorder, session.id, script(say("Much")))
    await client.compact(session.id, "demo/scripted")
    last = (await client.history(session.id, 100)).messages[-1]
    assert (last.info.role, last.info.summary, last.info.completed is not None) == (Role.ASSISTANT, True, True)


async def test_a_command_runs_to_the_end_of_its_turn(client: V1Client, recorder: StreamRecorder) -> None:
    assert "review" in {command.name for command in (await client.catalogue()).commands}
    session = await client.create_session("Command")
    running = asyncio.create_task(
        client.command(Invocation(session.id, "init", "be quick", PromptOptions(files=(TEXT_FILE,))))
    )
    await client.answer_question(await asked_in(recorder, session.id), None)
    await running
    messages = (await client.history(session.id, 100)).messages
    assert [message.info.role for message in messages[:2]] == [Role.USER, Role.ASSISTANT]
    assert any(isinstance(part, FileInfo) and part.filename == "a.txt" for part in messages[0].parts)


TEXT_FILE = Attachment("text/plain", "a.txt", PLAIN)


async def test_an_unknown_command_fails_and_the_stream_says_why(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Command")
    with pytest.raises(errors.RequestFailed):
        await client.command(Invocation(session.id, "dance"))
    event = await recorder.wait_for(lambda event: isinstance(event, e.SessionErrored))
    assert isinstance(event, e.SessionErrored)
    assert "dance" in event.problem.message


async def test_the_project_is_looked_at(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Init")
    running = asyncio.create_task(client.init(session.id, "demo/scripted"))
    await client.answer_question(await asked_in(recorder, session.id), None)
    await running
    first = (await client.history(session.id, 100)).messages[0]
    assert "AGENTS.md" in first.parts[0].text  # type: ignore[union-attr]


async def test_a_command_of_the_shell_needs_no_model(client: V1Client) -> None:
    session = await client.create_session("Shell")
    await client.shell(Invocation(session.id, "echo baa; exit 3", options=PromptOptions("plan", "demo/scripted")))
    messages = (await client.history(session.id, 10)).messages
    (run,) = [part for message in messages for part in message.parts if isinstance(part, ToolInfo)]
    assert (run.tool, run.input["command"], run.output) == ("bash", "echo baa; exit 3", "baa\n")


# ---- prompts ----------------------------------------------------------------------------------------------------------


async def test_files_and_mentions_keep_our_ids_and_their_places(
    client: V1Client, recorder: StreamRecorder, project: Path
) -> None:
    (project / "src dir").mkdir()
    text = "🐑 Count in @sheep.py and @src dir/ with @general.\n" + script(say("Counted"))
    mentions = tuple(
        Mention(kind, name, (at := text.index(f"@{name}")), at + len(name) + 1)
        for kind, name in (("file", "sheep.py"), ("file", "src dir/"), ("agent", "general"))
    )
    session = await client.create_session("With")
    ids = tuple(make_id("prt") for _ in range(5))
    files = (Attachment("image/png", "dot.png", picture()), TEXT_FILE)
    await say_all(client, recorder, session.id, text, files=files, mentions=mentions, extra_ids=ids)
    asked = (await client.history(session.id, 10)).messages[0]
    shown = {part.id: part for part in asked.parts if not part.hidden}
    assert [id for id in shown if id in ids] == list(ids)
    image, plain, sheep, folder, agent = (shown[id] for id in ids)
    assert isinstance(image, FileInfo)
    assert (image.mime, image.filename, image.url) == ("image/png", "dot.png", picture())
    assert isinstance(plain, FileInfo)
    assert (plain.filename, plain.url) == ("a.txt", PLAIN)
    assert isinstance(sheep, FileInfo)
    assert (sheep.path, sheep.url) == ("sheep.py", (project / "sheep.py").as_uri())
    assert isinstance(folder, FileInfo)
    assert (folder.path, folder.mime) == ("src dir/", "application/x-directory")
    assert isinstance(agent, NoteInfo)
    assert agent.data["source"] == {
        "value": "@general",
        "start": text.index("@general") + 1,
        "end": text.index("@general") + 9,
    }
    hidden = " ".join(part.text for part in asked.parts if isinstance(part, TextInfo) and part.hidden)
    assert "def count" in hidden, "the model is given the file"
    assert "Schäfchen" in hidden


async def test_a_file_that_is_not_there_fails_as_an_event(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Gone")
    await client.prompt(prompt(session.id, "See @gone.py", mentions=(Mention("file", "gone.py", 4, 12),)))
    event = await recorder.wait_for(lambda event: isinstance(event, e.SessionErrored))
    assert isinstance(event, e.SessionErrored)
    assert "gone.py" in event.problem.message


async def test_an_image_that_is_none_fails_in_words_without_a_stack(client: V1Client, recorder: StreamRecorder) -> None:
    session = await client.create_session("Broken")
    broken = Attachment("image/png", "a.png", "data:image/png;base64,aGVsbG8=")
    await client.prompt(prompt(session.id, "See", files=(broken,)))
    event = await recorder.wait_for(lambda event: isinstance(event, e.SessionErrored))
    assert isinstance(event, e.SessionErrored)
    assert "Image could not be decoded" in event.problem.message
    assert "\n" not in event.problem.message


async def test_a_prompt_that_waits_can_be_changed_but_not_taken_back(
    client: V1Client, recorder: StreamRecorder, model: Demo
) -> None:
    session = await client.create_session("Queue")
    await client.prompt(prompt(session.id, script(tokens(3), gate("changed"), say("First."))))
    await recorder.wait_for(lambda event: isinstance(event, e.PartDelta))
    second = prompt(session.id, script(say("Second.")))
    await client.prompt(second)
    await recorder.wait_for(lambda event: isinstance(event, e.PartUpserted) and event.message_id == second.message_id)
    await client.edit_prompt(session.id, second.message_id, script(say("Changed.")))
    with pytest.raises(errors.NotSupported):
        await client.cancel_prompt(session.id, second.message_id)
    await model.open("changed")
    await recorder.wait_for(is_status(session.id, Activity.IDLE))
    assert (await spoken(client, session.id))[-1] == "Changed."


async def test_a_message_without_words_cannot_be_changed(client: V1Client) -> None:
    session = await client.create_session("Shell")
    await client.shell(Invocation(session.id, "true"))
    first = (await client.history(session.id, 10)).messages[0].info.id
    with pytest.raises(errors.RequestFailed, match="no text"):
        await client.edit_prompt(session.id, first, "x")


# ---- the project ------------------------------------------------------------------------------------------------------


async def test_files_and_folders_are_found_by_a_piece_of_their_name(client: V1Client, project: Path) -> None:
    (project / "meadow").mkdir()
    (project / "meadow" / "grass.py").write_text("")
    found = await client.find("sheep", 10)
    assert [(found_file.kind, found_file.path) for found_file in found] == [("file", "sheep.py")]
    assert ("folder", "meadow/") in {(found_file.kind, found_file.path) for found_file in await client.find("mead", 10)}
    assert all(found_file.path.strip("/") for found_file in await client.find("", 10))


async def test_the_services_of_a_plain_folder_are_none(client: V1Client) -> None:
    assert await client.services() == ()
    with pytest.raises(errors.NotFound):
        await client.connect_mcp("none", connected=True)
    with pytest.raises(errors.NotFound):
        await client.connect_mcp("none", connected=False)
