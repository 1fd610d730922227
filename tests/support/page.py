"""A page without a browser: takes what the kernel sends over the comm, as the front end does, and asks for what it misses."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

import comm
from comm.base_comm import BaseComm

Json = dict[str, Any]
_names = itertools.count(1)
CATALOGUE = ("agents", "models", "commands", "defaultAgent", "defaultModel")


class RecordingComm(BaseComm):
    """A comm whose messages a test can see, and lose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sent: list[tuple[str, Json]] = []
        self.listeners: list[Callable[[Json], None]] = []
        super().__init__(*args, **kwargs)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        message = copy.deepcopy(data or {})
        self.sent.append((msg_type, message))
        if msg_type == "comm_msg" and message.get("method") == "custom":
            for listener in list(self.listeners):
                listener(message["content"])

    def receive(self, content: Json) -> None:
        """Hand the kernel a custom message of a page."""
        self.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})

    @property
    def custom(self) -> list[Json]:
        """The custom messages that the kernel sent."""
        return [data["content"] for kind, data in self.sent if kind == "comm_msg" and data.get("method") == "custom"]


class RecordingComms:
    """All comms that were opened while a test runs."""

    def __init__(self) -> None:
        self.all: list[RecordingComm] = []

    def create(self, *args: Any, **kwargs: Any) -> RecordingComm:
        self.all.append(comm := RecordingComm(*args, **kwargs))
        return comm

    def install(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(comm, "create_comm", self.create)


class Page:
    """One page that shows a widget; `state` is what it would draw, `log` what was said to it.

    Args:
        send: takes what the page says to the kernel.
    """

    def __init__(self, send: Callable[[Json], None], name: str | None = None) -> None:
        self.name = name or f"page{next(_names)}"
        self.send = send
        self.live = False
        self.deaf = False
        self.epoch = ""
        self.seq = 0
        self.gaps = 0
        self.frames = 0
        self.snapshots = 0
        self.problems: list[Json] = []
        self.received: list[int] = []
        self.replies: dict[int, list[Json]] = {}
        self.log: list[Json] = []
        self.state: Json = {}
        # Is called after every frame.
        self.watch: Callable[[], object] = lambda: None
        self._commands = itertools.count(1)

    @classmethod
    def of(cls, widget: Any, *, hello: bool = True) -> Page:
        """A page that shows a widget."""
        comm: RecordingComm = widget.comm
        page = cls(comm.receive)
        comm.listeners.append(page.receive)
        if hello:
            page.hello()
        return page

    # ---- to the kernel ----

    def hello(self) -> None:
        self.live = False
        self.send({"type": "hello", "page": self.name})

    def ack(self) -> None:
        self.send({"type": "ack", "page": self.name, "epoch": self.epoch, "seq": self.seq})

    def visible(self, visible: bool) -> None:
        self.send({"type": "visible", "page": self.name, "visible": visible})

    def command(self, name: str, /, **args: Any) -> int:
        id = next(self._commands)
        self.send({"type": "command", "page": self.name, "id": id, "name": name, "args": args})
        return id

    # ---- from the kernel ----

    def receive(self, message: Json) -> None:
        if self.deaf:
            return
        self.log.append(message)
        kind = message["type"]
        if kind == "snapshot":
            self._snapshot(message)
        elif kind == "frame":
            self._frame(message)
        elif message["to"] == self.name and kind == "received":
            self.received.append(message["id"])
        elif message["to"] == self.name:
            self.replies.setdefault(message["id"], []).append(message)

    def _snapshot(self, message: Json) -> None:
        if self.live and message["to"] != self.name:
            return
        self.snapshots += 1
        self.live = True
        self.epoch, self.seq = message["epoch"], message["seq"]
        self.state = {
            key: message.get(key) for key in ("instances", "sessions", "requests", "activeInstance", "transcript")
        }

    def _frame(self, message: Json) -> None:
        if not self.live or (message["epoch"] == self.epoch and message["seq"] <= self.seq):
            return
        if (message["epoch"], message["seq"]) != (self.epoch, self.seq + 1):
            self.gaps += 1
            self.hello()
            return
        self.frames += 1
        self.seq += 1
        for op in message["ops"]:
            getattr(self, "_" + op["op"].replace("-", "_gone"))(op)
        self.watch()

    def _instance(self, op: Json) -> None:
        known = next((instance for instance in self.instances if instance["id"] == op["instance"]["id"]), {})
        catalogue: Json = {"agents": [], "models": [], "commands": []}
        catalogue |= {key: known[key] for key in CATALOGUE if key in known}
        _insert_after(self.state["instances"], op["instance"] | catalogue, op["after"])

    def _catalogue(self, op: Json) -> None:
        at, known = next(
            (at, instance) for at, instance in enumerate(self.instances) if instance["id"] == op["instance"]
        )
        head = {key: value for key, value in known.items() if key not in CATALOGUE}
        self.instances[at] = head | {key: op[key] for key in CATALOGUE if key in op}

    def _instance_gone(self, op: Json) -> None:
        self.state["instances"] = [instance for instance in self.state["instances"] if instance["id"] != op["id"]]
        self.state["sessions"].pop(op["id"], None)
        self.state["requests"].pop(op["id"], None)

    def _active(self, op: Json) -> None:
        self.state["activeInstance"] = op.get("instance")

    def _session(self, op: Json) -> None:
        sessions = self.state["sessions"].setdefault(op["instance"], [])
        known = next((at for at, session in enumerate(sessions) if session["id"] == op["session"]["id"]), None)
        if known is None:
            sessions.append(op["session"])
        else:
            sessions[known] = op["session"]

    def _session_gone(self, op: Json) -> None:
        sessions = self.state["sessions"].get(op["instance"], [])
        self.state["sessions"][op["instance"]] = [session for session in sessions if session["id"] != op["id"]]

    def _requests(self, op: Json) -> None:
        self.state["requests"][op["instance"]] = op["requests"]

    def _request(self, op: Json) -> None:
        requests = self.state["requests"].setdefault(op["instance"], [])
        known = next((at for at, item in enumerate(requests) if item["id"] == op["request"]["id"]), len(requests))
        requests[known : known + 1] = [op["request"]]

    def _request_gone(self, op: Json) -> None:
        requests = self.state["requests"].get(op["instance"], [])
        self.state["requests"][op["instance"]] = [item for item in requests if item["id"] != op["id"]]

    def _transcript(self, op: Json) -> None:
        self.state["transcript"] = op["transcript"]

    def _todos(self, op: Json) -> None:
        if shown := self._shown(op):
            shown["todos"] = op["todos"]

    def _message(self, op: Json) -> None:
        if shown := self._shown(op):
            known = self._find(shown["messages"], op["message"] if "message" in op else op["head"]["id"])
            message = {"head": op["head"], "parts": known["parts"] if known else []}
            _insert_after(shown["messages"], message, op["after"], key=lambda item: item["head"]["id"])

    def _message_gone(self, op: Json) -> None:
        if shown := self._shown(op):
            shown["messages"] = [message for message in shown["messages"] if message["head"]["id"] != op["id"]]

    def _part(self, op: Json) -> None:
        if (shown := self._shown(op)) and (message := self._find(shown["messages"], op["message"])):
            _insert_after(message["parts"], op["part"], op["after"])

    def _part_gone(self, op: Json) -> None:
        if (shown := self._shown(op)) and (message := self._find(shown["messages"], op["message"])):
            message["parts"] = [message for message in message["parts"] if message["id"] != op["id"]]

    def _text(self, op: Json) -> None:
        if (shown := self._shown(op)) and (message := self._find(shown["messages"], op["message"])):
            part = next((message for message in message["parts"] if message["id"] == op["part"]), None)
            if part is not None:
                part[op["field"]] = part.get(op["field"], "") + op["text"]

    def _older(self, op: Json) -> None:
        if shown := self._shown(op):
            older = {message["head"]["id"] for message in op["messages"]}
            shown["messages"] = op["messages"] + [
                message for message in shown["messages"] if message["head"]["id"] not in older
            ]
            shown["more"] = op["more"]

    def _problem(self, op: Json) -> None:
        self.problems.append(op["problem"])

    def _shown(self, op: Json) -> Json | None:
        shown: Json | None = self.state.get("transcript")
        return shown if shown is not None and shown["session"] == op["session"] else None

    @staticmethod
    def _find(messages: list[Json], id: str) -> Json | None:
        return next((message for message in messages if message["head"]["id"] == id), None)

    # ---- what a person would see ----

    @property
    def instances(self) -> list[Json]:
        return self.state.get("instances") or []

    def connection(self, at: int = 0) -> Json:
        connection: Json = self.instances[at]["connection"]
        return connection

    def sessions(self, instance: str) -> list[Json]:
        return sorted(self.state["sessions"].get(instance, []), key=lambda item: (-item["updated"], item["id"]))

    def text(self) -> str:
        """All text of the transcript on screen."""
        shown = self.state.get("transcript")
        if shown is None:
            return ""
        return "\n".join(part.get("text", "") for message in shown["messages"] for part in message["parts"])

    def reply(self, id: int) -> Json | None:
        found = self.replies.get(id)
        return found[0] if found else None


def _insert_after(
    items: list[Json], item: Json, after: str | None, key: Callable[[Json], str] = lambda item: item["id"]
) -> None:
    """Put an item after the one named; an unknown name means the end."""
    items[:] = [entry for entry in items if key(entry) != key(item)]
    places = {key(item): at + 1 for at, item in enumerate(items)}
    at = 0 if after is None else places.get(after, len(items))
    items.insert(at, item)
