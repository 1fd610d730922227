"""Which jobs a batch has, and what is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget import BadBatch
from opencode_widget.batch.given import Given, Prompts, read
from opencode_widget.batch.jobs import Job, Settings, check, choices, digest, jobs, whole_number
from opencode_widget.model.entities import Agent, Catalogue, Model
from opencode_widget.server.api import Attachment

CATALOGUE = Catalogue(
    agents=(Agent("build"), Agent("explore", mode="subagent")),
    models=(Model("demo", "fast"), Model("demo", "slow")),
)


def made(*models: str | None, agents: tuple[str | None, ...] = (None,), repeat: int = 1) -> tuple[Job, ...]:
    return jobs(read(["a", "b"]), models or (None,), agents, repeat, [None, "/there"])


def test_every_prompt_goes_to_every_model_and_agent_as_often_as_wanted() -> None:
    found = made("m/1", "m/2", agents=("x", "y"), repeat=2)
    assert [job.number for job in found] == list(range(16))
    assert [(job.prompt, job.model, job.agent, job.repeat) for job in found[:4]] == [
        ("a", "m/1", "x", 1),
        ("a", "m/1", "x", 2),
        ("a", "m/1", "y", 1),
        ("a", "m/1", "y", 2),
    ]
    assert {(job.row, job.prompt, job.folder) for job in found} == {(0, "a", None), (1, "b", "/there")}


def test_what_a_row_names_goes_before_what_the_batch_names() -> None:
    prompts = Prompts((Given("a", "own/model", "mine", "/here"), Given("b")))
    found = jobs(prompts, ("m/1", "m/2"), ("x",), 1, ["/there", "/there"])
    assert [(job.model, job.agent, job.folder) for job in found] == [
        ("own/model", "mine", "/here"),
        ("m/1", "x", "/there"),
        ("m/2", "x", "/there"),
    ]


@pytest.mark.parametrize(
    ("given", "found"),
    [(None, (None,)), ("a/b", ("a/b",)), (["a/b", None, "a/b"], ("a/b", None)), (iter(["a/b"]), ("a/b",))],
)
def test_each_model_counts_once(given: object, found: object) -> None:
    assert choices("models", given) == found


@pytest.mark.parametrize(
    ("given", "words"), [([], "`models` is an empty list"), ([7], "7 is none"), (7, "7 is none"), ([""], "is none")]
)
def test_models_are_names(given: object, words: str) -> None:
    with pytest.raises(BadBatch, match=words):
        choices("models", given)


@pytest.mark.parametrize("given", [0, -1, 1.5, True, "2", None])
def test_counts_are_whole_numbers(given: object) -> None:
    with pytest.raises(BadBatch, match="repeat is a whole number from 1"):
        whole_number("repeat", given)


@pytest.mark.parametrize(
    "wrong",
    [
        {"concurrency": 0},
        {"timeout": 0},
        {"timeout": "3"},
        {"timeout": True},
        {"on_error": "skip"},
        {"unattended": "hope"},
    ],
)
def test_settings_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)


@pytest.mark.parametrize(
    ("models", "agents", "words"),
    [
        (("demo/fats",), (None,), "no model 'demo/fats'. Nothing was sent. Did you mean demo/fast"),
        (("zzz",), (None,), "It has: demo/fast, demo/slow"),
        ((None,), ("biuld",), "no agent 'biuld'. Nothing was sent. Did you mean build"),
        ((None,), ("explore",), "no agent 'explore'"),
    ],
)
def test_what_the_server_has_not_is_refused_with_what_it_has(
    models: tuple[str], agents: tuple[str | None], words: str
) -> None:
    with pytest.raises(BadBatch, match=words):
        check(made(*models, agents=agents), CATALOGUE)


def test_what_the_server_has_or_does_not_say_passes() -> None:
    check(made("demo/fast", None, agents=("build", None)), CATALOGUE)
    check(made("any/model", agents=("anybody",)), Catalogue())


def test_another_batch_has_another_digest() -> None:
    file = Attachment("text/plain", "a.txt", "data:,a")
    different = [
        digest(made()),
        digest(made("m/1")),
        digest(made(agents=("x",))),
        digest(made(repeat=2)),
        digest(made()[:1]),
        digest(made(), [file]),
        digest(made(), [Attachment("text/plain", "a.txt", "data:,b")]),
    ]
    assert len(set(different)) == len(different)
    assert digest(made()) == different[0]
