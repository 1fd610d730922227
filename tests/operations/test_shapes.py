"""The shape of an answer: which schemas there are, what JSON an answer has, and what does not fit, in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel

from opencode_widget.errors import NotSupported
from opencode_widget.operations.turn import shapes
from opencode_widget.operations.turn.shapes import Misfit, json_in, shape


class Person(BaseModel):
    name: str
    age: int


@dataclass
class Place:
    name: str
    height: float = 0.0


SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
}


@pytest.mark.parametrize(
    ("schema", "value", "data"),
    [
        (SCHEMA, {"name": "Ada", "age": 36}, {"name": "Ada", "age": 36}),
        (Person, {"name": "Ada", "age": 36}, Person(name="Ada", age=36)),
        (Place, {"name": "Ulm", "height": 161.5}, Place("Ulm", 161.5)),
        (list[Person], [{"name": "Ada", "age": 36}], [Person(name="Ada", age=36)]),
        (Literal["yes", "no"], "yes", "yes"),
        ({"enum": [1, 2]}, 2, 2),
        ({}, [None], [None]),
    ],
)
def test_a_value_that_fits_is_what_the_user_gets(schema: Any, value: Any, data: Any) -> None:
    found = shape(schema)
    assert found.check(value) == data
    assert json.dumps(found.schema, ensure_ascii=False) in found.instruction


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        (SCHEMA, {"name": "Ada"}, "'age' is a required property"),
        (SCHEMA, {"name": 1, "age": -1}, r"\$\.name: 1 is not of type 'string'; \$\.age: -1 is less than"),
        (Person, {"name": "Ada", "age": "old"}, r"\$\.age: Input should be a valid integer"),
        (Place, {}, r"\$\.name: Field required"),
        ({"type": "array", "items": {"type": "string"}}, list(range(9)), "; and 4 more"),
        ({"$ref": "https://example.com/schema.json"}, 1, "the schema cannot be applied"),
    ],
)
def test_what_does_not_fit_is_said(schema: Any, value: Any, words: str) -> None:
    with pytest.raises(Misfit, match=words):
        shape(schema).check(value)


def test_a_users_validator_may_raise_what_it_likes() -> None:
    def fail(value: int) -> int:
        raise KeyError("gone")

    with pytest.raises(Misfit, match="KeyError: 'gone'"):
        shape(Annotated[int, AfterValidator(fail)]).check(1)


@pytest.mark.parametrize(
    ("schema", "error", "words"),
    [
        ({"type": "nonsense"}, ValueError, "This is no valid JSON schema"),
        ({"const": object()}, ValueError, "This is no valid JSON schema"),
        (type("Odd", (), {}), ValueError, "has no JSON schema"),
        ("a string", TypeError, "not str"),
        (7, TypeError, "not int"),
    ],
)
def test_what_is_no_schema_is_refused(schema: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        shape(schema)


@pytest.mark.parametrize(("schema", "library"), [(SCHEMA, "jsonschema"), (Person, "pydantic")])
def test_without_its_library_the_error_says_what_to_install(
    schema: Any, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "find_spec", lambda name: None)
    with pytest.raises(
        NotSupported, match=rf"{library}, which is not installed\. Run: pip install 'opencode_widget\[batch\]'"
    ):
        shape(schema)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2]}',
        ' \n{"a": [1, 2]}\n',
        'Here it is:\n\n```json\n{"a": [1, 2]}\n```\nGood luck.',
        '```python\nx = 1\n```\n```\n{"a": [1, 2]}\n```',
        'The answer is {"a": [1, 2]}, as you see.',
    ],
)
def test_the_json_of_an_answer_is_found(text: str) -> None:
    assert json_in(text) == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("No.", "it has no JSON"),
        ("{broken", "it has no JSON"),
        ("} {", "it has no JSON"),
        ('{"a": NaN}', "NaN is no JSON"),
        ("[" * 100_000, "nested too deep|no JSON"),
    ],
)
def test_an_answer_without_json_is_refused(text: str, words: str) -> None:
    with pytest.raises(Misfit, match=words):
        json_in(text)
