"""A server that always names another place to continue from: fetching for export and search has an end."""

from __future__ import annotations

from typing import Any, cast

import pytest

from opencode_widget.errors import RequestFailed
from opencode_widget.model import events as e
from opencode_widget.model.entities import MessageInfo, Role, SessionInfo, TextInfo
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import HistoryState, Session, State
from opencode_widget.operations import search as search_operations
from opencode_widget.sync import history as sync_history
from opencode_widget.sync.history import History
from opencode_widget.sync.runtime import InstanceRuntime


class EndlessClient:
    """A server that always has more; `asked` counts how often it was asked."""

    def __init__(self, words: int) -> None:
        self.asked = 0
        self.words = words

    async def history(self, id: str, limit: int, before: str | None) -> e.History:
        self.asked += 1
        info = MessageInfo(f"msg{self.asked}", "ses", Role.USER, 10_000 - self.asked)
        message = e.LoadedMessage(info, (TextInfo(f"prt{self.asked}", text="x" * self.words),))
        return e.History("ses", (message,), str(self.asked), None)


class Endless:
    """An instance of such a server, as operations use it, and the access to its server."""

    def __init__(self, words: int = 1) -> None:
        self.client = EndlessClient(words)
        self.kept = Session(SessionInfo("ses"), history_state=HistoryState.READY, more="0")
        self.state = State(sessions={"ses": self.kept})
        access, loop = cast(Any, self), cast(Any, None)
        self.history = History(self.state, self._apply, access, loop, lambda: "ses", lambda id, until: False)
        self.live_client = self.client

    def _apply(self, event: e.Event) -> None:
        apply(self.state, event)

    def session(self, id: str) -> Session:
        return self.kept

    async def ready(self) -> EndlessClient:
        return self.client

    reach = ready


def instance(endless: Endless) -> InstanceRuntime:
    return cast(Any, endless)


async def test_an_export_of_a_conversation_without_end_fails() -> None:
    endless = Endless()
    with pytest.raises(RequestFailed, match="longer than 100,000 messages"):
        await search_operations.everything(instance(endless), "ses")
    assert endless.client.asked == sync_history.PAGES + 1


async def test_an_export_of_more_than_memory_should_hold_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_operations, "WHOLE_SIZE", 10_000)
    endless = Endless(words=3000)
    with pytest.raises(RequestFailed, match="or 10,000 characters"):
        await search_operations.everything(instance(endless), "ses")
    assert endless.client.asked == 4
