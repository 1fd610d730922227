"""How a session is drawn in a notebook and written as Markdown, from what the kernel has."""

from __future__ import annotations

import pytest

from opencode_widget import errors
from opencode_widget.api import session_export
from opencode_widget.api.session import Session

from ..support import shapes
from ..support.servers.fake import FakeServer
from ..support.wait import eventually


@pytest.fixture
def answered(fake: Session, fake_server: FakeServer) -> Session:
    """A session with one prompt."""
    fake_server.put_message(shapes.user("msg_1", "ses_1"))
    fake_server.put_part(shapes.text("prt_1", "msg_1", "ses_1", "Count **sheep**"))
    return fake


async def test_a_session_is_drawn_with_its_title_its_todos_and_its_messages(
    answered: Session, fake_server: FakeServer
) -> None:
    todo = {"id": "1", "content": "Shear them", "status": "pending", "priority": "high"}
    fake_server.emit("todo.updated", sessionID="ses_1", todos=[todo])
    await eventually(lambda: answered.todos and answered.messages[-1:] and answered.messages[-1].text)
    drawn = answered._repr_html_()
    for words in ("A session", "Shear them", "<strong>sheep</strong>"):
        assert words in drawn
    assert answered._repr_mimebundle_()["text/plain"] == repr(answered)


async def test_a_deleted_session_draws_nothing_and_has_no_markdown(fake: Session, fake_server: FakeServer) -> None:
    info = fake_server.sessions.pop("ses_1")
    fake_server.emit("session.deleted", durable=True, sessionID="ses_1", info=info)
    await eventually(lambda: "deleted" in repr(fake))
    assert list(session_export.blocks(fake._runtime, fake.id)) == []
    with pytest.raises(errors.NotFound):
        fake.to_markdown()


async def test_markdown_has_the_messages_that_are_here(answered: Session) -> None:
    await eventually(lambda: "sheep" in answered.to_markdown())
    assert answered.to_markdown().startswith("# A session")
    assert "Count **sheep**" in await answered.export()


@pytest.mark.parametrize("format", ["pdf", "", "Markdown"])
async def test_an_unknown_format_is_refused_before_anything_is_fetched(
    fake: Session, fake_server: FakeServer, format: str
) -> None:
    seen = len(fake_server.requests)
    with pytest.raises(ValueError, match=r"there are markdown, json, notebook, html, text"):
        await fake.export(format)  # type: ignore[arg-type]
    assert len(fake_server.requests) == seen
