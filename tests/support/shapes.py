"""The JSON that OpenCode 1.x sends, in its smallest valid form. Times are milliseconds, counted from `NOW`."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
NOW = 1_790_000_000_000
MODEL = {"providerID": "scripted", "modelID": "m"}


def session(
    id: str, directory: str = "/project", title: str = "A session", parent: str | None = None, at: int = 0
) -> Json:
    info: Json = {
        "id": id,
        "slug": id.removeprefix("ses_"),
        "version": "1.18.33",
        "projectID": "global",
        "directory": directory,
        "title": title,
        "time": {"created": NOW + at, "updated": NOW + at},
    }
    return info if parent is None else {**info, "parentID": parent}


def user(id: str, session: str, at: int = 0) -> Json:
    return {
        "id": id,
        "sessionID": session,
        "role": "user",
        "time": {"created": NOW + at},
        "agent": "build",
        "model": MODEL,
    }


def assistant(id: str, session: str, parent: str, at: int = 0, **more: Any) -> Json:
    return {
        "id": id,
        "sessionID": session,
        "role": "assistant",
        "time": {"created": NOW + at},
        "parentID": parent,
        **MODEL,
        "mode": "build",
        "agent": "build",
        "path": {"cwd": "/project", "root": "/project"},
        "cost": 0,
        "tokens": {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}},
        **more,
    }


def text(id: str, message: str, session: str, words: str, *, ended: bool = True, at: int = 0) -> Json:
    time: Json = {"start": NOW + at, "end": NOW + at} if ended else {"start": NOW + at}
    return {"id": id, "messageID": message, "sessionID": session, "type": "text", "text": words, "time": time}


def permission(id: str, session: str, command: str = "ls") -> Json:
    return {
        "id": id,
        "sessionID": session,
        "permission": "bash",
        "patterns": [command],
        "metadata": {"command": command},
        "always": [command],
    }


def agent(name: str = "build", mode: str = "primary") -> Json:
    return {
        "name": name,
        "description": "The default agent.",
        "mode": mode,
        "native": True,
        "permission": [],
        "options": {},
    }


def providers() -> Json:
    model = {
        "id": "m",
        "providerID": "scripted",
        "name": "Scripted M",
        "limit": {"context": 100_000, "output": 8000},
        "variants": {},
    }
    listed = [
        {"id": "scripted", "name": "Scripted", "source": "config", "env": [], "options": {}, "models": {"m": model}}
    ]
    return {"providers": listed, "default": {"scripted": "m"}}
