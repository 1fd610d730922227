"""The notice about a request that another program answered: a permission asks the user, and somebody else replied."""

from __future__ import annotations

from ..entities import AnsweredBy, PermissionRequest, Problem, Request
from ..events import Answered

NAME = "AnsweredElsewhere"
DONE = {"once": "Allowed", "always": "Allowed for good", "reject": "Rejected", "dismissed": "Dismissed"}
BY_OTHER = "If that was not you in another window, look at what the agent runs: it may have answered for you."
UNSEEN = (
    "Another program answered it while the connection was lost, or the server dropped it: look at what the call did."
)
LONGEST = 200


def answered_elsewhere(event: Answered) -> Problem:
    """The notice for a request that another program answered, or that disappeared unseen."""
    what = _words(event.request)
    if event.answered_by is AnsweredBy.UNKNOWN:
        return Problem(NAME, f"Settled unseen, not from here: {what}.", UNSEEN)
    return Problem(NAME, f"{DONE.get(event.outcome, 'Answered')} by another program: {what}.", BY_OTHER)


def _words(request: Request | None) -> str:
    if request is None:
        return "a request that was not shown here"
    if isinstance(request, PermissionRequest):
        # The server derives the patterns from the command, and may drop some of its words.
        command = request.metadata.get("command")
        what = command if isinstance(command, str) else ", ".join(request.patterns)
        return f"{request.permission}, {_short(what)}" if what else request.permission
    return f"the question {_short(' '.join(question.question for question in request.questions))!r}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
