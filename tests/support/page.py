"""A page without a browser: receives what the kernel sends over the comm, as the front end does, and asks for what it missed."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

import comm
from comm.base_comm import BaseComm

from .page_store import Json, PageStore

__all__ = ["Json", "Page", "RecordingComm", "RecordingComms"]

_names = itertools.count(1)


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
    """One page that shows a widget.

    Args:
        send: sends a message to the kernel.
        name: the page's id; a new one if None.

    Attributes:
        store: what the page shows.
        live: False until a snapshot arrives.
        deaf: True while messages of the kernel are lost.
        log: the kernel's messages.
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
        self.received: list[int] = []
        self.replies: dict[int, list[Json]] = {}
        self.log: list[Json] = []
        self.store = PageStore()
        # Called after every frame.
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
        elif kind == "ping":
            self.ack()
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
        self.store.reset(message)

    def _frame(self, message: Json) -> None:
        if not self.live or (message["epoch"] == self.epoch and message["seq"] <= self.seq):
            return
        if (message["epoch"], message["seq"]) != (self.epoch, self.seq + 1):
            self.gaps += 1
            self.hello()
            return
        self.frames += 1
        self.seq += 1
        self.store.apply(message["ops"])
        self.watch()

    # ---- what a user would see ----

    @property
    def state(self) -> Json:
        return self.store.state

    @property
    def problems(self) -> list[Json]:
        return self.store.problems

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
