"""Merges what was fetched with what is known.

The rules:

1. The fetched state is true, but older than the events that follow it. The caller applies these afterwards.
2. Servers do not store deltas: a text that is being written is fetched as it was at its last whole statement, usually "". A text that still
   grows therefore keeps what streamed in before, if that continues the fetched text.
3. If the stream was away meanwhile, deltas between the two may be missing. Such a part is SUSPECT, and the next delta shows the GAP.
4. What is known and was not fetched is gone, unless it is older than the fetched window or still on its way to the server.
"""

from __future__ import annotations

from dataclasses import replace

from .. import events as e
from ..entities import IDLE, PartInfo, Problem, Role, SessionInfo
from ..state import REQUESTS_BOUND, Continuity, HistoryState, Message, Origin, Part, Session, State, part_key
from .changes import (
    Change,
    InstanceChanged,
    MessageChanged,
    MessageGone,
    OlderPrepended,
    PartChanged,
    PartGone,
    RequestsChanged,
    SessionChanged,
    SessionGone,
    TodosReplaced,
    TranscriptChanged,
)
from .message_state import drop_reported_notices, find_shells, settle, take_status
from .parts import keep_longer
from .prompts import look_for_unanswered

LOST_PROMPT = Problem(
    "PromptLost", "The server does not have this prompt: the connection broke while it was sent.", "Send it again."
)


# ---- everything -------------------------------------------------------------------------------------------------------


def loaded(state: State, event: e.Loaded, out: list[Change]) -> None:
    """Merge an overview: sessions, what they do, requests, and the histories of those whose messages are kept."""
    overview = event.overview
    if not overview.has_lists:
        _without_lists(state, out)
        return
    state.shells = set(overview.shells)
    _drop_missing_sessions(state, overview, out)
    for info in overview.sessions:
        _merge_session(state, info, out)
    _merge_requests(state, overview, out)
    _time_requests(state, event.at)
    _count_requests(state, out)
    histories = {history.session_id: history for history in overview.histories}
    replayed = {replay.session_id for replay in overview.replays}
    for session in state.sessions.values():
        had_turn = session.has_turn
        _merge_status(session, overview, out)
        if session.id not in replayed:
            _merge_kept(state, session, histories.get(session.id), out)
        if had_turn and not session.has_turn:
            look_for_unanswered(session)
            settle(session, out)
        find_shells(state, session, out)
    state.more_sessions = overview.more_sessions
    out.append(InstanceChanged())


def _without_lists(state: State, out: list[Change]) -> None:
    """Keep what is known. What the sessions do is not: the end of a turn may have been missed, and whatever still runs will say so."""
    state.keeps_messages = False
    for session in state.sessions.values():
        session.turn_status = IDLE
        if take_status(session, out):
            settle(session, out)
    out.append(InstanceChanged())


def _drop_missing_sessions(state: State, overview: e.Overview, out: list[Change]) -> None:
    fetched = {info.id for info in overview.sessions}
    oldest = min((info.updated for info in overview.sessions), default=0)
    for session in list(state.sessions.values()):
        beyond = overview.more_sessions and session.info.updated < oldest
        elsewhere = session.info.directory != state.directory and session.info.parent is not None
        if session.id not in fetched and not beyond and not elsewhere:
            del state.sessions[session.id]
            out.append(SessionGone(session.id))


def _merge_session(state: State, info: SessionInfo, out: list[Change]) -> None:
    session = state.sessions.get(info.id)
    if session is None:
        state.sessions[info.id] = Session(info)
    elif session.info == info:
        return
    else:
        session.info = info
    out.append(SessionChanged(info.id))


def _merge_requests(state: State, overview: e.Overview, out: list[Change]) -> None:
    """Requests of a kind that the server cannot list are known by their events: they still wait while their turn runs."""
    known = (request for request in state.requests.values() if isinstance(request, overview.unlisted))
    kept = (request for request in known if request.session_id in overview.statuses)
    waiting = {request.id: request for request in (*kept, *overview.requests)[:REQUESTS_BOUND]}
    if waiting != state.requests:
        state.requests = waiting
        out.append(RequestsChanged())


def _time_requests(state: State, at: float | None) -> None:
    """When a request ended that is gone, is not known; one that is new waited at least since now."""
    for session in state.sessions.values():
        session.waiting_times.keep(state.requests)
    for request in state.requests.values():
        if request.session_id in state.sessions:
            state.sessions[request.session_id].waiting_times.begin(request, at)


def _count_requests(state: State, out: list[Change]) -> None:
    """Count the requests of all sessions again, for both may be others now."""
    before = state.waits.clear()
    for request in state.requests.values():
        state.waits.put(request.id, state.counted_in(request))
    now = state.waits.counts()
    changed = (id for id in sorted(before.keys() | now.keys()) if before.get(id) != now.get(id))
    out.extend(SessionChanged(id) for id in changed if id in state.sessions)


def _merge_status(session: Session, overview: e.Overview, out: list[Change]) -> None:
    session.turn_status = overview.statuses.get(session.id, IDLE)
    ended = session.shells - overview.shells
    session.shells -= ended
    session.unsettled |= ended
    take_status(session, out)


def _merge_kept(state: State, session: Session, history: e.History | None, out: list[Change]) -> None:
    if history is not None:
        session.buffered.clear()
        merge_history(state, session, history, out)
    elif session.history_state is not HistoryState.ABSENT and state.keeps_messages:
        session.forget_history()
        if session.ids:  # prompts of ours: the page still shows what was before them
            out.append(TranscriptChanged(session.id))


# ---- one session ------------------------------------------------------------------------------------------------------


