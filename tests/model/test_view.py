"""State -> the JSON that a page draws."""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model import view
from opencode_widget.model.entities import (
    BUSY,
    Activity,
    Agent,
    Catalogue,
    ChangeTotals,
    FileDiff,
    FileInfo,
    Found,
    Model,
    NoteInfo,
    PartInfo,
    Problem,
    SlashCommand,
    Status,
    Todo,
    Tokens,
    ToolState,
)
from opencode_widget.model.reduce.changes import TranscriptChanged
from opencode_widget.model.state import State
from opencode_widget.model.text.truncate import STRING_BOUND

from . import builders
from .builders import SES


def part_view(part: PartInfo, *, entire: bool = False) -> view.View:
    state = builders.conversation(builders.busy(), builders.answer(), builders.part(part))
    return view.part_view(builders.the_message(state), builders.the_part(state), entire=entire)


def transcript(state: State) -> view.View:
    return view.transcript_view("i", builders.the_session(state))


# ---- what is large or missing ----------------------------------------------------------------------------------------


def test_what_is_none_is_left_out() -> None:
    assert view.without_none({"a": None, "b": 0, "c": ""}) == {"b": 0, "c": ""}


# ---- the instance ------------------------------------------------------------------------------------------------------


def test_a_problem_in_words() -> None:
    assert view.problem_view(None) is None
    assert view.problem_view(Problem("E", "No.")) == {"name": "E", "message": "No."}
    assert view.problem_view(Problem("E", "No.", "Do.", "More."))  == {
        "name": "E", "message": "No.", "remedy": "Do.", "details": "More.",
    }  # fmt: skip


def test_a_catalogue() -> None:
    models = (Model("p", "m"), Model("p", "n", "Name", "Provider", ("high",), 1000, ("text", "image")))
    agents = (Agent("build", model="p/n", variant="high"), Agent("plan", "Plans", "subagent"))
    commands = (SlashCommand("init"), SlashCommand("ask", "Asks", "mcp", ("$1",)))
    shown = view.catalogue_view(Catalogue(agents, models, "build", "p/m", commands))
    assert shown == {
        "agents": [
            {"name": "build", "mode": "primary", "model": "p/n", "variant": "high"},
            {"name": "plan", "description": "Plans", "mode": "subagent"},
        ],
        "models": [
            {"provider": "p", "id": "m", "name": "m", "providerName": "p", "variants": []},
            {
                "provider": "p",
                "id": "n",
                "name": "Name",
                "providerName": "Provider",
                "variants": ["high"],
                "context": 1000,
                "inputs": ["text", "image"],
            },
        ],
        "commands": [
            {"name": "init", "source": "command", "hints": []},
            {"name": "ask", "description": "Asks", "source": "mcp", "hints": ["$1"]},
        ],
        "defaultAgent": "build",
        "defaultModel": "p/m",
    }


def test_oddities_in_words() -> None:
    state = builders.empty()
    assert view.oddities_view(state) is None
    builders.play(state, e.Unknown(name="new"), e.Malformed(name="bad", reason="no id"))
    assert view.oddities_view(state) == [{"name": "new", "count": 1}, {"name": "bad", "count": 1, "reason": "no id"}]


# ---- sessions ----------------------------------------------------------------------------------------------------------


def test_a_session_in_one_line() -> None:
    state = builders.conversation(
        builders.session(title="", cost=0.5, agent="build", model="p/m", created=1, updated=2), builders.asked()
    )
    assert view.session_view(state, builders.the_session(state)) == {
        "id": SES,
        "title": "New session",
        "status": "idle",
        "unread": False,
        "waiting": 1,
        "created": 1,
        "updated": 2,
        "agent": "build",
        "model": "p/m",
        "closed": False,
        "cost": 0.5,
    }


def test_a_session_says_what_it_used_and_changed_and_where_it_is_shared() -> None:
    more: dict[str, Any] = {"tokens": Tokens(input=1), "share": "https://x", "changed": ChangeTotals(2, 30, 4)}
    state = builders.conversation(builders.session(**more))
    shown = view.session_view(state, builders.the_session(state))
    assert shown["tokens"] == {"input": 1, "output": 0, "reasoning": 0, "cacheRead": 0, "cacheWrite": 0}
    assert (shown["share"], shown["changed"]) == ("https://x", {"files": 2, "additions": 30, "deletions": 4})


