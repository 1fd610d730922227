"""The Python handle of the prompts that wait in this kernel."""

from __future__ import annotations

import pytest

from opencode_widget import errors
from opencode_widget.api.session import Session
from opencode_widget.context import sending
from opencode_widget.context.namespace import Namespace

from ..support import shapes
from ..support.servers.fake import FakeServer
from ..support.wait import eventually

pytestmark = pytest.mark.timeout(60)


async def test_prompts_are_queued_listed_changed_and_sent(fake: Session, fake_server: FakeServer) -> None:
    fake_server.put_message(shapes.user("msg_0", fake.id, at=1))
    fake_server.set_status(fake.id, "busy")
    await eventually(lambda: fake.status == "busy")
    one = await fake.queue("one", agent="plan")
    await fake.queue("two")
    assert [prompt.text for prompt in fake.queue] == ["one", "two"]
    await fake.queue.edit(one, "the first")
    await fake.queue.move(fake.queue.prompts[1], 0)
    assert [prompt.text for prompt in fake.queue] == ["two", "the first"]
    assert (len(fake.queue), fake.queue.stopped) == (2, "")
    assert repr(fake.queue) == "<Queue of 2 prompts>"
    await fake.queue.send_now(one)
    (sent,) = fake_server.seen("POST", f"/session/{fake.id}/prompt_async")
    assert (sent.json()["agent"], sent.json()["parts"][0]["text"]) == ("plan", "the first")
    await fake.queue.remove(fake.queue.prompts[0])
    assert list(fake.queue) == []


async def test_an_edited_prompt_is_described_anew_for_what_it_names_since(
    fake: Session, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "user_namespace", lambda: Namespace({"df": [1, 2], "other": "x"}))
    fake_server.put_message(shapes.user("msg_0", fake.id, at=1))
    fake_server.set_status(fake.id, "busy")
    await eventually(lambda: fake.status == "busy")
    one = await fake.queue("one @var:df", attach=[{"a": 1}])
    await fake.queue.edit(one, "one @var:other")
    assert fake.queue.prompts[0].files == ("attached", "@var:other")
    with pytest.raises(errors.UnknownName, match=r"'othr'.*Did you mean @var:other"):
        await fake.queue.edit(one, "one @var:othr")
    assert fake.queue.prompts[0].text == "one @var:other"


async def test_what_cannot_be_queued_is_refused(fake: Session) -> None:
    with pytest.raises(ValueError, match="empty"):
        await fake.queue("  ")
    with pytest.raises(errors.NotFound, match="no longer waits"):
        await fake.queue.remove("que_none")
