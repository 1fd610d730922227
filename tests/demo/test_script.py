"""What the scripted model answers, from the request alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode_widget.demo.scenarios import SCENARIOS, WELCOME, find_scenario
from opencode_widget.demo.script import answer, excerpt, pieces, words
from opencode_widget.demo.steps import Call, Cut, Fail, Gate, Say, Stall, Wait

SYSTEM = {"role": "system", "content": "You are opencode.\n<env>\n  Working directory: /work dir\n</env>"}
TITLE = {"role": "system", "content": "You are a title generator. You output ONLY a thread title."}


def ask(*messages: dict[str, Any], system: dict[str, Any] = SYSTEM) -> dict[str, Any]:
    return {"messages": [system, *messages]}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def script(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return user("script: " + json.dumps({"steps": steps, **more}))


def called(result: str = "ok") -> list[dict[str, Any]]:
    """What OpenCode adds after a tool call."""
    return [{"role": "assistant", "content": "", "tool_calls": [{}]}, {"role": "tool", "content": result}]


def title(text: str) -> str:
    (say,) = answer(ask(user("Generate a title for this conversation:"), user(text), system=TITLE))
    assert isinstance(say, Say)
    return "".join(say.deltas)


def test_a_script_is_carried_out_literally() -> None:
    steps = answer(
        ask(
            script(
                {"reasoning": "a b"},
                {"text": "hello world", "chunk": 5, "interval": 0.02},
                {"tokens": 3, "prefix": "x", "start": 8, "interval": 0.1},
                {"wait": 2},
                {"gate": "g"},
                {"fail": 503, "times": 1},
                {"cut": True},
                {"stall": True},
            )
        )
    )
    assert steps == (
        Say(("a", " b"), "reasoning_content"),
        Say(("hello", " worl", "d"), "content", 0.02),
        Say(("x000008 ", "x000009 ", "x000010 "), "content", 0.1),
        Wait(2.0),
        Gate("g"),
        Fail(503, "The script says so.", 1),
        Cut(),
        Stall(),
    )


def test_a_tool_call_ends_a_completion_and_the_next_goes_on_after_it() -> None:
    prompt = script(
        {"text": "one"},
        {"tool": "bash", "input": {"command": "ls {directory}"}},
        {"text": "two"},
        {"tools": [{"tool": "read", "input": {"filePath": "a"}}, {"tool": "list"}]},
        {"text": "three"},
    )
    assert answer(ask(prompt)) == (Say(("one",)), Call("bash", {"command": "ls /work dir"}))
    assert answer(ask(prompt, *called())) == (Say(("two",)), Call("read", {"filePath": "a"}), Call("list", {}))
    assert answer(ask(prompt, *called(), *called())) == (Say(("three",)),)
    assert answer(ask(prompt, *called(), *called(), *called())) == (Say(("Done.",)),)


def test_an_earlier_turn_does_not_count() -> None:
    assert answer(ask(user("hi"), *called(), script({"text": "now"}))) == (Say(("now",)),)


def test_a_step_may_depend_on_the_last_result() -> None:
    prompt = script({"tool": "bash"}, {"text": "bad: {result}", "when": "FAILED"}, {"text": "good", "unless": "FAILED"})
    assert answer(ask(prompt, *called("FAILED 1"))) == (Say(("bad:", " FAILED", " 1")),)
    assert answer(ask(prompt, *called("OK"))) == (Say(("good",)),)


@pytest.mark.parametrize(
    "text",
    [
        "script: nonsense",
        "script: []",
        'script: {"steps": 1}',
        'script: {"steps": [{"bad": 1}]}',
        'script: {"steps": [{"tokens": "many"}]}',
    ],
)
def test_a_script_with_a_mistake_is_a_bad_request(text: str) -> None:
    (fail,) = answer(ask(user(text)))
    assert isinstance(fail, Fail)
    assert fail.status == 400
    assert title(text) in ("A script with a mistake", "A scripted session")


def test_what_opencode_adds_to_a_prompt_is_not_the_prompt() -> None:
    reminder = {"type": "text", "text": "<system-reminder>\nMake a plan. Fail.\n</system-reminder>"}
    prompt = {"role": "user", "content": [{"type": "text", "text": "Think about it"}, reminder]}
    assert answer(ask(prompt)) == answer(ask(user("Think about it")))


def test_a_prompt_sent_into_a_running_turn_is_found_within_its_reminder() -> None:
    inner = script({"text": "late"})["content"]
    assert answer(ask(user(f"<system-reminder>\nThe user sent:\n{inner}\n</system-reminder>"))) == (Say(("late",)),)


def test_titles() -> None:
    assert title("Why does test_split fail?") == "Why test_split fails"
    assert title('"What a lovely day for a walk!" she said') == "What a lovely day for a"
    assert title("???") == "A short talk"
    assert title(script(title="Mine")["content"]) == "Mine"
    assert title(script()["content"]) == "A scripted session"


def test_a_summary_is_given_when_the_conversation_is_compacted() -> None:
    system = {"role": "system", "content": "You are a context summarization agent."}
    (say,) = answer(ask(user("Summarize"), system=system))
    assert isinstance(say, Say)
    assert "## Goal" in "".join(say.deltas)


@pytest.mark.parametrize(
    ("prompt", "meant"),
    [
        ("Why does test_split fail?", "Why test_split fails"),
        ("Now fix it", "Fix the parser"),
        ("Run the tests", "Run the tests"),
        ("Ask me something", "A question for you"),
        ("Use a sub-agent", "A subagent at work"),
        ("Use a subagent to look around", "A subagent at work"),
        ("Look around this project and report what is in it.", "Look around"),
        ("Make a plan", "A plan"),
        ("Think about it", "Some thinking"),
        ("Write a long answer", "A long answer"),
        ("Fail", "A model that fails"),
        ("Good morning", ""),
    ],
)
def test_natural_prompts(prompt: str, meant: str) -> None:
    assert find_scenario(prompt).title == meant


def test_every_hint_leads_to_its_own_scenario() -> None:
    for scenario in SCENARIOS:
        assert find_scenario(scenario.hint.split("**")[1]) is scenario
        assert scenario.hint in WELCOME.steps[0]["text"]


@given(st.text(), st.integers(1, 9))
def test_cutting_a_text_loses_nothing(text: str, size: int) -> None:
    assert "".join(words(text)) == text
    assert "".join(pieces(text, size)) == text
    assert all(len(piece) <= size for piece in pieces(text, size))


@given(st.text(), st.integers(0, 3))
def test_any_prompt_gets_an_answer(text: str, done: int) -> None:
    assert answer(ask(user(text), *called() * done))


def test_an_excerpt_is_the_end() -> None:
    assert excerpt("a\nb\nc\n", lines=2) == "b\nc"


# ---- the tools of the server that runs --------------------------------------------------------------------------------

# The tools of 1.x and of 2.x, with their inputs.
FIRST = {
    "bash": ("command", "description"),
    "read": ("filePath",),
    "edit": ("filePath", "oldString", "newString"),
    "task": ("description", "prompt", "subagent_type"),
    "question": ("questions",),
    "todowrite": ("todos",),
}
SECOND = {
    "shell": ("command",),
    "read": ("path",),
    "edit": ("path", "oldString", "newString"),
    "subagent": ("agent", "description", "prompt", "background"),
    "question": ("questions",),
}


def offering(request: dict[str, Any], tools: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    functions = [
        {"name": name, "parameters": {"type": "object", "properties": {key: {} for key in inputs}}}
        for name, inputs in tools.items()
    ]
    return {**request, "tools": [{"type": "function", "function": function} for function in functions]}


def turn(prompt: str, tools: dict[str, tuple[str, ...]], result: str = "ok") -> tuple[list[Call], str]:
    """All calls of a scenario's turn whose tools all return this, and all its words."""
    calls: list[Call] = []
    words = ""
    for done in range(12):
        steps = answer(offering(ask(user(prompt), *called(result) * done), tools))
        words += "".join("".join(step.deltas) for step in steps if isinstance(step, Say))
        made = [step for step in steps if isinstance(step, Call)]
        calls += made
        if not made:
            return calls, words
    raise AssertionError("the turn does not end")