def test_a_retry_says_until_when_and_what_the_server_advises() -> None:
    status = Status(Activity.RETRY, "Free usage exceeded", 1, 5000.0, "Subscribe to go on", "https://opencode.ai/x")
    state = builders.conversation(builders.status(status))
    shown = view.session_view(state, builders.the_session(state))
    assert (shown["retryAt"], shown["retryAdvice"]) == (5000.0, "Subscribe to go on")
    assert shown["retryLink"] == "https://opencode.ai/x"
    builders.play(state, builders.idle())
    assert "retryAt" not in view.session_view(state, builders.the_session(state))


@pytest.mark.parametrize(
    ("message", "words"), [("Overloaded", "Overloaded (attempt 2)"), ("", "Trying again (attempt 2)")]
)
def test_a_retry_in_words(message: str, words: str) -> None:
    state = builders.conversation(builders.status(Status(Activity.RETRY, message, 2)))
    assert view.session_view(state, builders.the_session(state))["statusText"] == words


def test_the_latest_session_comes_first_and_one_put_away_says_so() -> None:
    state = builders.empty()
    builders.play(
        state, builders.session("b", updated=1), builders.session("c", updated=2), builders.session("a", updated=1)
    )
    builders.play(state, builders.session("gone", updated=9, archived=9))
    shown = view.sessions_view(state)
    assert [(message["id"], message.get("archived")) for message in shown] == [
        ("gone", 9),
        ("c", None),
        ("a", None),
        ("b", None),
    ]


# ---- transcripts -------------------------------------------------------------------------------------------------------


def test_a_transcript_is_loading_ready_or_failed() -> None:
    state = builders.empty()
    builders.play(state, builders.session())
    assert transcript(state)["state"] == "loading"
    builders.play(state, builders.loading())
    assert transcript(state)["state"] == "loading"
    builders.play(state, e.HistoryFailed(session_id=SES, problem=builders.OOPS))
    assert (transcript(state)["state"], transcript(state)["problem"]["message"]) == ("failed", "Oops.")
    builders.play(
        state,
        builders.loading(),
        builders.history_loaded(builders.fetched(builders.user_info()), more="c", todos=(Todo("Do"),)),
    )
    assert transcript(state) | {"messages": []} == {
        "instance": "i",
        "session": SES,
        "state": "ready",
        "messages": [],
        "more": True,
        "todos": [{"content": "Do", "status": "pending", "priority": ""}],
    }
    builders.play(state, builders.loading())
    assert transcript(state)["state"] == "ready"


def test_messages_that_are_dropped_take_their_problem_with_them() -> None:
    state = builders.empty()
    builders.play(state, builders.session(), builders.loading(), e.HistoryFailed(session_id=SES, problem=builders.OOPS))
    builders.play(state, e.HistoryDropped(session_id=SES))
    assert "problem" not in transcript(state)


def test_what_a_revert_has_taken_back_is_not_shown_but_a_new_prompt_is() -> None:
    state = builders.conversation(
        builders.user("one", at=1), builders.user("two", at=2), builders.user("three", at=3), builders.prompt()
    )
    for revert, shown in (("two", ["one", "mine"]), ("nowhere", ["one", "two", "three", "mine"])):
        builders.play(state, builders.session(revert=revert))
        assert [message["head"]["id"] for message in transcript(state)["messages"]] == shown


def test_a_transcript_says_what_was_taken_back() -> None:
    state = builders.conversation(
        builders.user("one", at=1), builders.text("Draw.", "p", "one"), builders.answer(at=2), builders.prompt()
    )
    assert "reverted" not in transcript(state)
    builders.play(state, builders.session(revert="one"))
    assert transcript(state)["reverted"] == {"message": "one", "count": 2, "text": "Draw."}
    assert builders.reported(builders.play(state, builders.gone()), TranscriptChanged(SES)), "one less can be restored"
    assert transcript(state)["reverted"]["count"] == 1
    builders.play(state, builders.session())
    assert "reverted" not in transcript(state)


