"""What is named goes with the prompt, which keeps its words; where something is wrong, nothing is sent. A preview shows the same."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from opencode_widget import OpenCode
from opencode_widget.api.session import Session
from opencode_widget.context import sending
from opencode_widget.context.description import Description, Picture
from opencode_widget.context.namespace import Namespace
from opencode_widget.context.preview import Preview
from opencode_widget.errors import CannotDescribe, UnknownName

from ..api.conftest import client, fake
from ..support.runtimes import comms, no_blocking_calls
from ..support.servers.fake import FakeServer
from ..support.wait import eventually

__all__ = ["client", "comms", "fake", "no_blocking_calls"]


class Raising:
    def __repr__(self) -> str:
        raise ValueError("no")


class Pictured:
    def _repr_png_(self) -> bytes:
        return b"\x89PNG"


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    variables = {"config": {"depth": 3}, "bad": Raising(), "picture": Pictured()}
    monkeypatch.setattr(sending, "user_namespace", lambda: Namespace(variables))
    return variables


def sent(server: FakeServer) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = [item.json() for item in server.seen("POST", "/session/ses_1/prompt_async")]
    return bodies


def content(part: dict[str, Any]) -> bytes:
    return base64.b64decode(part["url"].partition(",")[2])


async def test_what_a_prompt_names_follows_it(fake: Session, fake_server: FakeServer) -> None:
    await fake.send("Why is @var:config so? And @var:picture", attach=[[1, 2]])
    ((words, config, picture, image, attached),) = [body["parts"] for body in sent(fake_server)]
    assert words["text"] == "Why is @var:config so? And @var:picture"
    assert (config["mime"], config["filename"]) == ("text/plain", "@var:config")
    assert content(config).decode() == "@var:config: dict, 1 entry\n\n```\n'depth': 3\n```"
    assert (picture["filename"], image["filename"]) == ("@var:picture", "@var:picture.png")
    assert (image["mime"], content(image)) == ("image/png", b"\x89PNG")
    assert attached["filename"] == "attached"


async def test_what_is_named_and_attached_is_sent_once(fake: Session, fake_server: FakeServer, variables: Any) -> None:
    await fake.send("@var:config", attach=[variables["config"]])
    ((_, config),) = [body["parts"] for body in sent(fake_server)]
    assert config["filename"] == "@var:config"


async def test_every_way_to_send_a_prompt_takes_names(fake: Session, fake_server: FakeServer) -> None:
    await fake.queue("One @var:config")
    with pytest.raises(TimeoutError):
        await fake.ask("Two @var:config", timeout=0.1)
    events = fake.stream("Three @var:config")
    reading = asyncio.ensure_future(anext(events))
    await eventually(lambda: len(sent(fake_server)) == 3)
    await reading
    await events.aclose()
    assert [body["parts"][1]["filename"] for body in sent(fake_server)] == ["@var:config"] * 3
    for call in (fake.ask, fake.send, fake.queue):
        with pytest.raises(UnknownName):
            await call("And @var:gone")  # type: ignore[operator]
    with pytest.raises(UnknownName):
        await anext(fake.stream("And @var:gone"))
    with pytest.raises(UnknownName):
        await fake.command("review", "@var:gone")


@pytest.mark.parametrize(
    ("text", "attach", "error", "words"),
    [
        ("See @var:confg", [], UnknownName, "Did you mean @var:config"),
        ("See @cell:3", [], UnknownName, "no cell"),
        ("See @var:config and @var:bad", [], CannotDescribe, "ValueError: no"),
        ("See", [Raising()], CannotDescribe, "attached"),
        ("See", "a text", TypeError, "list"),
        ("See", [["x" * 200] * 50 for _ in range(20)], CannotDescribe, "24,000 tokens"),
    ],
)
async def test_where_something_is_wrong_nothing_is_sent(
    fake: Session, fake_server: FakeServer, text: str, attach: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await fake.send(text, attach=attach)
    assert sent(fake_server) == []


# ---- preview ----------------------------------------------------------------------------------------------------------


async def test_a_preview_is_what_is_sent(fake: Session, fake_server: FakeServer) -> None:
    oc = OpenCode(url=fake_server.url)
    try:
        text = "Why is @var:config so? @var:picture"
        shown = await asyncio.to_thread(oc.preview, text, attach=[{"more": 1}])
        await fake.send(text, attach=[{"more": 1}])
        (parts,) = [body["parts"] for body in sent(fake_server)]
        assert [(file.mime, file.filename, file.url) for file in shown.files] == [
            (part["mime"], part["filename"], part["url"]) for part in parts[1:]
        ]
        assert shown.text == parts[0]["text"]
        assert (await asyncio.to_thread(oc.preview, {"a": 1})).descriptions[0].title == "attached"
        with pytest.raises(UnknownName):
            oc.preview("@var:gone")
    finally:
        await oc.close()


def test_a_preview_shows_itself() -> None:
    found = Preview(
        "See <b>", [Description("dict", "'a': <script>", (Picture("image/png", b"x"),), ("rows",), "@var:d")]
    )
    assert "See <b>" in repr(found)
    assert "[image/png, 1 byte]" in repr(found)
    assert f"1 description: about {found.tokens} tokens" in repr(found)
    html = found._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "Left out: rows." in html
    assert '<img src="data:image/png;base64,eA==" alt="A picture of @var:d"' in html


def test_a_picture_of_another_type_is_not_drawn() -> None:
    """SVG may hold scripts."""
    found = Preview("", [Description("x", pictures=(Picture("image/svg+xml", b"<svg/>"),))])
    assert "<img" not in found._repr_html_()
