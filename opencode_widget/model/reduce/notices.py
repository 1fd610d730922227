"""Errors that belong to no message: shown in the transcript as notices of our own."""

from __future__ import annotations

from dataclasses import replace

from .. import events as e
from ..entities import MessageInfo, Problem, Role
from ..state import NOTICES_BOUND, Message, Session
from .changes import Change, MessageChanged, MessageGone
from .message_state import settle


def place_error(session: Session, problem: Problem, out: list[Change]) -> None:
    """Attach an error to the prompt on its way to an idle session, which will get no answer; without one, add a notice."""
    prompts = (session.messages[id] for id in session.ids[session.first_local :] if not session.busy)
    prompt = next((message for message in prompts if message.error is None), None)
    if prompt is None:
        add_notice(session, problem, out)
    else:
        prompt.info = replace(prompt.info, error=problem)
        session.unsettled.add(prompt.id)
        out.append(MessageChanged(session.id, prompt.id))
        settle(session, out)


def is_reported(session: Session, event: e.SessionErrored) -> bool:
    """Does the newest answer have the same error?"""
    return bool(session.ids) and session.messages[session.ids[-1]].info.error == event.problem


def add_notice(session: Session, problem: Problem, out: list[Change]) -> None:
    """Add an error to the transcript as a message of its own, after the newest message."""
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
