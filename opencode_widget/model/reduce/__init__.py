"""apply(state, event) -> what changed.

The rules:

1. An event id that came before does nothing: deltas are not idempotent. What was held when the stream broke was never brought in: a
   log may say it again.
2. While the phase is LOADING all that the server says is held, and follows Loaded in its order. The same goes for the messages of one
   session between HistoryLoading and HistoryLoaded. (A server publishes after it stored, so what follows a snapshot is never older than it
   by more than the held events, and these end where the live ones begin.)
3. Messages are kept for sessions that were opened, or whose birth was heard; of the others only the summary is.
4. Identity is by id, order by (server's time, id): ids wrap around, clocks differ.
5. PartUpserted replaces the part whole, whatever streamed in, unless the part had ended and this statement had not: then it is stale.
   What a person wrote does not stream, and is what it was last stated to be: a prompt that waits can be changed.
6. A delta for a part that has ended is stale. A delta for a part that is not known yet waits for it; whatever is said of the parts of a
   message that is not known yet waits for that.
7. What was removed stays removed, whatever is said of it later.
8. Text shown is never shortened by a fetch: see `merge.py`.
9. What a message is (streaming, queued, interrupted, ...) follows from it and its session: see `message_state.py`.
Nothing is final at "idle".
10. What an event changes beside the piece that it names (what a revert hides, the requests that a parent counts) is reported with it.
11. A field that is missing is not an event that failed: dialects say Malformed or Unknown, which are counted.
12. What waits for something that is not known yet is bounded in number and in size. Where there is no room it is dropped, counted, and
    reported as WordsMissed, so that it is fetched again: no word is lost without a trace.
13. An event costs what it changes, and a little for the look-up: it never looks through all messages, sessions or requests.
14. Nothing else changes a state: what the kernel learns otherwise, such as the folder, comes as an event too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from itertools import islice, takewhile
from typing import Any, TypeVar

from .. import events as e
from ..bounds.weight import event_weight
from ..entities import JSON, AnsweredBy, MessageInfo, Problem, Role, SessionInfo, TextInfo
from ..requests.foreign_answers import answered_elsewhere
from ..state import (
    LOOK_BACK,
    NOTICES_BOUND,
    REQUESTS_BOUND,
    SESSIONS_BOUND,
    HistoryState,
    Message,
    Origin,
    Part,
    Phase,
    Session,
    State,
)
from .changes import (
    Alerted,
    CatalogueChanged,
    Change,
    InstanceChanged,
    MessageChanged,
    MessageGone,
    PartChanged,
    RequestChanged,
    SessionChanged,
    SessionGone,
    TodosReplaced,
    TranscriptChanged,
    ViewedChanged,
    WordsMissed,
)
from .merge import LOST_PROMPT, history_failed, history_loading, loaded, merge_history, older_loaded
from .message_state import drop_told_notices, settle
from .parts import hold_orphan, part_delta, part_patched, part_removed, part_upserted

Handler = Callable[[State, Any, list[Change]], None]
Info = TypeVar("Info", SessionInfo, MessageInfo)


def apply(state: State, event: e.Event) -> list[Change]:
    """Bring an event into the state.

    Args:
        state: changed in place.
        event: of any kind; an unknown kind is counted.

    Returns:
        What changed, in order; a delta's change carries its text, the others only name their piece.
    """
    if event.id is not None and state.is_repeated(event.id):
        return []
    out: list[Change] = []
    _step(state, event, out)
    return out


def _step(state: State, event: e.Event, out: list[Change]) -> None:
    kind = type(event)
    if state.phase is Phase.LOADING and kind in BUFFERED:
        state.hold(event)
    elif (of_message := BODY.get(kind)) is not None:
        _body(state, event, of_message, out)
    elif (handler := HANDLERS.get(kind)) is not None:
        headings = [(session, session.heading) for session in _touched(state, event)]
        handler(state, event, out)
        out.extend(TranscriptChanged(session.id) for session, heading in headings if session.heading != heading)


def _touched(state: State, event: e.Event) -> Iterable[Session]:
    """The sessions whose heading an event may change beside the piece that it names."""
    if isinstance(event, e.Loaded):
        return state.sessions.values()
    session = state.sessions.get(getattr(event, "session_id", None) or "")
    return () if session is None else (session,)


def _body(state: State, event: Any, handler: Callable[..., None], out: list[Change]) -> None:
    """An event of a message goes to its session's messages, if these are kept."""
    session = state.sessions.get(event.session_id)
    if session is None:
        return
    if session.history_state is HistoryState.LOADING:
        _hold(session, event)
        return
    if session.history_state is HistoryState.READY and (addressed := _addressed(session, event)) is not None:
        if handler is part_delta:  # the many: they change nothing else
            part_delta(session, addressed, out)
        else:
            _change(session, addressed, handler, out)
        if out and type(out[-1]) is WordsMissed:
            _count_missed(state, out)
    if handler is not part_delta:
        _mark_unread(state, session, event, out)


