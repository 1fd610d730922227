"""OpenCode 2.x: agents, models, commands, files and services."""

from __future__ import annotations

from opencode_widget.model.dialects.v2 import catalogue
from opencode_widget.model.entities import (
    Agent,
    Catalogue,
    FileDiff,
    Found,
    Model,
    Service,
    SlashCommand,
)


def test_a_catalogue() -> None:
    found = catalogue.catalogue(
        [
            {"id": "general", "mode": "subagent"},
            {
                "id": "build",
                "mode": "primary",
                "description": "Works",
                "model": {"id": "m", "providerID": "s", "variant": "high"},
            },
            {"id": "title", "hidden": True},
        ],
        [
            {
                "id": "m",
                "providerID": "s",
                "name": "M",
                "variants": [{"id": "high"}, {}],
                "limit": {"context": 9},
                "capabilities": {"input": ["text", "image"]},
            },
            {"id": "old", "providerID": "s", "status": "deprecated"},
            {"id": "off", "providerID": "s", "enabled": False},
        ],
        [{"id": "s", "name": "Scripted"}],
        {"id": "m", "providerID": "s"},
        [{"name": "review", "description": "Look"}, {}],
        [{"id": "pdf", "name": "PDF"}],
    )
    assert found == Catalogue(
        (Agent("general", "", "subagent"), Agent("build", "Works", model="s/m", variant="high")),
        (Model("s", "m", "M", "Scripted", ("high",), 9, ("text", "image")),),
        "build",
        "s/m",
        (SlashCommand("review", "Look"), SlashCommand("pdf", source="skill")),
        unlisted=frozenset({"title", "s/old", "s/off"}),
    )
    assert catalogue.catalogue(*[None] * 6) == Catalogue()


def test_files_and_services() -> None:
    assert catalogue.found({"path": "src/", "type": "directory"}) == Found("folder", "src/")
    diff = {"file": "a.py", "additions": 1, "deletions": 2, "status": "modified", "patch": "@@"}
    assert catalogue.file_diff(diff) == FileDiff("a.py", 1, 2, "modified", "@@")
    failed = {"name": "s", "status": {"status": "failed", "error": "Why"}}
    assert catalogue.mcp(failed) == Service("mcp", "s", "failed", "Why")
