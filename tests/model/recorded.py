"""The recorded streams, decoded: see `tests/record.py`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decoded, common
from opencode_widget.model.dialects.read import each
from opencode_widget.model.dialects.v1 import events as dialect
from opencode_widget.model.dialects.v1 import objects
from opencode_widget.model.entities import Request
from opencode_widget.model.reduce import apply
from opencode_widget.model.reduce.scope import concerns
from opencode_widget.model.state import State
from opencode_widget.server.v1.messages import loaded_message

from .builders import DIRECTORY

ROOT = Path(__file__).parents[1] / "recordings" / "v1"


@dataclass(frozen=True)
class Recording:
    """One scenario of one version."""

    folder: Path

    def __str__(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @cached_property
    def raw(self) -> bytes:
        return (self.folder / "stream.sse").read_bytes()

    @cached_property
    def frames(self) -> list[Any]:
        """The JSON of each event."""
        blocks = self.raw.decode().split("\n\n")
        return [json.loads(block.removeprefix("data:")) for block in blocks if block.startswith("data:")]

    @cached_property
    def decoded(self) -> list[Decoded]:
        return [dialect.decode(frame) for frame in self.frames]

    @cached_property
    def fetched(self) -> dict[str, Any]:
        return json.loads((self.folder / "state.json").read_text())  # type: ignore[no-any-return]

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        permissions = each(self.fetched["permissions"], objects.permission)
        return (*permissions, *each(self.fetched["questions"], objects.question))

    @cached_property
    def overview(self) -> e.Overview:
        """What a client that comes at the end fetches: all of it, whatever is cared for."""
        histories = (
            e.History(id, each(messages, loaded_message), todos=common.todos(self.fetched["todos"][id]))
            for id, messages in self.fetched["messages"].items()
        )
        return e.Overview(
            each(self.fetched["sessions"], objects.session_info),
            {id: common.status(status) for id, status in self.fetched["status"].items()},
            self.requests,
            tuple(histories),
        )

    @property
    def final(self) -> State:
        """The state of a client that came at the end."""
        state = State(directory=DIRECTORY)
        apply(state, e.Connected())
        apply(state, e.Loaded(overview=self.overview))
        return state


RECORDINGS = [Recording(folder) for folder in sorted(ROOT.glob("*/*")) if folder.is_dir()]


def receive(state: State, decoded: Decoded) -> None:
    """Take what the stream says, as far as it concerns this folder."""
    if concerns(state, decoded):
        for event in decoded.events:
            apply(state, event)
