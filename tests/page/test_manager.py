"""The instances of one widget: which there are, which is on screen, and the end of everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from opencode_widget import errors
from opencode_widget.api.instance import Instance
from opencode_widget.model import events as e
from opencode_widget.model.entities import SessionInfo
from opencode_widget.page import folders
from opencode_widget.page import manager as module
from opencode_widget.page.manager import Manager
from opencode_widget.page.outbox import TAB_SESSIONS
from opencode_widget.page.selection import Selection
from opencode_widget.server.endpoints import AttachedServer, Endpoint, InvalidServer, attached_server
from opencode_widget.server.http.address import address
from opencode_widget.sync.event_loop import HomeLoop

from ..support import shapes
from ..support.page import Page
from ..support.runtimes import EAGER, QUICK
from ..support.servers.fake import FakeServer
from ..support.wait import eventually


class ManagerHarness:
    """A manager, and a page that shows it."""

    def __init__(self) -> None:
        self.page = Page(self._receive)
        self.manager = Manager(HomeLoop(), self.page.receive, self._changed, EAGER, QUICK)
        self.changes: list[bool] = []

    def _receive(self, data: dict[str, Any]) -> None:
        if data["type"] == "hello":
            self.manager.frames.hello(data["page"])

    def _changed(self, *, now: bool) -> None:
        self.changes.append(now)

    def add(self, server: FakeServer, **more: Any) -> Instance:
        return self.manager.add(attached_server(server.url, None, "opencode", None), **more)

    def current(self) -> dict[str, Any]:
        """What a page that opens now would get."""
        snapshot = self.manager.outbox.snapshot()
        keys = ("instances", "sessions", "requests", "activeInstance", "transcript")
        return {key: snapshot.get(key) for key in keys}


@pytest_asyncio.fixture
async def harness() -> AsyncIterator[ManagerHarness]:
    harness = ManagerHarness()
    yield harness
    await harness.manager.close()


async def test_an_instance_is_shown_before_it_is_connected(harness: ManagerHarness, fake_server: FakeServer) -> None:
    harness.page.hello()
    harness.add(fake_server)
    await eventually(lambda: harness.page.instances)
    assert harness.page.connection()["state"] == "connecting"
    await eventually(lambda: harness.page.connection()["state"] == "connected")
    assert harness.page.instances[0]["version"] == "OpenCode 1.18.33"


async def test_instances_stand_in_the_order_in_which_they_were_made(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    harness.page.hello()
    made = [harness.add(fake_server) for _ in range(3)]
    await eventually(lambda: len(harness.page.instances) == 3)
    assert [instance["id"] for instance in harness.page.instances] == [instance.id for instance in made]
    await made[1].close()
    await eventually(lambda: [instance["id"] for instance in harness.page.instances] == [made[0].id, made[2].id])


async def test_a_new_instance_is_selected_unless_the_caller_says_no(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    first = harness.add(fake_server)
    second = harness.add(fake_server)
    assert harness.manager.selection.instance == second.id
    harness.add(fake_server, select=False)
    assert harness.manager.selection.instance == second.id
    harness.manager.select_instance(first.id)
    assert harness.manager.selection.instance == first.id


async def test_closing_the_instance_on_screen_shows_another(harness: ManagerHarness, fake_server: FakeServer) -> None:
    harness.page.hello()
    first, second = harness.add(fake_server), harness.add(fake_server)
    await second.close()
    assert harness.manager.selection.instance == first.id
    await eventually(lambda: harness.page.state["activeInstance"] == first.id)
    await first.close()
    assert harness.manager.selection.instance is None
    await eventually(lambda: harness.page.instances == [])
    assert harness.page.state["activeInstance"] is None


async def test_closing_twice_is_no_error(harness: ManagerHarness, fake_server: FakeServer) -> None:
    instance = harness.add(fake_server)
    await asyncio.gather(instance.close(), instance.close())
    await instance.close()
    assert "closed" in repr(instance)


async def test_only_the_session_on_screen_has_a_transcript(harness: ManagerHarness, fake_server: FakeServer) -> None:
    for id in ("ses_1", "ses_2"):
        fake_server.add_session(id)
        fake_server.put_message(shapes.user(f"msg_{id}", id))
    instance = harness.add(fake_server)
    await instance.ready()
    harness.page.hello()
    assert harness.page.state["transcript"] is None
    harness.manager.select_session(instance.id, "ses_1")
    await eventually(lambda: harness.page.state["transcript"] and harness.page.state["transcript"]["state"] == "ready")
    fake_server.answer("ses_2", "Nobody looks")
    fake_server.answer("ses_1", "Somebody looks")
    await eventually(lambda: "Somebody looks" in harness.page.text())
    assert not any("Nobody" in str(message) for message in harness.page.log)
    await eventually(
        lambda: (
            {each["id"]: each["unread"] for each in harness.page.sessions(instance.id)}
            == {"ses_1": False, "ses_2": True}
        )
    )
    harness.manager.select_session(instance.id, "ses_2")
    await eventually(lambda: "Nobody looks" in harness.page.text())
    harness.manager.select_session(instance.id, None)
    await eventually(lambda: harness.page.state["transcript"] is None)


async def test_frames_bring_a_page_to_the_same_state_as_a_snapshot(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    harness.page.hello()
    instance, two = harness.add(fake_server), harness.add(fake_server)
    await instance.ready()
    await two.ready()
    for id in ("ses_1", "ses_2"):
        fake_server.add_session(id)
    await eventually(lambda: len(instance.sessions) == 2)
    harness.manager.select_session(instance.id, "ses_1")
    await instance.session("ses_1").load()
    fake_server.put_message(shapes.user("msg_1", "ses_1"))
    fake_server.answer("ses_1", "Hello you")
    fake_server.rename("ses_2", "Renamed")
    fake_server.permissions["per_1"] = shapes.permission("per_1", "ses_2")
    fake_server.emit("permission.asked", **shapes.permission("per_1", "ses_2"))
    await eventually(lambda: harness.page.state["requests"].get(instance.id))
    await two.close()
    await eventually(lambda: len(harness.page.instances) == 1 and "Hello you" in harness.page.text())
    harness.manager.frames.flush()
    changes, drawn = harness.current(), harness.page.state
    assert drawn["instances"] == changes["instances"]
    assert harness.page.sessions(instance.id) == changes["sessions"][instance.id]
    assert drawn["requests"] == changes["requests"]
    assert drawn["transcript"] == changes["transcript"]
    assert drawn["activeInstance"] == changes["activeInstance"]


async def test_a_snapshot_repairs_a_lost_frame(harness: ManagerHarness, fake_server: FakeServer) -> None:
    instance = harness.add(fake_server)
    await instance.ready()
    harness.page.hello()
    fake_server.add_session("ses_1")
    await eventually(lambda: harness.page.sessions(instance.id))
    harness.page.deaf = True
    fake_server.add_session("ses_2")
    await eventually(lambda: len(instance.sessions) == 2)
    harness.manager.frames.flush()
    harness.page.deaf = False
    fake_server.add_session("ses_3")
    await eventually(lambda: len(harness.page.sessions(instance.id)) == 3)
    assert harness.page.gaps == 1


async def test_a_session_is_found_in_the_active_instance_first(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    fake_server.add_session("ses_1")
    instance, two = harness.add(fake_server), harness.add(fake_server)
    await instance.ready()
    await two.ready()
    assert harness.manager.owner("ses_1").id == two.id
    harness.manager.select_instance(instance.id)
    assert harness.manager.owner("ses_1").id == instance.id
    with pytest.raises(errors.NotFound, match="ses_x"):
        harness.manager.owner("ses_x")


async def test_unknown_instances_are_not_found(harness: ManagerHarness) -> None:
    with pytest.raises(errors.NotFound, match="no instance is open"):
        harness.manager.instance(None)
    for call in (harness.manager.instance, harness.manager.select_instance):
        with pytest.raises(errors.NotFound, match="there is no instance 'i0'"):
            call("i0")
    await harness.manager.close_instance("i0")


async def test_500_sessions_are_listed_and_a_change_of_one_costs_one(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    for number in range(500):
        fake_server.sessions[f"ses_{number:03d}"] = shapes.session(f"ses_{number:03d}", at=number)
    instance = harness.add(fake_server)
    await instance.ready()
    await eventually(lambda: instance._runtime.state.catalogue.agents)
    harness.page.hello()
    assert len(harness.page.sessions(instance.id)) == 500
    harness.page.log.clear()
    fake_server.rename("ses_007", "Renamed")
    await eventually(lambda: any(each["title"] == "Renamed" for each in harness.page.sessions(instance.id)))
    ops = [op for message in harness.page.log if message["type"] == "frame" for op in message["ops"]]
    assert [op["op"] for op in ops] == ["session"]


async def test_the_words_count_the_states(harness: ManagerHarness, fake_server: FakeServer) -> None:
    assert harness.manager.words() == "0 instances"
    instance = harness.add(fake_server)
    assert harness.manager.words() == "1 instance: 1 connecting"
    await instance.ready()
    harness.manager.add(InvalidServer(errors.DirectoryError("x")))
    await eventually(lambda: harness.manager.words() == "2 instances: 1 connected, 1 disconnected")


async def test_the_end_ends_everything_once(fake_server: FakeServer) -> None:
    harness = ManagerHarness()
    order: list[str] = []

    async def end() -> None:
        order.append("end")

    harness.manager.at_end.append(end)
    instance = harness.add(fake_server)
    await instance.ready()
    await asyncio.gather(harness.manager.close(), harness.manager.close())
    await harness.manager.close()
    assert order[:1] == ["end"]
    assert harness.manager.instances == {}
    with pytest.raises(errors.Closed):
        harness.add(fake_server)
    with pytest.raises(errors.Closed):
        await instance.ready()
    await eventually(lambda: fake_server.send(b": beat\n\n") or not fake_server.streams)


async def test_a_failure_at_the_end_does_not_keep_the_rest_from_ending(fake_server: FakeServer) -> None:
    manager = Manager(HomeLoop(background=True), lambda _: None, lambda *, now: None, EAGER, QUICK)
    ended: list[str] = []

    async def fail() -> None:
        raise RuntimeError("on purpose")

    async def end() -> None:
        ended.append("end")

    manager.at_end += [fail, end]
    await manager.add(attached_server(fake_server.url, None, "opencode", None)).ready()
    with pytest.raises(RuntimeError, match="on purpose"):
        await manager.close()
    assert ended == ["end"]
    await eventually(manager.home.loop.is_closed)


async def test_without_a_loop_what_was_started_is_still_ended() -> None:
    harness = ManagerHarness()
    released: list[str] = []

    class Source(InvalidServer):
        def release_now(self) -> None:
            released.append("source")

    harness.manager.add(Source(errors.DirectoryError("x")))
    harness.manager.at_exit.append(lambda: released.append("model"))
    harness.manager.close_now()
    assert released == ["source", "model"]
    await harness.manager.close()


async def test_the_tabs_have_the_latest_sessions_and_the_instance_has_all(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    instance = harness.add(fake_server)
    await instance.ready()
    for number in range(TAB_SESSIONS + 50):
        info = SessionInfo(f"s{number}", updated=number)
        harness.manager.instances[instance.id].apply(e.SessionUpserted(session_id=info.id, info=info))
    (tab,) = harness.manager.outbox.tabs()
    latest = [f"s{number}" for number in reversed(range(50, TAB_SESSIONS + 50))]
    assert [session["id"] for session in tab["sessions"]] == latest
    assert len(instance.sessions) == TAB_SESSIONS + 50


async def test_the_folder_of_a_server_of_our_own_is_remembered_when_it_is_up(
    harness: ManagerHarness, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Owned(AttachedServer):
        owned = True

    remembered: list[str] = []
    monkeypatch.setattr(folders, "remember", remembered.append)
    harness.manager.add(Owned(address(fake_server.url), None))
    harness.add(fake_server)
    await eventually(lambda: remembered == [fake_server.directory])


async def test_a_folder_is_opened_with_the_servers_of_the_widget(fake_server: FakeServer) -> None:
    opened: list[object] = []

    def endpoint_for(folder: object) -> Endpoint:
        opened.append(folder)
        return attached_server(fake_server.url, None, "opencode", None)

    manager = Manager(HomeLoop(), lambda _: None, lambda *, now: None, EAGER, QUICK, endpoint_for=endpoint_for)
    instance = manager.open("/some/folder")
    assert (opened, manager.selection) == (["/some/folder"], Selection(instance.id))
    await manager.close()


# ---- problems, and the loop's end -------------------------------------------------------------------------------------


async def test_an_interrupt_of_the_loop_is_shown_in_the_active_instance(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    harness.manager.home.interrupted(KeyboardInterrupt())
    harness.add(fake_server)
    harness.page.hello()
    harness.manager.home.interrupted(KeyboardInterrupt())
    harness.manager.frames.flush()
    assert [problem["name"] for problem in harness.page.problems] == ["LoopInterrupted"]


async def test_when_the_loop_has_ended_pages_get_the_last_state_at_once(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    harness.add(fake_server)
    harness.page.hello()
    frames = harness.page.frames
    harness.manager.home.ended()
    assert harness.page.frames == frames + 1
    assert harness.changes[-1], "the traits are written at once"


async def test_after_the_loop_has_ended_a_close_ends_what_was_started(fake_server: FakeServer) -> None:
    manager = Manager(HomeLoop(background=True), lambda _: None, lambda *, now: None, EAGER, QUICK)
    manager.home.stop()
    await eventually(lambda: manager.home.is_over)
    ended: list[str] = []
    manager.at_exit.append(lambda: ended.append("model"))
    await manager.close()
    assert ended == ["model"]


async def test_when_the_interpreter_exits_all_managers_end_what_they_started(
    harness: ManagerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(module, "_managers", {harness.manager})
    harness.manager.at_exit.append(lambda: ended.append("model"))
    module._close_all()
    assert ended == ["model"]


# ---- what is on screen ------------------------------------------------------------------------------------------------


async def test_an_instance_keeps_its_own_session(harness: ManagerHarness, fake_server: FakeServer) -> None:
    for id in ("ses_1", "ses_2"):
        fake_server.add_session(id)
    one, two = harness.add(fake_server), harness.add(fake_server)
    await one.ready()
    await two.ready()
    harness.manager.select_session(one.id, "ses_1")
    harness.manager.select_session(two.id, "ses_2")
    assert harness.manager.selection == Selection(two.id, "ses_2")
    viewed = {id: runtime.state.viewed for id, runtime in harness.manager.instances.items()}
    assert viewed == {one.id: None, two.id: "ses_2"}
    harness.manager.select_instance(one.id)
    assert harness.manager.selection == Selection(one.id, "ses_1")


async def test_the_selection_follows_what_happens_in_the_active_instance(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    fake_server.add_session("ses_1")
    instance, runtime = harness.add(fake_server), next(iter(harness.manager.instances.values()))
    await instance.ready()
    session = await instance.new_session("New")
    assert harness.manager.selection == Selection(instance.id, session.id)
    runtime.apply(e.SessionRemoved(session_id=session.id))
    assert harness.manager.selection == Selection(instance.id)
    assert harness.changes[-1], "the traits are written at once"


async def test_what_happens_in_another_instance_leaves_the_selection_alone(
    harness: ManagerHarness, fake_server: FakeServer
) -> None:
    fake_server.add_session("ses_1")
    other, active = harness.add(fake_server), harness.add(fake_server)
    await other.ready()
    other.session("ses_1").show()
    assert harness.manager.selection == Selection(active.id)
