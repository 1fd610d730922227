"""The doctor: checks what the widget needs, what is missing, and says what to do about it."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import OpenCodeError
from ..server.detect import SPOKEN, detect, dialect_of
from ..server.http.client import Http, address
from ..server.process.binary import Source, find_binary
from ..server.process.install import OPENCODE_VERSION
from ..server.process.process import binary_version
from ..server.process.programs import find_program
from ..server.releases import Standing, advice, standing
from . import versions

OLDEST_PYTHON = (3, 11)
PASSWORDS = ("OPENCODE_PASSWORD", "OPENCODE_SERVER_PASSWORD")
STATIC = ("widget.js", "widget.css", "mermaid.js.gz")
SOURCES: dict[Source, str] = {
    "argument": "as named",
    "environment": "by $OPENCODE_WIDGET_BINARY",
    "path": "on PATH",
    "home": "in ~/.opencode/bin",
    "cache": "in our cache",
}


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    Attributes:
        name: what was looked for.
        found: what was found, in words.
        remedy: what to do about it; empty if all is well.
        missing: the widget cannot work without it.
    """

    name: str
    found: str
    remedy: str = ""
    missing: bool = False


async def examine(url: str | None = None) -> list[Finding]:
    """Check everything; with the URL of a running server, check that too."""
    asked = [await server(url)] if url is not None else []
    here = await asyncio.to_thread(lambda: [python(), *packages(), *hosts(), *tools(), static()])
    return [*asked, await opencode(), *here]


def table(findings: list[Finding]) -> str:
    """Return the findings as lines for a terminal."""
    width = max(len(finding.name) for finding in findings)
    return "\n".join(_line(finding, width) for finding in findings)


def _line(finding: Finding, width: int) -> str:
    mark = "!!" if finding.missing else " -" if finding.remedy else "ok"
    remedy = f"\n   {'':{width}}  {finding.remedy}" if finding.remedy else ""
    return f"{mark} {finding.name:{width}}  {finding.found}{remedy}"


async def opencode() -> Finding:
    """Look for the program, and ask it for its version."""
    try:
        binary = await asyncio.to_thread(find_binary)
        found = await binary_version(binary.path)
    except OpenCodeError as error:
        return Finding("OpenCode", error.message.strip(), error.remedy, missing=True)
    dialect = dialect_of(found)
    words = f"{found} (dialect {dialect or 'unknown'}), {SOURCES[binary.source]}: {binary.path}"
    if dialect is None or standing(found) is Standing.TOO_OLD:
        how = {Standing.TOO_OLD: "It is too old. ", Standing.TOO_NEW: "It is too new. "}.get(standing(found), "")
        remedy = f"{how}This release speaks {SPOKEN}: opencode-widget install"
        return Finding("OpenCode", words, remedy, missing=True)
    return Finding("OpenCode", words, _advice_of_program(found))


def _advice_of_program(version: str) -> str:
    """What a user should know of a program that works; "" for the tested one."""
    if standing(version) is Standing.TESTED:
        return ""
    return " ".join(
        filter(None, (advice(version), f"This release was tested with {OPENCODE_VERSION}: opencode-widget install"))
    )


async def server(url: str) -> Finding:
    """Detect what a running server is. Its password is in the URL, or in the variable from which the server itself reads it."""
    password = next(filter(None, map(os.environ.get, PASSWORDS)), None)
    try:
        http = Http(address(url, password=password))
        try:
            client = await detect(http)
        finally:
            await http.close()
    except OpenCodeError as error:
        return Finding("server", error.message.strip(), error.remedy, missing=True)
    words = f"{client.version} (dialect {client.dialect}): {http.address.url}"
    return Finding("server", words, advice(client.version))


def python() -> Finding:
    """Check the version of this Python."""
    words = f"{platform.python_version()}: {sys.executable}"
    old = sys.version_info < OLDEST_PYTHON
    return Finding("Python", words, "Use Python 3.11 or later." if old else "", missing=old)


def packages() -> Iterator[Finding]:
    """Check the packages that the kernel's side needs."""
    for name in versions.NEEDED:
        found = versions.installed(name)
        yield Finding(name, found or "missing", _remedy(name, found), missing=not found)


def _remedy(name: str, found: str | None) -> str:
    if found is None:
        return f"pip install {name}"
    return versions.kernel_advice(found) if name == "ipykernel" else ""


def hosts() -> Iterator[Finding]:
    """Look for a Jupyter host. It may be in another environment, so it is not required here."""
    found = {name: versions.installed(name) for name in versions.HOSTS}
    hint = "" if any(found.values()) else "Fine if your Jupyter is elsewhere; else: pip install 'opencode_widget[demo]'"
    for name, there in found.items():
        yield Finding(name, there or "not in this environment", hint if not there else "")
    for name in sorted({*versions.DEMO} - {*versions.NEEDED, *versions.HOSTS}):
        there = versions.installed(name)
        yield Finding(
            name, there or "missing", "" if there else "Only for the demo: pip install 'opencode_widget[demo]'"
        )


def tools() -> Iterator[Finding]:
    """Check the programs that `opencode-widget install` needs."""
    for name in ("node", "npm", "git"):
        path = find_program(name)
        hint = "Only to install OpenCode: https://nodejs.org" if name != "git" else "OpenCode's undo needs it."
        yield Finding(name, str(path or "missing"), "" if path else hint)


def static() -> Finding:
    """Check the built front end."""
    folder = Path(__file__).parents[1] / "static"
    absent = [name for name in STATIC if not (folder / name).is_file()]
    if absent:
        return Finding(
            "front end", f"{', '.join(absent)} missing", "Install the package again: pip install .", missing=True
        )
    return Finding("front end", str(folder))