def test_several_prompts_that_were_taken_back_are_counted() -> None:
    state = builders.conversation(builders.user("one", at=1), builders.user("two", at=2), builders.prompt())
    session = state.sessions[SES]
    assert (session.reverted_prompts, session.last_prompt) == ([], session.messages["two"])
    builders.play(state, builders.session(revert="two"))
    assert (session.reverted_prompts, session.last_prompt) == (["two"], session.messages["one"])
    builders.play(state, builders.session(revert="one"))
    assert transcript(state)["reverted"] == {"message": "one", "count": 2, "text": "", "prompts": 2}
    assert session.last_prompt is None


def test_the_head_of_a_message() -> None:
    tokens = Tokens(1, 2, 3, 4, 5)
    more: dict[str, Any] = {
        "completed": 3,
        "agent": "build",
        "model": "p/m",
        "variant": "high",
        "cost": 0.1,
        "tokens": tokens,
        "error": builders.OOPS,
        "summary": True,
    }
    state = builders.conversation(builders.answer(**more))
    assert view.head_view(builders.the_message(state)) == {
        "id": "msg",
        "role": "assistant",
        "state": "failed",
        "created": 2,
        "completed": 3,
        "parent": "ask",
        "agent": "build",
        "model": "p/m",
        "variant": "high",
        "cost": 0.1,
        "tokens": {"input": 1, "output": 2, "reasoning": 3, "cacheRead": 4, "cacheWrite": 5},
        "error": {"name": "UnknownError", "message": "Oops."},
        "summary": True,
    }


def test_the_head_of_a_prompt_has_the_key_of_the_page() -> None:
    state = builders.conversation(builders.prompt(key="k"))
    assert view.head_view(builders.the_message(state, "mine")) == {
        "id": "mine",
        "role": "user",
        "state": "sending",
        "created": 10,
        "key": "k",
    }


# ---- parts -------------------------------------------------------------------------------------------------------------


def test_a_text() -> None:
    assert part_view(builders.text_info("Hi", started=1, finished=2, ended=True)) == {
        "kind": "text",
        "id": "prt",
        "text": "Hi",
        "ended": True,
        "started": 1,
        "finished": 2,
    }


def test_a_text_with_a_gap_says_so() -> None:
    state = builders.streaming(builders.delta("a"), builders.LOST, builders.CONNECTED)
    left = builders.fetched(builders.answer_info(), builders.text_info(""))
    builders.play(state, builders.loaded(builders.history(left), statuses={SES: BUSY}), builders.delta("c"))
    shown = view.part_view(builders.the_message(state), builders.the_part(state))
    assert (shown["text"], shown["gap"], shown["ended"]) == ("ac", True, False)


def test_a_tool() -> None:
    info = builders.tool_info(
        ToolState.ERROR, title="Count", input={"a": 1}, raw="{", output="one",
        error="No.", metadata={"b": 2}, child="kid", started=1, finished=2,
    )  # fmt: skip
    assert part_view(info) == {
        "kind": "tool",
        "id": "prt",
        "tool": "bash",
        "state": "error",
        "title": "Count",
        "input": {"a": 1},
        "raw": "{",
        "output": "one",
        "error": "No.",
        "metadata": {"b": 2},
        "child": "kid",
        "started": 1,
        "finished": 2,
    }


def test_a_long_output_is_cut_unless_it_is_wanted_whole() -> None:
    info = builders.tool_info(output="x" * (view.OUTPUT_BOUND + 1))
    shown = part_view(info)
    assert (len(shown["output"]), shown["outputLength"]) == (view.OUTPUT_BOUND, view.OUTPUT_BOUND + 1)
    whole = part_view(info, entire=True)
    assert len(whole["output"]) == view.OUTPUT_BOUND + 1
    assert "outputLength" not in whole
    assert "outputEnd" not in whole


