"""The recorded scenarios, a function each; `tests/record.py` runs each on a server of its own."""

from __future__ import annotations

import base64
from collections.abc import Callable

from ..scripts import ask, bash, delegate, fail, gate, say, script, think, tokens, tool
from .recorder import Recorder

MARKDOWN = """# Sheep

A list:

- one **bold** sheep
- one `code` sheep

| name | legs |
|------|-----:|
| Dolly | 4 |

```python
def count(sheep: list[str]) -> int:
    return len(sheep)  # naïve, 羊 🐑
```

> And a [link](https://example.org).
"""

Scenario = Callable[[Recorder], None]
SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str) -> Callable[[Scenario], Scenario]:
    def add(function: Scenario) -> Scenario:
        SCENARIOS[name] = function
        return function

    return add


@scenario("text")
def text(recorder: Recorder) -> None:
    recorder.turn(
        recorder.new_session(), script(say("A sheep, and another sheep; then there were two of them.", chunk=3))
    )


COLD = "cold-start"


@scenario(COLD)
def cold_start(recorder: Recorder) -> None:
    """The first turn of a server's life: loading the folder's instance causes a burst of events in the middle of it."""
    recorder.turn(recorder.new_session(), script(say("Good morning.")))


@scenario("title")
def title(recorder: Recorder) -> None:
    """A session without a title gets one from the model, in the middle of its first turn."""
    session = str(recorder.post("/session", {})["id"])
    recorder.turn(session, script(tokens(20, 0.02), title="Counting sheep"))


@scenario("markdown")
def markdown(recorder: Recorder) -> None:
    recorder.turn(recorder.new_session(), script(say(MARKDOWN, chunk=7)))


@scenario("reasoning")
def reasoning(recorder: Recorder) -> None:
    recorder.turn(recorder.new_session(), script(think("Let me count the sheep first."), say("Two sheep.")))


@scenario("permission-once")
def permission_once(recorder: Recorder) -> None:
    _ask_permission(recorder, "once")


@scenario("permission-always")
def permission_always(recorder: Recorder) -> None:
    _ask_permission(recorder, "always")


@scenario("permission-reject")
def permission_reject(recorder: Recorder) -> None:
    _ask_permission(recorder, "reject")


def _ask_permission(recorder: Recorder, reply: str) -> None:
    session = recorder.new_session()
    recorder.prompt(session, script(say("I look around."), bash("ls; sleep 0.2; echo done"), say("That is all.")))
    request = recorder.wait_for("permission.asked")
    recorder.post(f"/permission/{request['id']}/reply", {"reply": reply})
    recorder.wait_for("session.idle")


@scenario("permission-pending")
def permission_pending(recorder: Recorder) -> None:
    recorder.prompt(recorder.new_session(), script(bash("ls"), say("That is all.")))
    recorder.wait_for("permission.asked")


@scenario("question")
def question(recorder: Recorder) -> None:
    recorder.prompt(
        recorder.new_session(), script(ask("Which sheep?", "The black one", "The white one"), say("As you wish."))
    )
    request = recorder.wait_for("question.asked")
    recorder.post(f"/question/{request['id']}/reply", {"answers": [["The black one"]]})
    recorder.wait_for("session.idle")


@scenario("question-rejected")
def question_rejected(recorder: Recorder) -> None:
    recorder.prompt(
        recorder.new_session(), script(ask("Which sheep?", "The black one", "The white one"), say("As you wish."))
    )
    request = recorder.wait_for("question.asked")
    recorder.post(f"/question/{request['id']}/reject")
    recorder.wait_for("session.idle")


@scenario("question-pending")
def question_pending(recorder: Recorder) -> None:
    recorder.prompt(recorder.new_session(), script(ask("How many?", "One", "Two", multiple=True)))
    recorder.wait_for("question.asked")


@scenario("http-400")
def http_400(recorder: Recorder) -> None:
    recorder.turn(recorder.new_session(), script(fail(400, "No sheep today.")))


@scenario("retry")
def retry(recorder: Recorder) -> None:
    """The model is overloaded once; OpenCode waits and asks again."""
    recorder.turn(recorder.new_session(), script(fail(503, "Overloaded", times=1), say("Now it works.")))


@scenario("abort")
def abort(recorder: Recorder) -> None:
    session = recorder.new_session()
    recorder.prompt(session, script(say("Half of a sen"), gate("never-abort"), say("tence.")))
    recorder.wait_for("message.part.delta", lambda seen: "sen" in seen["delta"])
    recorder.post(f"/session/{session}/abort")
    recorder.wait_for("session.idle")


@scenario("abort-tool")
def abort_tool(recorder: Recorder) -> None:
    session = recorder.new_session()
    recorder.prompt(session, script(bash("echo begun; sleep 30"), say("Never said.")))
    request = recorder.wait_for("permission.asked")
    recorder.post(f"/permission/{request['id']}/reply", {"reply": "once"})
    recorder.wait_for(
        "message.part.updated", lambda seen: "begun" in str(seen["part"].get("state", {}).get("metadata"))
    )
    recorder.post(f"/session/{session}/abort")
    recorder.wait_for("session.idle")


