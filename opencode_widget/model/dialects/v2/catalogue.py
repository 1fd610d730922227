"""OpenCode 2.x: reads agents, models, commands and skills; found files, changed files, services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from ...entities import JSON, Agent, Catalogue, FileDiff, Found, Model, Service, SlashCommand
from ..common import agent_mode, model_name, variant, window
from ..read import each, mapping, maybe, need, objects, strings, sub, text, whole

Source = Literal["command", "skill"]


def catalogue(agents: Any, models: Any, providers: Any, default: Any, commands: Any, skills: Any) -> Catalogue:
    """The answers of `GET /api/agent`, `/model`, `/provider`, `/model/default`, `/command` and `/skill`."""
    known = tuple(_agent(agent) for agent in objects(agents) if agent.get("hidden") is not True and text(agent, "id"))
    names = {text(item, "id"): text(item, "name") for item in objects(providers)}
    offered = tuple(_model(model, names) for model in objects(models) if _is_offered(model))
    return Catalogue(
        known,
        offered,
        next((agent.name for agent in known if agent.takes_prompts), None),
        model_name(default) if isinstance(default, dict) else None,
        (*each(commands, lambda item: _command(item, "command")), *each(skills, lambda item: _command(item, "skill"))),
        unlisted=frozenset(_unlisted(agents, models, known, offered)),
    )


def _unlisted(agents: Any, models: Any, known: Iterable[Agent], offered: Iterable[Model]) -> set[str]:
    """What the server has and `catalogue` leaves out."""
    every = {f"{text(model, 'providerID')}/{text(model, 'id')}" for model in objects(models)}
    every |= {text(agent, "id") for agent in objects(agents)}
    return every - {agent.name for agent in known} - {model.full_name for model in offered} - {""}


def _agent(item: JSON) -> Agent:
    model = sub(item, "model")
    return Agent(need(item, "id"), text(item, "description"), agent_mode(item), model_name(model), variant(model))


def _is_offered(model: JSON) -> bool:
    return model.get("enabled") is not False and text(model, "status") != "deprecated" and bool(text(model, "id"))


def _model(item: JSON, providers: dict[str, str]) -> Model:
    provider = text(item, "providerID")
    return Model(
        provider=provider,
        id=text(item, "id"),
        name=text(item, "name"),
        provider_name=providers.get(provider, ""),
        variants=tuple(filter(None, (text(variant, "id") for variant in objects(item.get("variants"))))),
        context=window(sub(item, "limit")),
        inputs=strings(sub(item, "capabilities").get("input")) or None,
    )


def _command(value: Any, source: Source) -> SlashCommand:
    item = mapping(value, source)
    return SlashCommand(maybe(item, "id") or need(item, "name"), text(item, "description"), source)


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
