"""A real OpenCode server with the scripted model: each scenario does what it says, with real tools."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from opencode_widget.demo import Demo
from opencode_widget.demo import project as project_module
from opencode_widget.demo.endpoints import DemoEndpoints
from opencode_widget.server.process.process import ServerProcess

from ..support.loop_thread import LoopThread
from ..support.wait import eventually, eventually_async

ROOT = Path(__file__).parents[2]


@dataclass
class User:
    """A client of the real server: sends a prompt, answers what it is asked, collects what came."""

    client: httpx.AsyncClient
    statuses: list[str] = field(default_factory=list)
    permissions: list[str] = field(default_factory=list)
    reply: str = "once"

    async def listen(self, ready: asyncio.Event) -> None:
        async with self.client.stream("GET", "/global/event") as response:
            async for line in response.aiter_lines():
                ready.set()
                if line.startswith("data:"):
                    await self.receive(json.loads(line[5:])["payload"])

    async def receive(self, event: dict[str, Any]) -> None:
        about = event.get("properties", {})
        if event["type"] == "session.status":
            self.statuses.append(about["status"]["type"])
        elif event["type"] == "permission.asked":
            self.permissions.append(about["patterns"][0])
            await self.client.post(f"/permission/{about['id']}/reply", json={"reply": self.reply})
        elif event["type"] == "question.asked":
            answers = [[question["options"][0]["label"]] for question in about["questions"]]
            await self.client.post(f"/question/{about['id']}/reply", json={"answers": answers})

    async def say(self, prompt: str) -> tuple[str, list[dict[str, Any]]]:
        """Return the session, and all parts of the finished turn."""
        session = (await self.client.post("/session", json={})).json()["id"]
        await self.client.post(f"/session/{session}/message", json={"parts": [{"type": "text", "text": prompt}]})
        messages = (await self.client.get(f"/session/{session}/message")).json()
        errors = [{"type": "error", **m["info"]["error"]} for m in messages if "error" in m["info"]]
        return session, [part for message in messages[1:] for part in message["parts"]] + errors


def text(parts: list[dict[str, Any]]) -> str:
    return "".join(part["text"] for part in parts if part["type"] == "text")


def tools(parts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(part["tool"], part["state"]["status"]) for part in parts if part["type"] == "tool"]


@pytest.fixture(scope="module")
def loop() -> Iterator[LoopThread]:
    """Where the demo and its server live, for all tests here."""
    thread = LoopThread("demo")
    yield thread
    thread.close()


@pytest.fixture(scope="module")
def demo(loop: LoopThread) -> Iterator[Demo]:
    demo = loop.run(Demo.start())
    yield demo
    loop.run(demo.stop())
    assert not demo.directory.parent.exists()


@pytest.fixture(scope="module")
def server(loop: LoopThread, demo: Demo, opencode_binary: Path) -> Iterator[ServerProcess]:
    server = loop.run(ServerProcess.start(demo.directory, binary=opencode_binary, env=demo.env))
    yield server
    loop.run(server.stop())


@pytest.fixture
async def user(server: ServerProcess) -> AsyncIterator[User]:
    login = (server.username, server.password)
    async with httpx.AsyncClient(base_url=server.url, auth=login, timeout=50) as client:
        user, ready = User(client), asyncio.Event()
        listening = asyncio.create_task(user.listen(ready))
        await ready.wait()
        yield user
        listening.cancel()


async def test_the_sample_is_explained_tested_mended_and_tested_again(user: User, demo: Demo) -> None:
    _, parts = await user.say("Why does test_split fail?")
    assert tools(parts) == [("read", "completed")] * 2
    assert "never ends" in text(parts)
    assert any(part["type"] == "reasoning" and "test_split" in part["text"] for part in parts)

    _, parts = await user.say("Run the tests")
    assert tools(parts) == [("bash", "completed")]
    assert user.permissions == ["python3 -m unittest"]
    assert "Some tests fail" in text(parts)
    assert "FAILED (failures=1)" in text(parts)

    _, parts = await user.say("Now fix it")
    assert tools(parts) == [("read", "completed"), ("edit", "completed")]
    assert "quoted = not quoted" in await asyncio.to_thread((demo.directory / "parser.py").read_text)

    _, parts = await user.say("Run the tests")
    assert "All tests pass" in text(parts)
    _, parts = await user.say("Fix it again")
    assert "mended already" in text(parts)


async def test_a_rejected_permission_ends_the_turn(user: User) -> None:
    user.reply = "reject"
    _, parts = await user.say("Run the tests")
    assert tools(parts) == [("bash", "error")]


async def test_questions_sub_agents_plans_thoughts_and_failures(user: User) -> None:
    _, parts = await user.say("Ask me something")
    assert tools(parts) == [("question", "completed")]
    assert "Raise an error" in text(parts)

    session, parts = await user.say("Use a sub-agent")
    assert tools(parts) == [("task", "completed")]
    (child,) = (await user.client.get(f"/session/{session}/children")).json()
    inner = (await user.client.get(f"/session/{child['id']}/message")).json()
    assert tools([part for message in inner for part in message["parts"]]) == [("read", "completed")] * 3

    session, parts = await user.say("Make a plan")
    assert ("todowrite", "completed") in tools(parts)
    todos = (await user.client.get(f"/session/{session}/todo")).json()
    assert [todo["status"] for todo in todos] == ["completed", "completed", "pending", "pending"]

    _, parts = await user.say("Think about it")
    assert any(part["type"] == "reasoning" for part in parts)

    _, parts = await user.say("Fail")
    assert "you asked it to" in parts[-1]["data"]["message"]


async def test_titles_come_from_the_prompt(user: User) -> None:
    session, _ = await user.say("Good morning to you all")

    async def titled() -> bool:
        return bool((await user.client.get(f"/session/{session}")).json()["title"] == "Good morning to you all")

    await eventually_async(titled)


async def test_a_script_has_exact_control(user: User, demo: Demo) -> None:
    inner = 'script: {"steps": [{"text": "child"}]}'
    steps = [
        {"reasoning": "hm"},
        {"tokens": 40, "interval": 0.001},
        {"tool": "task", "input": {"description": "d", "prompt": inner, "subagent_type": "general"}},
        {"text": "done"},
    ]
    session, parts = await user.say("script: " + json.dumps({"steps": steps, "title": "Exact"}))
    assert text(parts) == "".join(f"t{number:06d} " for number in range(1, 41)) + "done"
    assert "child" in next(part for part in parts if part["type"] == "tool")["state"]["output"]
    writes = [write for write in await demo.writes() if write["session"] == session and write["text"].startswith("t0")]
    assert len(writes) == 40
    times = [write["time_ns"] for write in writes]
    assert times == sorted(times)
    assert times[-1] - times[0] >= 38 * 1_000_000
    await demo.forget_writes()
    assert await demo.writes() == []


async def test_a_gate_holds_the_answer_until_it_is_opened(user: User, demo: Demo) -> None:
    saying = asyncio.create_task(user.say('script: {"steps": [{"text": "a"}, {"gate": "g 1"}, {"text": "b"}]}'))

    async def waiting() -> bool:
        return await demo.waiting() == ["g 1"]

    await eventually_async(waiting)
    assert not saying.done()
    await demo.open("g 1")
    assert text((await saying)[1]) == "ab"
    assert await demo.waiting() == []


async def test_an_abort_reaches_the_model(user: User, demo: Demo) -> None:
    session = (await user.client.post("/session", json={})).json()["id"]
    prompt = 'script: {"steps": [{"text": "a"}, {"gate": "never"}]}'
    await user.client.post(f"/session/{session}/prompt_async", json={"parts": [{"type": "text", "text": prompt}]})

    async def at_the_gate() -> bool:
        return await demo.waiting() == ["never"]

    async def gone() -> bool:
        return await demo.waiting() == []

    await eventually_async(at_the_gate)
    await user.client.post(f"/session/{session}/abort")
    await eventually_async(gone)


@pytest.mark.parametrize("step", [{"cut": True, "times": 1}, {"fail": 503, "times": 1}])
async def test_opencode_tries_again_after_a_passing_failure(user: User, step: dict[str, Any]) -> None:
    _, parts = await user.say("script: " + json.dumps({"steps": [step, {"text": "at last"}]}))
    assert text(parts) == "at last"
    assert "retry" in user.statuses


async def test_a_failure_in_mid_answer_is_an_error(user: User) -> None:
    _, parts = await user.say('script: {"steps": [{"text": "so far"}, {"fail": 400, "message": "no further"}]}')
    assert "no further" in json.dumps(parts[-1])


# --- the model alone ---------------------------------------------------------------------------------------------------------------------


async def test_the_model_answers_whole_too(demo: Demo) -> None:
    prompt = 'script: {"steps": [{"reasoning": "r"}, {"text": "hi"}, {"tool": "bash", "input": {"command": "ls"}}]}'
    async with httpx.AsyncClient(base_url=demo.model_url) as client:
        models = (await client.get("/v1/models")).json()
        answer = await client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": prompt}]})
        missing = [await client.get("/nothing"), await client.post("/nothing")]
    assert [model["id"] for model in models["data"]] == ["scripted"]
    choice = answer.json()["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] == "hi"
    assert choice["message"]["reasoning_content"] == "r"
    assert choice["message"]["tool_calls"][0]["function"] == {"name": "bash", "arguments": '{"command": "ls"}'}
    assert [response.status_code for response in missing] == [404, 404]


def test_the_model_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "opencode_widget.demo.model"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("scripted model listening on http://127.0.0.1:")
        process.terminate()


# --- the sample and the end --------------------------------------------------------------------------------------------------------------


def test_the_sample_has_one_test_that_fails(tmp_path: Path) -> None:
    project_module.make_project(tmp_path / "sample")
    run = subprocess.run(
        [sys.executable, "-m", "unittest"], cwd=tmp_path / "sample", capture_output=True, text=True, check=False
    )
    assert "Ran 3 tests" in run.stderr
    assert "FAIL: test_split" in run.stderr
    assert "FAILED (failures=1)" in run.stderr
    status = subprocess.run(
        ["git", "status", "--short"], cwd=tmp_path / "sample", capture_output=True, text=True, check=True
    )
    assert status.stdout == ""


def test_the_sample_needs_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    project_module.make_project(tmp_path / "sample")
    assert sorted(path.name for path in (tmp_path / "sample").iterdir()) == [
        ".gitignore",
        "README.md",
        "parser.py",
        "test_parser.py",
    ]


def test_a_demo_ends_with_its_owner() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    model, folder = owner.stdout.readline().split()
    owner.kill()
    owner.wait(5)
    owner.stdout.close()
    asyncio.run(eventually(lambda: not psutil.pid_exists(int(model)), within=5))
    asyncio.run(eventually(lambda: not Path(folder).exists(), within=5))


OWNER = """
import asyncio
from opencode_widget.demo import Demo