@scenario("two-turns")
def two_turns(recorder: Recorder) -> None:
    session = recorder.new_session()
    recorder.turn(session, script(say("The first answer.")))
    recorder.turn(session, script(think("Again?"), say("The second answer.")))


@scenario("two-sessions")
def two_sessions(recorder: Recorder) -> None:
    """Two sessions stream at once."""
    session, other = recorder.new_session("One"), recorder.new_session("Other")
    recorder.prompt(session, script(tokens(30, 0.02)))
    recorder.turn(other, script(tokens(30, 0.02, prefix="o")))
    recorder.wait_for("session.idle", lambda seen: seen["sessionID"] == session)


@scenario("prompt-while-busy")
def prompt_while_busy(recorder: Recorder) -> None:
    session = recorder.new_session()
    recorder.prompt(session, script(tokens(25, 0.02)))
    recorder.wait_for("message.part.delta")
    recorder.prompt(session, script(say("The second answer.")))
    recorder.wait_for("session.idle")


@scenario("shell")
def shell(recorder: Recorder) -> None:
    session = recorder.new_session()
    recorder.post(f"/session/{session}/shell", {"agent": "build", "command": "echo one; sleep 0.3; echo two"})
    recorder.wait_for("session.idle")


@scenario("tool-error")
def tool_error(recorder: Recorder) -> None:
    recorder.turn(
        recorder.new_session(), script(tool("read", filePath="{directory}/nowhere.txt"), say("It is not there."))
    )


@scenario("parallel-tools")
def parallel_tools(recorder: Recorder) -> None:
    tools = [tool("glob", pattern="*.py"), tool("glob", pattern="*.md")]
    recorder.turn(recorder.new_session(), script({"tools": tools}, say("Both looked at.")))


@scenario("todo")
def todo(recorder: Recorder) -> None:
    def todos(first: str, second: str) -> dict[str, object]:
        items = [("Find the sheep", first, "high"), ("Count the sheep", second, "medium")]
        listed = [{"content": content, "status": status, "priority": priority} for content, status, priority in items]
        return tool("todowrite", todos=listed)

    steps = [todos("in_progress", "pending"), todos("completed", "in_progress"), say("On my way.")]
    recorder.turn(recorder.new_session(), script(*steps))


@scenario("files")
def files(recorder: Recorder) -> None:
    """Read, edit and write files of the project."""
    recorder.turn(recorder.new_session(), _edit(recorder))


def _edit(recorder: Recorder) -> str:
    sheep = str(recorder.directory / "sheep.py")
    edit = tool("edit", filePath=sheep, oldString="return len(sheep)", newString="return len(set(sheep))")
    write = tool("write", filePath=str(recorder.directory / "wolf.py"), content="def howl():\n    return 'au'\n")
    return script(tool("read", filePath=sheep), edit, write, say("No sheep is counted twice now."))


# A picture of 2 by 2 points.
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGM4EWBj03OC4cOJgKhVUQArkgZL2ePRSAAAAABJRU5ErkJggg=="
COLOURS = r"printf '\033[1mrunning\033[0m \033[32mok\033[0m \033[31;1mFAILED\033[0m\n10%%\r100%%\n'; exit 3"


@scenario("tools")
def tools(recorder: Recorder) -> None:
    """The tools that no other scenario uses, as far as a server offers them without a network."""
    folder = recorder.directory
    (folder / "flock.png").write_bytes(base64.b64decode(PICTURE))
    model = recorder.get("/config")["provider"]["demo"]["options"]["baseURL"]
    calls = [
        bash(COLOURS),
        tool("grep", pattern="sheep", include="*.md"),
        tool("glob", pattern="**/*.py"),
        tool("read", filePath=str(folder)),
        tool("skill", name="shepherd"),  # this tool does not exist
        tool("webfetch", url=f"{model}/models", format="text"),
        tool("shear", sheep="Dolly"),
        # This comes last: OpenCode shows a picture to the model as a prompt, which is not a script.
        tool("read", filePath=str(folder / "flock.png")),
    ]
    session = recorder.new_session()
    recorder.prompt(session, script(*calls))
    request = recorder.wait_for("permission.asked")
    recorder.post(f"/permission/{request['id']}/reply", {"reply": "once"})
    recorder.wait_for("session.idle")


