"""The agent and the model of a session whose server does not state them.

OpenCode before 1.15 states neither in a session, and goes on with the model of the last prompt. Without this the page would show the
server's defaults as chosen, and a compaction would send the conversation to a model that the user did not choose.

1. What the server states of a session counts. Only where it states neither agent nor model are they taken from the messages.
2. The newest prompt that names one counts; where none does, the newest answer that is no summary.
3. `Session.inferred` remembers what was taken, so that the next message may change it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from .. import events as e
from ..entities import MessageInfo, Role
from ..state import LOOK_BACK, Session, State
from .changes import Change, SessionChanged

# The events after which a session may have another agent or model.
MAY_CHOOSE: frozenset[type[e.Event]] = frozenset(
    {e.SessionUpserted, e.MessageUpserted, e.MessageRemoved, e.HistoryLoaded, e.OlderLoaded, e.Loaded}
)


def infer_choice(state: State, event: e.Event, out: list[Change]) -> None:
    """Take agent and model from the messages of the sessions that an event is about, where the server does not state them."""
    if isinstance(event, e.Loaded):
        sessions: Iterable[Session] = state.sessions.values()
    else:
        found = state.sessions.get(getattr(event, "session_id", ""))
        sessions = () if found is None else (found,)
    for session in sessions:
        _infer(session, out)


def _infer(session: Session, out: list[Change]) -> None:
    info = session.info
    stated = (info.agent, info.model, info.variant)
    if any(stated) and stated != session.inferred:
        session.inferred = None
        return
    newest = _newest(session)
    if newest is None:
        return
    session.inferred = (newest.agent, newest.model, newest.variant)
    if session.inferred != stated:
        session.info = replace(info, agent=newest.agent, model=newest.model, variant=newest.variant)
        out.append(SessionChanged(session.id))


def _newest(session: Session) -> MessageInfo | None:
    answer = None
    for id in islice(reversed(session.ids), LOOK_BACK):
        message = session.messages[id]
        info = message.info
        if message.local or info.summary or not (info.agent or info.model):
            continue
        if info.role is Role.USER:
            return info
        answer = answer or info
    return answer
