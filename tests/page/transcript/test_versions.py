"""Versions of the transcript: one at the end of a turn, of the sessions in which this widget talked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import pytest_asyncio

from opencode_widget.operations.saved_transcript import SavedTranscript
from opencode_widget.page.transcript import versions
from opencode_widget.page.transcript.versions import Transcript
from opencode_widget.server.endpoints import attached_server

from ...support import shapes
from ...support.command_client import CommandClient
from ...support.servers.fake import FakeServer
from ...support.wait import eventually


class Talk(NamedTuple):
    client: CommandClient
    transcript: Transcript
    published: list[SavedTranscript]


@pytest_asyncio.fixture
async def talk(fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    monkeypatch.setattr(versions, "REST", 0.05)
    monkeypatch.setattr(versions, "APART", 0.1)
    for id in ("ses_1", "ses_2"):
        fake_server.add_session(id, title=f"Title of {id}")
    client, published = CommandClient(), list[SavedTranscript]()
    transcript = Transcript(client.manager.home, lambda: "opencode-of-x", lambda: "nobody talked", published.append)
    client.manager.transcript = transcript
    client.instance = client.manager.add(attached_server(fake_server.url, None, "opencode", None))
    await client.instance.ready()
    yield Talk(client, transcript, published)
    await client.manager.close()


async def prompt(talk: Talk, session: str, words: str) -> None:
    await talk.client.does("prompt", instance=talk.client.instance.id, session=session, text=words, key=words)


async def test_a_turn_makes_one_version_at_its_end(talk: Talk, fake_server: FakeServer) -> None:
    assert "nobody talked" in talk.transcript.version().html
    fake_server.set_status("ses_1", "busy")
    await prompt(talk, "ses_1", "How many sheep?")
    await asyncio.sleep(0.3)
    assert talk.published == [], "a turn runs"
    fake_server.answer("ses_1", "Seven sheep, counted one by one.")
    await eventually(lambda: talk.published)
    (version,) = talk.published
    assert "How many sheep?" in version.html
    assert "Seven sheep, counted one by one." in version.html
    assert "Title of ses_1" in version.html
    assert "opencode-revision-1" in version.html
    assert talk.transcript.revision == 1
    assert talk.transcript.version() == version


async def test_what_others_say_on_the_server_is_not_in_it(talk: Talk, fake_server: FakeServer) -> None:
    fake_server.put_message(shapes.user("msg_1", "ses_2"))
    fake_server.answer("ses_2", "For somebody else.")
    await prompt(talk, "ses_1", "Mine")
    fake_server.answer("ses_1", "Yours")
    await eventually(lambda: talk.published)
    assert "somebody else" not in talk.published[-1].html


async def test_the_end_of_a_cell_does_not_wait(
    talk: Talk, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "REST", 60)
    await prompt(talk, "ses_1", "How many sheep?")
    fake_server.answer("ses_1", "Seven")
    session = talk.client.manager.instances[talk.client.instance.id].session("ses_1")
    await eventually(lambda: not session.busy and any(message.text == "Seven" for message in session))
    talk.transcript.update_now()
    assert "Seven" in talk.published[-1].html
    talk.transcript.update_now()
    assert len(talk.published) == 1, "nothing is new"


async def test_a_session_that_is_deleted_is_gone_from_it(talk: Talk, fake_server: FakeServer) -> None:
    await prompt(talk, "ses_1", "How many sheep?")
    fake_server.answer("ses_1", "Seven")
    await eventually(lambda: talk.published)
    fake_server.emit("session.deleted", sessionID="ses_1", info=fake_server.sessions.pop("ses_1"))
    await eventually(lambda: "Seven" not in talk.published[-1].html)
    assert "nobody talked" in talk.published[-1].html