def _hold(session: Session, event: e.Event) -> None:
    session.buffered.add("", event, event_weight(event))


def _change(session: Session, event: Any, handler: Callable[..., None], out: list[Change]) -> None:
    """Bring an event into a session, and report what it takes back, or changes of the words that were taken back."""
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
    spoke = isinstance(event, e.MessageUpserted) and event.info.role is Role.ASSISTANT
    if spoke and not session.unread and session.id != state.viewed:
        session.unread = True
        out.append(SessionChanged(session.id))


# ---- the life of the stream -------------------------------------------------------------------------------------------


def _connected(state: State, event: e.Connected, out: list[Change]) -> None:
    state.phase = Phase.LOADING
    state.take_held()
    for session in state.sessions.values():
        for buffered_event in session.buffered.take("").items:
            state.hold(buffered_event)


def _lost(state: State, event: e.Lost, out: list[Change]) -> None:
    state.phase = Phase.OFFLINE
    state.discarded.update(held.id for held in state.take_held().items if held.id is not None)
    for session in state.sessions.values():
        session.buffered.clear()
        session.mark_suspect()


def _loaded(state: State, event: e.Loaded, out: list[Change]) -> None:
    loaded(state, event, out)
    state.phase = Phase.LIVE
    held, missed = state.take_held()
    for replay in event.overview.replays:
        _replay(state, replay, {event.id for event in held if event.id is not None}, out)
    state.discarded.clear()
    for buffered_event in held:
        _step(state, buffered_event, out)
    if missed:
        out.append(WordsMissed(None))
        _count_missed(state, out)


def _replay(state: State, replay: e.Replay, heard: set[str], out: list[Change]) -> None:
    """A log ends where the stream took over: at the first event that the stream said too.

    Whether the session works was fetched, and changes by what is held: the log of a server that crashed says that it began, and no more.
    """
    events = takewhile(lambda event: event.id not in heard, replay.events)
    for event in (event for event in events if not isinstance(event, e.StatusChanged)):
        if event.id is None or event.id in state.discarded or not state.is_repeated(event.id):
            _step(state, event, out)
    if (session := state.sessions.get(replay.session_id)) is not None:
        session.mark_suspect()
        settle(session, out)


def _history_loaded(state: State, event: e.HistoryLoaded, out: list[Change]) -> None:
    session = state.sessions.get(event.session_id)
    if session is None or session.history_state is not HistoryState.LOADING:
        return
    merge_history(session, event.history, out)
    held, missed = session.buffered.take("")
    for buffered_event in held:
        _step(state, buffered_event, out)
    if missed:
        session.mark_suspect()
        out.append(WordsMissed(session.id))
        _count_missed(state, out)


# ---- sessions ---------------------------------------------------------------------------------------------------------


