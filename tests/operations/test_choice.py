"""Who answers a prompt: what the kernel shows as agent, model and variant is what a real server then takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from opencode_widget.api.session import Session
from opencode_widget.demo import Demo
from opencode_widget.errors import UnknownName
from opencode_widget.model import events as e
from opencode_widget.model.entities import Agent, Catalogue, Model
from opencode_widget.model.state import Message
from opencode_widget.operations.options import PromptOptions, check_choice

from ..support.open_session import OpenSession, open_real
from ..support.runtimes import Connect
from ..support.scripts import say, script
from ..support.servers import faults
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer
from ..support.wait import eventually

pytestmark = pytest.mark.timeout(90)

HELLO = script(say("Hello."))
PATH = "/session/ses_1/prompt_async"


@pytest.fixture(scope="module")
def two_models(opencode_binary: Path, model: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A server with two models and no default, and an agent that has a model of its own."""
    configuration: dict[str, Any] = json.loads(model.env["OPENCODE_CONFIG_CONTENT"])
    models = configuration["provider"]["demo"]["models"]
    models["second"] = {**models["scripted"], "name": "Second"}
    del configuration["model"]
    configuration["agent"] = {
        "review": {"mode": "primary", "model": "demo/second", "variant": "high", "prompt": "Review."}
    }
    home = tmp_path_factory.mktemp("two-models")
    (home / "cwd").mkdir()
    env = {**model.env, "OPENCODE_CONFIG_CONTENT": json.dumps(configuration)}
    server = RealServer(opencode_binary, env, home, home / "cwd")
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def chosen(two_models: RealServer, connect: Connect, folder: str) -> OpenSession:
    return await open_real(two_models, connect, folder)


def who(message: Message) -> tuple[str | None, str | None, str | None]:
    return message.info.agent, message.info.model, message.info.variant


async def test_of_several_models_none_is_shown_as_the_default(chosen: OpenSession) -> None:
    await eventually(lambda: len(chosen.runtime.state.catalogue.models) == 2)
    catalogue = chosen.runtime.state.catalogue
    assert catalogue.default_model is None
    assert catalogue.fallback_model is not None
    (review,) = [agent for agent in catalogue.agents if agent.name == "review"]
    assert (review.model, review.variant) == ("demo/second", "high")


async def test_an_agent_answers_with_its_own_model_and_the_session_goes_on_with_both(chosen: OpenSession) -> None:
    review = ("review", "demo/second", "high")
    assert who(await chosen.ask(HELLO, options=PromptOptions(agent="review"))) == review
    await eventually(lambda: (chosen.state.info.agent, chosen.state.info.model) == review[:2])
    assert who(await chosen.ask(HELLO)) == review


async def test_a_model_that_was_named_under_that_agent_stays(chosen: OpenSession) -> None:
    named = PromptOptions(agent="review", model="demo/scripted")
    assert who(await chosen.ask(HELLO, options=named))[:2] == ("review", "demo/scripted")
    await eventually(lambda: chosen.state.info.model == "demo/scripted")
    assert who(await chosen.ask(HELLO))[:2] == ("review", "demo/scripted")
    assert who(await chosen.ask(HELLO, options=PromptOptions(agent="review"))) == ("review", "demo/second", "high")


async def test_no_variant_can_be_named(chosen: OpenSession) -> None:
    plain = PromptOptions(agent="review", variant="default")
    assert who(await chosen.ask(HELLO, options=plain)) == ("review", "demo/second", None)


@pytest.mark.parametrize(("agent", "named"), [("plan", True), ("general", False), ("unknown", False)])
async def test_a_session_names_its_agent_unless_that_takes_no_prompts(
    fake: OpenSession, fake_server: FakeServer, agent: str, named: bool
) -> None:
    await eventually(lambda: fake.runtime.state.catalogue.agents)
    info = fake_server.sessions["ses_1"]
    info |= {"agent": agent, "model": {"id": "m2", "providerID": "p"}}
    fake_server.emit("session.updated", sessionID="ses_1", info=info)
    await eventually(lambda: fake.state.info.agent == agent)
    await fake.send("Hello")
    body = fake_server.seen("POST", PATH)[-1].json()
    assert (body.get("agent"), body.get("model")) == (
        (agent, {"providerID": "p", "modelID": "m2"}) if named else (None, None)
    )


# ---- what the server does not have ------------------------------------------------------------------------------------


async def test_an_unknown_model_is_refused_with_similar_ones_before_anything_is_sent(chosen: OpenSession) -> None:
    session = Session(chosen.runtime, chosen.id)
    with pytest.raises(
        UnknownName, match=r"no model 'demo/secnd'. Nothing was sent. Did you mean demo/second"
    ) as caught:
        await session.ask(HELLO, model="demo/secnd")
    assert (caught.value.name, caught.value.near[0]) == ("demo/secnd", "demo/second")
    with pytest.raises(UnknownName, match=r"It has: .*demo/second"):
        await session.send(HELLO, model="xyz")
    with pytest.raises(UnknownName, match=r"no agent 'biuld'. Nothing was sent. Did you mean build"):
        await session.queue(HELLO, agent="biuld")
    assert await session.load() == []


async def test_the_server_is_asked_again_before_a_name_is_refused(chosen: OpenSession) -> None:
    await eventually(lambda: chosen.runtime.state.catalogue.models)
    chosen.runtime.apply(e.CatalogueLoaded(catalogue=Catalogue((Agent("build"),), (Model("demo", "gone"),))))
    await check_choice(chosen.runtime, agent="review", model="demo/second")


async def test_a_hidden_agent_can_be_named(chosen: OpenSession) -> None:
    await eventually(lambda: "title" in chosen.runtime.state.catalogue.unlisted)
    await check_choice(chosen.runtime, agent="title")


async def test_a_server_that_cannot_name_its_models_decides_by_itself(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    fake_server.always["/config/providers"] = faults.unavailable
    fake.runtime.apply(e.CatalogueLoaded(catalogue=Catalogue()))
    await check_choice(fake.runtime, agent="any", model="any/model")
