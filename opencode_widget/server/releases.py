"""The releases of OpenCode: which of them this package works with, and what each lacks.

The boundaries were found by running the releases. A release between the last one without something and the first one with it counts as
one without.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from .process.install import OPENCODE_VERSION

Release = tuple[int, int, int]

NUMBERS = re.compile(r"(?<![\d.])(\d{1,6})\.(\d{1,6})\.(\d{1,6}|x\b)")
# What "x" stands for: a release of its line, later than those that are too old.
SOME = 999_999
# The first release of each generation that is spoken. 1.0.98 has no call that takes a prompt and answers at once; 1.0.152 has.
FIRST: dict[int, Release] = {1: (1, 0, 152), 2: (2, 0, 0)}

# Some release between 1.0.185 and 1.1.11 was the first with a health route.
HAS_HEALTH: Release = (1, 0, 186)
HAS_PASSWORD: Release = (1, 1, 16)
HAS_QUESTIONS: Release = (1, 1, 11)
HAS_CURSORS: Release = (1, 2, 27)
KEEPS_ABORTED: Release = (1, 14, 34)
# Every 10 seconds; some before them every 30.
HAS_QUICK_HEARTBEATS: Release = (1, 2, 27)


class Standing(Enum):
    """How a release stands to this package."""

    TOO_OLD = "too old"
    SPOKEN = "spoken"
    TESTED = "tested"
    NEWER = "newer than tested"
    TOO_NEW = "too new"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Lack:
    """What some releases lack.

    Attributes:
        first_without: the first release that lacks it.
        first_with: the first release that has it.
        what: what a user misses, as a part of a sentence.
    """

    first_without: Release
    first_with: Release
    what: str


LACKS = (
    Lack((0, 0, 0), HAS_QUESTIONS, "questions of the agent"),
    Lack((0, 0, 0), HAS_QUESTIONS, "words with a rejected permission"),
    Lack((0, 0, 0), HAS_PASSWORD, "a password for the server (allow_unprotected=True starts it without)"),
    Lack((1, 1, 31), (1, 1, 65), "a list of models of its own (it fetches https://models.dev at its start)"),
    Lack((0, 0, 0), HAS_CURSORS, "pages of older messages (all of them come at once)"),
    Lack((1, 2, 1), KEEPS_ABORTED, "the words of an answer that was stopped, once it is loaded again"),
)


def release(version: str) -> Release | None:
    """The release that a version names, such as "1.18.33", "v1.18.33-beta", "OpenCode 1.18.33" or "1.0.x"; None where it names none."""
    if (found := NUMBERS.search(version)) is None:
        return None
    return int(found[1]), int(found[2]), SOME if found[3] == "x" else int(found[3])


def standing(version: str) -> Standing:
    """How a version stands to this package."""
    known, tested = release(version), release(OPENCODE_VERSION)
    if known is None or tested is None:
        return Standing.UNKNOWN
    if known < min(FIRST.values()):
        return Standing.TOO_OLD
    if known[0] not in FIRST:
        return Standing.TOO_NEW
    if known == tested:
        return Standing.TESTED
    return Standing.NEWER if known[0] == tested[0] and known > tested else Standing.SPOKEN


def has(version: str, since: Release) -> bool:
    """Is this a version from that release on? False where the version names no release."""
    known = release(version)
    return known is not None and known >= since


def lacks(version: str) -> tuple[str, ...]:
    """What a version lacks; () where it lacks nothing, or names no release."""
    known = release(version)
    if known is None:
        return ()
    return tuple(lack.what for lack in LACKS if lack.first_without <= known < lack.first_with)


def advice(version: str) -> str:
    """What a user should know of a version that works, in a sentence or two; "" for the tested one."""
    how = standing(version)
    if how is Standing.NEWER:
        return (
            f"It is newer than {OPENCODE_VERSION}, with which this release was tested: "
            "events that are not known are counted, and the rest goes on."
        )
    missing = lacks(version)
    return f"It lacks {'; '.join(missing)}." if missing else ""


def described(version: str) -> str:
    """A version as a connection to it is described: with a note where it is newer than tested."""
    if standing(version) is not Standing.NEWER:
        return version
    return f"{version}: newer than {OPENCODE_VERSION}, which was tested; events that are not known are counted"
