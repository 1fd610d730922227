"""Answers of a given shape, from a real server: in one session, in a comparison and in a batch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from pydantic import BaseModel, field_validator

from opencode_widget import AnswerTimeout, OpenCode, SchemaMismatch, SessionFailed

from ..support.scripts import fail, gate, say, script

pytestmark = pytest.mark.timeout(120)
SCHEMA = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}


class Person(BaseModel):
    age: int

    @field_validator("age")
    @classmethod
    def grown(cls, age: int) -> int:
        """What is wrong goes back to the model, which here carries out a script."""
        if age < 18:
            raise ValueError("too young\n" + answer({"age": 36}))
        return age


@dataclass
class Place:
    name: str


def answer(value: Any) -> str:
    return script(say(json.dumps(value)))


async def test_an_answer_has_its_value(oc: OpenCode) -> None:
    session = await oc.new_session("Shapes")
    reply = await session.ask(answer({"age": 36}), schema=SCHEMA)
    assert (reply.data, reply.text, reply.error) == ({"age": 36}, '{"age": 36}', None)
    assert "JSON schema" in session.messages[0].text  # the agent is told, and the user sees what
    assert (await session.ask(answer({"name": "Ulm"}), schema=Place)).data == Place("Ulm")
    assert (await session.ask(answer({"age": 36}))).data is None


async def test_an_answer_that_does_not_fit_is_asked_for_once_more(oc: OpenCode) -> None:
    session = await oc.new_session("Repair")
    reply = await session.ask(answer({"age": 3}), schema=Person)
    assert reply.data == Person(age=36)
    assert "too young" in session.messages[2].text
    with pytest.raises(SchemaMismatch, match=r"'age' is a required property|it has no JSON") as caught:
        await session.ask(answer({}), schema=SCHEMA)
    assert caught.value.text
    assert len(session.messages) == 8


async def test_a_turn_that_fails_is_not_asked_again(oc: OpenCode) -> None:
    session = await oc.new_session("Failures")
    with pytest.raises(SessionFailed, match="On strike"):
        await session.ask(script(fail(400, "On strike")), schema=SCHEMA)
    with pytest.raises(AnswerTimeout, match="within 1 s"):
        await session.ask(script(gate("shapes")), schema=SCHEMA, timeout=1)
    await session.abort()


async def test_a_schema_that_is_none_is_refused_and_nothing_is_sent(oc: OpenCode) -> None:
    session = await oc.new_session("None")
    with pytest.raises(ValueError, match="no valid JSON schema"):
        await session.ask("Hello", schema={"type": "nonsense"})
    with pytest.raises(ValueError, match="no valid JSON schema"):
        await oc.batch(["Hello"], schema={"type": "nonsense"}, progress=False)
    assert session.messages == []
    assert len(oc.sessions) == 1


async def test_a_batch_has_a_column_of_values(oc: OpenCode, tmp_path: Path) -> None:
    prompts = [answer({"age": 36}), answer({})]
    for _ in range(2):  # the second time from the journal
        table = await oc.batch(prompts, schema=Person, journal=tmp_path / "j", progress=False)
        assert [row.data for row in table] == [Person(age=36), None]
        assert "does not fit the schema" in str(table[1].error)
    for frame, library in ((table.to_frame("pandas"), pd), (table.to_frame("polars"), pl)):
        assert isinstance(frame, library.DataFrame)
        assert list(frame["data"]) == [{"age": 36}, None]
    assert (await oc.compare(answer({"name": "Ulm"}), schema=Place, progress=False))[0].data == Place("Ulm")
