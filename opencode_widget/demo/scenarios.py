"""The scripted model's reactions to natural prompts: data in the same little language as `script.py`.

The scenarios use the sample project (`sample/`). The tools are real, so the tests really fail, and the edit really fixes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The name under which the model answers as another one would, so that there is something to compare.
BRIEF = "brief"
PACE = 0.025  # seconds between two words: fast, but still visible
THOUGHT = 0.015


@dataclass(frozen=True)
class Scenario:
    """One thing that the scripted model can do.

    Attributes:
        title: the title of a session that starts with this scenario.
        pattern: selects the scenario if a prompt contains it.
        steps: what the model does, see `script.py`.
        hint: a prompt to try, and what it shows; empty if it is not offered.
        brief: what the model does under the name BRIEF; empty if that is the same.
    """

    title: str
    pattern: str
    steps: Sequence[Mapping[str, Any]]
    hint: str = ""
    brief: Sequence[Mapping[str, Any]] = ()


def say(text: str, **more: Any) -> dict[str, Any]:
    """Write text at the speed of a fast reader."""
    return {"text": text, "interval": PACE, **more}


def think(text: str) -> dict[str, Any]:
    """Write reasoning, a little faster."""
    return {"reasoning": text, "interval": THOUGHT}


# What a result has in it if the tool did not run.
NOT_RUN = ("Unknown tool", "Invalid tool input", "Error", "error")
# What the result of an edit has in it if the text to replace is not there.
NOT_THERE = ("Could not find", "could not find", "not found")

TEST = {"tool": "bash", "input": {"command": "{python} -m unittest"}}

WHY = Scenario(
    "Why test_split fails",
    r"\bwhy\b|test_split|\bexplain\b",
    (
        think(
            "The test is called test_split, so it is about `split` in parser.py. I'll read both files before I say anything."
        ),
        say("I'll look at the test and at the function that it tests.\n\n"),
        {
            "tools": [
                {"tool": "read", "input": {"filePath": "{directory}/parser.py"}},
                {"tool": "read", "input": {"filePath": "{directory}/test_parser.py"}},
            ]
        },
        say(
            "`test_split` fails because a quoted field **never ends**. In `parser.py`:\n\n"
            "```python\n"
            "if character == '\"':\n"
            "    quoted = True      # the closing quote sets it to True again\n"
            "```\n\n"
            "| input | wanted | got |\n|---|---|---|\n"
            '| `a,b,c` | `["a", "b", "c"]` | the same |\n'
            '| `a,"b,c",d` | `["a", "b,c", "d"]` | `["a", "b,c,d"]` |\n\n'
            "The second quote should switch quoting *off*. Say **Now fix it**, and I'll change that one line."
        ),
    ),
    "**Why does test_split fail?** reads two files and explains",
    (
        {"tool": "read", "input": {"filePath": "{directory}/parser.py"}},
        say(
            "`test_split` fails because a quoted field **never ends**. In `parser.py`:\n\n"
            "```python\n"
            "if character == '\"':\n"
            "    quoted = True      # should be: quoted = not quoted\n"
            "```\n\n"
            "The second quote should switch quoting *off*. Say **Now fix it**."
        ),
    ),
)

FIX = Scenario(
    "Fix the parser",
    r"\bfix|\brepair|\bmend\b|\bcorrect\b",
    (
        say("A quote must turn quoting on and off again. I'll change the line.\n\n"),
        {"tool": "read", "input": {"filePath": "{directory}/parser.py"}},
        {
            "tool": "edit",
            "input": {
                "filePath": "{directory}/parser.py",
                "oldString": "quoted = True\n",
                "newString": "quoted = not quoted\n",
            },
        },
        say("The line now reads `quoted = not quoted`. ", unless=(*NOT_THERE, *NOT_RUN)),
        say("That line is mended already. ", when=NOT_THERE),
        say("The edit did not succeed:\n\n```\n{result}\n```\n\n", when=NOT_RUN, unless=NOT_THERE),
        say("Say **Run the tests** to see whether all three pass."),
    ),
    "**Now fix it** edits `parser.py`",
)

TESTS = Scenario(
    "Run the tests",
    r"\btests?\b|\bpytest\b|\bunittest\b|\bbash\b|\bpermission\b",
    (
        say("I'll run the tests. You'll be asked first because this runs a shell command.\n\n"),
        TEST,
        say("**Some tests fail:**\n\n```\n{result}\n```\n\nSay **Now fix it**.", when="FAILED"),
        say("**All tests pass:**\n\n```\n{result}\n```\n", when="OK", unless="FAILED"),
        say("The tests did not run:\n\n```\n{result}\n```\n", unless=("FAILED", "OK")),
    ),
    "**Run the tests** runs a shell command, and asks for permission",
)

ASK = Scenario(
    "A question for you",
    r"\bask me\b|\bquestion\b",
    (
        say("There is something that only you can decide.\n\n"),
        {
            "tool": "question",
            "input": {
                "questions": [
                    {
                        "header": "Quoting",
                        "question": "What should `split` do with a quote that is never closed?",
                        "options": [
                            {"label": "Raise an error", "description": "A ValueError that names the line"},
                            {"label": "Take it literally", "description": "Treat the quote as an ordinary character"},
                            {"label": "Close it at the end", "description": "As it does now"},
                        ],
                    },
                    {
                        "header": "Separators",
                        "question": "Which separators should it know?",
                        "multiple": True,
                        "options": [
                            {"label": "Comma", "description": "a,b"},
                            {"label": "Semicolon", "description": "a;b"},
                            {"label": "Tab", "description": "as spreadsheets copy"},
                        ],
                    },
                ]
            },
        },
        say("Thank you. This is what I was told:\n\n> {result}\n"),
    ),
    "**Ask me something** puts a question to you",
)

AGENT = Scenario(
    "A subagent at work",
    r"sub-?agent|\bdelegate\b|\btask tool\b",
    (
        say("I let a subagent look around; it has a session of its own.\n\n"),
        {
            "tool": "task",
            "input": {
                "description": "Look around the project",
                "subagent_type": "general",
                "prompt": "Look around this project and report what is in it.",
            },
        },
        say(
            "The subagent is back. It found **a parser with two functions, and three tests of them**.",
            when="parser.py",
        ),
        say("The subagent did not say what is here:\n\n```\n{result}\n```\n", unless="parser.py"),
    ),
    "**Use a subagent** opens a child session",
)

# Uses neither glob nor grep: without ripgrep OpenCode would download it, and the demo promises to work without a network.
LOOK = Scenario(
    "Look around",
    r"\blook around\b|\bwhat is (in )?(this|here)\b|\bexplore\b",
    (
        say("First the folder, then the tests.\n\n"),
        {"tool": "read", "input": {"filePath": "{directory}"}},
        say("A parser and its tests. I read both.\n\n"),
        {
            "tools": [
                {"tool": "read", "input": {"filePath": "{directory}/parser.py"}},
                {"tool": "read", "input": {"filePath": "{directory}/test_parser.py"}},
            ]
        },
        say(
            "There are two Python files:\n\n- `parser.py` with `split` and `count`\n- `test_parser.py` with three tests of them\n"
        ),
    ),
    "**Look around** reads the project",
)


TASKS = ("Read the failing test", "Find the cause in parser.py", "Mend it", "Run the tests")


def _todos(*states: str) -> dict[str, Any]:
    return {
        "tool": "todowrite",
        "input": {
            "todos": [
                {"content": task, "status": state, "priority": "high" if number < 2 else "medium"}
                for number, (task, state) in enumerate(zip(TASKS, states, strict=True))
            ]
        },
    }


PLAN = Scenario(
    "A plan",
    r"\bplan\b|\btodos?\b",
    (
        say("Here is my plan.\n\n"),
        say("".join(f"{at}. {task}\n" for at, task in enumerate(TASKS, 1)) + "\n", without="todowrite"),
        _todos("in_progress", "pending", "pending", "pending"),
        {"tool": "read", "input": {"filePath": "{directory}/test_parser.py"}},
        _todos("completed", "in_progress", "pending", "pending"),
        {"tool": "read", "input": {"filePath": "{directory}/parser.py"}},
        _todos("completed", "completed", "pending", "pending"),
        say("Two of four steps are done. Say **Now fix it** for the third."),
    ),
    "**Make a plan** lists what there is to do, and begins",
)

THINK = Scenario(
    "Some thinking",
    r"\bthink\b|\breason(ing)?\b",
    (
        think(
            "How would one write `split` without a flag? One way is a regular expression with two alternatives: a quoted field, or a run "
            "of characters that are no separator.\n\nThat is shorter, but an empty field is easily lost. The flag is plain, and a reader "
            "sees at once what it does.\n\nSo the flag stays."
        ),
        say("I thought about it: the flag in `split` is the plainest way, and it should stay."),
    ),
    "**Think about it** shows reasoning",
)

LONG = Scenario(
    "A long answer",
    r"\bmarkdown\b|\blong\b|\btable\b|\bessay\b",
    (
        say(
            "# Splitting lines\n\n"
            "A line of comma-separated values looks simple, and is not. There are **three** things to get right:\n\n"
            "1. separators, which end a field\n2. quotes, within which a separator is *just a character*\n"
            "3. quotes within quotes, which are written twice\n"
            '   - as in `"he said ""no"""`\n   - and which `parser.py` does not know yet\n\n'
            "## The states\n\n"
            "| state | character | next state | action |\n|---|:-:|---|---|\n"
            '| plain | `"` | quoted | none |\n| plain | `,` | plain | begin a field |\n'
            '| quoted | `"` | plain | none |\n| quoted | `,` | quoted | add it |\n\n'
            "## In code\n\n"
            "```python\nimport csv\n\n\ndef split(line: str) -> list[str]:\n"
            '    """Let the standard library do it."""\n    return next(csv.reader([line]))\n```\n\n'
            "```sh\n$ python3 -m unittest\nRan 3 tests in 0.001s\n```\n\n"
            "> A parser that one need not write is the best one.\n\n"
            "See the [csv module](https://docs.python.org/3/library/csv.html) for the rest. ~~Regular expressions~~ are not needed.\n\n"
            "- [x] separators\n- [x] quotes\n- [ ] quotes within quotes\n"
        ),
    ),
    "**Write a long answer** shows Markdown: a table, code, lists",
)

FAIL = Scenario(
    "A model that fails",
    r"^\W*fail\b|\bcrash\b",
    ({"fail": 400, "message": "The scripted model fails, because you asked it to."},),
    "**Fail** shows an error of the model",
)

# The first match wins, so narrow patterns come first.
SCENARIOS = (FAIL, ASK, AGENT, LOOK, WHY, FIX, PLAN, TESTS, LONG, THINK)

WELCOME = Scenario(
    "",
    "",
    (
        say(
            "Hello. I am a **scripted model**: the OpenCode server that you talk to is real, and so are its tools, but I only know a few "
            "answers by heart. Try one of these:\n\n" + "".join(f"- {scenario.hint}\n" for scenario in SCENARIOS) + "\n"
            "With your own OpenCode configuration, a real model answers here: start `opencode-widget demo --own`, or write `OpenCode()`."
        ),
    ),
)


def find_scenario(prompt: str) -> Scenario:
    """Return the scenario that a prompt asks for; for any other prompt, a friendly answer."""
    return next((scenario for scenario in SCENARIOS if re.search(scenario.pattern, prompt, re.IGNORECASE)), WELCOME)
