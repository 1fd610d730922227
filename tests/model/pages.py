"""Pages that show one instance: a new one, and whether it shows a state."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from opencode_widget.model.requests.view import requests_view
from opencode_widget.model.state import State
from opencode_widget.model.view import sessions_view, transcript_view

from ..support.page_store import PageStore

INSTANCE = "i"


def page_of(state: State, transcript: Any = None) -> PageStore:
    """A page that has the summaries of a state, and this transcript."""
    return PageStore(
        {
            "instances": [{"id": INSTANCE}],
            "sessions": {INSTANCE: sessions_view(state)},
            "requests": {INSTANCE: requests_view(state)},
            "transcript": deepcopy(transcript),
        },
        strict=True,
    )


def expect(page: PageStore, state: State, shown: str | None) -> None:
    """Fail unless the page shows the state, with the transcript of this session."""
    sessions = {session["id"]: session for session in page.state["sessions"][INSTANCE]}
    assert sessions == {session["id"]: session for session in sessions_view(state)}
    assert page.state["requests"][INSTANCE] == requests_view(state)
    session = state.sessions.get(shown) if shown is not None else None
    assert page.state["transcript"] == (transcript_view(INSTANCE, session) if session is not None else None)