async def main():
    demo = await Demo.start()
    print(demo._child.pid, demo.directory.parent, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_the_users_own_configuration_has_no_say(
    demo: Demo, opencode_binary: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "opencode.json").write_text('{"model": "other/model"}')
    monkeypatch.setenv("OPENCODE_CONFIG", str(tmp_path / "opencode.json"))
    monkeypatch.setenv("OPENCODE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("OPENCODE_PERMISSION", '{"bash": "deny"}')
    monkeypatch.setenv("OPENCODE_DB", str(tmp_path / "mine.db"))
    server = await ServerProcess.start(demo.directory, binary=opencode_binary, env=demo.env)
    async with httpx.AsyncClient(base_url=server.url, auth=(server.username, server.password), timeout=50) as client:
        configuration = (await client.get("/config")).json()
        providers = (await client.get("/config/providers")).json()["providers"]
    await server.stop()
    assert configuration["model"] == "demo/scripted"
    assert configuration["permission"]["bash"] == "ask"
    assert [provider["id"] for provider in providers] == ["demo"]
    assert not (tmp_path / "mine.db").exists()


async def test_the_sample_project_has_no_invented_place_before_it_is_made() -> None:
    endpoint = DemoEndpoints().open(None)
    assert endpoint.directory == "sample-project"
