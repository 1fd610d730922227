"""The ring of the latest events."""

from __future__ import annotations

import sys
from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.entities import TextInfo
from opencode_widget.sync.stream import event_log
from opencode_widget.sync.stream.event_log import EventLog


def decoded(name: str = "x", data: Any = None, *events: e.Event) -> Decoded:
    return Decoded(events, name, data=data)


def test_events_are_kept_with_their_number_time_and_data() -> None:
    log = EventLog()
    log.add(decoded("session.idle", {"payload": {"properties": {"sessionID": "ses"}}}), 7)
    log.add(decoded("status", {"long": "x" * 30_000}, e.SessionRemoved(session_id="other")), 8)
    first, second = log.after(0)
    assert first == {
        "number": 1,
        "at": 7,
        "name": "session.idle",
        "session": "ses",
        "data": {"payload": {"properties": {"sessionID": "ses"}}},
    }
    assert (second["number"], second["session"]) == (2, "other")
    assert len(second["data"]["long"]) < 21_000
    assert log.after(2) == []


def test_only_the_latest_events_are_kept() -> None:
    log = EventLog()
    for number in range(event_log.KEPT + 5):
        log.add(decoded(data={"n": number}), number)
    assert [event["number"] for event in log.after(0)] == list(range(6, event_log.KEPT + 6))


def test_an_event_that_names_no_session_has_none() -> None:
    log = EventLog()
    log.add(decoded("server.heartbeat", {"deep": [{"sessionID": "no"}]}), 1)
    log.add(decoded("odd", 7), 1)
    assert all("session" not in event for event in log.after(0))


def test_the_log_keeps_what_it_shows_and_not_the_event_itself() -> None:
    log = EventLog()
    event = e.PartUpserted(session_id="ses", message_id="msg", part=TextInfo("prt", text="x" * 1_000_000))
    held = sys.getrefcount(event)
    log.add(Decoded((event,), "message.part.updated", data={"text": "x"}, size=10), 1)
    assert log.after(0)[0]["session"] == "ses"
    assert sys.getrefcount(event) == held


def test_the_log_is_bounded_in_characters() -> None:
    log = EventLog()
    for number in range(20):
        log.add(Decoded((), "large", data=str(number), size=event_log.SIZE // 5), number)
    assert [event["data"] for event in log.after(0)] == ["15", "16", "17", "18", "19"]
