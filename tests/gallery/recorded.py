"""A scene for the gallery made of recordings: `python -m tests.gallery.recorded > scene.json`, then `index.html?data=scene.json`.

Each recorded stream goes the way of a real one: the dialect, the reducer, the view that a page is sent. Of all messages those are taken
that show something which none before them showed: a kind of part, or a tool in a state. A stream is also stopped while a tool runs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from opencode_widget.model.state import State
from opencode_widget.model.view import message_view, session_view, visible
from tests.model.builders import DIRECTORY, empty
from tests.model.recorded import RECORDINGS, Recording, receive

View = dict[str, Any]
SESSION = "recorded"


def scene() -> View:
    """What `FakeKernel` of `model.js` needs: one instance, and a session with one message of every kind."""
    messages, sessions = [], {}
    seen: set[str] = set()
    for state in states():
        for session in state.sessions.values():
            for message in map(message_view, visible(session)):
                if not seen.issuperset(fresh := kinds(message)):
                    seen |= fresh
                    messages.append(apart(message, len(messages)))
                    sessions |= {
                        child: session_view(state, state.sessions[child]) for child in children(message, state)
                    }
    first = next(iter(sessions.values()))
    shown = {**first, "id": SESSION, "title": "All that was recorded", "status": "idle", "waiting": 0}
    shown.pop("parent", None)
    return {
        "instances": [instance()],
        "sessions": {"i": [shown, *sessions.values()]},
        "requests": {},
        "activeInstance": "i",
        "transcripts": {},
        "transcript": transcript(messages),
    }


def states() -> Iterator[State]:
    """The end of each recording, and its moment before the first tool was done."""
    for recording in RECORDINGS:
        yield played(recording, len(recording.decoded))
        if (moment := running(recording)) is not None:
            yield played(recording, moment)


def played(recording: Recording, count: int) -> State:
    """The state after so many events."""
    state = empty()
    for decoded in recording.decoded[:count]:
        receive(state, decoded)
    return state


def running(recording: Recording) -> int | None:
    """How many events there were when a tool was said to run for the last time; None: none ran."""
    frames = [json.dumps(frame) for frame in recording.frames]
    found = [number for number, text in enumerate(frames, 1) if '"status": "running"' in text]
    return found[-1] if found else None


def kinds(message: View) -> set[str]:
    """What a message shows: "text", "note compaction", "tool bash error", "tool read files", "error ProviderAuthError"."""
    error = {f"error {message['head']['error']['name']}"} if "error" in message["head"] else set()
    return error.union(*map(aspects, message["parts"]))


def aspects(part: View) -> Iterator[str]:
    """What a part shows."""
    yield " ".join(str(part[key]) for key in ("kind", "tool", "state", "type") if key in part)
    if part["kind"] == "tool":
        yield from (f"tool {part['tool']} {name}" for name in ("files", "child", "title") if name in part)
        if "\x1b" in part["output"]:
            yield "colours"


def apart(message: View, number: int) -> View:
    """The message under an id of its own: a stream that was stopped has the ids of the whole one."""
    parts = [{**part, "id": f"{number} {part['id']}"} for part in message["parts"]]
    return {"head": {**message["head"], "id": f"{number} {message['head']['id']}"}, "parts": parts}


def children(message: View, state: State) -> list[str]:
    """The sub-agents' sessions that its tools started."""
    return [part["child"] for part in message["parts"] if part.get("child") in state.sessions]


def instance() -> View:
    return {
        "id": "i",
        "title": "project",
        "directory": DIRECTORY,
        "owned": True,
        "version": "OpenCode",
        "dialect": "1.x",
        "connection": {"state": "connected"},
        "agents": [],
        "models": [],
        "features": [],
        "commands": [],
        "activeSession": SESSION,
        "waiting": 0,
        "moreSessions": False,
    }


def transcript(messages: list[View]) -> View:
    return {"instance": "i", "session": SESSION, "state": "ready", "messages": messages, "more": False, "todos": []}


if __name__ == "__main__":
    json.dump(scene(), sys.stdout)
