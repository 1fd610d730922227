"""Operations on whole sessions: their effect is in the state when they return."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.operations import sessions

from ..support import shapes
from ..support.open_session import OpenSession
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.http import Exchange
from ..support.wait import eventually

PATH = "/session/ses_1"


def answer(value: Any) -> faults.Fault:
    return faults.body(json.dumps(value).encode())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event is waited for no longer than 0.5 s."""
    monkeypatch.setattr(sessions, "EVENT_WAIT", 0.5)


def updating(server: FakeServer, *, event: bool = True, **changes: Any) -> faults.Fault:
    """Change the session, answer, and send the event about it a moment later; or no event."""

    async def fault(exchange: Exchange, normal: Any) -> None:
        info = server.sessions["ses_1"]
        server.sessions["ses_1"] = info = {**info, **changes, "time": {**info["time"], **changes.get("time", {})}}
        if event:
            asyncio.get_running_loop().call_later(
                0.02, lambda: server.emit("session.updated", durable=True, sessionID="ses_1", info=info)
            )
        await answer(info)(exchange, normal)

    return fault


async def test_a_session_has_its_new_title_at_once(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.faults[PATH] = [answer({})]
    await sessions.rename(fake.runtime, fake.id, "Sheep")
    assert fake.state.info.title == "Sheep"
    assert [request.json() for request in fake_server.seen("PATCH", PATH)] == [{"title": "Sheep"}]


async def test_a_deleted_session_is_gone_at_once(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.faults[PATH] = [answer(True)]
    await sessions.delete(fake.runtime, fake.id)
    assert (fake.id in fake.runtime.state.sessions, fake.runtime.selected) == (False, None)


async def test_an_archived_session_is_deselected_and_can_be_taken_out_again(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    fake.runtime.select(fake.id)
    fake_server.faults[PATH] = [updating(fake_server, time={"archived": shapes.NOW})]
    await sessions.archive(fake.runtime, fake.id, archived=True)
    assert (fake.state.info.archived is not None, fake.runtime.selected) == (True, None)
    fake_server.faults[PATH] = [updating(fake_server, time={"archived": 0})]
    await sessions.archive(fake.runtime, fake.id, archived=False)
    assert fake.state.info.archived is None


async def test_another_session_on_screen_stays_there(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.add_session("ses_2")
    await eventually(lambda: "ses_2" in fake.runtime.state.sessions)
    fake.runtime.select("ses_2")
    fake_server.faults[PATH] = [updating(fake_server, time={"archived": shapes.NOW})]
    await sessions.archive(fake.runtime, fake.id, archived=True)
    assert fake.runtime.selected == "ses_2"


async def test_an_operation_whose_event_does_not_come_returns_after_a_while(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    fake_server.faults[f"{PATH}/revert"] = [answer({})]
    await sessions.revert(fake.runtime, fake.id, "msg_1")
    assert fake.state.info.revert is None


async def test_an_operation_on_a_session_that_is_deleted_meanwhile_returns(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    async def delete(exchange: Exchange, normal: Any) -> None:
        info = fake_server.sessions.pop("ses_1")
        await answer({})(exchange, normal)
        fake_server.emit("session.deleted", durable=True, sessionID="ses_1", info=info)

    fake_server.faults[f"{PATH}/revert"] = [delete]
    await sessions.revert(fake.runtime, fake.id, "msg_1")
    assert fake.id not in fake.runtime.state.sessions


async def test_a_server_that_has_not_let_go_of_the_session_yet_is_asked_again(
    fake: OpenSession, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "BUSY_PAUSES", (0.01, None))
    busy = faults.body(b'{"message": "Session is busy"}', status=409)
    fake_server.faults[f"{PATH}/revert"] = [busy, updating(fake_server, revert={"messageID": "msg_1"})]
    await sessions.revert(fake.runtime, fake.id, "msg_1")
    assert fake.state.info.revert == "msg_1"
    fake_server.faults[f"{PATH}/revert"] = [busy, busy]
    with pytest.raises(errors.RequestFailed):
        await sessions.revert(fake.runtime, fake.id, "msg_2")


async def test_messages_are_reverted_and_restored(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.faults[f"{PATH}/revert"] = [updating(fake_server, revert={"messageID": "msg_1"})]
    await sessions.revert(fake.runtime, fake.id, "msg_1", "prt_1")
    assert fake.state.info.revert == "msg_1"
    assert fake_server.seen("POST", f"{PATH}/revert")[0].json() == {"messageID": "msg_1", "partID": "prt_1"}
    del fake_server.sessions["ses_1"]["revert"]
    fake_server.faults[f"{PATH}/unrevert"] = [updating(fake_server)]
    await sessions.unrevert(fake.runtime, fake.id)
    assert fake.state.info.revert is None


@pytest.mark.parametrize("event", [True, False])
async def test_a_fork_is_selected_and_has_its_messages(fake: OpenSession, fake_server: FakeServer, event: bool) -> None:
    async def copy(exchange: Exchange, normal: Any) -> None:
        info = shapes.session("ses_copy", title="Copy")
        if event:
            info = fake_server.add_session("ses_copy", "Copy")
        fake_server.sessions["ses_copy"] = info
        fake_server.messages["ses_copy"].append(
            {"info": shapes.user("msg_1", "ses_copy"), "parts": [shapes.text("prt_1", "msg_1", "ses_copy", "Copied")]}
        )
        await answer(info)(exchange, normal)

    fake_server.faults[f"{PATH}/fork"] = [copy]
    forked = await sessions.fork(fake.runtime, fake.id, "msg_9", select=event)
    assert ([message.text for message in forked], forked.info.title) == (["Copied"], "Copy")
    assert fake.runtime.selected == ("ses_copy" if event else fake.id)
    assert fake_server.seen("POST", f"{PATH}/fork")[0].json() == {"messageID": "msg_9"}


async def test_a_session_is_shared_and_made_private_again(fake: OpenSession, fake_server: FakeServer) -> None:
    shared = {**fake_server.sessions["ses_1"], "share": {"url": "https://share.invalid/s/1"}}
    fake_server.faults[f"{PATH}/share"] = [answer(shared), answer(fake_server.sessions["ses_1"])]
    assert await sessions.share(fake.runtime, fake.id, shared=True) == "https://share.invalid/s/1"
    assert fake.state.info.share == "https://share.invalid/s/1"
    assert await sessions.share(fake.runtime, fake.id, shared=False) is None
    assert fake.state.info.share is None
    assert [request.method for request in fake_server.requests if request.path == f"{PATH}/share"] == ["POST", "DELETE"]


async def test_the_changed_files_are_those_of_a_session_or_of_a_turn(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    changed = {"file": "a.py", "patch": "+x", "additions": 1, "deletions": 0}
    fake_server.always[f"{PATH}/diff"] = answer([changed])
    assert [diff.file for diff in await sessions.diff(fake.runtime, fake.id, "msg_1")] == ["a.py"]
    assert [diff.file for diff in await sessions.diff(fake.runtime, fake.id)] == ["a.py"]


async def test_an_unknown_session_is_not_asked_about(fake: OpenSession, fake_server: FakeServer) -> None:
    seen = len(fake_server.requests)
    for call in (
        sessions.rename(fake.runtime, "ses_x", "Sheep"),
        sessions.delete(fake.runtime, "ses_x"),
        sessions.archive(fake.runtime, "ses_x", archived=True),
        sessions.fork(fake.runtime, "ses_x"),
        sessions.revert(fake.runtime, "ses_x", "msg_1"),
        sessions.unrevert(fake.runtime, "ses_x"),
        sessions.share(fake.runtime, "ses_x", shared=True),
        sessions.diff(fake.runtime, "ses_x"),
    ):
        with pytest.raises(errors.NotFound, match="ses_x"):
            await call
    assert not [request for request in fake_server.requests[seen:] if "ses_x" in request.path]


async def test_a_refusal_leaves_the_session_as_it_is(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.faults[PATH] = [faults.body(b'{"message": "No."}', status=400)]
    with pytest.raises(errors.RequestFailed, match="No"):
        await sessions.rename(fake.runtime, fake.id, "Sheep")
    assert fake.state.info.title == "A session"
