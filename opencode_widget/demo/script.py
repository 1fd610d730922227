"""What the scripted model answers: a pure function from a chat request to the steps of one completion.

A prompt is either natural ("Why does test_split fail?") and selects a scenario by its words (`scenarios.py`), or exact: the JSON object
after `script:` at the start of a line is carried out literally. The object has `steps`, and may have a `title` for the session.

    {"text": "..."}                 write it; a delta is a word, or `chunk` characters, and `interval` seconds lie between two deltas
    {"reasoning": "..."}            the same, as reasoning
    {"tokens": 1000}                write `t000001 t000002 ...`, a delta each; `prefix` instead of "t", `start` instead of 1, `interval`
    {"tool": "bash", "input": {}}   call a tool; ends this completion, the next step opens the completion that follows the tool's result
    {"tools": [{"tool", "input"}]}  call several at once
    {"wait": 0.5}                   pause for so many seconds
    {"gate": "name"}                pause until `POST /__open/name`, 60 s at most
    {"fail": 400, "message": "..."} respond with this HTTP status, or, after the first delta, end the stream with an error
    {"cut": true}                   break the connection
    {"stall": true}                 send nothing more, but keep the connection open

`fail` and `cut` take `times`: they happen that often, and are skipped when OpenCode tries again. A text step takes `when` or `unless`: it
is written only if the last tool's result contains, or does not contain, that string or one of those strings. `{result}` in a text stands
for the end of that result, `{prompt}` for all text of the last user message, with what OpenCode added to it, `{directory}` in a text or a
tool's input for the project's folder, `{python}` for a Python that can be called.

A script may be nested: the prompt of a `task` tool is the subagent's prompt, and may be a script again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, cast

from .scenarios import BRIEF, Scenario, find_scenario
from .steps import Call, Cut, Fail, Gate, Json, Say, Stall, Step, Wait
from .tools import Offered, fitted, offered


class ScriptError(ValueError):
    """The script in a prompt is invalid."""


def answer(request: Json, python: str = "python3") -> tuple[Step, ...]:
    """Return the steps of the completion that a chat request asks for.

    Args:
        request: the body of `POST /v1/chat/completions`.
        python: what stands for `{python}`.
    """
    system = " ".join(text_of(message) for message in request["messages"] if message["role"] == "system")
    if "title generator" in system[:200]:
        return (Say((title_for(last_prompt(request)),)),)
    if is_compaction(request, system):
        return (Say(words(SUMMARY), interval=0.01),)
    names = {
        "directory": directory_of(system),
        "python": python,
        "result": last_result(request),
        "prompt": whole_prompt(request),
    }
    try:
        return completion(
            steps_for(last_prompt(request), offered(request), request.get("model")), turns_done(request), names
        )
    except ScriptError as error:
        return (Fail(400, str(error)),)


SUMMARY = (
    "## Goal\n- Try OpenCode with a scripted model.\n\n## Progress\n- The conversation so far was a demonstration.\n"
)


def is_compaction(request: Json, system: str) -> bool:
    """Return whether OpenCode asks for a summary of the conversation: with words of its own in each version, and never with tools."""
    return not request.get("tools") and "summar" in f"{system[:400]} {whole_prompt(request)[:400]}".lower()


# --- reading the request -----------------------------------------------------------------------------------------------------------------


def text_of(message: Json) -> str:
    """Return the text of a message, whose content may be a string or a list of parts."""
    content = message.get("content") or ""
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


def last_prompt(request: Json) -> str:
    """Return the last user message, without what OpenCode adds to it for the model alone."""
    prompt = whole_prompt(request)
    bare = re.sub(r"<system-reminder>.*?</system-reminder>", "", prompt, flags=re.DOTALL).strip()
    return bare or prompt  # OpenCode puts a prompt that is sent into a running turn into such a reminder


def whole_prompt(request: Json) -> str:
    """Return the last user message with everything that OpenCode added."""
    return next((text_of(message) for message in reversed(request["messages"]) if message["role"] == "user"), "")


def turns_done(request: Json) -> int:
    """Return how many completions this turn has had: the assistant's messages after the last prompt."""
    roles = [message["role"] for message in request["messages"]]
    after = roles[::-1].index("user") if "user" in roles else 0
    return roles[len(roles) - after :].count("assistant")


def last_result(request: Json) -> str:
    """Return the result of the last tool."""
    return next((text_of(message) for message in reversed(request["messages"]) if message["role"] == "tool"), "")


def directory_of(system: str) -> str:
    """Return the project's folder, as OpenCode's system prompt names it."""
    found = re.search(r"Working directory: (.+)", system)
    return found[1].strip() if found else "."


# --- finding the steps -------------------------------------------------------------------------------------------------------------------


def steps_for(prompt: str, tools: Offered, model: object = None) -> Sequence[Json]:
    """Return all steps of the turn that a prompt starts: of a script as they are, of a scenario with the tools that the server offers."""
    script = parse(prompt)
    if script is not None:
        return cast("Sequence[Json]", script["steps"])
    scenario = find_scenario(prompt)
    return fitted(scenario.brief if model == BRIEF and scenario.brief else scenario.steps, tools)