@scenario("attachments")
def attachments(recorder: Recorder) -> None:
    """A prompt with a picture, a mention of a file, and one of an agent."""
    session = recorder.new_session()
    sheep = recorder.directory / "sheep.py"
    text = script(say("A flock.")) + " @sheep.py @general"
    source = {"type": "file", "path": "sheep.py", "text": {"value": "@sheep.py", "start": 1, "end": 10}}
    parts = [
        {"type": "text", "text": text},
        {"type": "file", "mime": "image/png", "filename": "flock.png", "url": f"data:image/png;base64,{PICTURE}"},
        {"type": "file", "mime": "text/plain", "filename": "sheep.py", "url": sheep.as_uri(), "source": source},
        {"type": "agent", "name": "general", "source": {"value": "@general", "start": 11, "end": 19}},
    ]
    recorder.post(f"/session/{session}/prompt_async", {"parts": parts})
    recorder.wait_for("session.idle")


@scenario("sub-agent")
def sub_agent(recorder: Recorder) -> None:
    inner = script(think("I am the sub-agent."), tool("glob", pattern="*"), say("Two files."))
    recorder.turn(recorder.new_session(), script(say("I ask around."), delegate(inner), say("There are two files.")))


@scenario("sub-agent-permission")
def sub_agent_permission(recorder: Recorder) -> None:
    """A sub-agent asks for a permission while its parent waits for it."""
    recorder.prompt(recorder.new_session(), script(delegate(script(bash("ls"), say("Seen."))), say("All seen.")))
    recorder.wait_for("permission.asked")


@scenario("rename")
def rename(recorder: Recorder) -> None:
    session = recorder.new_session("Before")
    recorder.client.patch(f"/session/{session}", json={"title": "After"}).raise_for_status()
    recorder.wait_for("session.updated", lambda seen: seen["info"]["title"] == "After")


@scenario("archive")
def archive(recorder: Recorder) -> None:
    session = recorder.new_session("To be put away")
    recorder.client.patch(f"/session/{session}", json={"time": {"archived": 1_790_000_000_000}}).raise_for_status()
    recorder.wait_for("session.updated", lambda seen: "archived" in seen["info"]["time"])


@scenario("fork")
def fork(recorder: Recorder) -> None:
    session = recorder.new_session("The stem")
    recorder.turn(session, script(say("A first answer.")))
    recorder.turn(session, script(say("A second answer.")))
    second = recorder.get(f"/session/{session}/message")[2]["info"]["id"]
    branch = str(recorder.post(f"/session/{session}/fork", {"messageID": second})["id"])
    recorder.turn(branch, script(say("Another second answer.")))


@scenario("delete")
def delete(recorder: Recorder) -> None:
    session = recorder.new_session("Short-lived")
    recorder.turn(session, script(say("Not for long.")))
    recorder.client.delete(f"/session/{session}").raise_for_status()
    recorder.wait_for("session.deleted")


@scenario("delete-message")
def delete_message(recorder: Recorder) -> None:
    session = recorder.new_session()
    recorder.turn(session, script(say("This stays.")))
    recorder.turn(session, script(say("This goes.")))
    last = recorder.get(f"/session/{session}/message")[-1]["info"]["id"]
    recorder.client.delete(f"/session/{session}/message/{last}").raise_for_status()
    recorder.wait_for("message.removed")


@scenario("delete-part")
def delete_part(recorder: Recorder) -> None:
    session = recorder.new_session()
    recorder.turn(session, script(think("This goes."), say("This stays.")))
    message = recorder.get(f"/session/{session}/message")[-1]
    part = next(part["id"] for part in message["parts"] if part["type"] == "reasoning")
    recorder.client.delete(f"/session/{session}/message/{message['info']['id']}/part/{part}").raise_for_status()
    recorder.wait_for("message.part.removed")


@scenario("revert")
def revert(recorder: Recorder) -> None:
    _revert(recorder)


@scenario("unrevert")
def unrevert(recorder: Recorder) -> None:
    session = _revert(recorder)
    recorder.post(f"/session/{session}/unrevert")
    recorder.wait_for("session.updated", lambda seen: "revert" not in seen["info"])


@scenario("revert-then-prompt")
def revert_then_prompt(recorder: Recorder) -> None:
    """The next prompt deletes what was reverted."""
    session = _revert(recorder)
    recorder.turn(session, script(say("Another way, then.")))


def _revert(recorder: Recorder) -> str:
    session = recorder.new_session()
    recorder.turn(session, script(say("Untouched.")))
    recorder.turn(session, _edit(recorder))
    second = recorder.get(f"/session/{session}/message")[2]["info"]["id"]
    recorder.wait_until_quiet()
    recorder.post(f"/session/{session}/revert", {"messageID": second})
    recorder.wait_for("session.updated", lambda seen: "revert" in seen["info"])
    return session


@scenario("summarize")
def summarize(recorder: Recorder) -> None:
    session = recorder.new_session()
    recorder.turn(session, script(say("A long talk about sheep.")))
    recorder.turn(session, script(say("And about wolves.")))
    recorder.post(f"/session/{session}/summarize", {"providerID": "demo", "modelID": "scripted"})
    recorder.wait_for("session.compacted")
