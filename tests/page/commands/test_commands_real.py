"""What a page asks for, asked of a real server: what was done stands in the page when the reply comes."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from opencode_widget.errors import RequestFailed
from opencode_widget.model import events as e
from opencode_widget.server.endpoints import attached_server
from opencode_widget.server.http.client import Limits

from ...support.command_client import CommandClient
from ...support.scripts import bash, gate, say, script, tokens
from ...support.servers.real import RealServer
from ...support.wait import eventually, eventually_async

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

HELLO = "data:text/plain;base64," + base64.b64encode(b"Hello").decode()


class RealCommandClient(CommandClient):
    """A client whose page shows one session of a real server, with the time limits of the product."""

    limits = Limits()

    async def begin(self) -> dict[str, Any]:
        """A new session; returns the arguments that name it."""
        here = {"instance": self.instance.id}
        return here | {"session": (await self.does("new_session", **here))["session"]}

    async def say(self, session: dict[str, Any], text: str, **more: Any) -> str:
        """A prompt, to the end of its turn; returns the id of its message."""
        id: str = (await self.does("prompt", **session, text=text, key="k", **more))["message"]
        await eventually(lambda: any(head.get("parent") == id for head in self.heads()), within=30)
        await self.rests(session)
        return id

    async def rests(self, session: dict[str, Any]) -> None:
        await eventually(lambda: self.line(session)["status"] == "idle", within=30)

    def heads(self) -> list[dict[str, Any]]:
        return [message["head"] for message in self.page.state["transcript"]["messages"]]

    def parts(self, message: int = 0) -> list[dict[str, Any]]:
        """The parts of one message on screen."""
        messages = (self.page.state.get("transcript") or {}).get("messages")
        parts: list[dict[str, Any]] = messages[message]["parts"] if messages else []
        return parts

    def answers(self) -> str:
        """What the agent says on screen."""
        messages = self.page.state["transcript"]["messages"]
        events = [message["parts"] for message in messages if message["head"]["role"] == "assistant"]
        return "\n".join(part.get("text", "") for parts in events for part in parts)

    def line(self, session: dict[str, Any]) -> dict[str, Any]:
        """Its line in the session list; {} where there is none."""
        return next(
            (entry for entry in self.page.sessions(session["instance"]) if entry["id"] == session["session"]), {}
        )


@pytest_asyncio.fixture
async def client(server: RealServer, folder: str) -> AsyncIterator[RealCommandClient]:
    client = RealCommandClient()
    client.instance = client.manager.add(attached_server(server.url, folder, "opencode", server.password))
    await client.instance.ready()
    yield client
    await client.manager.close()


# ---- sessions ---------------------------------------------------------------------------------------------------------


async def test_rename_archive_and_delete(client: RealCommandClient) -> None:
    session = await client.begin()
    await client.does("rename_session", **session, title=" Sheep ")
    assert client.line(session)["title"] == "Sheep"
    await client.does("archive_session", **session, archived=True)
    assert client.line(session)["archived"] > 0
    await client.does("archive_session", **session, archived=False)
    assert "archived" not in client.line(session)
    await client.does("delete_session", **session)
    assert client.line(session) == {}
    assert client.page.state["transcript"] is None


async def test_fork_before_a_message_and_look_at_the_copy(client: RealCommandClient) -> None:
    session = await client.begin()
    await client.say(session, script(say("One")))
    second = await client.say(session, script(say("Two")))
    copy = (await client.does("fork_session", **session, message=second))["session"]
    shown = client.page.state["transcript"]
    assert (shown["session"], len(shown["messages"])) == (copy, 2)
    assert "One" in client.page.text()


async def test_revert_and_unrevert(client: RealCommandClient) -> None:
    session = await client.begin()
    await client.say(session, script(say("One")))
    second = await client.say(session, script(say("Two")))
    await client.does("revert", **session, message=second)
    shown = client.page.state["transcript"]
    assert (len(shown["messages"]), shown["reverted"]["message"], shown["reverted"]["count"]) == (2, second, 2)
    assert "Two" in shown["reverted"]["text"]
    await client.does("unrevert", **session)
    assert (len(client.heads()), client.page.state["transcript"].get("reverted")) == (4, None)


async def test_sharing_that_is_switched_off_is_refused_in_words(client: RealCommandClient) -> None:
    session = await client.begin()
    problem = await client.fails("share_session", **session, shared=True)
    assert "share" in problem["remedy"]


# ---- prompts ----------------------------------------------------------------------------------------------------------


async def test_files_and_mentions_stand_in_the_page_at_once_and_once(client: RealCommandClient) -> None:
    session = await client.begin()
    text = "🐑 See @sheep.py.\n" + script(say("Seen"))
    mention = {"kind": "file", "path": "sheep.py", "start": 7, "end": 16}  # as JavaScript counts
    file = {"mime": "text/x-python", "filename": "a.py", "url": HELLO}
    seen: list[list[str]] = []
    client.page.watch = lambda: seen.append([part["kind"] for part in client.parts()])
    await client.say(session, text, files=[file], mentions=[mention])
    assert next(kinds for kinds in seen if kinds) == ["text", "file", "file"]
    assert [(part["kind"], part.get("filename"), part.get("path")) for part in client.parts()[1:]] == [
        ("file", "a.py", None),
        ("file", "sheep.py", "sheep.py"),
    ]


async def test_a_prompt_that_waits_is_changed(client: RealCommandClient, model: Demo) -> None:
    session = await client.begin()
    await client.does("prompt", **session, text=script(tokens(3), gate("edited"), say("First.")), key="a")
    await eventually(lambda: "t000001" in client.page.text(), within=20)
    second = (await client.does("prompt", **session, text=script(say("Second.")), key="b"))["message"]
    await eventually(lambda: any(head["id"] == second and head["state"] == "queued" for head in client.heads()))
    assert (await client.fails("cancel_prompt", **session, message=second))["name"] == "NotSupported"
    await client.does("edit_prompt", **session, message=second, text=script(say("Changed.")))
    await eventually(lambda: "Changed." in client.parts(-1)[0]["text"])
    await model.open("edited")
    await eventually(lambda: "Changed." in client.answers(), within=20)
    await client.rests(session)
    problem = await client.fails("edit_prompt", **session, message=second, text="Too late")
    assert "no longer waits" in problem["message"]


# ---- what takes long --------------------------------------------------------------------------------------------------


async def test_a_slash_command_replies_while_its_turn_runs(client: RealCommandClient) -> None:
    here = {"instance": client.instance.id}
    session = here | await client.does("run_command", **here, command="/init", arguments="", key="k")
    await eventually(lambda: client.line(session)["status"] == "busy")
    await eventually(lambda: client.page.state["requests"].get(here["instance"]), within=20)
    (question,) = client.page.state["requests"][here["instance"]]
    await client.does("answer_question", **here, request=question["id"], answers=None)
    await client.rests(session)


async def test_an_unknown_command_is_refused_with_the_servers_words(client: RealCommandClient) -> None:
    session = await client.begin()
    problem = await client.fails("run_command", **session, command="dance", arguments="", key="k")
    assert "dance" in problem["message"]


async def test_a_command_of_the_shell_puts_out_as_it_runs_and_can_be_stopped(client: RealCommandClient) -> None:
    session = await client.begin()
    await client.does("shell", **session, command="echo baa; sleep 30; echo never", key="k")
    await eventually(lambda: any("baa" in part.get("output", "") for part in client.parts(-1)), within=10)
    problem = await client.fails("shell", **session, command="true", key="l")
    assert "busy" in problem["message"]
    await client.does("abort", **session)
    await client.rests(session)
    assert "never\n" not in client.parts(-1)[0]["output"]


async def test_compacting_leaves_a_summary(client: RealCommandClient) -> None:
    session = await client.begin()
    await client.say(session, script(say("Much")))
    await client.does("compact", **session)
    await eventually(lambda: any(head.get("summary") for head in client.heads()), within=20)
    await client.rests(session)


async def test_a_long_call_that_fails_later_shows_a_notice_in_the_session(
    client: RealCommandClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode_widget.operations.long_calls.EARLY", 0.05)
    session = await client.begin()
    server = client.manager.instance(None).client
    assert server is not None

    async def fails_late(*_: object) -> None:
        await asyncio.sleep(0.2)
        raise RequestFailed("The server has no model.")

    monkeypatch.setattr(server, "compact", fails_late)
    await client.does("compact", **session)
    await eventually(lambda: client.heads() and client.heads()[-1]["role"] == "notice")
    assert "no model" in client.heads()[-1]["error"]["message"]


# ---- reading ----------------------------------------------------------------------------------------------------------


async def test_search_and_export_reach_what_is_not_here_and_leave_the_page_alone(
    client: RealCommandClient, server: RealServer, project: Path
) -> None:
    session = await client.begin()
    path = f"/session/{session['session']}/message"

    def fill() -> None:
        with server.client(project) as raw:
            for number in range(130):
                text = "The NEEDLE, early" if number == 3 else f"Baa {number}"
                raw.post(path, json={"noReply": True, "parts": [{"type": "text", "text": text}]}).raise_for_status()

    await asyncio.to_thread(fill)
    runtime = client.manager.instance(None)
    runtime.apply(e.HistoryDropped(session_id=session["session"]))
    await client.does("select_session", **session)
    await eventually(lambda: len(client.heads()) == 100)
    found = await client.does("search", **session, query="needle")
    assert [(item["before"], item["match"], item["after"]) for item in found["matches"]] == [
        ("The ", "NEEDLE", ", early")
    ]
    assert found["complete"] is True
    exported = {
        format: await client.does("export", **session, format=format) for format in ("markdown", "json", "notebook")
    }
    assert all("NEEDLE" in item["text"] for item in exported.values())
    assert exported["markdown"]["filename"].endswith(".md")
    assert len(json.loads(exported["json"]["text"])["messages"]) == 130
    assert len(client.heads()) == 100


# ---- the instance -----------------------------------------------------------------------------------------------------


async def test_the_events_of_the_server_can_be_inspected(client: RealCommandClient) -> None:
    session = await client.begin()
    await client.does("rename_session", **session, title="Heard")
    events = (await client.does("events", instance=client.instance.id, after=0))["events"]
    numbers = [event["number"] for event in events]
    assert numbers == sorted(set(numbers))
    named = [event for event in events if event["name"].startswith("session.")]
    assert {event["session"] for event in named} == {session["session"]}
    later = (await client.does("events", instance=client.instance.id, after=numbers[-1]))["events"]
    assert all(event["number"] > numbers[-1] for event in later)


async def test_find_services_log_and_report(client: RealCommandClient) -> None:
    here = {"instance": client.instance.id}

    async def find() -> Any:
        return (await client.does("find", **here, query="sheep"))["found"]

    # A server that has just come up has not looked into the folder yet, and finds nothing.
    found = await eventually_async(find)
    assert found == [{"kind": "file", "path": "sheep.py"}]
    services = await client.does("services", **here)
    assert (services["services"], services["version"]) == ([], client.instance.version)
    assert await client.does("log", **here, after=0) == {"lines": [], "next": 0, "owned": False}
    report = (await client.does("report", **here))["text"]
    assert "OpenCode 1.18" in report
    secret = client.manager.instance(None).endpoint._address.password  # type: ignore[attr-defined]
    assert secret not in report
    assert "was not started here" in (await client.fails("restart", **here))["message"]


async def test_an_instance_says_what_it_can_and_which_commands_there_are(client: RealCommandClient) -> None:
    await eventually(lambda: client.page.instances[0]["commands"])
    shown = client.page.instances[0]
    assert "rename" in shown["features"]
    assert {"init", "review"} <= {command["name"] for command in shown["commands"]}


async def test_a_permission_names_its_call_and_is_rejected_with_words(client: RealCommandClient) -> None:
    session = await client.begin()
    await client.does("prompt", **session, text=script(bash("echo one"), say("Went on.")), key="k")
    await eventually(lambda: client.page.state["requests"].get(session["instance"]), within=20)
    (asked,) = client.page.state["requests"][session["instance"]]
    assert {"message", "call"} <= asked.keys()
    await client.does(
        "answer_permission", instance=session["instance"], request=asked["id"], reply="reject", message="No, count."
    )
    await eventually(lambda: "Went on." in client.answers(), within=20)
    messages = client.page.state["transcript"]["messages"]
    assert any("No, count." in part.get("error", "") for message in messages for part in message["parts"])


async def test_a_busy_session_refuses_with_a_reason(client: RealCommandClient) -> None:
    session = await client.begin()
    await client.does("prompt", **session, text=script(tokens(2), gate("shut-for-good")), key="k")
    await eventually(lambda: client.line(session)["status"] == "busy", within=20)
    problem = await client.fails("revert", **session, message=client.heads()[0]["id"])
    assert "busy" in problem["message"]
    await client.does("abort", **session)
