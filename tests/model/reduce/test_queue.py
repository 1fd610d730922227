"""The prompts that wait in this kernel: part of a session's summary, until they are sent."""

from __future__ import annotations

from opencode_widget.model import events as e
from opencode_widget.model import view
from opencode_widget.model.entities import PromptQueue, QueuedPrompt
from opencode_widget.model.reduce.changes import SessionChanged

from .. import builders

QUEUE = PromptQueue((QueuedPrompt("q1", "Rest", ("a.csv",)), QueuedPrompt("q2", "x" * 5_000)), "The turn was stopped.")


def test_a_session_shows_its_queue_and_a_long_prompt_is_cut() -> None:
    state = builders.conversation()
    assert builders.play(state, e.QueueChanged(session_id="ses", queue=QUEUE)) == [SessionChanged("ses")]
    shown = view.session_view(state, state.sessions["ses"])["queue"]
    assert shown == {
        "prompts": [
            {"id": "q1", "text": "Rest", "files": ["a.csv"]},
            {"id": "q2", "text": "x" * view.QUEUED_BOUND, "files": [], "cut": True},
        ],
        "stopped": "The turn was stopped.",
    }
    builders.play(state, e.QueueChanged(session_id="ses", queue=PromptQueue()))
    assert "queue" not in view.session_view(state, state.sessions["ses"])


def test_the_queue_of_an_unknown_session_is_nobodys() -> None:
    assert builders.play(builders.empty(), e.QueueChanged(session_id="none", queue=QUEUE)) == []
