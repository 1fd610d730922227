"""Requests and instances -> blocks: what a cell shows of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..entities import Activity, PermissionRequest, Question, QuestionRequest, Request, SessionInfo, Status
from .blocks import Block, Code, Heading, Item, Tone, Words, joined, listed
from .conversation import as_json

# Characters of what a request is about: it is shown whole up to here; of a longer one the rest is counted.
REQUEST = 200_000
ANSWERED = "It is answered."


def request(request: Request, session: str, *, waits: bool) -> Iterator[Block]:
    """What an agent asks the user for, and how to answer it."""
    if isinstance(request, PermissionRequest):
        yield from _permission(request, session, waits=waits)
    else:
        yield from _questions(request, session, waits=waits)


def _permission(request: PermissionRequest, session: str, *, waits: bool) -> Iterator[Block]:
    yield Heading(f"OpenCode asks for permission: {request.permission}", detail=session)
    if request.message:
        yield Words(request.message)
    for pattern in request.patterns:
        yield from _whole(pattern)
    yield from _metadata(request.metadata)
    if request.always:
        yield Words("“Always” would cover:", Tone.QUIET)
        yield listed(Item(pattern) for pattern in request.always)
    yield Words(
        "await request.allow(), request.allow(always=True) or request.reject()" if waits else ANSWERED, Tone.QUIET
    )


def _metadata(metadata: Mapping[str, Any]) -> Iterator[Block]:
    rest = dict(metadata)
    diff = rest.get("diff")
    if isinstance(diff, str) and diff:
        del rest["diff"]
        yield from _whole(diff, "diff")
    if rest:
        yield Code(as_json(rest), "json")


def _whole(words: str, language: str = "") -> Iterator[Block]:
    """Text on which the user decides."""
    yield Code(words[:REQUEST], language)
    if (left := len(words) - REQUEST) > 0:
        yield Words(f"{left} characters more are not shown here.", Tone.FAULT, "Not whole")


def _questions(question: QuestionRequest, session: str, *, waits: bool) -> Iterator[Block]:
    yield Heading(question.title or "OpenCode asks", detail=session)
    yield from joined(_question(question) for question in question.questions)
    example = ", ".join('"..."' for _ in question.questions)
    yield Words(f"await request.answer({example}) or request.dismiss()" if waits else ANSWERED, Tone.QUIET)


def _question(question: Question) -> Iterator[Block]:
    yield Words(question.question, name=question.header)
    if question.options:
        mark = "☐" if question.multiple else "○"
        yield listed(Item(option.label, mark, option.description) for option in question.options)


# ---- instances --------------------------------------------------------------------------------------------------------

# Sessions of an instance that are named.
SESSIONS = 20
MARKS = {Activity.BUSY: "●", Activity.RETRY: "◐", Activity.IDLE: "○"}


def instance(
    title: str, state: str, facts: Mapping[str, str | None], sessions: list[tuple[SessionInfo, Status]]
) -> Iterator[Block]:
    """A server and a folder: how they are connected, and the sessions, the latest first."""
    yield Heading(title, detail=state)
    for name, fact in facts.items():
        if fact:
            yield Words(fact, name=name)
    if sessions:
        yield Words("Sessions:", Tone.QUIET)
        yield listed(_session(info, status) for info, status in sessions[:SESSIONS])
    if (left := len(sessions) - SESSIONS) > 0:
        yield Words(f"… and {left} more", Tone.QUIET)


def _session(info: SessionInfo, status: Status) -> Item:
    activity = "" if status.activity is Activity.IDLE else str(status.activity)
    return Item(" ".join(info.title.split()) or "New session", MARKS[status.activity], activity)
