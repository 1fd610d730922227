"""The reducer: `apply(state, event)` changes the state, and returns what changed.

The rules:

1. **Every event counts once.** An event whose id was applied before is ignored, because deltas are not idempotent. The events that were
   buffered when the stream broke were never applied, so a log may report them again.
2. **Events wait while the state is fetched.** In the phase LOADING all events of the server are buffered, and applied in their order after
   Loaded. The same goes for the messages of one session between HistoryLoading and HistoryLoaded. The server stores before it publishes, so
   replaying the events that were buffered during the fetch can neither lose nor repeat an update.
3. **Messages are kept on demand**: for sessions that were opened, and for those whose creation was observed. Of the others only the summary
   is kept.
4. **Identity is by id, order by (server's time, id).** Ids wrap around, and clocks differ.
5. **PartUpserted replaces a part whole**, whatever streamed in. It is stale, and ignored, if the part had ended and this statement has not.
   The parts of a user's message do not stream: the last statement counts, because a prompt that waits can be edited.
6. **Deltas wait for their part, parts for their message.** A delta for a part that has ended is stale. A delta for a part that is not known
   yet waits for it; an event for the parts of a message that is not known yet waits for the message.
7. **What was removed stays removed**, whatever is reported of it later. A prompt of ours that the server has not confirmed is removed by
   nothing but our own failure (`PromptFailed`): what the server removes without naming it, or what is forgotten here, never includes it.
8. **A fetch never shortens text that is shown**: see `merge.py`.
9. **The state of a message is derived** (streaming, queued, interrupted, ...) from the message and its session: see `message_state.py`.
   A session that goes idle makes nothing final.
10. **All changes are reported.** What an event changes beside the piece that it names (messages that a revert hides, requests that a parent
    counts) is reported with it.
11. **A missing field is no failure.** Dialects turn what they do not understand into Malformed or Unknown, which are counted.
12. **What waits is bounded**, in number and in size. Where there is no room an event is dropped, counted, and reported as WordsMissed, so
    that the history is fetched again: no text is lost without a trace.
13. **An event costs what it changes** and a look-up: no event walks through all messages, sessions or requests.
14. **Nothing else changes the state.** What the kernel learns in another way, such as the folder, comes as an event too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import takewhile
from typing import Any

from .. import events as e
from ..entities import Role
from ..state import HistoryState, Message, Phase, Session, State
from .changes import CatalogueChanged, Change, InstanceChanged, SessionChanged, TranscriptChanged, WordsMissed
from .merge import history_failed, history_loading, loaded, merge_history, older_loaded
from .message_state import find_shells, settle
from .messages import BODY
from .oddities import DROPPED, count, count_missed
from .parts import buffer, part_delta
from .prompts import prompt_accepted, prompt_failed, prompt_submitted, queue_changed
from .requests import answered, asked, requests_withdrawn
from .sessions import (
    MAY_CHOOSE,
    allow_all_changed,
    history_dropped,
    infer_choice,
    more_sessions_loaded,
    session_errored,
    session_patched,
    session_removed,
    session_upserted,
    shell_changed,
    status_changed,
    tab_closed,
    todos_changed,
    viewed,
)

__all__ = ["BODY", "DROPPED", "HANDLERS", "apply"]

Handler = Callable[[State, Any, list[Change]], None]


def apply(state: State, event: e.Event) -> list[Change]:
    """Apply an event to the state.

    Args:
        state: changed in place.
        event: of any kind; an unknown kind is counted.

    Returns:
        What changed, in order. The change of a delta carries its text; the others only name the piece that changed.
    """
    if event.id is not None and state.is_repeated(event.id):
        return []
    out: list[Change] = []
    _step(state, event, out)
    return out


def _step(state: State, event: e.Event, out: list[Change]) -> None:
    kind = type(event)
    if state.phase is Phase.LOADING and kind in BUFFERED:
        state.buffer(event)
    elif (of_message := BODY.get(kind)) is not None:
        _body(state, event, of_message, out)
    elif (handler := HANDLERS.get(kind)) is not None:
        headings = [(session, session.heading) for session in _touched(state, event)]
        handler(state, event, out)
        out.extend(TranscriptChanged(session.id) for session, heading in headings if session.heading != heading)
    if kind in MAY_CHOOSE and state.phase is not Phase.LOADING:
        infer_choice(state, event, out)


def _touched(state: State, event: e.Event) -> Iterable[Session]:
    """The sessions whose heading an event may change beside the piece that it names."""
    if isinstance(event, e.Loaded):
        return state.sessions.values()
    session = state.sessions.get(getattr(event, "session_id", None) or "")
    return () if session is None else (session,)


def _body(state: State, event: Any, handler: Callable[..., None], out: list[Change]) -> None:
    """Apply an event to the messages of its session, if these are kept."""
    session = state.sessions.get(event.session_id)
    if session is None:
        return
    if session.history_state is HistoryState.LOADING:
        buffer(session, event)
        return
    if session.history_state is HistoryState.READY and (addressed := _addressed(session, event)) is not None:
        if handler is part_delta:  # the most frequent event; it changes nothing else
            part_delta(session, addressed, out)
        else:
            _change(session, addressed, handler, out)
        if out and type(out[-1]) is WordsMissed:
            count_missed(state, out)
    if handler is not part_delta:
        _mark_unread(state, session, event, out)


def _change(session: Session, event: Any, handler: Callable[..., None], out: list[Change]) -> None:
    """Apply an event to a session, and report if it changes which messages a revert hides, or their text."""
    taken_back = session.taken_back
    handler(session, event, out)
    if session.taken_back != taken_back or (out and event.message_id == session.info.revert):
        missed = out.pop() if out and type(out[-1]) is WordsMissed else None
        out.append(TranscriptChanged(session.id))
        if missed is not None:
            out.append(missed)


def _addressed(session: Session, event: Any) -> Any:
    """The event with the ids that `SUMMARY` stands for; None where no summary is being made."""
    if event.message_id != e.SUMMARY:
        return event
    summary = next(filter(_is_growing, session.latest_answers()), None)
    if summary is None:
        return None
    part = {"part_id": next(iter(summary.by_id), "")} if hasattr(event, "part_id") else {}
    return replace(event, message_id=summary.id, **part)


def _is_growing(message: Message) -> bool:
    return message.info.summary and message.info.completed is None


def _mark_unread(state: State, session: Session, event: e.Event, out: list[Change]) -> None:
    is_answer = isinstance(event, e.MessageUpserted) and event.info.role is Role.ASSISTANT
    if is_answer and not session.unread and session.id != state.viewed:
        session.unread = True
        out.append(SessionChanged(session.id))


# ---- the life of the stream -------------------------------------------------------------------------------------------


def _connected(state: State, event: e.Connected, out: list[Change]) -> None:
    state.phase = Phase.LOADING
    state.take_buffered()
    for session in state.sessions.values():
        for waiting in session.buffered.take("").items:
            state.buffer(waiting)


def _lost(state: State, event: e.Lost, out: list[Change]) -> None:
    state.phase = Phase.OFFLINE
    state.discarded.update(waiting.id for waiting in state.take_buffered().items if waiting.id is not None)
    for session in state.sessions.values():
        session.buffered.clear()
        session.mark_suspect()


def _loaded(state: State, event: e.Loaded, out: list[Change]) -> None:
    loaded(state, event, out)
    state.phase = Phase.LIVE
    buffered, missed = state.take_buffered()
    for replay in event.overview.replays:
        _replay(state, replay, event.overview, {event.id for event in buffered if event.id is not None}, out)
    state.discarded.clear()
    for waiting in buffered:
        _step(state, waiting, out)
    if missed:
        out.append(WordsMissed(None))
        count_missed(state, out)


def _is_fetched(event: e.Event, overview: e.Overview) -> bool:
    if isinstance(event, e.ShellChanged):
        return event.running and event.shell_id not in overview.shells
    return isinstance(event, e.StatusChanged | e.RequestsWithdrawn)


def _replay(state: State, replay: e.Replay, overview: e.Overview, streamed: set[str], out: list[Change]) -> None:
    """Apply the log of a session, up to the first event that the stream delivered too.

    The events of what it does and asks are left out: both were fetched, and the buffered events change them. The log of a server that
    crashed has the beginning of a turn or a shell, and not its end; and the end of an earlier turn withdraws nothing from the present one.
    """
    events = takewhile(lambda event: event.id not in streamed, replay.events)
    for event in (event for event in events if not _is_fetched(event, overview)):
        if event.id is None or event.id in state.discarded or not state.is_repeated(event.id):
            _step(state, event, out)
    if (session := state.sessions.get(replay.session_id)) is not None:
        session.mark_suspect()
        settle(session, out)


def _history_loaded(state: State, event: e.HistoryLoaded, out: list[Change]) -> None:
    session = state.sessions.get(event.session_id)
    if session is None or session.history_state is not HistoryState.LOADING:
        return
    merge_history(state, session, event.history, out)
    find_shells(state, session, out)
    buffered, missed = session.buffered.take("")
    for waiting in buffered:
        _step(state, waiting, out)
    if missed:
        session.mark_suspect()
        out.append(WordsMissed(session.id))
        count_missed(state, out)


def _directory_known(state: State, event: e.DirectoryKnown, out: list[Change]) -> None:
    if state.directory != event.directory:
        state.directory = event.directory
        out.append(InstanceChanged())


def _catalogue_loaded(state: State, event: e.CatalogueLoaded, out: list[Change]) -> None:
    if state.catalogue != event.catalogue:
        state.catalogue = event.catalogue
        out.append(CatalogueChanged())


# ---- the tables -------------------------------------------------------------------------------------------------------

STREAMED: dict[type[e.Event], Handler] = {
    e.SessionUpserted: session_upserted,
    e.SessionPatched: session_patched,
    e.SessionRemoved: session_removed,
    e.StatusChanged: status_changed,
    e.SessionErrored: session_errored,
    e.TodosChanged: todos_changed,
    e.Asked: asked,
    e.Answered: answered,
    e.RequestsWithdrawn: requests_withdrawn,
    e.ShellChanged: shell_changed,
}

HANDLERS: dict[type[e.Event], Handler] = {
    **STREAMED,
    e.Connected: _connected,
    e.Lost: _lost,
    e.Loaded: _loaded,
    e.MoreSessionsLoaded: more_sessions_loaded,
    e.DirectoryKnown: _directory_known,
    e.CatalogueLoaded: _catalogue_loaded,
    e.HistoryLoading: history_loading,
    e.HistoryLoaded: _history_loaded,
    e.HistoryFailed: history_failed,
    e.OlderLoaded: older_loaded,
    e.HistoryDropped: history_dropped,
    e.PromptSubmitted: prompt_submitted,
    e.PromptAccepted: prompt_accepted,
    e.PromptFailed: prompt_failed,
    e.QueueChanged: queue_changed,
    e.Viewed: viewed,
    e.TabClosed: tab_closed,
    e.AllowAllChanged: allow_all_changed,
    e.Unknown: count,
    e.Malformed: count,
}

# The server's events about conversations. They are buffered while the state is being fetched.
BUFFERED: frozenset[type[e.Event]] = frozenset({*BODY, *STREAMED})
