"""A prompt that a server accepts, and with which it begins nothing."""

from __future__ import annotations

import asyncio
import json

import pytest

from opencode_widget import errors
from opencode_widget.model.state import MessageState
from opencode_widget.operations import prompts, turn

from ..support import shapes
from ..support.open_session import OpenSession, open_fake, prompt_arrived
from ..support.runtimes import Connect
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.wait import eventually

REASON = "Error: Unable to connect. Is the computer able to access the url?"
NO_MODELS = faults.body(json.dumps({"name": "UnknownError", "data": {"message": REASON}}).encode(), status=500)


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompts, "TURN_BEGINS", 0.3)
    monkeypatch.setattr(turn, "GRACE", 0.1)


async def test_it_is_reported_in_its_session(fake: OpenSession) -> None:
    await fake.send("Hello?")
    await eventually(lambda: any(message.error == prompts.NOTHING_BEGAN for message in fake.messages))


async def test_a_prompt_that_is_answered_or_whose_turn_runs_is_not(fake: OpenSession, fake_server: FakeServer) -> None:
    first = await fake.send("Hello?")
    fake_server.answer(fake.id, "Yes.")
    await eventually(lambda: fake.texts[-1:] == ["Yes."])
    assert prompts.what_is_missing(fake.runtime, fake.id, first) is None
    second = await fake.send("And?")
    await eventually(lambda: not fake.messages[-1].local)
    assert prompts.what_is_missing(fake.runtime, fake.id, second) is prompts.NOTHING_BEGAN
    fake_server.set_status(fake.id, "busy")
    await eventually(lambda: fake.state.busy)
    assert prompts.what_is_missing(fake.runtime, fake.id, second) is None


async def test_a_prompt_that_a_stop_left_behind_is_shown_so_and_not_reported_too(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    await fake.send("Count!")
    fake_server.set_status(fake.id, "busy")
    await eventually(lambda: fake.state.busy)
    left = await fake.send("And then?")
    await eventually(lambda: not fake.messages[-1].local)
    fake_server.set_status(fake.id, "idle")
    await eventually(lambda: fake.state.messages[left].state is MessageState.UNANSWERED)
    await asyncio.sleep(prompts.TURN_BEGINS * 2)
    assert [message.error for message in fake.messages] == [None, None]


async def test_a_session_that_is_gone_is_no_concern(fake: OpenSession) -> None:
    assert prompts.what_is_missing(fake.runtime, "ses_other", "msg_1") is None


async def test_a_server_that_cannot_name_its_models_is_shown_and_named(
    fake_server: FakeServer, connect: Connect
) -> None:
    """As 1.1.31 without a network: it takes prompts, and its session is busy and idle at once."""
    fake_server.always["/config/providers"] = NO_MODELS
    session = await open_fake(fake_server, connect)
    await eventually(lambda: session.runtime.notices)
    (notice,) = session.runtime.notices
    assert notice.name == "NoModels"
    assert REASON.rstrip(".") in notice.message
    assert notice.remedy

    async def give_up() -> None:
        await prompt_arrived(fake_server)
        fake_server.set_status(session.id, "busy")
        fake_server.set_status(session.id, "idle")

    ended = session.runtime.loop.spawn(give_up())
    with pytest.raises(errors.SessionFailed, match="The server cannot name its models") as caught:
        await session.ask("Hello?")
    await ended
    assert REASON.rstrip(".") in caught.value.message
    await eventually(lambda: any(message.error == notice for message in session.messages), what="the page's words")


async def test_it_is_told_once_in_a_connection_and_forgotten_when_it_is_mended(
    fake_server: FakeServer, connect: Connect
) -> None:
    fake_server.always["/config/providers"] = NO_MODELS
    session = await open_fake(fake_server, connect)
    await eventually(lambda: session.runtime.notices)
    fake_server.emit("server.instance.disposed", directory=fake_server.directory)
    await eventually(lambda: len(fake_server.seen("GET", "/config/providers")) > 1)
    assert len(session.runtime.notices) == 1
    del fake_server.always["/config/providers"]
    fake_server.emit("server.instance.disposed", directory=fake_server.directory)
    await eventually(lambda: session.runtime.resync.catalogue_problem is None)
    assert session.runtime.state.catalogue.models


async def test_a_server_without_any_model_is_named_too(fake_server: FakeServer, connect: Connect) -> None:
    fake_server.always["/config/providers"] = faults.body(b'{"providers": [], "default": {}}')
    session = await open_fake(fake_server, connect)
    await eventually(lambda: session.runtime.state.catalogue.agents)

    async def give_up() -> None:
        await prompt_arrived(fake_server)
        fake_server.set_status(session.id, "busy")
        fake_server.set_status(session.id, "idle")

    ended = session.runtime.loop.spawn(give_up())
    with pytest.raises(errors.SessionFailed, match="The server has no model"):
        await session.ask("Hello?")
    await ended


async def cut_off(fake: OpenSession, server: FakeServer, words: str) -> None:
    """Answer the prompt with an answer that has no end and no error, and leave the session idle."""
    await prompt_arrived(server)
    server.set_status(fake.id, "busy")
    server.put_message(shapes.assistant("msg_~", fake.id, server.messages[fake.id][-1]["info"]["id"], 10**9))
    if words:
        server.put_part(shapes.text("prt_1", "msg_~", fake.id, words, ended=False))
    server.set_status(fake.id, "idle")


async def test_an_answer_that_ends_with_nothing_is_a_failure(fake: OpenSession, fake_server: FakeServer) -> None:
    """As 1.0 without ripgrep."""
    ended = fake.runtime.loop.spawn(cut_off(fake, fake_server, ""))
    with pytest.raises(errors.SessionFailed, match=r"ended the turn with nothing.*ripgrep"):
        await fake.ask("Hello?")
    await ended
    await eventually(lambda: any(message.error == prompts.NOTHING_CAME for message in fake.messages))


async def test_an_answer_that_is_cut_off_after_some_words_is_returned(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    ended = fake.runtime.loop.spawn(cut_off(fake, fake_server, "Some words"))
    answer = await fake.ask("Hello?")
    await ended
    assert (answer.text, answer.state) == ("Some words", MessageState.INTERRUPTED)
    assert prompts.what_is_missing(fake.runtime, fake.id, str(answer.info.parent)) is None
