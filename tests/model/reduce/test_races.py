"""The races of OpenCode's stream, each by its name and in the server's own words.

A client that missed or reordered nothing must end as one that comes at the end and fetches: that is what each of these asks, on the wire's
JSON, of decoder and reducer together.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.dialects.read import each
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.model.dialects.v1 import objects
from opencode_widget.model.entities import IDLE, Activity, Status
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import Message, MessageState, State
from opencode_widget.model.view import part_view
from opencode_widget.server.v1.messages import loaded_message

from ...support import shapes
from ...support.shapes import Json

SES, ASK, MSG, PRT = "ses_1", "msg_a", "msg_b", "prt_1"
numbers = itertools.count(1)


def sent(type: str, **properties: Any) -> Json:
    return {"directory": "/project", "payload": {"id": f"evt_{next(numbers)}", "type": type, "properties": properties}}


def status(type: str) -> Json:
    return sent("session.status", sessionID=SES, status={"type": type})


def message(info: Json) -> Json:
    return sent("message.updated", sessionID=SES, info=info)


def part(part: Json) -> Json:
    return sent("message.part.updated", sessionID=SES, part=part, time=1)


def text(words: str, *, ended: bool = False, id: str = PRT, of: str = MSG) -> Json:
    return part(shapes.text(id, of, SES, words, ended=ended))


def delta(words: str, id: str = PRT, of: str = MSG) -> Json:
    return sent("message.part.delta", sessionID=SES, messageID=of, partID=id, field="text", delta=words)


def answer(at: int = 2, **more: Any) -> Json:
    return shapes.assistant(MSG, SES, ASK, at=at, **more)


def completed(info: Json) -> Json:
    return {**info, "finish": "stop", "time": {**info["time"], "completed": shapes.NOW + 9}}


BORN = sent("session.created", sessionID=SES, info=shapes.session(SES))
PROMPT = (message(shapes.user(ASK, SES, at=1)), text("Ask", ended=True, id="prt_0", of=ASK))
TURN = (BORN, *PROMPT, status("busy"), message(answer()), text(""))


class Client:
    """A state that receives the stream's events, and what is fetched."""

    def __init__(self, *received: Json) -> None:
        self.state = State(directory="/project")
        apply(self.state, e.Connected())
        apply(self.state, e.Loaded(overview=e.Overview()))
        self.receive(*received)

    def receive(self, *received: Json) -> Client:
        for event in received:
            for buffered_event in v1.decode(event).events:
                apply(self.state, buffered_event)
        return self

    def lose(self) -> Client:
        apply(self.state, e.Lost())
        return self

    def fetch(self, messages: list[Json], status: Status = IDLE, *meanwhile: Json, **more: Any) -> Client:
        """Come back: the server answers with this, and says `meanwhile` before its answer is here."""
        apply(self.state, e.Connected())
        self.receive(*meanwhile)
        history = e.History(SES, each(messages, loaded_message))
        infos = (objects.session_info(shapes.session(SES)),)
        statuses = {} if status is IDLE else {SES: status}
        apply(self.state, e.Loaded(overview=e.Overview(infos, statuses, histories=(history,), **more)))
        return self

    @property
    def messages(self) -> list[Message]:
        return list(self.state.sessions[SES])

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]


BUSY = Status(Activity.BUSY)
PROMPTED: Json = {"info": shapes.user(ASK, SES, at=1), "parts": [shapes.text("prt_0", ASK, SES, "Ask")]}


def stored(words: str, *, ended: bool, info: Json | None = None) -> list[Json]:
    """What `GET .../message` answers."""
    return [PROMPTED, {"info": info or answer(), "parts": [shapes.text(PRT, MSG, SES, words, ended=ended)]}]


# ---- R: snapshot and stream -------------------------------------------------------------------------------------------

END = (text("abc", ended=True), message(completed(answer())), status("idle"))


@pytest.mark.parametrize("answered_after", range(len(END) + 1))
def test_r4_a_snapshot_races_the_end_of_a_turn(answered_after: int) -> None:
    """The answer was made before, between or after the events that arrive while it is on its way."""
    answers = [
        (stored("", ended=False), BUSY),
        (stored("abc", ended=True), BUSY),
        (stored("abc", ended=True, info=completed(answer())), BUSY),
        (stored("abc", ended=True, info=completed(answer())), IDLE),
    ]
    client = Client(*TURN, delta("a")).lose().fetch(*answers[answered_after], *END)
    assert client.texts == ["Ask", "abc"]
    assert client.messages[1].state is MessageState.COMPLETE
    assert not client.state.sessions[SES].busy


def test_r4_a_snapshot_races_a_delta() -> None:
    client = Client(*TURN, delta("a")).lose().fetch(stored("", ended=False), BUSY, delta("c"))
    assert client.texts[1] == "ac", "what was shown is not shortened; the missing word makes a gap"
    assert client.messages[1].by_id[PRT].gap
    client.receive(text("abc", ended=True))
    assert client.texts[1] == "abc"
    assert not client.messages[1].by_id[PRT].gap