def test_the_end_of_a_long_output_is_shown_once_the_tool_has_ended() -> None:
    def shown(length: int, state: ToolState) -> Any:
        return part_view(builders.tool_info(output="x" * length + "ERROR: the very end", state=state))

    long = view.OUTPUT_BOUND + view.OUTPUT_END_BOUND
    end = shown(long, ToolState.COMPLETED)["outputEnd"]
    assert (len(end), end[-19:]) == (view.OUTPUT_END_BOUND, "ERROR: the very end")
    assert shown(view.OUTPUT_BOUND - 9, ToolState.ERROR)["outputEnd"] == "e very end"
    assert "outputEnd" not in shown(long, ToolState.RUNNING)
    assert "outputEnd" not in shown(10, ToolState.COMPLETED)


def test_a_file_whose_url_is_large_has_none() -> None:
    assert part_view(FileInfo("prt", "image/png", "a.png", "data:x")) == {
        "kind": "file",
        "id": "prt",
        "mime": "image/png",
        "filename": "a.png",
        "url": "data:x",
    }
    large = FileInfo("prt", url=f"data:;base64,{'x' * view.URL_BOUND}")
    assert "url" not in part_view(large)
    assert part_view(large, entire=True)["url"] == large.url


@pytest.mark.parametrize(
    ("url", "size"),
    [
        ("data:image/png;base64,aGVsbG8=", 5),
        ("data:image/png;base64,aGVsbG8h", 6),
        ("data:image/png;base64,", 0),
        ("data:text/plain,a%20b", 3),
        ("data:nothing", None),
        ("file:///a,b", None),
    ],
)
def test_a_file_says_how_large_its_content_is(url: str, size: int | None) -> None:
    assert part_view(FileInfo("prt", url=url)).get("size") == size


def test_a_file_that_was_mentioned_says_where_it_is() -> None:
    assert part_view(FileInfo("prt", path="src/a.py"))["path"] == "src/a.py"


def test_a_tool_says_what_it_gave_back_and_that_some_of_it_was_cut() -> None:
    info = builders.tool_info(files=(FileInfo("f", "image/png"),), metadata={"diff": "x" * (STRING_BOUND + 1)})
    shown = part_view(info)
    assert (shown["files"], shown["cut"]) == ([{"kind": "file", "id": "f", "mime": "image/png"}], True)
    entire = part_view(info, entire=True)
    assert (entire["metadata"], "cut" in entire) == (info.metadata, False)


def test_a_note() -> None:
    assert part_view(NoteInfo("prt", "retry", "Again", {"attempt": 1})) == {
        "kind": "note",
        "id": "prt",
        "type": "retry",
        "text": "Again",
        "data": {"attempt": 1},
    }
    assert "data" not in part_view(NoteInfo("prt", "retry", "Again"))


def test_hidden_parts_are_not_shown() -> None:
    state = builders.streaming(builders.part(builders.text_info("For the model", "hidden", hidden=True)))
    assert [part["id"] for part in transcript(state)["messages"][1]["parts"]] == ["prt"]


# ---- the project -------------------------------------------------------------------------------------------------------


def test_what_was_found() -> None:
    assert view.found_view(Found("folder", "src/")) == {"kind": "folder", "path": "src/"}
    symbol = {"kind": "symbol", "path": "a.py", "name": "count", "line": 3}
    assert view.found_view(Found("symbol", "a.py", "count", 3)) == symbol


def test_what_changed_in_files() -> None:
    assert view.diffs_view([FileDiff("a.py", 1, 2, "added", "+a"), FileDiff("b.py")]) == [
        {"file": "a.py", "status": "added", "additions": 1, "deletions": 2, "patch": "+a"},
        {"file": "b.py", "additions": 0, "deletions": 0},
    ]


def test_long_patches_and_many_are_cut() -> None:
    diffs = [FileDiff(f"{number}.py", patch="x" * (view.PATCH_BOUND + 1)) for number in range(20)]
    shown = view.diffs_view(diffs)
    assert [message["cut"] for message in shown] == [True] * 20
    assert sum(len(message["patch"]) for message in shown) == view.PATCHES_BOUND