def _session_upserted(state: State, event: e.SessionUpserted, out: list[Change]) -> None:
    if event.session_id in state.removed:
        return
    session = state.sessions.get(event.session_id)
    if session is None:
        session = _add_session(state, event.info, out)
    elif not event.created:  # what was said at its birth is never newer than what is known
        parent, session.info = session.info.parent, event.info
        if session.info.parent != parent:
            _count_anew(state, session.id, out)
    if event.created and session.history_state is HistoryState.ABSENT:
        session.history_state = HistoryState.READY
    out.append(SessionChanged(session.id))


def _add_session(state: State, info: SessionInfo, out: list[Change]) -> Session:
    """A session that is new here; where there are too many, the one that was known first and is not in use makes room."""
    if len(state.sessions) >= SESSIONS_BOUND:
        _drop_oldest_session(state, out)
    session = state.sessions[info.id] = Session(info)
    _count_anew(state, info.id, out)
    return session


def _drop_oldest_session(state: State, out: list[Change]) -> None:
    first = (state.sessions[id] for id in islice(state.sessions, LOOK_BACK))
    unused = (
        session
        for session in first
        if session.history_state is HistoryState.ABSENT and not session.busy and session.id != state.viewed
    )
    if (oldest := next(unused, None)) is not None:
        del state.sessions[oldest.id]
        out.append(SessionGone(oldest.id))
        state.more_sessions = True
        out.append(InstanceChanged())


def _count_anew(state: State, session_id: str, out: list[Change]) -> None:
    """What is known of the sessions above one has changed: they count its requests, and those below it."""
    for id in state.waits.of(session_id):
        line = state.counted_in(state.requests[id])
        out.extend(SessionChanged(status) for status in sorted(state.waits.put(id, line)) if status in state.sessions)


def _session_patched(state: State, event: e.SessionPatched, out: list[Change]) -> None:
    if (session := state.sessions.get(event.session_id)) is not None:
        session.info = _patched(session.info, event.changes)
        out.append(SessionChanged(session.id))


def _patched(info: Info, changes: JSON) -> Info:
    known = {field.name for field in fields(info)} - {"id", "session_id"}
    return replace(info, **{name: value for name, value in changes.items() if name in known})


def _session_removed(state: State, event: e.SessionRemoved, out: list[Change]) -> None:
    state.removed.add(event.session_id)
    if state.sessions.pop(event.session_id, None) is None:
        return
    for id in state.waits.of(event.session_id):
        if state.requests[id].session_id == event.session_id:
            _remove_request(state, id, out)
    _count_anew(state, event.session_id, out)
    out.append(SessionGone(event.session_id))


def _status_changed(state: State, event: e.StatusChanged, out: list[Change]) -> None:
    session = state.sessions.get(event.session_id)
    if session is None or session.status == event.status:
        return
    session.status = event.status
    out.append(SessionChanged(session.id))
    settle(session, out)


def _session_errored(state: State, event: e.SessionErrored, out: list[Change]) -> None:
    session = state.sessions.get(event.session_id) if event.session_id is not None else None
    if session is None:
        out.append(Alerted(event.problem))
    elif session.history_state is HistoryState.LOADING:
        _hold(session, event)
    elif session.history_state is HistoryState.READY and not _is_reported(session, event):
        _place_error(session, event.problem, out)


def _place_error(session: Session, problem: Problem, out: list[Change]) -> None:
    """An error in a session at rest is that of the prompt on its way to it, if there is one: no message will come of that."""
    prompts = (session.messages[id] for id in session.ids[session.first_local :] if not session.busy)
    prompt = next((message for message in prompts if message.error is None), None)
    if prompt is None:
        _add_notice(session, problem, out)
    else:
        prompt.info = replace(prompt.info, error=problem)
        session.unsettled.add(prompt.id)
        out.append(MessageChanged(session.id, prompt.id))
        settle(session, out)


def _is_reported(session: Session, event: e.SessionErrored) -> bool:
    """Does the newest answer say the same?"""
    return bool(session.ids) and session.messages[session.ids[-1]].info.error == event.problem


