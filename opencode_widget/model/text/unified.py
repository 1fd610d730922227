"""Makes a unified diff of two whole texts, for servers that state a changed file before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

# The lines between the first and the last that differ are searched for differences while these are not too many: lines before times lines
# after. Beyond it all of them are shown as replaced, for the search takes time by that product, and an agent decides how long a file is.
PRODUCT = 1_000_000
CONTEXT = 3
NO_NEWLINE = "\n\\ No newline at end of file\n"

# A tag of difflib, and the lines before and after that it is about: from, to, from, to.
Opcode = tuple[str, int, int, int, int]


def unified(name: str, before: str, after: str) -> str:
    """The unified diff of a file's text; "" where both are the same."""
    if before == after:
        return ""
    old, new = _lines(before), _lines(after)
    start = max(0, _shared(old, new) - CONTEXT)
    end = max(0, _shared(old[start:][::-1], new[start:][::-1]) - CONTEXT)
    old_name, new_name = f"a/{name}" if old else "/dev/null", f"b/{name}" if new else "/dev/null"
    changed = _hunks(old[start : len(old) - end], new[start : len(new) - end], start)
    return "".join([f"--- {old_name}\n+++ {new_name}\n", *changed])


def _lines(text: str) -> list[str]:
    """The lines with their ends. Only a line feed ends one, as for Git."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _shared(first: Sequence[str], second: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(first), len(second)))


def _hunks(old: list[str], new: list[str], offset: int) -> Iterator[str]:
    for group in _groups(old, new):
        (_, old_from, _, new_from, _), (_, _, old_to, _, new_to) = group[0], group[-1]
        yield f"@@ -{_range(old_from, old_to, offset)} +{_range(new_from, new_to, offset)} @@\n"
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from _marked(" ", old[i1:i2])
            else:
                yield from _marked("-", old[i1:i2])
                yield from _marked("+", new[j1:j2])


def _groups(old: list[str], new: list[str]) -> Iterable[Sequence[Opcode]]:
    if len(old) * len(new) <= PRODUCT:
        return SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT)
    return [[("replace", 0, len(old), 0, len(new))]]


def _range(start: int, stop: int, offset: int) -> str:
    """The lines of a hunk. An empty range names the line before it."""
    first = start + offset + (1 if stop > start else 0)
    return f"{first},{stop - start}"


def _marked(mark: str, lines: Iterable[str]) -> Iterator[str]:
    return (f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}{NO_NEWLINE}" for line in lines)
