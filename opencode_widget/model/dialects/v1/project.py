"""OpenCode 1.x: what its routes say of a project: files found, files changed, services -> our infos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ...entities import JSON, FileDiff, Found, Service
from ..read import maybe, objects, strings, sub, text, whole


def found_files(paths: Any) -> tuple[Found, ...]:
    """The answer of `GET /find/file`: paths from the folder; "/" at the end of one means a folder."""
    return tuple(
        Found("folder" if path.endswith("/") else "file", path) for path in strings(paths) if path.strip("/") != ""
    )


# ---- files changed ----------------------------------------------------------------------------------------------------


def diffs(value: Any) -> tuple[FileDiff, ...]:
    """The answer of `GET /session/{id}/diff`."""
    return tuple(_diff(one) for one in objects(value) if text(one, "file"))


def _diff(one: JSON) -> FileDiff:
    return FileDiff(
        text(one, "file"), whole(one, "additions"), whole(one, "deletions"), text(one, "status"), maybe(one, "patch")
    )


def diffs_of(messages: Any) -> Iterable[FileDiff]:
    """What the turns of some messages changed: each prompt has it in its summary."""
    for message in objects(messages):
        yield from diffs(sub(sub(message, "info"), "summary").get("diffs"))


def merged(changes: Iterable[FileDiff]) -> tuple[FileDiff, ...]:
    """Changes of several turns, oldest first, one entry a file."""
    files: dict[str, FileDiff] = {}
    for one in changes:
        known = files.get(one.file)
        files[one.file] = one if known is None else _joined(known, one)
    return tuple(files.values())


def _joined(first: FileDiff, then: FileDiff) -> FileDiff:
    patch = "\n".join(one.patch.rstrip("\n") for one in (first, then) if one.patch) or None
    status = "added" if first.status == "added" and then.status != "deleted" else then.status
    return replace(
        first,
        additions=first.additions + then.additions,
        deletions=first.deletions + then.deletions,
        status=status,
        patch=patch,
    )


# ---- services ---------------------------------------------------------------------------------------------------------


def services(mcp: Any, lsp: Any, formatters: Any) -> tuple[Service, ...]:
    """The answers of `GET /mcp`, `/lsp`, `/formatter`."""
    servers = mcp.items() if isinstance(mcp, dict) else ()
    return (
        *(
            Service("mcp", name, text(one, "status") or "unknown", text(one, "error"))
            for name, one in servers
            if isinstance(one, dict)
        ),
        *(
            Service("lsp", text(one, "name") or text(one, "id"), text(one, "status"), text(one, "root"))
            for one in objects(lsp)
        ),
        *(_formatter(one) for one in objects(formatters)),
    )


def _formatter(one: JSON) -> Service:
    state = "enabled" if one.get("enabled") is True else "disabled"
    return Service("formatter", text(one, "name"), state, " ".join(strings(one.get("extensions"))))