@pytest.mark.parametrize("tools", [FIRST, SECOND])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)
def test_a_scenario_calls_only_what_is_offered_with_the_inputs_that_it_has(
    scenario: Any, tools: dict[str, tuple[str, ...]]
) -> None:
    prompt = next(word for word in PROMPTS if find_scenario(word) is scenario)
    calls, _ = turn(prompt, tools)
    for call in calls:
        assert set(call.input) <= set(tools[call.tool])


PROMPTS = (
    "Fail",
    "Ask me something",
    "Use a sub-agent",
    "Look around",
    "Why does test_split fail?",
    "Now fix it",
    "Make a plan",
    "Run the tests",
    "Write a long answer",
    "Think about it",
)


@pytest.mark.parametrize(
    ("prompt", "call"),
    [
        ("Run the tests", Call("shell", {"command": "python3 -m unittest"})),
        ("Why does test_split fail?", Call("read", {"path": "/work dir/parser.py"})),
        (
            "Use a sub-agent",
            Call(
                "subagent",
                {
                    "description": "Look around the project",
                    "agent": "general",
                    "prompt": "Look around this project and report what is in it.",
                },
            ),
        ),
    ],
)
def test_the_tools_of_2x_are_called_by_their_names(prompt: str, call: Call) -> None:
    assert turn(prompt, SECOND)[0][0] == call


