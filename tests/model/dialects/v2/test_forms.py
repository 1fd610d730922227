"""OpenCode 2.x: forms, and what is answered to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects.read import BadField
from opencode_widget.model.dialects.v2 import events as v2
from opencode_widget.model.dialects.v2.forms import form, form_answer
from opencode_widget.model.entities import (
    FieldCondition,
)

from ....support.v2 import events as two
from ....support.v2.events import FORM, event


def read(type: str, data: Any = None, **more: Any) -> tuple[e.Event, ...]:
    return v2.decode(event(type, data, **more)).events


def only(type: str, data: Any = None, **more: Any) -> Any:
    (found,) = read(type, data, **more)
    return found


def test_a_form_is_a_question_for_each_field() -> None:
    request = only("form.created").request
    assert (request.id, request.title, request.session_id, request.message_id, request.call) == (
        "frm_1",
        "Deploy",
        two.SESSION,
        two.MESSAGE,
        two.CALL,
    )
    kinds = [question.field.kind for question in request.questions]
    assert kinds == [
        "string", "string", "select", "number", "integer", "boolean", "string", "string", "multiselect", "external",
    ]  # fmt: skip
    name, mail, size, cpus, replicas, public, host, why, zones, login = request.questions
    assert (name.field.required, name.field.minimum, name.field.maximum) == (True, 2, 9)
    assert (mail.field.format, mail.field.placeholder, mail.field.pattern, mail.field.hidden) == (
        "email",
        "a@b.c",
        ".+@.+",
        True,
    )
    assert [option.label for option in size.options] == ["Small", "Large"]
    assert (size.custom, size.multiple, size.question, size.header) == (False, False, "size", "size")
    assert (cpus.field.minimum, cpus.field.maximum, cpus.field.default) == (0.5, 8, ("1.5",))
    assert (replicas.question, replicas.custom) == ("How many?", True)
    assert ([option.label for option in public.options], public.field.default) == (["Yes", "No"], ("false",))
    assert host.field.when == (FieldCondition("public", "true"),)
    assert why.field.when == (FieldCondition("public", "true", negated=True),)
    assert (zones.multiple, zones.custom, zones.field.default) == (True, True, ("eu",))
    assert (login.header, login.field.url) == ("Log in", "https://example.org/login")


def test_answers_become_values_of_their_fields() -> None:
    answers = [["Ann"], [], ["Large"], ["2.5"], ["3"], ["Yes"], ["h"], ["unasked"], ["Europe", "moon"], []]
    assert form_answer(form(FORM), answers) == {
        "name": "Ann", "size": "l", "cpus": 2.5, "replicas": 3, "public": True, "host": "h", "zones": ["eu", "moon"], "login": True,
    }  # fmt: skip


@pytest.mark.parametrize("words", [[], ["Done"], ["no words are needed"]])
def test_a_step_elsewhere_is_done_when_the_form_is_submitted(words: list[str]) -> None:
    fields = [{"key": "login", "type": "external", "url": "https://example.org"}, {"key": "name", "type": "string"}]
    request = form({**FORM, "fields": fields})
    assert form_answer(request, [words, ["Ada"]]) == {"login": True, "name": "Ada"}
    assert form_answer(request, [words]) == {"login": True}
    assert form_answer(request, []) == {}


def test_what_is_left_out_at_the_end_is_not_answered() -> None:
    assert form_answer(form(FORM), [["Ann"]]) == {"name": "Ann"}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([[]], "Name must be answered"),
        ([["x"], [], [], ["many"]], "cpus must be a number, and 'many' is none"),
        ([["x"], [], [], [], ["1.5"]], "replicas must be a whole number, and '1.5' is none"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused_in_words(answers: list[list[str]], words: str) -> None:
    with pytest.raises(BadField, match=words):
        form_answer(form(FORM), answers)


def test_a_condition_on_a_number_does_not_care_how_it_is_written() -> None:
    fields = [
        {"key": "cpus", "type": "number"},
        {"key": "why", "type": "string", "when": [{"key": "cpus", "op": "eq", "value": 2}]},
    ]
    assert form_answer(form({**FORM, "fields": fields}), [["2.0"], ["Fast"]]) == {"cpus": 2.0, "why": "Fast"}


def test_options_with_the_same_label_say_their_values() -> None:
    options = [{"value": "a", "label": "Same"}, {"value": "b", "label": "Same"}, {"value": "c", "label": "Other"}]
    request = form({**FORM, "fields": [{"key": "x", "type": "string", "options": options}]})
    assert [question.label for question in request.questions[0].options] == ["Same (a)", "Same (b)", "Other"]
    assert form_answer(request, [["Same (b)"]]) == {"x": "b"}


def test_questions_without_fields_are_no_forms() -> None:
    request = form(FORM)
    bare = replace(request, questions=tuple(replace(question, field=None) for question in request.questions))
    assert form_answer(bare, [["x"]]) == {}


def test_strange_values_are_no_words() -> None:
    request = form(
        {**FORM, "fields": [{"key": "x", "type": "novel", "default": {}, "when": [{"key": "y"}], "options": [{}]}]}
    )
    field = request.questions[0].field
    assert field is not None
    assert (field.kind, field.default, field.when) == ("select", ("",), (FieldCondition("y", ""),))


def test_half_a_character_in_a_condition_is_none() -> None:
    request = form({**FORM, "fields": [{"key": "x", "type": "string", "when": [{"key": "y", "value": "\ud800"}]}]})
    field = request.questions[0].field
    assert field is not None
    assert field.when == (FieldCondition("y", "�"),)