def history_loading(state: State, event: e.HistoryLoading, out: list[Change]) -> None:
    """The messages of a session are being fetched: buffer their events."""
    session = state.sessions.get(event.session_id)
    if session is not None and session.history_state is not HistoryState.LOADING:
        session.history_state = HistoryState.LOADING
        session.problem = None


def history_failed(state: State, event: e.HistoryFailed, out: list[Change]) -> None:
    """The messages could not be fetched: keep the known ones, and drop the buffered events, which continue what was not fetched."""
    session = state.sessions.get(event.session_id)
    if session is not None and session.history_state is HistoryState.LOADING:
        session.history_state = HistoryState.FAILED
        session.problem = event.problem
        session.buffered.clear()
        session.mark_suspect()


def older_loaded(state: State, event: e.OlderLoaded, out: list[Change]) -> None:
    """Add older messages before the known ones."""
    session = state.sessions.get(event.session_id)
    if session is None or session.history_state is not HistoryState.READY:
        return
    fresh = [
        _add_message(session, fetched).id
        for fetched in event.history.messages
        if fetched.info.id not in session.messages and fetched.info.id not in session.removed
    ]
    session.more = event.history.more
    settle(session, out)
    out.append(OlderPrepended(session.id, tuple(fresh)))


def merge_history(state: State, session: Session, history: e.History, out: list[Change]) -> None:
    """Replace the messages of a session by the fetched ones, and keep of the known ones what must stay."""
    state.keeps_messages = history.is_kept
    is_first = not session.ids
    overlaps = not history.is_kept or _drop_missing_messages(session, history, out)
    for fetched in history.messages:
        _merge_message(session, fetched, out)
    if not overlaps:
        if (session.more is None) != (history.more is None):
            out.append(TranscriptChanged(session.id))
        session.more = history.more
    if history.todos is not None and history.todos != session.todos:
        session.todos = history.todos
        out.append(TodosReplaced(session.id))
    session.history_state = HistoryState.READY
    session.problem = None
    drop_reported_notices(session, (fetched.info.error for fetched in history.messages), out)
    if is_first:
        look_for_unanswered(session)
    settle(session, out)


def _drop_missing_messages(session: Session, history: e.History, out: list[Change]) -> bool:
    """Return whether known messages that are older than the fetched window stay."""
    fetched = {message.info.id for message in history.messages}
    start = min(((False, message.info.created, message.info.id) for message in history.messages), default=None)
    reaches = history.more is not None and not fetched.isdisjoint(session.ids)
    kept_before = False
    for message in list(session):
        before = reaches and start is not None and message.order < start
        kept_before = kept_before or before
        if message.id not in fetched and not before:
            _drop_message(session, message, out)
    return kept_before


def _drop_message(session: Session, message: Message, out: list[Change]) -> None:
    if message.local:
        if message.origin is Origin.ACCEPTED and message.error is None:
            _mark_lost(session, message, out)
    elif message.role is not Role.NOTICE:
        session.drop(message.id)
        out.append(MessageGone(session.id, message.id))


def _mark_lost(session: Session, message: Message, out: list[Change]) -> None:
    message.info = replace(message.info, error=LOST_PROMPT)
    session.unsettled.add(message.id)
    out.append(MessageChanged(session.id, message.id))


def _add_message(session: Session, fetched: e.LoadedMessage) -> Message:
    message = Message(session.filled(fetched.info))
    session.unsettled.add(message.id)
    message.by_id = {info.id: _new_part(info) for info in fetched.parts}
    session.insert(message)
    return message


def _new_part(info: PartInfo) -> Part:
    """A part that was not known before the fetch: the deltas before it were missed."""
    return Part(info, Continuity.WHOLE if info.ended else Continuity.SUSPECT)


def _merge_message(session: Session, fetched: e.LoadedMessage, out: list[Change]) -> None:
    message = session.messages.get(fetched.info.id)
    session.orphans.take(fetched.info.id)
    if message is None:
        if fetched.info.id not in session.removed:
            message = _add_message(session, fetched)
            out.append(MessageChanged(session.id, message.id))
            out.extend(PartChanged(session.id, message.id, part.id) for part in message.parts)
        return
    info = session.filled(fetched.info)
    if message.local or message.info != info:
        message.info, message.origin = info, Origin.SERVER
        session.insert(message)
        session.unsettled.add(message.id)
        out.append(MessageChanged(session.id, message.id))
    _merge_parts(session, message, fetched, out)


def _merge_parts(session: Session, message: Message, fetched: e.LoadedMessage, out: list[Change]) -> None:
    known = message.by_id
    removed = {info.id for info in fetched.parts if part_key(message.id, info.id) in session.removed_parts}
    stated = {info.id: info for info in fetched.parts if info.id not in removed}
    message.by_id = {id: known.get(id) or _new_part(info) for id, info in stated.items()}
    moved = [id for id in known if id in stated] != [id for id in stated if id in known]
    for id, info in stated.items():
        session.early.take(part_key(message.id, id))
        if id not in known or _merge_part(known[id], info) or moved:
            out.append(PartChanged(session.id, message.id, id))
    out.extend(PartGone(session.id, message.id, id) for id in known if id not in stated)


def _merge_part(part: Part, info: PartInfo) -> bool:
    """Take the fetched statement, and keep the longer texts that continue it. Return whether the part changed."""
    before = _contents(part)
    continuity, texts = part.continuity, {name: part.read(name) for name in info.grows}
    part.replace(info)
    kept = [keep_longer(part, name, text) for name, text in texts.items()]
    if any(kept):
        part.continuity = continuity
    elif continuity is not Continuity.WHOLE:
        # The deltas between the server's statement and the fetch may be among those that were missed.
        part.mark_suspect()
    return before != _contents(part)


def _contents(part: Part) -> tuple[PartInfo, bool, list[str]]:
    return part.info, part.gap, [part.read(name) for name in part.info.grows]
