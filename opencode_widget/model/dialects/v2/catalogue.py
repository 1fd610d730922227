"""OpenCode 2.x: agents, models, commands and skills; files found, files changed, services."""

from __future__ import annotations

from typing import Any, Literal

from ...entities import JSON, Agent, Catalogue, FileDiff, Found, Model, Service, SlashCommand
from ..read import each, mapping, maybe, need, objects, sub, text, whole
from ..v1.objects import MODES
from .objects import model_name

Source = Literal["command", "skill"]


def catalogue(agents: Any, models: Any, providers: Any, default: Any, commands: Any, skills: Any) -> Catalogue:
    """The answers of `GET /api/agent`, `/model`, `/provider`, `/model/default`, `/command` and `/skill`."""
    known = tuple(_agent(one) for one in objects(agents) if one.get("hidden") is not True and text(one, "id"))
    names = {text(one, "id"): text(one, "name") for one in objects(providers)}
    offered = tuple(_model(one, names) for one in objects(models) if _is_offered(one))
    return Catalogue(
        known,
        offered,
        next((one.name for one in known if one.mode != "subagent"), None),
        model_name(default) if isinstance(default, dict) else None,
        (*each(commands, lambda one: _command(one, "command")), *each(skills, lambda one: _command(one, "skill"))),
    )


def _agent(one: JSON) -> Agent:
    return Agent(need(one, "id"), text(one, "description"), MODES.get(text(one, "mode"), "primary"))


def _is_offered(model: JSON) -> bool:
    return model.get("enabled") is not False and text(model, "status") != "deprecated" and bool(text(model, "id"))


def _model(one: JSON, providers: dict[str, str]) -> Model:
    provider = text(one, "providerID")
    return Model(
        provider=provider,
        id=text(one, "id"),
        name=text(one, "name"),
        provider_name=providers.get(provider, ""),
        variants=tuple(filter(None, (text(variant, "id") for variant in objects(one.get("variants"))))),
        context=whole(sub(one, "limit"), "context") or None,
    )


def _command(value: Any, source: Source) -> SlashCommand:
    one = mapping(value, source)
    return SlashCommand(maybe(one, "id") or need(one, "name"), text(one, "description"), source)


def found(value: Any) -> Found:
    """A FileSystemEntry; raises BadField."""
    entry = mapping(value, "entry")
    return Found("folder" if text(entry, "type") == "directory" else "file", need(entry, "path"))


def file_diff(value: Any) -> FileDiff:
    """A FileDiffInfo; raises BadField."""
    diff = mapping(value, "diff")
    counts = (whole(diff, "additions"), whole(diff, "deletions"))
    return FileDiff(need(diff, "file"), *counts, text(diff, "status"), maybe(diff, "patch"))


def mcp(value: Any) -> Service:
    """An McpServer; raises BadField."""
    server = mapping(value, "server")
    status = sub(server, "status")
    return Service("mcp", need(server, "name"), text(status, "status"), text(status, "error"))
