"""Drives the steps over versions of OpenCode, and writes the table of the documentation: `python -m tests.versions [VERSION ...]`.

Without a version all of them, which takes about half an hour and 4 GB of the cache; `--table` also writes `docs/pages/hosts.md`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

from .releases import VARIABLE, VERSIONS

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "pages" / "hosts.md"
BEGIN, END = "<!-- versions: written by `python -m tests.versions --table` -->", "<!-- versions: end -->"
REPORT = "OPENCODE_VERSIONS_REPORT"

Results = dict[str, dict[str, bool]]


def main(words: list[str]) -> int:
    """Run the steps; the exit code is pytest's."""
    versions = [word for word in words if not word.startswith("-")]
    os.environ[VARIABLE] = ",".join(versions) if versions else "all"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        os.environ[REPORT] = str(report)
        code = int(pytest.main([str(FOLDER), "-q"]))
        lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
    written = table(results(lines))
    print(written)
    if "--table" in words:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_table(text, written), encoding="utf-8")
    return code


def results(lines: list[str]) -> Results:
    """Whether each step passed, by step and version. A step that failed in its preparation failed."""
    found: Results = {}
    for line in lines:
        item = json.loads(line)
        step = found.setdefault(item["step"], {})
        step[item["version"]] = step.get(item["version"], True) and item["good"]
    return found


def table(found: Results) -> str:
    """The results as a table of Markdown, a line for each version."""
    order = {tried.version: number for number, tried in enumerate(VERSIONS)}
    versions = sorted({version for step in found.values() for version in step}, key=lambda v: order.get(v, len(order)))
    head = [f"| OpenCode | {' | '.join(found)} |", f"|---|{'---|' * len(found)}"]
    return "\n".join([*head, *(_row(version, found) for version in versions)])


def _row(version: str, found: Results) -> str:
    return f"| {version} | {' | '.join(_mark(step.get(version)) for step in found.values())} |"


def _mark(good: bool | None) -> str:
    return "" if good is None else "yes" if good else "**no**"


def with_table(text: str, written: str) -> str:
    """A page with another table between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{written}\n\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