def test_a_plan_without_a_tool_for_it_is_written() -> None:
    calls, words = turn("Make a plan", SECOND)
    assert [call.tool for call in calls] == ["read", "read"]
    assert "2. Find the cause in parser.py" in words
    calls, words = turn("Make a plan", FIRST)
    assert "todowrite" in [call.tool for call in calls]
    assert "2. Find" not in words


@pytest.mark.parametrize(
    ("prompt", "result", "claim", "truth"),
    [
        ("Run the tests", "Unknown tool: bash", "All tests pass", "did not run"),
        ("Run the tests", "Ran 3 tests in 0.001s\n\nOK", "did not run", "All tests pass"),
        ("Run the tests", "FAILED (failures=1)", "All tests pass", "Some tests fail"),
        ("Now fix it", 'Invalid tool input: Missing key ["path"]', "The line now reads", "did not succeed"),
        ("Now fix it", "Could not find oldString in the file", "The line now reads", "mended already"),
        ("Now fix it", "Edit applied successfully.", "mended already", "The line now reads"),
        ("Use a subagent", "Unknown tool: task", "It found", "did not say"),
        ("Use a sub-agent", "There are `parser.py` and `test_parser.py`.", "did not say", "It found"),
    ],
)
def test_nothing_is_claimed_that_the_tool_did_not_do(prompt: str, result: str, claim: str, truth: str) -> None:
    _, words = turn(prompt, SECOND, result)
    assert claim not in words
    assert truth in words


@pytest.mark.parametrize(
    ("system", "prompt"),
    [
        ("You are an anchored context summarization agent for coding sessions.", "<conversation>Run the tests"),
        ("You are opencode.", "Create a detailed summary of our conversation above. Now fix it."),
        ("You are opencode.", "Summarize the conversation so far, so that another agent can go on."),
    ],
)
def test_a_compaction_is_answered_with_a_summary_whatever_words_ask_for_it(system: str, prompt: str) -> None:
    (say,) = answer(ask(user(prompt), system={"role": "system", "content": system}))
    assert isinstance(say, Say)
    assert "## Goal" in "".join(say.deltas)


def test_a_user_who_wants_a_summary_gets_an_answer() -> None:
    steps = answer(offering(ask(user("Summarize why test_split fails")), SECOND))
    assert any(isinstance(step, Call) and step.tool == "read" for step in steps)


def test_under_the_name_brief_it_answers_otherwise_where_it_can() -> None:
    why = ask(user("Why does test_split fail?"))
    assert answer(why | {"model": "brief"}) != answer(why | {"model": "scripted"}) == answer(why)
    fix = ask(user("Now fix it"))
    assert answer(fix | {"model": "brief"}) == answer(fix)
