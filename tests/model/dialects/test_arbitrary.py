"""No server can say anything that makes the model raise."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opencode_widget.model.dialects import Decode, classic, common
from opencode_widget.model.dialects.read import BadField, each
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.model.dialects.v1 import objects as v1_objects
from opencode_widget.model.patch import Patch
from opencode_widget.model.reduce import apply
from opencode_widget.model.requests.view import requests_view
from opencode_widget.model.state import HistoryState
from opencode_widget.model.view import sessions_view, transcript_view

from .. import builders
from ..recorded import RECORDINGS

CHANCE = settings(
    derandomize=True,
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

IDS = st.sampled_from(("ses", "msg", "prt", "ask", "per", ""))
WORDS = st.sampled_from(
    (
        *v1_objects.PARTS,
        *classic.TOOL_STATES,
        *classic.RUNNING,
        "user",
        "assistant",
        "text",
        "retry",
        "busy",
        "idle",
        "reasoning",
    )
)
NUMBERS = st.one_of(st.integers(-5, 5), st.integers(), st.floats(), st.just(10**400))
SURROGATES = st.text(st.characters(codec=None, exclude_categories=()), max_size=5)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, IDS, IDS, WORDS, WORDS, SURROGATES)


def fields_of(value: Any) -> set[str]:
    """All names of fields in JSON."""
    if isinstance(value, dict):
        return set(value).union(*map(fields_of, value.values()))
    return set[str]().union(*map(fields_of, value)) if isinstance(value, list) else set()


# Those that a real server uses, save ids as keys, and those of the dialects' other spellings.
NAMES = sorted(
    {name for recording in RECORDINGS for name in fields_of(recording.frames) if len(name) < 25}
    | {"status", "parts", "session", "sessionId", "messageId", "parentId", "role", "title", "permissionID", "response", "pattern"}
    | {"resources", "save", "action", "answers", "models", "providers", "default", "limit", "context", "variants", "hidden", "mode"}
    | {"error", "data", "statusCode", "revert", "archived", "raw"}
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=8)),
    max_leaves=12,
)


def near(sound: Any) -> st.SearchStrategy[Any]:
    """JSON of the shape of a real one, with any of it replaced or left out."""
    if isinstance(sound, dict):
        fields = {name: st.one_of(near(value), near(value), VALUES) for name, value in sound.items()}
        return st.fixed_dictionaries({}, optional=fields)
    return st.one_of(st.just(sound), VALUES)


TOOL = {
    "status": "running",
    "input": {},
    "metadata": {"output": "x", "sessionId": "kid"},
    "time": {"start": 1, "end": 2},
}
PROPERTIES = {
    "id": "per",
    "sessionID": "ses",
    "messageID": "msg",
    "partID": "prt",
    "requestID": "per",
    "field": "text",
    "delta": "lo",
    "status": {"type": "retry", "attempt": 1, "next": 5},
    "error": {"name": "APIError", "data": {"message": "No.", "statusCode": 400}},
    "todos": [],
    "questions": [],
    "tool": {"messageID": "msg", "callID": "call"},
    "info": {
        "id": "msg",
        "sessionID": "ses",
        "role": "assistant",
        "time": {"created": 1, "completed": 2},
        "tokens": {"cache": {}},
        "model": {"providerID": "p", "modelID": "m"},
        "error": {"name": "APIError", "data": {}},
        "revert": {"messageID": "ask"},
    },
    "part": {
        "id": "prt",
        "sessionID": "ses",
        "messageID": "msg",
        "type": "tool",
        "text": "x",
        "state": TOOL,
        "time": {"end": 1},
    },
}
V1_EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from((*v1.DECODERS, *v1.NOISE, "new.kind")), "properties": near(PROPERTIES)},
    optional={"id": IDS},
)
CLASSIC_EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from((*classic.DECODERS, "new_kind"))},
    optional={
        "sessionId": IDS,
        "messageId": IDS,
        "status": WORDS,
        "role": WORDS,
        "parts": st.lists(near({"id": "prt", "type": "tool", "text": "x", "state": {"status": "running"}}), max_size=3),
        "session": near({"id": "ses", "title": "x", "model": {"modelId": "m"}, "updatedAt": 1}),
        "error": VALUES,
        "timestamp": NUMBERS,
    },
)


def survive(decode: Decode, events: list[Any]) -> None:
    """The state takes it, and what goes to the page can be sent."""
    state = builders.streaming()
    patch = Patch("i", state)
    patch.show("ses")
    for data in events:
        for event in decode(data).events:
            patch.add(apply(state, event))
    sessions = [transcript_view("i", session) for session in state.sessions.values()]
    for shown in (patch.drain(), sessions, sessions_view(state), requests_view(state)):
        json.dumps(shown, ensure_ascii=False, allow_nan=False).encode()


@settings(CHANCE, max_examples=120)
@given(st.lists(st.one_of(V1_EVENT, V1_EVENT, st.builds(lambda item: {"payload": item}, V1_EVENT), VALUES), max_size=6))
def test_nothing_that_a_server_says_raises(events: list[Any]) -> None:
    survive(v1.decode, events)


@settings(CHANCE, max_examples=50)
@given(st.lists(st.one_of(CLASSIC_EVENT, VALUES), max_size=6))
def test_nothing_that_an_early_server_says_raises(events: list[Any]) -> None:
    survive(classic.decode, events)


READERS: tuple[Callable[[Any], Any], ...] = (
    v1_objects.session_info,
    v1_objects.message_info,
    v1_objects.part_info,
    common.status,
    v1_objects.permission,
    v1_objects.question,
    classic.session_info,
    classic.message,
)


@settings(CHANCE, max_examples=80)
@given(st.one_of(near(PROPERTIES), near(PROPERTIES["info"]), near(PROPERTIES["part"]), VALUES), VALUES, VALUES)
def test_nothing_that_a_server_answers_raises_but_that_it_is_refused(value: Any, other: Any, third: Any) -> None:
    for read in READERS:
        each([value, other], read)
        with suppress(BadField):
            read(value)
    common.todos(value)
    v1_objects.problem(value)
    v1_objects.catalogue(value, other, third)
    v1_objects.catalogue([value], {"providers": [{"id": "p", "models": {"m": value}}], "default": other}, third)


def test_a_conversation_survives_what_it_does_not_understand() -> None:
    survive(v1.decode, [{"type": "message.updated", "properties": {"info": 5}}, None])
    assert builders.the_session(builders.streaming()).history_state is HistoryState.READY
