"""A server that keeps a log: after a cut the messages that are known go on, from where they were."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model.entities import BUSY, SessionInfo
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import MessageState, Part, State

from .. import builders
from ..builders import MSG, PRT, SES


def numbered(*events: Any) -> list[Any]:
    """With ids, as a server's events have."""
    return [replace(event, id=f"evt_{at}") for at, event in enumerate(events)]


TURN = numbered(
    builders.born(),
    builders.user(),
    builders.busy(),
    builders.answer(),
    builders.text(),
    builders.delta("Hello "),
    builders.delta("you"),
    builders.text("Hello you", ended=True),
    builders.answer(completed=9),
    builders.idle(),
)
# A log keeps no deltas.
KEPT = [event for event in TURN if not isinstance(event, e.PartDelta)]


def received(count: int) -> State:
    """The state of a client that received the first `count` events, and was cut off then."""
    state = builders.empty()
    for event in TURN[:count]:
        apply(state, event)
    apply(state, e.Lost())
    return state


def overview(*events: Any, busy: bool = False, **more: Any) -> e.Loaded:
    known = (SessionInfo(SES, "A session", directory=builders.DIRECTORY, updated=1),)
    replays = (e.Replay(SES, events),)
    return e.Loaded(overview=e.Overview(known, {SES: BUSY} if busy else {}, replays=replays, **more))


def rest(count: int) -> list[Any]:
    """What the log has after the first `count` events of the stream."""
    last = sum(not isinstance(event, e.PartDelta) for event in TURN[:count])
    return KEPT[last:]


def part(state: State) -> Part:
    return state.sessions[SES].messages[MSG].by_id[PRT]


def test_wherever_it_was_cut_the_rest_of_the_log_makes_it_whole() -> None:
    whole = builders.empty()
    for event in TURN:
        apply(whole, event)
    for count in range(1, len(TURN) + 1):
        state = received(count)
        apply(state, e.Connected())
        apply(state, overview(*rest(count)))
        assert state.fingerprint() == whole.fingerprint(), f"cut after {count}"
        assert not any(part.gap for message in state.sessions[SES] for part in message.parts)


def test_what_the_stream_brings_too_is_applied_once_and_in_its_order() -> None:
    for count in range(1, len(TURN)):
        for heard_again in range(count, len(TURN)):
            state = received(count)
            apply(state, e.Connected())
            for event in TURN[heard_again:]:
                apply(state, event)
            apply(state, overview(*rest(count)))
            assert part(state).text == "Hello you"
            assert state.sessions[SES].messages[MSG].state is MessageState.COMPLETE


def test_words_that_the_log_does_not_keep_leave_a_gap_until_the_end_of_the_text() -> None:
    state = received(4)
    apply(state, e.Connected())
    apply(state, overview(*KEPT[4:5], busy=True))
    apply(state, TURN[6])
    assert (part(state).text, part(state).gap) == ("you", True)
    apply(state, TURN[7])
    assert (part(state).text, part(state).gap) == ("Hello you", False)


def test_an_event_of_the_log_that_comes_late_by_the_stream_is_not_repeated() -> None:
    state = received(6)
    apply(state, e.Connected())
    apply(state, overview(*rest(6)))
    assert apply(state, TURN[7]) == []


def test_what_was_received_before_the_cut_is_not_repeated() -> None:
    state = received(9)
    apply(state, e.Connected())
    apply(state, overview(*KEPT))
    assert state.sessions[SES].messages[MSG].state is MessageState.COMPLETE
    assert part(state).text == "Hello you"


def test_events_without_ids_are_taken_as_they_come() -> None:
    state = received(6)
    apply(state, e.Connected())
    apply(state, overview(*(replace(event, id=None) for event in rest(6))))
    assert part(state).text == "Hello you"


def test_a_session_that_is_gone_meanwhile_needs_no_log() -> None:
    state = received(6)
    apply(state, e.Connected())
    apply(state, e.Loaded(overview=e.Overview(replays=(e.Replay(SES, tuple(rest(6))),))))
    assert state.sessions == {}


def test_the_log_of_a_server_that_crashed_at_work_makes_nobody_busy() -> None:
    state = received(2)
    apply(state, e.Connected())
    apply(state, overview(*TURN[2:5]))
    assert not state.sessions[SES].busy
    assert state.sessions[SES].messages[MSG].state is MessageState.INTERRUPTED


def test_what_was_buffered_when_the_stream_broke_again_comes_by_the_log() -> None:
    state = received(4)
    apply(state, e.Connected())
    for event in TURN[4:9]:
        apply(state, event)
    apply(state, e.Lost())
    apply(state, e.Connected())
    apply(state, overview(*rest(4)))
    assert (part(state).text, part(state).gap) == ("Hello you", False)
    assert state.sessions[SES].messages[MSG].state is MessageState.COMPLETE
