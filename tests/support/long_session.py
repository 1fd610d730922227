"""A session of a thousand turns for `opencode import`: some turns that a real server stored, repeated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .scripts import say, script, tool
from .servers.real import RealServer

Json = dict[str, Any]

TURNS = 1000
TITLE = "A long session"
# Occur only in the last message, and only in the first prompt.
END, BEGINNING = "the-very-end", "the-very-beginning"
SECOND = 1000.0
PROSE = (
    "I looked at it. The **loop** over the sheep counts each of them once, so `count` is right:\n\n"
    "```python\ndef count(sheep: list[str]) -> int:\n    return len(sheep)\n```\n\n"
    "- black ones are counted\n- white ones too\n\nNothing needs to be changed here."
)


def make_long_session(server: RealServer, project: Path, turns: int = TURNS) -> str:
    """Import a session of so many turns into a server; return its id. Three quarters of the turns use a tool: 2.75 messages a turn."""
    with server.client(project) as client:
        session = client.post("/session", json={"title": "The pattern"}).raise_for_status().json()
        read = tool("read", filePath=str(project / "sheep.py"))
        for steps in ((say(PROSE),), (read, say(PROSE))):
            body = {"parts": [{"type": "text", "text": script(*steps)}]}
            client.post(f"/session/{session['id']}/message", json=body).raise_for_status()
        stored = client.get(f"/session/{session['id']}/message").raise_for_status().json()
        info = client.get(f"/session/{session['id']}").raise_for_status().json()
    id = f"ses_{'1' * 26}"
    exported = {
        "info": {**info, "id": id, "title": TITLE},
        "messages": list(_messages(_turns(stored), turns, id)),
    }
    file = server.directory / "long-session.json"
    file.write_text(json.dumps(exported))
    server.run(project, "import", str(file))
    return id


def _turns(stored: list[Json]) -> list[list[Json]]:
    turns: list[list[Json]] = []
    for message in stored:
        if message["info"]["role"] == "user":
            turns.append([])
        turns[-1].append(message)
    return turns


def _messages(patterns: list[list[Json]], count: int, session: str) -> Iterator[Json]:
    plain, with_tool = patterns
    number = 0
    start = plain[0]["info"]["time"]["created"] - count * 60 * SECOND
    for turn in range(count):
        pattern = plain if turn % 4 == 0 else with_tool
        prompt = ""
        for message in pattern:
            number += 1
            made = _copy(message, session, number, start + number * SECOND, prompt)
            prompt = prompt or made["info"]["id"]
            if message["info"]["role"] == "user":
                _say(made, f"Turn {turn + 1}: {BEGINNING if turn == 0 else 'is this right?'}")
            elif turn == count - 1:
                _append(made, f"\n\nThis is {END}.")
            yield made


def _copy(message: Json, session: str, number: int, at: float, prompt: str) -> Json:
    id = f"msg_{number:026d}"
    info = {**message["info"], "id": id, "sessionID": session, "time": {"created": at}}
    if info["role"] == "assistant":
        info |= {"parentID": prompt, "time": {"created": at, "completed": at + SECOND / 2}}
    parts = [
        {**part, "id": f"prt_{number:020d}{place:06d}", "messageID": id, "sessionID": session}
        for place, part in enumerate(message["parts"])
    ]
    return {"info": info, "parts": json.loads(json.dumps(parts))}


def _say(message: Json, words: str) -> None:
    next(part for part in message["parts"] if part["type"] == "text")["text"] = words


def _append(message: Json, words: str) -> None:
    for part in message["parts"]:
        if part["type"] == "text":
            part["text"] += words
