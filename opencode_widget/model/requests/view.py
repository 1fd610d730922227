"""Requests that wait for the user, as the JSON that a page draws.

The user allows what they read, so a request goes to the page whole. Beyond a bound it is cut: then `cut` is true, `omitted` says how much
is missing, and the command `request` brings the rest. Python has all of it in `Permission.metadata`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ..entities import FormField, PermissionRequest, Question, QuestionOption, QuestionRequest, Request
from ..state import State
from ..text.truncate import Bounded, bounded
from ..view import without_none

if TYPE_CHECKING:
    from .. import wire

# Characters of one request that go to a page unasked, and of all requests of an instance together.
REQUEST_BOUND, REQUESTS_BOUND = 2_000_000, 8_000_000
# Characters that each request gets, however large those before it are.
SHARE = 20_000
# The maximum that the command `request` brings: a page could not draw more.
WHOLE_BOUND = 32_000_000
# Characters of the line that summarises a permission.
TITLE_BOUND = 300
# Questions and options of a form that a page gets unasked; and the characters of room for each one where it asks for more.
FORM_BOUND, CHARACTERS_EACH = 5_000, 400
# The fields that identify a request; they are never cut.
NEVER_CUT = ("kind", "id", "session", "message", "call")


def request_view(request: Request, *, bound: int = REQUEST_BOUND) -> wire.RequestView:
    """Return a request as the page draws it.

    Args:
        request: the request.
        bound: the maximum characters of what it asks.
    """
    return _bounded_view(request, bound)[0]


def requests_view(state: State) -> list[wire.RequestView]:
    """Return all waiting requests, the oldest first. The later ones are cut where all together would be too large."""
    room = REQUESTS_BOUND
    views: list[wire.RequestView] = []
    for request in list(state.requests.values()):  # in one step: the caller may be on another thread
        view, characters = _bounded_view(request, min(REQUEST_BOUND, max(SHARE, room)))
        room -= characters
        views.append(view)
    return views


def _bounded_view(request: Request, bound: int) -> tuple[wire.RequestView, int]:
    """The view, and its size in characters."""
    if isinstance(request, QuestionRequest) and _has_many(request, bound):
        view: wire.RequestView = _questions(replace(request, questions=()))
        shown, characters, omitted = Bounded({"questions": []}, 0, max(1, _form_size(request)))
    else:
        view = _permission(request) if isinstance(request, PermissionRequest) else _questions(request)
        content = {name: value for name, value in view.items() if name not in NEVER_CUT}
        shown, characters, omitted = bounded(content, bound)
    if omitted and "questions" in shown:
        # Answers are labels in the order of the questions: a part of a form cannot be answered.
        shown["questions"] = []
    if omitted:
        cut: wire.CutRequestView = {"cut": True, "omitted": {"characters": omitted, "of": characters + omitted}}
        shown |= cut
    named = {name: value for name, value in view.items() if name in NEVER_CUT}
    return cast("wire.RequestView", named | shown), characters


def _permission(request: PermissionRequest) -> wire.PermissionRequestView:
    title = ", ".join(request.patterns) or request.message or request.permission
    short = title if len(title) <= TITLE_BOUND else f"{title[:TITLE_BOUND]}…"
    view: wire.PermissionRequestView = {
        "kind": "permission",
        "id": request.id,
        "session": request.session_id,
        "permission": request.permission,
        "title": short,
        "patterns": list(request.patterns),
        "metadata": dict(request.metadata),
        "note": request.message if request.message and request.message != short else None,
        "always": list(request.always),
        "message": request.message_id,
        "call": request.call,
    }
    return without_none(view)


def _has_many(request: QuestionRequest, bound: int) -> bool:
    """Does a form have so many questions and options that making its view takes long?"""
    most = max(FORM_BOUND, bound // CHARACTERS_EACH)
    return sum(1 + len(question.options) for question in request.questions) > most


def _form_size(request: QuestionRequest) -> int:
    """About the characters of a form; looks at each option."""
    return sum(
        len(question.question) + sum(len(option.label) + len(option.description) for option in question.options)
        for question in request.questions
    )


def _questions(request: QuestionRequest) -> wire.QuestionRequestView:
    view: wire.QuestionRequestView = {
        "kind": "question",
        "id": request.id,
        "session": request.session_id,
        "title": request.title or None,
        "questions": [_question(question) for question in request.questions],
        "message": request.message_id,
        "call": request.call,
    }
    return without_none(view)


def _question(question: Question) -> wire.QuestionView:
    view: wire.QuestionView = {
        "question": question.question,
        "header": question.header,
        "options": [_option(option) for option in question.options],
        "multiple": question.multiple,
        "custom": question.custom,
        "field": _field(question.field) if question.field is not None else None,
    }
    return without_none(view)


def _option(option: QuestionOption) -> wire.QuestionOptionView:
    view: wire.QuestionOptionView = {
        "label": option.label,
        "description": option.description or None,
        "value": option.value or None,
    }
    return without_none(view)


def _field(field: FormField) -> wire.FormFieldView:
    conditions: list[wire.ConditionView] = [
        {"key": each.key, "value": each.value, "negated": each.negated} for each in field.when
    ]
    view: wire.FormFieldView = {
        "key": field.key,
        "kind": field.kind,
        "required": field.required,
        "hidden": field.hidden or None,
        "when": conditions or None,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "default": list(field.default) or None,
        "pattern": field.pattern or None,
        "format": field.format or None,
        "placeholder": field.placeholder or None,
        "url": field.url or None,
    }
    return without_none(view)
