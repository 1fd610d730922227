"""Deltas that a server does not send."""

from __future__ import annotations

import asyncio
from itertools import accumulate

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import State
from opencode_widget.operations.event_feed import stream_turn
from opencode_widget.operations.turn.text_growth import TextGrowth

from ..model import builders as b
from ..support.open_session import open_fake, prompt_arrived
from ..support.runtimes import Connect
from ..support.servers.early import EarlyServer

PIECES = ["H", "ow", " many", " sheep?\n", "", "Nine."]


def heard(*events: e.Event, state: State | None = None) -> list[str | None]:
    """The texts of the deltas that a listener hears, None for any other event."""
    state = state or b.streaming()
    growth, found = TextGrowth(), []
    for event in events:
        apply(state, event)
        found += growth.completed(event, state.sessions.get(b.SES))
    return [event.text if isinstance(event, e.PartDelta) else None for event in found]


def test_whole_texts_are_heard_as_their_additions_before_the_statement() -> None:
    wholes = [b.part(b.text_info(text, id="new")) for text in accumulate(PIECES)]
    found = heard(*wholes)
    assert [text for text in found if text] == [piece for piece in PIECES if piece]
    assert found[:4] == ["H", None, "ow", None]


def test_deltas_are_not_made_twice() -> None:
    whole = b.part(b.text_info("".join(PIECES), id="new", ended=True))
    deltas = [b.delta(piece, id="new") for piece in PIECES]
    assert heard(b.part(b.text_info("", id="new")), *deltas, whole) == [None, *PIECES, None]


def test_a_statement_makes_up_for_deltas_that_were_missed_at_the_end_and_for_no_others() -> None:
    first = b.part(b.text_info("", id="new"))
    assert heard(first, b.delta("Nine", id="new"), b.part(b.text_info("Nine sheep.", id="new"))) == [
        None,
        "Nine",
        " sheep.",
        None,
    ]
    assert heard(first, b.delta("sheep", id="new"), b.part(b.text_info("Nine sheep.", id="new"))) == [
        None,
        "sheep",
        None,
    ]


@pytest.mark.parametrize(
    "event",
    [
        b.part(b.text_info("Mine", id="own"), message_id="ask"),
        b.part(b.text_info("Hidden", id="new", hidden=True)),
        b.part(b.text_info("Whose?", id="new"), message_id="unknown"),
        b.part(b.tool_info(id="new")),
    ],
    ids=["prompt", "hidden", "unknown message", "tool"],
)
def test_nothing_else_is_heard_as_a_delta(event: e.Event) -> None:
    assert heard(b.user(), event) == [None, None]


def test_a_session_that_is_gone_costs_nothing() -> None:
    event = b.part(b.text_info("Late", id="new"))
    assert list(TextGrowth().completed(event, None)) == [event]


@pytest.mark.parametrize("deltas", [False, True])
async def test_a_turn_is_streamed_whatever_the_server_sends(connect: Connect, deltas: bool) -> None:
    """Up to 1.1.65 a server sends whole parts."""
    words = "How many sheep? Nine, and one that is lost."
    async with EarlyServer(health=True, version="1.1.31", deltas=deltas) as server:
        session = await open_fake(server, connect)

        async def answer() -> None:
            await prompt_arrived(server)
            server.answer(session.id, words)

        task = asyncio.create_task(answer())
        events = [event async for event in stream_turn(session.runtime, session.id, "Count them")]
        await task
        spoken = [event.text for event in events if isinstance(event, e.PartDelta)]
        assert "".join(spoken) == words
        assert len(spoken) > 5