def parse(prompt: str) -> Json | None:
    """Return the script in a prompt, None if there is none.

    Raises:
        ScriptError: it is no JSON object with a list `steps`.
    """
    found = re.search(r"^[^\w\n]{0,40}script:\s*", prompt, re.MULTILINE)
    if not found:
        return None
    try:
        script, _ = json.JSONDecoder().raw_decode(prompt, found.end())
    except ValueError as error:
        raise ScriptError(f"The script is not JSON: {error}") from None
    if not isinstance(script, dict) or not isinstance(script.get("steps"), list):
        raise ScriptError("The script is not an object with a list named `steps`.")
    return script


def title_for(prompt: str) -> str:
    """Return a session's title for its first prompt."""
    try:
        script = parse(prompt)
    except ScriptError:
        return "A script with a mistake"
    if script is not None:
        return str(script.get("title", "A scripted session"))
    scenario: Scenario = find_scenario(prompt)
    return scenario.title or " ".join(prompt.split()[:6]).strip("\"'.?! ")[:50] or "A short talk"


# --- from the script to the steps of one completion --------------------------------------------------------------------------------------


def completion(script: Sequence[Json], done: int, names: dict[str, str]) -> tuple[Step, ...]:
    """Return the steps after the script's `done`-th tool call, up to and including the next call."""
    steps: list[Step] = []
    calls = 0
    for item in script:
        calling = "tool" in item or "tools" in item
        if calls == done and applies(item, names["result"]):
            steps.extend(step(item, names | {"result": excerpt(names["result"])}))
        calls += calling
        if calls > done:
            break
    return tuple(steps) or (Say(("Done.",)),)


def applies(item: Json, result: str) -> bool:
    """Return whether a step is carried out, given the last tool's result."""
    return _has_any(result, item.get("when", "")) and not _has_any(result, item.get("unless", ()))


def _has_any(result: str, words: str | Sequence[str]) -> bool:
    return any(word in result for word in ([words] if isinstance(words, str) else words))


def step(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    """Return the steps that one object of the script stands for.

    Raises:
        ScriptError: it stands for none.
    """
    for word, make in VOCABULARY.items():
        if word in item:
            try:
                yield from make(item, names)
            except (KeyError, TypeError, ValueError) as error:
                raise ScriptError(f"The step {json.dumps(item)} cannot be understood: {error!r}") from None
            return
    raise ScriptError(f"The step {json.dumps(item)} has none of the words {', '.join(VOCABULARY)}.")


def _text(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    channel: Literal["content", "reasoning_content"] = "content" if "text" in item else "reasoning_content"
    text = fill(item.get("text", item.get("reasoning", "")), names)
    deltas = pieces(text, int(item["chunk"])) if "chunk" in item else words(text)
    yield Say(deltas, channel, float(item.get("interval", 0.0)))


def _tokens(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    prefix, first = item.get("prefix", "t"), int(item.get("start", 1))
    deltas = tuple(f"{prefix}{number:06d} " for number in range(first, first + int(item["tokens"])))
    yield Say(deltas, interval=float(item.get("interval", 0.0)))


def _tool(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    yield Call(item["tool"], fill(item.get("input", {}), names))


def _tools(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    for tool in item["tools"]:
        yield from _tool(tool, names)


def _wait(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    yield Wait(float(item["wait"]))


def _gate(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    yield Gate(str(item["gate"]))


def _fail(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    yield Fail(int(item["fail"]), str(item.get("message", "The script says so.")), _times(item))


def _cut(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    yield Cut(_times(item))


def _stall(item: Json, names: Mapping[str, str]) -> Iterator[Step]:
    yield Stall()


def _times(item: Json) -> int | None:
    return int(item["times"]) if "times" in item else None


VOCABULARY = {
    "text": _text,
    "reasoning": _text,
    "tokens": _tokens,
    "tools": _tools,
    "tool": _tool,
    "wait": _wait,
    "gate": _gate,
    "fail": _fail,
    "cut": _cut,
    "stall": _stall,
}


def fill(value: Any, names: Mapping[str, str]) -> Any:
    """Replace `{name}` by the values of `names`, in a string or in the strings of a JSON value."""
    if isinstance(value, str):
        return re.sub(r"\{(directory|prompt|python|result)\}", lambda found: names[found[1]], value)
    if isinstance(value, Mapping):
        return {key: fill(inner, names) for key, inner in value.items()}
    return [fill(inner, names) for inner in value] if isinstance(value, list | tuple) else value


def excerpt(text: str, lines: int = 12) -> str:
    """Return the last lines of a text."""
    kept = text.strip().splitlines()
    return "\n".join(kept[-lines:])


def words(text: str) -> tuple[str, ...]:
    """Cut a text into words, each with the space before it, so that nothing is lost."""
    return tuple(re.findall(r"\s*\S+|\s+$", text))


def pieces(text: str, size: int) -> tuple[str, ...]:
    """Cut a text into pieces of `size` characters."""
    return tuple(text[start : start + size] for start in range(0, len(text), size))
