"""What a page shows, changed by the operations of frames: `frontend/src/store/` in Python."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

Json = dict[str, Any]

CATALOGUE = ("agents", "models", "commands", "defaultAgent", "defaultModel")
STATE = ("instances", "sessions", "requests", "activeInstance", "transcript", "batches")


class PageStore:
    """The state of a page; see `PageState` in `model/wire.py`.

    Args:
        state: as a snapshot has it.
        strict: fail on an operation about something that the page does not have. A page ignores it, but a kernel that loses no frame
            must not send it.

    Attributes:
        problems: what the user was shown outside any transcript.
    """

    def __init__(self, state: Json | None = None, *, strict: bool = False) -> None:
        self.state: Json = state if state is not None else {}
        self.strict = strict
        self.problems: list[Json] = []

    def reset(self, snapshot: Json) -> None:
        """Take the state of a snapshot."""
        self.state = {key: snapshot.get(key) for key in STATE}

    def apply(self, ops: Iterable[Any]) -> None:
        """Apply the operations of a frame, in order."""
        for op in copy.deepcopy(list(ops)):
            OPERATIONS[op["op"]](self, op)

    # ---- instances ----

    def instance(self, op: Json) -> None:
        known: Json = next((each for each in self.state["instances"] if each["id"] == op["instance"]["id"]), {})
        catalogue: Json = {"agents": [], "models": [], "commands": []}
        catalogue |= {key: known[key] for key in CATALOGUE if key in known}
        self._insert(self.state["instances"], op["instance"] | catalogue, op, of_itself)

    def catalogue(self, op: Json) -> None:
        instances = self.state["instances"]
        at = next(at for at, instance in enumerate(instances) if instance["id"] == op["instance"])
        head = {key: value for key, value in instances[at].items() if key not in CATALOGUE}
        instances[at] = head | {key: op[key] for key in CATALOGUE if key in op}

    def instance_gone(self, op: Json) -> None:
        self.state["instances"] = without(self.state["instances"], op["id"])
        self.state["sessions"].pop(op["id"], None)
        self.state["requests"].pop(op["id"], None)

    def active(self, op: Json) -> None:
        self.state["activeInstance"] = op.get("instance")

    def session(self, op: Json) -> None:
        upsert(self.state["sessions"].setdefault(op["instance"], []), op["session"])

    def session_gone(self, op: Json) -> None:
        sessions = self.state["sessions"]
        sessions[op["instance"]] = without(sessions.get(op["instance"], []), op["id"])

    def all_requests(self, op: Json) -> None:
        self.state["requests"][op["instance"]] = op["requests"]

    def request(self, op: Json) -> None:
        upsert(self.state["requests"].setdefault(op["instance"], []), op["request"])

    def request_gone(self, op: Json) -> None:
        requests = self.state["requests"]
        requests[op["instance"]] = without(requests.get(op["instance"], []), op["id"])

    def batches(self, op: Json) -> None:
        self.state["batches"] = op["batches"] or None

    def problem(self, op: Json) -> None:
        self.problems.append(op["problem"])

    # ---- the transcript ----

    def transcript(self, op: Json) -> None:
        self.state["transcript"] = op["transcript"]

    def todos(self, op: Json) -> None:
        if shown := self._shown(op):
            shown["todos"] = op["todos"]

    def older(self, op: Json) -> None:
        if shown := self._shown(op):
            older = {of_head(message) for message in op["messages"]}
            shown["messages"] = op["messages"] + [each for each in shown["messages"] if of_head(each) not in older]
            shown["more"] = op["more"]

    def message(self, op: Json) -> None:
        if shown := self._shown(op):
            known = find(shown["messages"], op["head"]["id"], of_head)
            self._insert(shown["messages"], {"head": op["head"], "parts": known["parts"] if known else []}, op, of_head)

    def message_gone(self, op: Json) -> None:
        if shown := self._shown(op):
            shown["messages"] = [message for message in shown["messages"] if of_head(message) != op["id"]]

    def part(self, op: Json) -> None:
        if message := self._message(op):
            self._insert(message["parts"], op["part"], op, of_itself)

    def part_gone(self, op: Json) -> None:
        if message := self._message(op):
            message["parts"] = without(message["parts"], op["id"])

    def text(self, op: Json) -> None:
        if (message := self._message(op)) and (part := self._known(find(message["parts"], op["part"], of_itself), op)):
            part[op["field"]] = part.get(op["field"], "") + op["text"]

    # ---- what an operation is about ----

    def _shown(self, op: Json) -> Json | None:
        shown: Json | None = self.state.get("transcript")
        return self._known(shown if shown is not None and shown["session"] == op["session"] else None, op)

    def _message(self, op: Json) -> Json | None:
        shown = self._shown(op)
        return self._known(find(shown["messages"], op["message"], of_head), op) if shown else None

    def _insert(self, items: list[Json], item: Json, op: Json, id_of: Callable[[Json], str]) -> None:
        """Put an item after the one that the operation names; if the page does not have that one, at the end."""
        items[:] = [each for each in items if id_of(each) != id_of(item)]
        ids = [id_of(each) for each in items]
        if op["after"] is not None and op["after"] not in ids:
            self._known(None, op)
            items.append(item)
        else:
            items.insert(0 if op["after"] is None else ids.index(op["after"]) + 1, item)

    def _known(self, item: Json | None, op: Json) -> Json | None:
        assert item is not None or not self.strict, f"the page does not have what this is about: {op}"
        return item


def of_itself(item: Json) -> str:
    """The id of an instance, a session, a request or a part."""
    return str(item["id"])


def of_head(message: Json) -> str:
    """The id of a message."""
    return str(message["head"]["id"])


def find(items: list[Json], id: str, id_of: Callable[[Json], str]) -> Json | None:
    return next((item for item in items if id_of(item) == id), None)


def without(items: list[Json], id: str) -> list[Json]:
    return [item for item in items if item["id"] != id]


def upsert(items: list[Json], item: Json) -> None:
    """Replace an item in its place, or append it."""
    at = next((at for at, each in enumerate(items) if each["id"] == item["id"]), len(items))
    items[at : at + 1] = [item]


OPERATIONS: dict[str, Callable[[Any, Json], None]] = {
    "instance": PageStore.instance,
    "instance-": PageStore.instance_gone,
    "catalogue": PageStore.catalogue,
    "active": PageStore.active,
    "session": PageStore.session,
    "session-": PageStore.session_gone,
    "requests": PageStore.all_requests,
    "request": PageStore.request,
    "request-": PageStore.request_gone,
    "transcript": PageStore.transcript,
    "todos": PageStore.todos,
    "message": PageStore.message,
    "message-": PageStore.message_gone,
    "part": PageStore.part,
    "part-": PageStore.part_gone,
    "text": PageStore.text,
    "older": PageStore.older,
    "batches": PageStore.batches,
    "problem": PageStore.problem,
}
