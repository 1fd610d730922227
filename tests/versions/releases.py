"""The versions of OpenCode that the steps run over. A new version is one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from opencode_widget.server.process.install import OPENCODE_VERSION


@dataclass(frozen=True)
class Tried:
    """A version, and whether each run tries it, or only that of the night."""

    version: str
    always: bool = False


VERSIONS = (
    Tried("1.0.152"),
    Tried("1.0.185", always=True),
    Tried("1.1.11"),
    Tried("1.1.31"),
    Tried("1.1.65"),
    Tried("1.2.1"),
    Tried("1.2.15"),
    Tried("1.2.27", always=True),
    Tried("1.3.2"),
    Tried("1.14.34"),
    Tried("1.14.41", always=True),
    Tried("1.15.0"),
    Tried("1.15.13", always=True),
    Tried("1.17.0"),
    Tried("1.17.11"),
    Tried("1.18.3"),
    Tried("1.18.15"),
    Tried("1.18.25"),
    Tried(OPENCODE_VERSION, always=True),
    Tried("1.18.34"),
)
# "all", or versions with commas between them; without it those that each run tries.
VARIABLE = "OPENCODE_VERSIONS"


def chosen() -> Iterator[str]:
    """The versions of this run."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in ("", "all"):
        yield from (version.strip() for version in wanted.split(","))
        return
    yield from (tried.version for tried in VERSIONS if tried.always or wanted)
