"""OpenCode 2.x: reads forms as our questions, and writes our answers as values of a form."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import Any

from ...entities import JSON, FieldCondition, FieldKind, FormField, Question, QuestionOption, QuestionRequest
from ...text.well_formed import well_formed
from ..read import BadField, each, mapping, maybe, need, number, objects, strings, sub, text

Answers = list[list[str]]
"""A list of labels or words for each question."""


def form(value: Any) -> QuestionRequest:
    """A FormInfo of the server, a question for each of its fields; raises BadField."""
    asked = mapping(value, "form")
    title, tool = text(asked, "title"), sub(sub(asked, "metadata"), "tool")
    questions = each(asked.get("fields"), _question)
    call = maybe(tool, "messageID"), maybe(tool, "id")
    return QuestionRequest(need(asked, "id"), need(asked, "sessionID"), questions, *call, title=title)


def _question(value: Any) -> Question:
    field = mapping(value, "field")
    options = _options(field)
    title = text(field, "title") or need(field, "key")
    kind = _kind(field, options)
    choices = BOOLEAN if kind == "boolean" else options
    return Question(
        text(field, "description") or title,
        title,
        choices,
        multiple=kind == "multiselect",
        custom=field.get("custom") is True or not choices,
        field=_field(field, kind),
    )


KINDS: tuple[FieldKind, ...] = ("string", "number", "integer", "boolean", "multiselect", "external")
BOOLEAN = (QuestionOption("Yes", value="true"), QuestionOption("No", value="false"))


def _kind(field: JSON, options: tuple[QuestionOption, ...]) -> FieldKind:
    value = next((kind for kind in KINDS if kind == text(field, "type")), KINDS[0])
    return "select" if value == "string" and options else value


def _options(field: JSON) -> tuple[QuestionOption, ...]:
    """The offered options. An answer is a label, so a label that occurs twice also names its value."""
    reported = [(text(option, "label") or text(option, "value"), option) for option in objects(field.get("options"))]
    count = Counter(label for label, _ in reported)
    return tuple(_option(label, item, alone=count[label] == 1) for label, item in reported)


def _option(label: str, item: JSON, *, alone: bool) -> QuestionOption:
    value = text(item, "value")
    return QuestionOption(label if alone else f"{label} ({value})", text(item, "description"), value)


def _field(field: JSON, kind: FieldKind) -> FormField:
    return FormField(
        need(field, "key"),
        kind,
        required=field.get("required") is True,
        hidden=field.get("hidden") is True,
        when=each(field.get("when"), _condition),
        minimum=_bound(field, "minimum", "minLength", "minItems"),
        maximum=_bound(field, "maximum", "maxLength", "maxItems"),
        pattern=text(field, "pattern"),
        format=text(field, "format"),
        placeholder=text(field, "placeholder"),
        default=_default(field.get("default")),
        url=text(field, "url"),
    )


def _bound(field: JSON, *names: str) -> float | None:
    return next((bound for name in names if (bound := number(field, name)) is not None), None)


def _condition(value: Any) -> FieldCondition:
    condition = mapping(value, "condition")
    return FieldCondition(need(condition, "key"), _word(condition.get("value")), negated=text(condition, "op") == "neq")


def _default(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return strings(value)
    return () if value is None else (_word(value),)


def _word(value: Any) -> str:
    """A value as a user would write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return well_formed(str(value)) if isinstance(value, str | int | float) else ""


# ---- answers ----------------------------------------------------------------------------------------------------------


def form_answer(request: QuestionRequest, answers: Answers) -> dict[str, Any]:
    """Return the answers as a form takes them: by key, each with the type of its field. Fields without an answer are left out.

    A step that the user takes elsewhere ("external") needs no words: whoever gives the answers up to it, be it an empty one, says that it
    is done. The server accepts no form that does not say so.

    Raises:
        BadField: an answer is not a number where one is needed, or a required one is missing; in words for the user.
    """
    given: dict[str, Any] = {}
    for question, words in zip_longest(request.questions, answers[: len(request.questions)]):
        field = question.field
        if field is None or not _is_asked(field, given):
            continue
        if field.kind == "external":
            given |= {} if words is None else {field.key: True}
        elif words:
            given[field.key] = _value(question, field, [_value_of(question, word) for word in words])
        elif field.required and not field.default:
            raise BadField(f"{question.header or field.key} must be answered")
    return given


def _is_asked(field: FormField, given: JSON) -> bool:
    return all(
        (_word(given.get(condition.key)) == condition.value) is not condition.negated for condition in field.when
    )


def _value_of(question: Question, word: str) -> str:
    """The value of a label: the user sees the label, the server knows the value."""
    return next((question.value for question in question.options if question.label == word and question.value), word)


def _value(question: Question, field: FormField, words: list[str]) -> Any:
    if field.kind == "multiselect":
        return words
    if field.kind == "boolean":
        return words[0].lower() in ("true", "yes", "y", "1")
    if field.kind in ("number", "integer"):
        return _number(question, field, words[0])
    return words[0]


def _number(question: Question, field: FormField, word: str) -> float:
    try:
        return int(word) if field.kind == "integer" else float(word)
    except ValueError:
        wanted = "a whole number" if field.kind == "integer" else "a number"
        raise BadField(f"{question.header or field.key} must be {wanted}, and {word!r} is none") from None
