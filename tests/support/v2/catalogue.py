"""What the fake 2.1 server lists of its folder."""

from __future__ import annotations

from .events import DIRECTORY, Json

LOCATION = {"directory": DIRECTORY, "project": {"id": "prj_1", "directory": DIRECTORY, "canonical": DIRECTORY}}

CATALOGUE: dict[str, list[Json]] = {
    "agent": [
        {"id": "build", "name": "Build", "mode": "primary", "hidden": False, "description": "Works"},
        {"id": "general", "name": "General", "mode": "subagent", "hidden": False},
        {"id": "title", "name": "Title", "mode": "primary", "hidden": True},
    ],
    "model": [
        {
            "id": "m",
            "modelID": "m",
            "providerID": "scripted",
            "name": "Scripted M",
            "capabilities": {"tools": True, "input": ["text"], "output": ["text"]},
            "variants": [{"id": "high"}],
            "time": {"released": 0},
            "cost": [],
            "status": "active",
            "enabled": True,
            "limit": {"context": 1000, "output": 100},
        },
    ],
    "provider": [{"id": "scripted", "name": "Scripted", "activation": "enabled", "package": "x"}],
    "command": [{"name": "review", "description": "Look at the changes"}],
    "skill": [{"id": "skl_1", "name": "pdf", "description": "Read PDF", "path": "/s", "content": "x"}],
    "mcp": [{"name": "search", "status": {"status": "failed", "error": "No network"}}],
}
CATALOGUE["model"].append({**CATALOGUE["model"][0], "id": "old", "modelID": "old", "status": "deprecated"})
CATALOGUE["fs/find"] = [{"path": "sheep.py", "type": "file"}]
for _agent in CATALOGUE["agent"]:
    _agent |= {"request": {"settings": {}, "headers": {}, "body": {}}, "permissions": []}