def test_r4_a_snapshot_races_a_removal() -> None:
    removal = sent("message.removed", sessionID=SES, messageID=MSG)
    client = Client(*TURN).lose().fetch(stored("a", ended=True), IDLE, removal)
    assert client.texts == ["Ask"]


def test_r7_a_message_that_came_and_went_in_the_gap_never_was() -> None:
    assert Client(*TURN, delta("a")).lose().fetch([PROMPTED]).texts == ["Ask"]


def test_r5_a_restart_leaves_a_tool_running_that_does_not_run() -> None:
    tool = {"id": PRT, "messageID": MSG, "sessionID": SES, "type": "tool", "tool": "bash", "callID": "c"}
    tool |= {"state": {"status": "running", "input": {"command": "sleep 9"}, "time": {"start": 1}}}
    left = [PROMPTED, {"info": answer(), "parts": [tool]}]
    client = Client(BORN, *PROMPT, status("busy"), message(answer()), part(tool)).lose().fetch(left)
    assert client.messages[1].state is MessageState.INTERRUPTED
    assert part_view(client.messages[1], client.messages[1].by_id[PRT])["state"] == "interrupted"


def test_r6_a_disposal_rejects_what_was_asked_and_everything_is_fetched() -> None:
    ask = sent("permission.asked", **shapes.permission("per_1", SES))
    client = Client(*TURN, ask)
    assert [type(event) for event in v1.decode(sent("server.instance.disposed", directory="/project")).events] == [
        e.Disposed
    ]
    client.fetch(stored("a", ended=True))
    assert client.state.requests == {}
    assert client.messages[1].state is not MessageState.STREAMING


# ---- S: the order of what is said -------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_s1_s2_s6_a_delta_its_part_and_its_message_come_in_any_order(order: tuple[int, ...]) -> None:
    three = (message(answer()), text(""), delta("a"))
    client = Client(BORN, *PROMPT, status("busy"), *(three[at] for at in order))
    client.receive(delta("b"), text("ab", ended=True))
    assert client.texts == ["Ask", "ab"]


def test_s3_statements_and_deltas_in_turn_neither_double_nor_lose() -> None:
    client = Client(*TURN, delta("a"), text("a"), delta("b"), text("ab"), delta("c"))
    assert client.texts[1] == "abc"


def test_s4_an_answer_without_a_single_delta_is_whole() -> None:
    assert Client(*TURN, *END).texts[1] == "abc"


def test_s5_the_last_statement_counts_whatever_streamed() -> None:
    assert Client(*TURN, delta("wrong"), text("right", ended=True)).texts[1] == "right"


def test_s7_a_late_update_does_not_bring_back_what_was_removed() -> None:
    client = Client(*TURN, sent("message.removed", sessionID=SES, messageID=MSG))
    client.receive(text("late"), delta("later"), message(answer()))
    assert client.texts == ["Ask"]
    gone = sent("message.part.removed", sessionID=SES, messageID=ASK, partID="prt_0")
    client.receive(gone, text("Ask", id="prt_0", of=ASK))
    assert client.texts == [""]


def test_s8_an_event_that_is_delivered_twice_counts_once() -> None:
    again = delta("a")
    assert Client(*TURN, again, again).texts[1] == "a"


def test_s9_copies_for_synchronising_are_passed_over_though_they_come_first() -> None:
    event = delta("a")
    copy = {"directory": "/project", "payload": {"type": "sync", "id": event["payload"]["id"], "syncEvent": {}}}
    assert Client(*TURN, copy, event, copy).texts[1] == "a"


def test_s10_what_comes_after_idle_counts() -> None:
    client = Client(*TURN, delta("a"), status("idle"), sent("session.idle", sessionID=SES))
    client.receive(text("abc", ended=True), message(completed(answer())))
    client.receive(sent("session.updated", sessionID=SES, info=shapes.session(SES, title="Named after all")))
    assert client.texts[1] == "abc"
    assert client.messages[1].state is MessageState.COMPLETE
    assert client.state.sessions[SES].info.title == "Named after all"


def test_s11_idle_twice_is_idle_once_and_before_the_end_is_not_the_end() -> None:
    client = Client(*TURN, delta("a"), status("idle"))
    changes = [apply(client.state, event) for event in v1.decode(status("idle")).events]
    assert changes == [[]]
    client.receive(status("busy"), delta("b"), *END)
    assert client.texts[1] == "abc"


def test_s13_two_sessions_and_another_folder_do_not_mix() -> None:
    other = shapes.session("ses_2")
    elsewhere = {**delta("x"), "directory": "/elsewhere"}
    client = Client(*TURN, sent("session.created", sessionID="ses_2", info=other), delta("a"))
    client.receive(sent("message.updated", sessionID="ses_2", info=shapes.user("msg_z", "ses_2")), delta("b"))
    assert client.texts[1] == "ab"
    assert v1.decode(elsewhere).directory == "/elsewhere"
    assert list(client.state.sessions["ses_2"].ids) == ["msg_z"]


# ---- O: order and clocks ----------------------------------------------------------------------------------------------


