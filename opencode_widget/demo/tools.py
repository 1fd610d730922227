"""The tool calls of the scenarios, in the words of the OpenCode that runs.

The scenarios are written with the tools of 1.x. Those of 2.x have other names and inputs, and there is none for to-do lists. Each chat
request says which tools the server offers, and with which inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .steps import Json

# The tools that a request offers: the names of their inputs, by name.
Offered = Mapping[str, frozenset[str]]

# What 2.x calls the tools of 1.x, and their inputs.
TOOLS = {"bash": "shell", "task": "subagent"}
INPUTS = {"filePath": "path", "subagent_type": "agent"}


def offered(request: Json) -> Offered:
    """Return the tools that a chat request offers; none where it does not say."""
    functions = [tool.get("function", {}) for tool in request.get("tools") or ()]
    return {function.get("name", ""): _inputs(function) for function in functions}


def _inputs(function: Json) -> frozenset[str]:
    parameters = function.get("parameters") or {}
    return frozenset(parameters.get("properties") or ())


def fitted(steps: Sequence[Json], tools: Offered) -> tuple[Json, ...]:
    """Return the steps of a scenario with the tools that the server offers.

    A call of a tool that it does not offer is left out, and so is a step that needs one (`with`), or that stands in for one that is there
    (`without`). Where a request offers no tools at all, the steps stay as they are written.
    """
    if not tools:
        return tuple(step for step in steps if "without" not in step)
    return tuple(fit for step in steps if _is_wanted(step, tools) for fit in _fitted(step, tools))


def _is_wanted(step: Json, tools: Offered) -> bool:
    needs, stands_in_for = step.get("with"), step.get("without")
    return (needs is None or _name(needs, tools) is not None) and (
        stands_in_for is None or _name(stands_in_for, tools) is None
    )


def _fitted(step: Json, tools: Offered) -> Iterator[Json]:
    if "tools" in step:
        calls = [call for each in step["tools"] if (call := _call(each, tools)) is not None]
        if calls:
            yield {**step, "tools": calls}
    elif "tool" in step:
        if (call := _call(step, tools)) is not None:
            yield call
    else:
        yield step


def _call(step: Json, tools: Offered) -> Json | None:
    name = _name(step["tool"], tools)
    if name is None:
        return None
    known: frozenset[str] = tools[name]
    given: Mapping[str, Any] = step.get("input", {})
    return {**step, "tool": name, "input": {_input(key, known): value for key, value in given.items()}}


def _name(tool: str, tools: Offered) -> str | None:
    return next((name for name in (tool, TOOLS.get(tool)) if name in tools), None)


def _input(key: str, known: frozenset[str]) -> str:
    other = INPUTS.get(key, key)
    return other if key not in known and other in known else key
