"""The events of a turn on their way to a consumer, on the home loop and on another."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.operations.event_feed import Feed, stream_turn

from ..support.open_session import OpenSession, prompt_arrived
from ..support.scripts import gate, script, tokens
from ..support.servers.fake import FakeServer
from ..support.wait import eventually

EVENT = e.TodosChanged(session_id="ses_1", todos=())


# ---- a feed -----------------------------------------------------------------------------------------------------------


async def test_a_feed_gives_events_in_order_and_then_the_end() -> None:
    feed = Feed(asyncio.get_running_loop())
    second = e.TodosChanged(session_id="ses_2", todos=())
    assert [feed.put(EVENT), feed.put(second), feed.end()] == [True, True, True]
    assert [await feed.get(), await feed.get(), await feed.get()] == [EVENT, second, None]


async def test_a_feed_is_read_on_the_loop_that_made_it() -> None:
    """The home loop is another thread's here."""
    home = asyncio.new_event_loop()
    feed = Feed(home)
    thread = threading.Thread(target=lambda: (feed.put(EVENT), feed.end()))
    thread.start()
    assert [await feed.get(), await feed.get()] == [EVENT, None]
    thread.join()
    home.close()


def made_on_a_loop_that_is_closed(home: asyncio.AbstractEventLoop) -> Feed:
    async def make() -> Feed:
        return Feed(home)

    return asyncio.run(make())


async def test_a_feed_tells_that_its_consumer_is_gone() -> None:
    feed = await asyncio.to_thread(made_on_a_loop_that_is_closed, asyncio.get_running_loop())
    assert (feed.put(EVENT), feed.end()) == (False, False)


async def test_a_consumer_that_left_may_close_its_loop() -> None:
    feed = await asyncio.to_thread(made_on_a_loop_that_is_closed, asyncio.get_running_loop())
    feed.leave()
    assert feed.end()


# ---- a turn -----------------------------------------------------------------------------------------------------------


def streamed(session: OpenSession, text: str) -> Any:
    return stream_turn(session.runtime, session.id, text)


async def test_the_events_of_a_turn_are_yielded_to_its_end(session: OpenSession) -> None:
    events = [event async for event in streamed(session, script(tokens(20, 0.005)))]
    texts = [event.text for event in events if isinstance(event, e.PartDelta)]
    assert "".join(texts).split() == [f"t{number:06d}" for number in range(1, 21)]
    assert isinstance(events[0], e.PromptSubmitted)
    assert {event.session_id for event in events if isinstance(event, e.SessionEvent)} == {session.id}
    assert not session.state.busy


async def test_a_consumer_that_is_slower_than_the_model_misses_nothing(session: OpenSession) -> None:
    texts = []
    async for event in streamed(session, script(tokens(30, 0.001))):
        if isinstance(event, e.PartDelta):
            texts.append(event.text)
            await asyncio.sleep(0.02)
    assert len("".join(texts).split()) == 30


async def test_a_consumer_that_leaves_leaves_the_turn_alone(session: OpenSession) -> None:
    stream = streamed(session, script(tokens(5), gate("never-opened")))
    async for event in stream:
        if isinstance(event, e.PartDelta):
            break
    await stream.aclose()
    assert session.state.busy
    await eventually(lambda: not session.runtime.listeners)
    await session.abort()


async def test_a_refused_prompt_is_raised_to_the_consumer(fake: OpenSession, fake_server: FakeServer) -> None:
    del fake_server.sessions["ses_1"]
    with pytest.raises(errors.NotFound):
        [event async for event in streamed(fake, "Hello?")]
    assert fake.runtime.notices == type(fake.runtime.notices)()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_consumer_whose_loop_was_closed_is_reported_and_its_turn_no_longer_followed(
    fake: OpenSession, fake_server: FakeServer
) -> None:
    kept: list[Any] = []

    def follow_and_close() -> None:
        async def first() -> None:
            kept.append(stream := streamed(fake, "Hello?"))
            assert await anext(stream)

        loop = asyncio.new_event_loop()
        loop.run_until_complete(first())
        loop.close()

    await asyncio.to_thread(follow_and_close)
    await prompt_arrived(fake_server)
    fake_server.set_status("ses_1", "busy")
    await eventually(lambda: fake.runtime.notices)
    (alert,) = fake.runtime.notices
    assert (alert.name, "session.stream() of ses_1" in alert.message) == ("ConsumerGone", True)
    assert (fake.runtime.is_live, fake.runtime.listeners) == (True, set())
    assert not fake_server.seen("POST", "/session/ses_1/abort")
    kept.clear()
