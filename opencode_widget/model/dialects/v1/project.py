"""OpenCode 1.x: reads the answers about a project: found files, changed files, services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ...entities import JSON, FileDiff, Found, Service
from ...text.unified import unified
from ..read import maybe, objects, strings, sub, text, whole


def found_files(paths: Any) -> tuple[Found, ...]:
    """The answer of `GET /find/file`: paths relative to the folder; those of folders end with "/"."""
    return tuple(
        Found("folder" if path.endswith("/") else "file", path) for path in strings(paths) if path.strip("/") != ""
    )


# ---- files changed ----------------------------------------------------------------------------------------------------


def diffs(value: Any) -> tuple[FileDiff, ...]:
    """The answer of `GET /session/{id}/diff`. Up to 1.3 it has the texts of a file in place of a patch."""
    return tuple(_diff(item) for item in objects(value) if text(item, "file"))


def _diff(item: JSON) -> FileDiff:
    return FileDiff(
        text(item, "file"),
        whole(item, "additions"),
        whole(item, "deletions"),
        text(item, "status") or _status(item),
        maybe(item, "patch") or _patch(item),
    )


def _states_texts(item: JSON) -> bool:
    """Does the server state the whole file before and after, as it did before 1.14?"""
    return isinstance(item.get("before"), str) and isinstance(item.get("after"), str)


def _status(item: JSON) -> str:
    if not _states_texts(item):
        return ""
    if not item["before"]:
        return "added"
    return "modified" if item["after"] else "deleted"


def _patch(item: JSON) -> str | None:
    if not _states_texts(item):
        return None
    return unified(text(item, "file"), text(item, "before"), text(item, "after")) or None


def diffs_of(messages: Any) -> Iterable[FileDiff]:
    """The changes of the turns of some messages: the summary of each prompt has them."""
    for message in objects(messages):
        yield from diffs(sub(sub(message, "info"), "summary").get("diffs"))


def merged(changes: Iterable[FileDiff]) -> tuple[FileDiff, ...]:
    """The changes of several turns, the oldest first, as one entry for each file."""
    files: dict[str, FileDiff] = {}
    for diff in changes:
        known = files.get(diff.file)
        files[diff.file] = diff if known is None else _joined(known, diff)
    return tuple(files.values())


def _joined(first: FileDiff, then: FileDiff) -> FileDiff:
    patch = "\n".join(diff.patch.rstrip("\n") for diff in (first, then) if diff.patch) or None
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
            Service("mcp", name, text(server, "status") or "unknown", text(server, "error"))
            for name, server in servers
            if isinstance(server, dict)
        ),
        *(
            Service("lsp", text(server, "name") or text(server, "id"), text(server, "status"), text(server, "root"))
            for server in objects(lsp)
        ),
        *(_formatter(formatter) for formatter in objects(formatters)),
    )


def _formatter(item: JSON) -> Service:
    state = "enabled" if item.get("enabled") is True else "disabled"
    return Service("formatter", text(item, "name"), state, " ".join(strings(item.get("extensions"))))
