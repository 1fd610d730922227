"""The 2.x runtime inside 1.18: the settings that it reads, which are not those of 1.x, and a client that speaks to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencode_widget.server.api import Client
from opencode_widget.server.http.client import Http
from tests.support.v2_preview.client import V2PreviewClient

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

MODEL = "demo/scripted"


def settings(demo: Demo) -> dict[str, Any]:
    """Settings with the scripted model: this runtime reads files alone, and 1.x's own only in part."""
    reported = json.loads(demo.env["OPENCODE_CONFIG_CONTENT"])["provider"]["demo"]
    model = {"name": "Scripted model", "limit": {"context": 100_000, "output": 8000}}
    model |= {"capabilities": {"tools": True, "input": ["text"], "output": ["text"]}}
    api = {
        "type": "aisdk",
        "package": reported["npm"],
        "url": reported["options"]["baseURL"],
        "settings": {"apiKey": "none"},
    }
    leave = [{"action": "*", "resource": "*", "effect": "allow"}, {"action": "bash", "resource": "*", "effect": "ask"}]
    provider = {"name": "Demo", "api": api, "models": {"scripted": model}}
    return {"model": MODEL, "permissions": leave, "providers": {"demo": provider}}


def prepare(project: Path, demo: Demo) -> None:
    """Put the settings into a project."""
    (project / "opencode.json").write_text(json.dumps(settings(demo)))


async def find(http: Http) -> Client:
    """In place of `detect`: speak to the runtime that hides in a server of 1.x."""
    return V2PreviewClient(http, "OpenCode 1.18.33 /api")