def _add_notice(session: Session, problem: Problem, out: list[Change]) -> None:
    session.noticed += 1
    last = session.messages[session.ids[-1]].info if session.ids else None
    created, stem = (last.created, last.id) if last else (session.info.created, "")
    if stem in session.notices:
        stem = stem.rpartition("~")[0]
    id = f"{stem}~{session.noticed:06d}"
    notice = Message(MessageInfo(id, session.id, Role.NOTICE, created, error=problem))
    session.unsettled.add(id)
    session.notices[id] = None
    session.insert(notice)
    out.append(MessageChanged(session.id, id))
    if len(session.notices) > NOTICES_BOUND:
        oldest = next(iter(session.notices))
        session.drop(oldest)
        out.append(MessageGone(session.id, oldest))
    settle(session, out)


def _todos_changed(state: State, event: e.TodosChanged, out: list[Change]) -> None:
    if (session := state.sessions.get(event.session_id)) is not None:
        session.todos = event.todos
        out.append(TodosReplaced(session.id))


def _history_dropped(state: State, event: e.HistoryDropped, out: list[Change]) -> None:
    if (session := state.sessions.get(event.session_id)) is not None:
        session.forget_history()


def _tab_closed(state: State, event: e.TabClosed, out: list[Change]) -> None:
    if (session := state.sessions.get(event.session_id)) is not None:
        session.closed = True
        out.append(SessionChanged(session.id))


def _viewed(state: State, event: e.Viewed, out: list[Change]) -> None:
    if state.viewed != event.session_id:
        state.viewed = event.session_id
        out.append(ViewedChanged(event.session_id))
    session = state.sessions.get(event.session_id) if event.session_id is not None else None
    if session is not None and (session.unread or session.closed):
        session.unread = session.closed = False
        out.append(SessionChanged(session.id))


def _more_sessions(state: State, event: e.MoreSessionsLoaded, out: list[Change]) -> None:
    state.more_sessions = event.more_sessions
    out.append(InstanceChanged())
    for info in event.sessions:
        if info.id not in state.sessions and info.id not in state.removed:
            _add_session(state, info, out)
            out.append(SessionChanged(info.id))


# ---- messages ---------------------------------------------------------------------------------------------------------


def _message_upserted(session: Session, event: e.MessageUpserted, out: list[Change]) -> None:
    if event.message_id in session.removed:
        return
    info = session.filled(event.info)
    message = session.messages.get(event.message_id)
    if message is not None and info.queued and message.info.queued is False:  # it had its turn: this is stale
        return
    if message is None:
        message = Message(info)
    error = message.error if message.local else None
    message.info, message.origin = info, Origin.SERVER
    session.insert(message)
    session.unsettled.add(message.id)
    out.append(MessageChanged(session.id, message.id))
    if event.info.error is not None:
        drop_told_notices(session, (event.info.error,), out)
    orphans, missed = session.orphans.take(message.id)
    for orphan in orphans:
        BODY[type(orphan)](session, orphan, out)
    if error is not None and error != LOST_PROMPT:
        _add_notice(session, error, out)
    settle(session, out)
    if missed:
        out.append(WordsMissed(session.id))


def _answer_began(session: Session, event: e.AnswerBegan, out: list[Change]) -> None:
    """The answer before it that has no end gets none of its own any more. One that is begun again keeps what it cost."""
    known, info = session.messages.get(event.message_id), event.info
    if known is not None:
        info = replace(info, cost=known.info.cost, tokens=known.info.tokens)
    elif (before := _last_answer(session)) is not None and before.info.completed is None:
        ended = {"completed": event.at}
        _message_patched(session, e.MessagePatched(session_id=session.id, message_id=before.id, changes=ended), out)
    _message_upserted(session, e.MessageUpserted(session_id=session.id, message_id=event.message_id, info=info), out)


def _last_answer(session: Session) -> Message | None:
    """The last that a model gave: a shell's command has no model, and a summary is none."""
    answers = (message for message in session.latest_answers() if not message.info.summary)
    return next((message for message in answers if message.info.model is not None), None)


