"""What a stream says of the parts of messages, without secrets, whatever the order; and at next to no cost."""

from __future__ import annotations

import json
import time
from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.model.entities import BUSY, IDLE, PartInfo, Problem, TextInfo, ToolInfo, ToolState
from opencode_widget.redaction import Known
from opencode_widget.server.http.limits import parsed
from opencode_widget.sync.stream.clean_stream import CleanStream

SECRET = "3TjkX-9f_LrMq2hVt8ZaYw0BnCdEoPuSiGxKlJv7m5Q"
HERE: Any = {"session_id": "ses_1", "message_id": "msg_1"}


def stream(secret: str = SECRET) -> CleanStream:
    known = Known()
    known.add(secret, "opencode")
    return CleanStream(known)


def delta(text: str, part: str = "prt_1", field: Any = "text") -> e.PartDelta:
    return e.PartDelta(**HERE, part_id=part, text=text, field=field)


def upserted(part: PartInfo) -> e.PartUpserted:
    return e.PartUpserted(**HERE, part=part)


def cleaned(some: CleanStream, *events: e.Event) -> list[e.Event]:
    return [clean for event in events for clean in some.clean(Decoded((event,), "some")).events]


def texts(events: list[e.Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, e.PartDelta))


def test_a_secret_in_deltas_is_starred_and_its_json_is_not_kept() -> None:
    some = stream()
    events = [
        some.clean(Decoded((delta(piece),), "delta", data={"delta": piece}))
        for piece in ("is ", SECRET[:20], SECRET[20:], ".")
    ]
    assert texts([event for decoded in events for event in decoded.events]) == "is ***."
    assert SECRET[:20] not in str([decoded.data for decoded in events])
    assert events[0].data == {"delta": "is "}


def test_other_events_are_the_same_objects() -> None:
    some = stream()
    for event in (
        delta("words"),
        upserted(TextInfo("prt_1", text="words")),
        e.StatusChanged(session_id="ses_1", status=IDLE),
        e.Heartbeat(),
    ):
        decoded = Decoded((event,), "some")
        assert some.clean(decoded) is decoded


def test_deltas_of_several_parts_fields_and_sessions_do_not_mix() -> None:
    some = stream()
    halves = [
        (delta(SECRET[:20], part, field), delta(SECRET[20:] + "!", part, field))
        for part in ("a", "b")
        for field in ("text", "raw")
    ]
    assert texts(cleaned(some, *(first for first, _ in halves))) == ""
    assert texts(cleaned(some, *(second for _, second in halves))) == "***!" * 4


def test_several_events_at_once_are_cleaned_in_order() -> None:
    some = stream()
    decoded = some.clean(Decoded((delta(SECRET[:20]), delta(SECRET[20:]), delta("."), e.Heartbeat()), "several"))
    assert texts(list(decoded.events)) == "***."
    assert isinstance(decoded.events[-1], e.Heartbeat)


def test_a_part_that_is_stated_goes_on_from_there() -> None:
    some = stream()
    cleaned(some, delta(SECRET[:20]), upserted(TextInfo("prt_1", text=SECRET[:10])))
    assert SECRET[10:] not in texts(cleaned(some, delta(SECRET[10:]), delta(".")))
    patched = e.PartPatched(**HERE, part_id="prt_1", changes={"text": f"x{SECRET[:10]}", "state": "odd"})
    cleaned(some, patched)
    assert SECRET[10:] not in texts(cleaned(some, delta(SECRET[10:]), delta(".")))


def test_nothing_is_remembered_of_a_part_that_has_ended() -> None:
    for end in (
        upserted(TextInfo("prt_1", text="whole", ended=True)),
        upserted(ToolInfo("prt_1", "bash", state=ToolState.COMPLETED)),
        e.PartRemoved(**HERE, part_id="prt_1"),
    ):
        some = stream()
        field = "output" if isinstance(end, e.PartUpserted) and isinstance(end.part, ToolInfo) else "text"
        cleaned(some, delta(SECRET[:20], field=field), end)
        assert (
            texts(cleaned(some, delta(SECRET[20:], field=field), e.StatusChanged(session_id="ses_1", status=IDLE)))
            == SECRET[20:]
        )


def test_what_is_held_back_follows_when_the_session_rests() -> None:
    for rest in (
        e.StatusChanged(session_id="ses_1", status=IDLE),
        e.SessionErrored(session_id="ses_1", problem=Problem("a", "b")),
    ):
        some = stream()
        assert texts(cleaned(some, delta(f"is {SECRET[:10]}"))) == "is "
        assert texts(cleaned(some, e.StatusChanged(session_id="ses_1", status=BUSY))) == ""
        assert texts(cleaned(some, e.StatusChanged(session_id="ses_2", status=IDLE))) == ""
        assert texts(cleaned(some, rest)) == SECRET[:10]
        assert texts(cleaned(some, rest)) == ""


def test_a_delta_costs_a_small_part_of_what_reading_it_costs() -> None:
    raw = [json.dumps(wire(f"evt_{number}")) for number in range(2_000)]
    some = stream()
    reading, cleaning = [], []
    for _ in range(15):
        start = time.process_time()
        events = [v1.decode(parsed(data)) for data in raw]
        between = time.process_time()
        for decoded in events:
            some.clean(decoded)
        reading.append(between - start)
        cleaning.append(time.process_time() - between)
    # Reading is a seventh of what a delta costs the kernel.
    assert min(cleaning) < 0.2 * min(reading)


def wire(id: str) -> dict[str, Any]:
    about = {"sessionID": "ses_0123456789abcdef", "messageID": "msg_0123456789abcdef", "partID": "prt_0123456789abcdef"}
    return {
        "directory": "/project",
        "payload": {"id": id, "type": "message.part.delta", "properties": about | {"field": "text", "delta": " word"}},
    }
