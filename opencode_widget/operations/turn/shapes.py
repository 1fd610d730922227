"""The shape that an answer is to have: a JSON schema, which jsonschema checks; or a type, such as a dataclass, which pydantic checks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ...errors import NotSupported
from ...model.text.code_blocks import code_blocks
from .contradictions import contradiction

# Characters of what an error says about an answer, and how many faults it names.
EXCERPT, FAULTS = 500, 5
# What a user's own validators may raise, beside what pydantic makes of it.
BY_USERS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError)


class Misfit(Exception):
    """An answer that does not have the shape; says why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer is to be.

    Attributes:
        schema: its JSON schema.
        check: turns a value of JSON into the value that the user gets. Raises Misfit.
        source: what the user named, from which another process makes the same.
    """

    schema: Mapping[str, Any]
    check: Callable[[Any], Any]
    source: object = None

    def __reduce__(self) -> tuple[Callable[[object], Shape], tuple[object]]:
        return shape, (self.source,)

    @property
    def instruction(self) -> str:
        """What the agent is told."""
        written = json.dumps(self.schema, ensure_ascii=False)
        return f"Give your final answer as JSON alone, without any other words. It has to fit this JSON schema:\n\n```json\n{written}\n```"


def shape(schema: object) -> Shape:
    """The shape that a user names.

    Raises:
        TypeError: it is neither a JSON schema nor a type.
        ValueError: it is no valid JSON schema, one that no value meets, or a type that has none.
        NotSupported: the library that checks it is not installed.
    """
    if isinstance(schema, Mapping):
        return _of_schema(schema)
    if isinstance(schema, type) or hasattr(schema, "__origin__"):
        return _of_type(schema)
    raise TypeError(
        f"schema is a JSON schema as a dict, a model of pydantic or a dataclass, not {type(schema).__name__} {schema!r:.80}."
    )


async def shape_of(schema: object) -> Shape | None:
    """The shape that a user names, if there is one; see `shape`. The libraries behind it read files when they are imported: on a thread."""
    return None if schema is None else await asyncio.to_thread(shape, schema)


def _of_schema(schema: Mapping[str, Any]) -> Shape:
    _needs("jsonschema", "A JSON schema")
    library, registry = import_module("jsonschema"), import_module("referencing").Registry()
    unresolvable: type[Exception] = import_module("referencing.exceptions").Unresolvable
    plain = dict(schema)
    kind = library.validators.validator_for(plain, default=library.Draft202012Validator)
    try:
        kind.check_schema(plain)
        json.dumps(plain)
    except (library.SchemaError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"This is no valid JSON schema: {getattr(error, 'message', error)!s:.{EXCERPT}}.") from None
    _check_possible(plain)
    # With a registry of its own, a schema that refers to an address is not fetched.
    validator = kind(plain, registry=registry)

    def check(value: Any) -> Any:
        try:
            faults = [_fault(error.json_path, error.message) for error in validator.iter_errors(value)]
        except (unresolvable, RecursionError) as error:
            raise Misfit(f"the schema cannot be applied: {error!s:.{EXCERPT}}") from None
        if faults:
            raise Misfit(_listed(faults))
        return value

    return Shape(plain, check, plain)


def _of_type(schema: Any) -> Shape:
    _needs("pydantic", "A type as the schema")
    library = import_module("pydantic")
    try:
        adapter = library.TypeAdapter(schema)
        written = adapter.json_schema()
    except library.errors.PydanticUserError as error:
        raise ValueError(f"{schema!r:.80} has no JSON schema: {error.message:.{EXCERPT}}") from None
    _check_possible(written)

    def check(value: Any) -> Any:
        try:
            return adapter.validate_json(json.dumps(value))
        except library.ValidationError as error:
            faults = [_fault(".".join(map(str, ("$", *item["loc"]))), item["msg"]) for item in error.errors()]
            raise Misfit(_listed(faults)) from None
        except BY_USERS as error:
            raise Misfit(f"{type(error).__name__}: {error!s:.{EXCERPT}}") from None

    return Shape(written, check, schema)


def _check_possible(schema: Mapping[str, Any]) -> None:
    if (why := contradiction(schema)) is not None:
        raise ValueError(f"No answer can fit this schema: {why:.{EXCERPT}}. Nothing was sent.")


def _needs(library: str, what: str) -> None:
    if find_spec(library) is None:
        raise NotSupported(
            f"{what} is checked by {library}, which is not installed.",
            remedy="Run: pip install 'opencode_widget[batch]'",
        )


def _fault(path: str, words: str) -> str:
    return f"{path}: {words}"[:EXCERPT]


def _listed(faults: list[str]) -> str:
    more = f"; and {len(faults) - FAULTS} more" if len(faults) > FAULTS else ""
    return "; ".join(faults[:FAULTS]) + more


# ---- JSON in an answer ------------------------------------------------------------------------------------------------


def json_in(text: str) -> Any:
    """The JSON that an answer is, or has in a block of code or after some words.

    Raises:
        Misfit: there is none.
    """
    problem = "it is empty"
    for candidate in _candidates(text.strip()):
        try:
            return json.loads(candidate, parse_constant=_refused)
        except RecursionError:
            problem = "it is nested too deep"
        except ValueError as error:
            problem = str(error)
    raise Misfit(f"it has no JSON ({problem})")


def _candidates(text: str) -> Iterator[str]:
    if text:
        yield text
        yield from (block.text for block in reversed(code_blocks(text)))
        starts = [place for sign in "{[" if (place := text.find(sign)) >= 0]
        ends = max(text.rfind("}"), text.rfind("]"))
        if starts:
            yield text[min(starts) : ends + 1]


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
