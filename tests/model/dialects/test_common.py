"""What the dialects share."""

from __future__ import annotations

from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded, common
from opencode_widget.model.dialects.common import Envelope
from opencode_widget.model.dialects.read import BadField, need
from opencode_widget.model.entities import JSON, Activity, Status, Tokens

# ---- events -----------------------------------------------------------------------------------------------------------


def decode(data: Any) -> Decoded:
    """A dialect of one event that is wrapped in `event`."""

    def opened(data: JSON) -> Envelope:
        return data["event"], (data["event"], 7), "/project", ("ses_1", 3)

    def deleted(event: JSON, number: int) -> common.Events:
        assert number == 7
        return (e.SessionRemoved(session_id=need(event, "session")),)

    return common.decode(data, opened, {"deleted": deleted}, {"noise"})


def test_an_event_is_decoded_by_the_table() -> None:
    decoded = decode({"event": {"type": "deleted", "session": "ses_1"}})
    assert decoded == Decoded((e.SessionRemoved(session_id="ses_1"),), "deleted", "/project", ("ses_1", 3))


def test_an_event_without_its_field_is_malformed() -> None:
    (event,) = decode({"event": {"type": "deleted"}}).events
    assert event == e.Malformed(name="deleted", reason="'session' is not a string")


def test_an_event_of_an_unknown_type_keeps_its_payload() -> None:
    payload = {"type": "later", "x": 1}
    assert decode({"event": payload}).events == (e.Unknown(name="later", data=payload),)


def test_noise_is_no_event() -> None:
    assert decode({"event": {"type": "noise"}}) == Decoded((), "noise", "/project", ("ses_1", 3))


def test_an_event_without_a_type_is_unknown() -> None:
    assert decode({"event": {}}).name == "?"


@pytest.mark.parametrize("data", [None, 1, "text", []])
def test_what_is_no_object_is_malformed(data: Any) -> None:
    assert decode(data) == Decoded((e.Malformed(name="?", reason="not an object"),), "?")


# ---- objects ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("New session - 2026-01-02T03:04:05.678Z", "New session"),
        ("Child session - 2026-01-02T03:04:05Z", "Child session"),
        ("New session - yesterday", "New session - yesterday"),
        ("Parser", "Parser"),
    ],
)
def test_a_placeholder_loses_its_time(title: str, shown: str) -> None:
    assert common.session_title({"title": title}) == shown


def test_a_model_has_a_provider_and_an_id() -> None:
    assert common.model_name({"providerID": "p", "id": "m"}) == "p/m"
    assert common.model_name({"providerID": "p", "modelID": "m"}, "modelID") == "p/m"
    assert common.model_name({"providerID": "p"}) is None


@pytest.mark.parametrize(("value", "variant"), [("high", "high"), ("default", None), ("", None), (3, None)])
def test_no_variant_is_called_default(value: Any, variant: str | None) -> None:
    assert common.variant({"variant": value}) == variant


def test_counts_of_tokens() -> None:
    assert common.tokens({"input": 1, "output": 2, "cache": {"read": 4, "write": 5}}) == Tokens(1, 2, 0, 4, 5)
    assert common.tokens(None) is None


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ({"type": "idle"}, Status(Activity.IDLE)),
        ({"type": "busy"}, Status(Activity.BUSY)),
        ({"type": "later"}, Status(Activity.BUSY)),
        ({"type": "retry", "message": "wait", "attempt": 2, "next": 9}, Status(Activity.RETRY, "wait", 2, 9)),
        (
            {"type": "retry", "action": {"title": "Limit", "message": "Subscribe", "link": "https://x"}},
            Status(Activity.RETRY, advice="Subscribe", link="https://x"),
        ),
        ({"type": "retry", "action": {"title": "Limit"}}, Status(Activity.RETRY, advice="Limit")),
    ],
)
def test_a_status_that_is_unknown_is_busy(value: Any, status: Status) -> None:
    assert common.status(value) == status


def test_a_status_is_an_object() -> None:
    with pytest.raises(BadField, match="status"):
        common.status("idle")


@pytest.mark.parametrize(("mode", "read"), [("subagent", "subagent"), ("all", "all"), ("later", "primary")])
def test_an_agent_of_an_unknown_mode_is_primary(mode: str, read: str) -> None:
    assert common.agent_mode({"mode": mode}) == read


def test_an_http_status_in_words() -> None:
    assert (common.details(429.0), common.details(None)) == ("HTTP status 429", "")
