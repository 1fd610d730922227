"""Formulas in Markdown: they are shown in their source, as code, so that no typesetter of a host reads them as commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

# Characters in which the end of a formula is looked for.
LONGEST = 4_000
# As Pandoc has it: `$5 and $6` is no formula, for a space stands before the second dollar.
_SINGLE = re.compile(r"\$(?=[^\s$])(?:[^$\\]|\\.){1,1000}(?<!\s)\$(?!\d)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\begin\{([A-Za-z]{1,30}\*?)\}")
_ENDS = {"$$": "$$", "\\(": "\\)", "\\[": "\\]"}


def formula(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
    """A rule of the parser: a formula becomes a span of code, with what delimits it."""
    end = _end(state.src, state.pos, min(state.posMax, state.pos + LONGEST))
    if end < 0:
        return False
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.content = state.src[state.pos : end]
        token.markup = "$"
    state.pos = end
    return True


def _end(source: str, at: int, limit: int) -> int:
    """Where the formula ends that begins here; -1: none does."""
    if source[at] not in "$\\":
        return -1
    closing = _ENDS.get(source[at : at + 2]) or _closing_environment(source, at, limit)
    if closing:
        found = source.find(closing, at + 2, limit)
        return found + len(closing) if found > at + 2 else -1
    single = _SINGLE.match(source, at, limit)
    return single.end() if single else -1


def _closing_environment(source: str, at: int, limit: int) -> str:
    begins = _ENVIRONMENT.match(source, at, limit)
    return f"\\end{{{begins[1]}}}" if begins else ""
