"""Errors as problems: what a page, a message or a session shows of an exception."""

from __future__ import annotations

from ..errors import OpenCodeError, ServerFailed
from ..model.entities import Problem
from ..redaction import words_of


def problem_of(error: Exception | None) -> Problem | None:
    """Return an error in words for the user; None where there is none.

    The message of an exception that is not ours may contain anything, so only its type and its place are shown.
    """
    if error is None:
        return None
    if not isinstance(error, OpenCodeError):
        return Problem(type(error).__name__, f"Something went wrong inside opencode_widget: {words_of(error)}.")
    log = "\n".join(error.log) if isinstance(error, ServerFailed) else ""
    return Problem(type(error).__name__, error.message, error.remedy, log)
