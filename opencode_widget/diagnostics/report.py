"""Words for a report of a problem: what runs here and how it stands, without secrets."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..redaction import KNOWN
from ..sync.history import Conversations

PACKAGES = ("opencode_widget", "anywidget", "ipywidgets", "ipykernel", "httpx", "jupyterlab", "notebook")
LOG_LINES = 40


def report(one: Conversations | None) -> str:
    """A report in Markdown. Reads the disk."""
    sections = ["## opencode_widget", *_lines(_surroundings())]
    if one is not None:
        sections += ["", f"## {one.title}", *_lines(_instance(one)), "", "### Log", "```", *_log(one), "```"]
    return KNOWN.text(_homeless("\n".join(sections))) + "\n"


def _lines(facts: Iterator[tuple[str, object]]) -> list[str]:
    return [f"- {name}: {value}" for name, value in facts]


def _surroundings() -> Iterator[tuple[str, object]]:
    yield "Python", f"{platform.python_version()} on {platform.platform()}"
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "not installed"


def _instance(one: Conversations) -> Iterator[tuple[str, object]]:
    yield "server", one.client.version if one.client is not None else "not reached"
    yield "protocol", one.client.dialect if one.client is not None else "unknown"
    yield "started here", "yes" if one.source.owned else "no"
    yield "connection", one.connection.words(one.home.loop.time())
    yield "error", one.connection.error or "none"
    yield "sessions", len(one.state.sessions)
    yield "messages kept", sum(len(session.ids) for session in one.known())
    yield "waiting requests", len(one.state.requests)
    yield "events not understood", {name: odd.count for name, odd in one.state.oddities.items()} or "none"


def _log(one: Conversations) -> tuple[str, ...]:
    return one.source.log_tail(LOG_LINES) or ("(none)",)


def _homeless(text: str) -> str:
    """Home folders carry names of people."""
    try:
        home = str(Path.home())
    except RuntimeError:
        return text
    return text.replace(home, "~") if len(home) > 1 else text