def _prompt_delivered(session: Session, event: e.PromptDelivered, out: list[Change]) -> None:
    """A prompt that waited stands where its turn comes, whatever time its server gives it. That it has had its turn is no news."""
    message = session.messages.get(event.message_id)
    if message is None:
        hold_orphan(session, event, out)
    elif message.info.queued:
        last = session.arrived[-1][1] if session.arrived else 0.0
        info = replace(message.info, queued=False, delivery=None, created=event.at if event.at > last else last + 1)
        _message_upserted(session, e.MessageUpserted(session_id=session.id, message_id=message.id, info=info), out)


def _message_patched(session: Session, event: e.MessagePatched, out: list[Change]) -> None:
    message = session.messages.get(event.message_id)
    if message is None:
        hold_orphan(session, event, out)
    else:
        info = _patched(message.info, event.changes)
        _message_upserted(session, e.MessageUpserted(session_id=session.id, message_id=message.id, info=info), out)


def _message_removed(session: Session, event: e.MessageRemoved, out: list[Change]) -> None:
    session.removed.add(event.message_id)
    session.orphans.take(event.message_id)
    if event.message_id in session.messages:
        session.drop(event.message_id)
        out.append(MessageGone(session.id, event.message_id))
        settle(session, out)


def _messages_removed(session: Session, event: e.MessagesRemoved, out: list[Change]) -> None:
    """Takes away what is known from there on; what is not known cannot be told to come later."""
    first = session.messages.get(event.message_id)
    after = session.ids[bisect_right(session.keys, first.order) :] if first is not None else []
    later = [id for id in after if session.messages[id].info.created <= event.at]
    for id in later if event.stays else [event.message_id, *later]:
        _message_removed(session, e.MessageRemoved(session_id=session.id, message_id=id), out)


# ---- requests ---------------------------------------------------------------------------------------------------------


def _asked(state: State, event: e.Asked, out: list[Change]) -> None:
    request = event.request
    if request.id in state.answered:
        return
    if request.id not in state.requests and len(state.requests) >= REQUESTS_BOUND:
        out.append(WordsMissed(None, again=False))
        _count_missed(state, out)
        return
    state.requests[request.id] = request
    out.append(RequestChanged(request.id))
    counted = state.waits.put(request.id, state.counted_in(request))
    out.extend(SessionChanged(id) for id in sorted(counted) if id in state.sessions)


def _answered(state: State, event: e.Answered, out: list[Change]) -> None:
    is_news = event.request_id not in state.answered
    state.answered.add(event.request_id)
    request = state.requests.get(event.request_id)
    if request is not None:
        _remove_request(state, request.id, out)
    if event.answered_by in (AnsweredBy.OTHER, AnsweredBy.UNKNOWN) and (is_news or event.is_correction):
        _report_answer(
            state, event.session_id, answered_elsewhere(replace(event, request=request or event.request)), out
        )


def _report_answer(state: State, session_id: str, problem: Problem, out: list[Change]) -> None:
    """In the transcript, below the call that asked; and as an alert, unless the user looks at that transcript."""
    session = state.sessions.get(session_id)
    is_kept = session is not None and session.history_state is HistoryState.READY
    if session is not None and is_kept:
        _add_notice(session, problem, out)
    if not is_kept or state.viewed != session_id:
        out.append(Alerted(problem))


def _remove_request(state: State, id: str, out: list[Change]) -> None:
    del state.requests[id]
    out.append(RequestChanged(id))
    out.extend(SessionChanged(status) for status in sorted(state.waits.remove(id)) if status in state.sessions)


# ---- what is done here ------------------------------------------------------------------------------------------------


def _prompt_submitted(state: State, event: e.PromptSubmitted, out: list[Change]) -> None:
    session = state.sessions.get(event.session_id)
    if session is None or event.message_id in session.messages:
        return
    info = MessageInfo(
        event.message_id,
        session.id,
        Role.USER,
        event.at,
        agent=event.agent,
        model=event.model,
        variant=event.variant,
    )
    message = Message(info, Origin.LOCAL, event.key)
    events = (TextInfo(event.part_id, text=event.text, ended=True), *event.extras)
    message.by_id = {info.id: Part(info) for info in events}
    session.insert(message)
    session.unsettled.add(message.id)
    out.append(MessageChanged(session.id, message.id))
    out.extend(PartChanged(session.id, message.id, id) for id in message.by_id)


