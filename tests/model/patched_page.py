"""A page, as far as patches go: what `frontend/src/store/` makes of them, in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from opencode_widget.model.requests.view import requests_view
from opencode_widget.model.state import State
from opencode_widget.model.view import sessions_view, transcript_view

View = dict[str, Any]


def insert_after(items: list[View], item: View, after: str | None, key: Callable[[View], str]) -> None:
    """Put an item behind the one named, or first, or last where that one is not known; see `store/order.ts`."""
    items[:] = [entry for entry in items if key(entry) != key(item)]
    ids = [key(item) for item in items]
    at = 0 if after is None else ids.index(after) + 1 if after in ids else len(items)
    items.insert(at, item)


def message_id(message: View) -> str:
    return str(message["head"]["id"])


def part_id(part: View) -> str:
    return str(part["id"])


class PatchedPage:
    """What is on it: sessions by id, requests, and the transcript of the session on screen."""

    def __init__(self) -> None:
        self.sessions: dict[str, View] = {}
        self.requests: list[View] = []
        self.transcript: View | None = None
        self.problems: list[View] = []
        self.models: list[View] = []

    def draw(self, ops: Iterable[View]) -> None:
        for op in deepcopy(list(ops)):
            OPS[op.pop("op")](self, op)

    def expect(self, state: State, shown: str | None) -> None:
        """Does it show this state?"""
        assert self.sessions == {session["id"]: session for session in sessions_view(state)}
        assert self.requests == requests_view(state)
        session = state.sessions.get(shown) if shown is not None else None
        assert self.transcript == (transcript_view("i", session) if session is not None else None)

    def conversation(self, op: View) -> View:
        """Of the session on screen; a page that came in between may not have it yet, or have it already."""
        assert self.transcript is not None
        assert self.transcript["session"] == op["session"]
        return self.transcript

    def message(self, op: View) -> View:
        return next(message for message in self.conversation(op)["messages"] if message_id(message) == op["message"])

    # ---- operations; stricter than the page, which passes over what it does not know ----

    def session(self, op: View) -> None:
        self.sessions[op["session"]["id"]] = op["session"]

    def session_gone(self, op: View) -> None:
        self.sessions.pop(op["id"], None)

    def all_requests(self, op: View) -> None:
        self.requests = op["requests"]

    def request(self, op: View) -> None:
        known = [item["id"] for item in self.requests]
        if op["request"]["id"] in known:
            self.requests[known.index(op["request"]["id"])] = op["request"]
        else:
            self.requests.append(op["request"])

    def request_gone(self, op: View) -> None:
        self.requests = [item for item in self.requests if item["id"] != op["id"]]

    def catalogue(self, op: View) -> None:
        self.models = op["models"]

    def whole(self, op: View) -> None:
        self.transcript = op["transcript"]

    def todos(self, op: View) -> None:
        self.conversation(op)["todos"] = op["todos"]

    def put_message(self, op: View) -> None:
        messages = self.conversation(op)["messages"]
        known = [message for message in messages if message_id(message) == op["head"]["id"]]
        assert op["after"] is None or op["after"] in map(message_id, messages)
        insert_after(
            messages, {"head": op["head"], "parts": known[0]["parts"] if known else []}, op["after"], message_id
        )

    def message_gone(self, op: View) -> None:
        conversation = self.conversation(op)
        conversation["messages"] = [message for message in conversation["messages"] if message_id(message) != op["id"]]

    def put_part(self, op: View) -> None:
        parts = self.message(op)["parts"]
        assert op["after"] is None or op["after"] in map(part_id, parts)
        insert_after(parts, op["part"], op["after"], part_id)

    def part_gone(self, op: View) -> None:
        message = self.message(op)
        message["parts"] = [message for message in message["parts"] if part_id(message) != op["id"]]

    def text(self, op: View) -> None:
        part = next(message for message in self.message(op)["parts"] if part_id(message) == op["part"])
        part[op["field"]] = part.get(op["field"], "") + op["text"]

    def older(self, op: View) -> None:
        conversation = self.conversation(op)
        moved = set(map(message_id, op["messages"]))
        rest = [message for message in conversation["messages"] if message_id(message) not in moved]
        conversation["messages"] = op["messages"] + rest
        conversation["more"] = op["more"]

    def problem(self, op: View) -> None:
        self.problems.append(op["problem"])


OPS: dict[str, Callable[[PatchedPage, View], None]] = {
    "session": PatchedPage.session,
    "session-": PatchedPage.session_gone,
    "requests": PatchedPage.all_requests,
    "request": PatchedPage.request,
    "request-": PatchedPage.request_gone,
    "catalogue": PatchedPage.catalogue,
    "transcript": PatchedPage.whole,
    "todos": PatchedPage.todos,
    "message": PatchedPage.put_message,
    "message-": PatchedPage.message_gone,
    "part": PatchedPage.put_part,
    "part-": PatchedPage.part_gone,
    "text": PatchedPage.text,
    "older": PatchedPage.older,
    "problem": PatchedPage.problem,
}