def test_o1_a_session_that_spans_the_wrap_of_ids_stands_in_the_order_of_time() -> None:
    """Ids began anew on 2026-08-14: `msg_000...` is younger than `msg_fff...`."""
    old, new = shapes.user("msg_fffffffff001", SES, at=1), shapes.user("msg_000000000001", SES, at=2)
    for order in itertools.permutations((old, new)):
        client = Client(BORN, *(message(info) for info in order))
        assert [message.id for message in client.messages] == [old["id"], new["id"]]
    fetched = [{"info": info, "parts": []} for info in (new, old)]
    assert [message.id for message in Client(BORN).lose().fetch(fetched).messages] == [old["id"], new["id"]]


@pytest.mark.parametrize("skew", [-600_000, 0, 600_000])
def test_o2_a_prompt_of_a_skewed_clock_is_one_row_where_the_server_has_it(skew: int) -> None:
    client = Client(*TURN, *END)
    at = shapes.NOW + 20 + skew
    apply(client.state, e.PromptSubmitted(session_id=SES, message_id="msg_c", part_id="prt_c", text="More", at=at))
    assert client.texts == ["Ask", "abc", "More"], "last, whatever our clock says"
    client.receive(message(shapes.user("msg_c", SES, at=20)), text("More", ended=True, id="prt_c", of="msg_c"))
    assert client.texts == ["Ask", "abc", "More"]
    assert not client.messages[2].local


def test_o3_messages_of_one_millisecond_stand_in_the_order_of_their_ids() -> None:
    client = Client(BORN, message(shapes.user("msg_2", SES, at=5)), message(shapes.user("msg_1", SES, at=5)))
    assert [message.id for message in client.messages] == ["msg_1", "msg_2"]


# ---- A: what is done from elsewhere -----------------------------------------------------------------------------------


def test_a1_a_prompt_that_was_taken_and_failed_says_why() -> None:
    client = Client(BORN)
    apply(client.state, e.PromptSubmitted(session_id=SES, message_id="msg_c", part_id="prt_c", text="Hi", at=1))
    client.receive(
        sent("session.error", sessionID=SES, error={"name": "ProviderAuthError", "data": {"message": "No key"}})
    )
    (prompt,) = client.messages
    assert prompt.error is not None
    assert prompt.error.message == "No key"


def test_a3_a_prompt_that_is_sent_twice_is_one_row() -> None:
    row = message(shapes.user("msg_c", SES, at=20))
    client = Client(*TURN, *END)
    apply(client.state, e.PromptSubmitted(session_id=SES, message_id="msg_c", part_id="prt_c", text="More", at=9))
    client.receive(row, row, message(shapes.user("msg_c", SES, at=20)))
    assert [message.id for message in client.messages].count("msg_c") == 1


def test_a5_a_request_that_is_answered_elsewhere_waits_no_longer() -> None:
    ask = sent("permission.asked", **shapes.permission("per_1", SES))
    client = Client(*TURN, ask)
    assert list(client.state.requests) == ["per_1"]
    client.receive(sent("permission.replied", sessionID=SES, requestID="per_1", reply="once"), ask)
    assert client.state.requests == {}, "nor does a late copy of the question bring it back"


def test_a5_a_request_that_is_answered_while_it_is_fetched_waits_no_longer() -> None:
    request = objects.permission(shapes.permission("per_1", SES))
    reply = sent("permission.replied", sessionID=SES, requestID="per_1", reply="once")
    client = Client(*TURN).lose().fetch(stored("", ended=False), BUSY, reply, requests=(request,))
    assert client.state.requests == {}


def test_a6_what_a_sub_agent_asks_waits_in_its_parent() -> None:
    child = shapes.session("ses_2", parent=SES)
    ask = sent("permission.asked", **shapes.permission("per_1", "ses_2"))
    client = Client(*TURN, sent("session.created", sessionID="ses_2", info=child), ask)
    assert client.state.waiting(SES) == 1


def test_a7_a_rejection_takes_all_that_the_session_asks_with_it() -> None:
    asks = [sent("permission.asked", **shapes.permission(f"per_{number}", SES)) for number in (1, 2)]
    client = Client(*TURN, *asks)
    rejects = [
        sent("permission.replied", sessionID=SES, requestID=f"per_{number}", reply="reject") for number in (1, 2)
    ]
    assert client.receive(*rejects).state.requests == {}


# ---- P: a great deal --------------------------------------------------------------------------------------------------


def test_p1_twenty_thousand_deltas_are_one_text() -> None:
    client = Client(*TURN, *(delta("x") for _ in range(20_000)))
    assert client.texts[1] == "x" * 20_000


def test_p2_an_output_of_30_kb_that_is_sent_a_thousand_times_is_kept_once() -> None:
    tool = {"id": PRT, "messageID": MSG, "sessionID": SES, "type": "tool", "tool": "bash", "callID": "c"}
    client = Client(*TURN)
    for number in range(1000):
        state = {
            "status": "running",
            "input": {},
            "metadata": {"output": f"{'x' * 30_000}{number}"},
            "time": {"start": 1},
        }
        client.receive(part({**tool, "state": state}))
    assert client.messages[1].by_id[PRT].output == f"{'x' * 30_000}999"