def _prompt_accepted(state: State, event: e.PromptAccepted, out: list[Change]) -> None:
    if (message := _local(state, event)) is not None:
        message.origin = Origin.ACCEPTED


def _prompt_failed(state: State, event: e.PromptFailed, out: list[Change]) -> None:
    if _local(state, event) is not None:
        state.sessions[event.session_id].drop(event.message_id)
        out.append(MessageGone(event.session_id, event.message_id))


def _local(state: State, event: e.MessageEvent) -> Message | None:
    session = state.sessions.get(event.session_id)
    message = session.messages.get(event.message_id) if session is not None else None
    return message if message is not None and message.local else None


# ---- the server -------------------------------------------------------------------------------------------------------


def _directory_known(state: State, event: e.DirectoryKnown, out: list[Change]) -> None:
    if state.directory != event.directory:
        state.directory = event.directory
        out.append(InstanceChanged())


def _catalogue_loaded(state: State, event: e.CatalogueLoaded, out: list[Change]) -> None:
    if state.catalogue != event.catalogue:
        state.catalogue = event.catalogue
        out.append(CatalogueChanged())


def _count(state: State, event: e.Unknown | e.Malformed, out: list[Change]) -> None:
    """The first of a name is reported; that there are more of them is no news."""
    if state.count_oddity(event.name, event.reason if isinstance(event, e.Malformed) else ""):
        out.append(InstanceChanged())


def _count_missed(state: State, out: list[Change]) -> None:
    """Events that were dropped are counted with those that were not understood."""
    if state.count_oddity(DROPPED, "There was no room for it; what can be fetched again is."):
        out.append(InstanceChanged())


# The name under which events are counted that had no room.
DROPPED = "(dropped)"


# ---- the tables -------------------------------------------------------------------------------------------------------

BODY: dict[type[e.Event], Callable[[Session, Any, list[Change]], None]] = {
    e.PartDelta: part_delta,
    e.PartUpserted: part_upserted,
    e.PartPatched: part_patched,
    e.PartRemoved: part_removed,
    e.MessageUpserted: _message_upserted,
    e.AnswerBegan: _answer_began,
    e.MessagePatched: _message_patched,
    e.MessageRemoved: _message_removed,
    e.MessagesRemoved: _messages_removed,
    e.PromptDelivered: _prompt_delivered,
}

STREAMED: dict[type[e.Event], Handler] = {
    e.SessionUpserted: _session_upserted,
    e.SessionPatched: _session_patched,
    e.SessionRemoved: _session_removed,
    e.StatusChanged: _status_changed,
    e.SessionErrored: _session_errored,
    e.TodosChanged: _todos_changed,
    e.Asked: _asked,
    e.Answered: _answered,
}

HANDLERS: dict[type[e.Event], Handler] = {
    **STREAMED,
    e.Connected: _connected,
    e.Lost: _lost,
    e.Loaded: _loaded,
    e.MoreSessionsLoaded: _more_sessions,
    e.DirectoryKnown: _directory_known,
    e.CatalogueLoaded: _catalogue_loaded,
    e.HistoryLoading: history_loading,
    e.HistoryLoaded: _history_loaded,
    e.HistoryFailed: history_failed,
    e.OlderLoaded: older_loaded,
    e.HistoryDropped: _history_dropped,
    e.PromptSubmitted: _prompt_submitted,
    e.PromptAccepted: _prompt_accepted,
    e.PromptFailed: _prompt_failed,
    e.Viewed: _viewed,
    e.TabClosed: _tab_closed,
    e.Unknown: _count,
    e.Malformed: _count,
}

# What a server says of the conversations: held while the state is being fetched.
BUFFERED: frozenset[type[e.Event]] = frozenset({*BODY, *STREAMED})
