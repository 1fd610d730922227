"""The report about a problem: versions, the state of an instance and its log, without secrets."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

from ..redaction import KNOWN
from ..server.releases import advice
from ..sync.runtime import InstanceRuntime
from . import versions

LOG_LINES = 40
RECORD = (
    'To show what happened: `recording = oc.record("fault.jsonl")`, repeat it, `recording.stop()`, read the file, and add it to '
    "the report. Secrets that the kernel knows and the home folder are removed from it; what was said is not. `OpenCode.replay` plays it."
)


def report(runtime: InstanceRuntime | None) -> str:
    """Write a report in Markdown. Reads the disk."""
    sections = ["## opencode_widget", *_lines(_surroundings())]
    if runtime is not None:
        sections += [
            "",
            f"## {runtime.title}",
            *_lines(_instance(runtime)),
            "",
            "### Log",
            "```",
            *_log(runtime),
            "```",
            "",
            RECORD,
        ]
    return KNOWN.text(_homeless("\n".join(sections))) + "\n"


def _lines(facts: Iterator[tuple[str, object]]) -> list[str]:
    return [f"- {name}: {value}" for name, value in facts]


def _surroundings() -> Iterator[tuple[str, object]]:
    yield "Python", f"{platform.python_version()} on {platform.platform()}"
    for name in versions.REPORTED:
        yield name, versions.installed(name) or "not installed"


def _instance(runtime: InstanceRuntime) -> Iterator[tuple[str, object]]:
    yield "server", runtime.client.version if runtime.client is not None else "not reached"
    yield "protocol", runtime.client.dialect if runtime.client is not None else "unknown"
    yield (
        "release",
        advice(runtime.client.version) or "nothing known against it" if runtime.client is not None else "unknown",
    )
    yield "started here", "yes" if runtime.endpoint.owned else "no"
    yield "connection", runtime.connection.words(runtime.loop.loop.time())
    yield "error", runtime.connection.error or "none"
    yield "sessions", len(runtime.state.sessions)
    yield "messages kept", sum(len(session.ids) for session in runtime.all_sessions())
    yield "waiting requests", len(runtime.state.requests)
    yield "events not understood", {name: odd.count for name, odd in runtime.state.oddities.items()} or "none"


def _log(runtime: InstanceRuntime) -> tuple[str, ...]:
    return runtime.endpoint.log_tail(LOG_LINES) or ("(none)",)


def _homeless(text: str) -> str:
    """Replace the home folder, which names the user."""
    try:
        home = str(Path.home())
    except RuntimeError:
        return text
    return text.replace(home, "~") if len(home) > 1 else text
