"""An answer that this kernel did not give is reported once: in the transcript, or as an alert."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opencode_widget.model import events as e
from opencode_widget.model.entities import AnsweredBy, PermissionRequest, Question, QuestionRequest
from opencode_widget.model.reduce.changes import Alerted, Change
from opencode_widget.model.requests.foreign_answers import LONGEST, answered_elsewhere
from opencode_widget.model.state import State

from .. import builders
from ..builders import SES

ELSEWHERE = replace(builders.answered(), answered_by=AnsweredBy.OTHER)


def alerts(changes: list[Change]) -> list[Change]:
    return [change for change in changes if isinstance(change, Alerted)]


def notices(state: State) -> list[str]:
    return [message.error.message for message in state.sessions[SES] if message.error is not None]


def test_in_the_transcript_that_the_user_looks_at() -> None:
    state = builders.conversation(builders.asked())
    builders.play(state, e.Viewed(session_id=SES))
    assert alerts(builders.play(state, ELSEWHERE)) == []
    assert notices(state) == ["Allowed by another program: bash."]


def test_with_an_alert_where_the_user_looks_elsewhere() -> None:
    state = builders.conversation(builders.asked())
    assert len(alerts(builders.play(state, ELSEWHERE))) == 1
    assert len(notices(state)) == 1


def test_with_an_alert_alone_where_no_messages_are_kept() -> None:
    state = builders.conversation(builders.asked())
    builders.play(state, e.HistoryDropped(session_id=SES), e.Viewed(session_id=SES))
    assert len(alerts(builders.play(state, ELSEWHERE))) == 1
    assert len(alerts(builders.play(state, replace(ELSEWHERE, session_id="unknown", request_id="other")))) == 1


def test_once_and_once_more_where_an_earlier_event_named_the_kernel() -> None:
    state = builders.conversation(builders.asked())
    builders.play(state, ELSEWHERE, ELSEWHERE)
    assert len(notices(state)) == 1
    builders.play(state, replace(ELSEWHERE, is_correction=True))
    assert len(notices(state)) == 2


@pytest.mark.parametrize("by", [None, AnsweredBy.KERNEL])
def test_not_for_an_answer_of_the_kernel(by: AnsweredBy | None) -> None:
    state = builders.conversation(builders.asked())
    builders.play(state, replace(builders.answered(), answered_by=by))
    assert notices(state) == []


def test_the_words() -> None:
    def words(request: e.Request | None, outcome: str, by: AnsweredBy = AnsweredBy.OTHER) -> str:
        event = e.Answered(session_id=SES, request_id="a", outcome=outcome, answered_by=by, request=request)
        return answered_elsewhere(event).message

    command = PermissionRequest("a", SES, "bash", ("rm -r data", "ls"))
    assert words(command, "always") == "Allowed for good by another program: bash, rm -r data, ls."
    quoted = PermissionRequest("a", SES, "bash", ("echo a wolf",), metadata={"command": "echo 'a wolf'"})
    assert words(quoted, "once") == "Allowed by another program: bash, echo 'a wolf'."
    assert words(None, "reject") == "Rejected by another program: a request that was not shown here."
    assert words(command, "", AnsweredBy.UNKNOWN) == "Settled unseen, not from here: bash, rm -r data, ls."
    question = QuestionRequest("a", SES, (Question("Delete it?"),))
    assert words(question, "answered") == "Answered by another program: the question 'Delete it?'."
    assert words(question, "dismissed").startswith("Dismissed by another program")
    long = words(PermissionRequest("a", SES, "bash", ("x" * 10_000,)), "once")
    assert "x" * LONGEST + "…" in long
    assert len(long) < LONGEST + 100
