"""Search and full reading of a session, also of messages that the kernel does not keep."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from opencode_widget import errors
from opencode_widget.model import events as e
from opencode_widget.model.entities import MessageInfo, PartInfo, Role, SessionInfo, TextInfo, ToolInfo, ToolState
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import HistoryState, Session, State
from opencode_widget.operations import search
from opencode_widget.sync.history import PAGES
from opencode_widget.sync.runtime import InstanceRuntime

from ..support.open_session import OpenSession
from ..support.servers import faults
from ..support.servers.fake import FakeServer

SES = "ses_1"


def message(number: int, *parts: PartInfo | str) -> e.LoadedMessage:
    """A message with its parts; a string is a text part."""
    infos = tuple(
        TextInfo(f"prt_{number}_{place}", text=part, ended=True) if isinstance(part, str) else part
        for place, part in enumerate(parts)
    )
    return e.LoadedMessage(MessageInfo(f"msg_{number:03}", SES, Role.USER, number), infos)


class Paged:
    """An instance with a session of which the kernel has the newest page; a server has the others.

    Args:
        pages: of messages, the newest page first.
    """

    def __init__(self, *pages: list[e.LoadedMessage]) -> None:
        self.pages = pages
        self.asked: list[str | None] = []
        self.session = Session(SessionInfo(SES))
        self.session.history_state = HistoryState.LOADING
        state = State(sessions={SES: self.session})
        apply(state, e.HistoryLoaded(session_id=SES, history=self._page(0)))

    def _page(self, number: int) -> e.History:
        more = str(number + 1) if number + 1 < len(self.pages) else None
        return e.History(SES, tuple(self.pages[number]), more, None)

    async def history(self, id: str, limit: int, before: str | None) -> e.History:
        """A page, as the server's client gives it."""
        self.asked.append(before)
        assert before is not None
        return self._page(int(before))


def instance(paged: Paged) -> InstanceRuntime:
    """As much of an instance as a reader uses."""

    class Instance:
        async def reach(self) -> Paged:
            return paged

        class history:  # noqa: N801 - stands for the attribute
            @staticmethod
            async def open(id: str) -> Session:
                return paged.session

    return cast(InstanceRuntime, Instance())


async def found(paged: Paged, query: str) -> list[tuple[str, str, str, str]]:
    matches, _ = await search.search(instance(paged), SES, query)
    return [(match.message, match.before, match.match, match.after) for match in matches]


# ---- all messages -----------------------------------------------------------------------------------------------------


async def test_everything_is_read_in_order_and_kept_nowhere() -> None:
    paged = Paged([message(3, "three")], [message(2, "two")], [message(1, "one")])
    read = await search.everything(instance(paged), SES)
    assert [item.text for item in read] == ["one", "two", "three"]
    assert [item.text for item in paged.session] == ["three"]
    assert paged.asked == ["1", "2"]


async def test_pages_come_newest_first_and_are_fetched_as_they_are_wanted() -> None:
    paged = Paged([message(3, "three")], [message(2, "two")], [message(1, "one")])
    pages = search.newest_first(instance(paged), SES)
    assert [item.text for item in await anext(pages)] == ["three"]
    assert paged.asked == []
    assert [item.text for item in await anext(pages)] == ["two"]
    assert paged.asked == ["1"]


async def test_a_server_that_names_the_same_page_again_is_not_asked_again() -> None:
    paged = Paged([message(2, "two")], [message(1, "one")])
    circle = e.History(SES, (message(1, "one"),), "1", None)
    paged._page = lambda number: circle  # type: ignore[method-assign]
    assert [item.text for item in await search.everything(instance(paged), SES)] == ["one", "two"]
    assert paged.asked == ["1"]


def endless(text: str = "x") -> Paged:
    """An instance whose server always names another page."""
    paged = Paged([message(100_000, text)], [])
    paged._page = lambda number: e.History(SES, (message(100_000 - number, text),), str(number + 1), None)  # type: ignore[method-assign]
    return paged


async def test_a_session_without_end_is_refused() -> None:
    paged = endless()
    with pytest.raises(errors.RequestFailed, match=r"longer than 100,000 messages.*opencode export"):
        await search.everything(instance(paged), SES)
    assert len(paged.asked) == PAGES + 1


async def test_more_than_memory_should_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "WHOLE_SIZE", 10_000)
    paged = endless("x" * 3000)
    with pytest.raises(errors.RequestFailed, match="or 10,000 characters"):
        await search.everything(instance(paged), SES)
    assert len(paged.asked) == 3


# ---- words ------------------------------------------------------------------------------------------------------------


async def test_words_are_found_in_any_case_the_latest_first_also_in_older_messages() -> None:
    paged = Paged([message(3, "A Needle"), message(4, "none")], [message(1, "a needle"), message(2, "NEEDLE!")])
    assert await found(paged, "needle") == [
        ("msg_003", "A ", "Needle", ""),
        ("msg_002", "", "NEEDLE", "!"),
        ("msg_001", "a ", "needle", ""),
    ]


async def test_a_match_has_sixty_characters_of_text_on_each_side() -> None:
    paged = Paged([message(1, "<" * 70 + "needle" + ">" * 70)])
    assert await found(paged, "needle") == [("msg_001", "<" * 60, "needle", ">" * 60)]


async def test_input_output_and_title_of_a_tool_are_searched_and_hidden_text_is_not() -> None:
    def tool(id: str, **more: Any) -> ToolInfo:
        return ToolInfo(id, "bash", state=ToolState.COMPLETED, **more)

    paged = Paged(
        [
            message(1, tool("prt_input", input={"count": 7, "command": "grep needle"})),
            message(2, tool("prt_output", output="a needle")),
            message(3, tool("prt_title", title="Looks for a needle")),
            message(4, TextInfo("prt_hidden", text="needle", hidden=True)),
        ]
    )
    matches, complete = await search.search(instance(paged), SES, "needle")
    assert ([match.part for match in matches], complete) == (["prt_title", "prt_output", "prt_input"], True)
    assert matches[0].view() == {
        "message": "msg_003",
        "part": "prt_title",
        "before": "Looks for a ",
        "match": "needle",
        "after": "",
    }


async def test_a_letter_that_grows_with_its_case_moves_no_match() -> None:
    """The lowered "İ" is two characters long."""
    paged = Paged([message(1, "İİ needle"), message(2, "İİ NEEDLE")])
    assert await found(paged, "needle") == [("msg_001", "İİ ", "needle", "")]


async def test_a_search_ends_at_its_bound_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MATCHES", 3)
    paged = Paged([message(2, "x", "x"), message(3, "x", "x")], [message(1, "x")])
    matches, complete = await search.search(instance(paged), SES, "x")
    assert ([match.message for match in matches], complete) == (["msg_003", "msg_003", "msg_002"], False)
    assert paged.asked == []


# ---- files of the project ---------------------------------------------------------------------------------------------


async def test_files_are_found_by_name(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.always["/find/file"] = faults.body(json.dumps(["sheep.py", "docs/"]).encode())
    assert [(item.kind, item.path) for item in await search.find(fake.runtime, "", 5)] == [
        ("file", "sheep.py"),
        ("folder", "docs/"),
    ]
    assert fake_server.seen("GET", "/find/file")[0].query["limit"] == "5"
