"""OpenCode 1.x: the messages of a session, page by page, and what its turns changed in files.

Servers from 1.2.27 on name a cursor for the older messages. Earlier ones know `limit` alone: they give the newest messages, and no sign
that there are more. Without a limit they give all. So one message more than a page is asked of them. Where it comes, it is left out of the
page, and the cursor is one of ours: `ALL` and the id of the oldest message of the page. What comes before that message is then cut out of
all messages. Where the server's release is not known, a full page without a cursor may or may not be the last one: it gets our cursor too.
"""

from __future__ import annotations

import asyncio
from itertools import takewhile
from typing import Any

from ...model.dialects.read import BadField, each, objects, sub, text
from ...model.dialects.v1 import objects as dialect
from ...model.dialects.v1 import project
from ...model.entities import FileDiff
from ...model.events import LoadedMessage
from ..http.client import Http

# Pages of messages that are searched for changed files, and the messages of one.
PAGES, PAGE = 100, 100
# The header with the cursor of the older messages, and the beginning of our own cursor.
CURSOR, ALL = "x-next-cursor", "all:"


class Messages:
    """The messages of one server's sessions.

    Args:
        http: the server.
        has_cursors: does it name a cursor wherever there are older messages? None: not known.
    """

    def __init__(self, http: Http, *, has_cursors: bool | None = None) -> None:
        self._http = http
        self._has_cursors = has_cursors

    async def page(self, session_id: str, limit: int, before: str | None) -> tuple[Any, str | None]:
        """`GET /session/{id}/message?limit&before`: the answer, and the cursor of the older messages."""
        if before is not None and before.startswith(ALL):
            return await self._all_before(session_id, before.removeprefix(ALL)), None
        if self._has_cursors is False and before is None:
            messages, more = await self._get(session_id, limit=limit + 1)
            return (messages, more) if more is not None else _page(messages, limit)
        messages, more = await self._get(session_id, limit=limit, before=before)
        if more is None and self._has_cursors is None and before is None:
            more = _own_cursor(messages, limit)
        return messages, more

    async def _all_before(self, session_id: str, message_id: str) -> Any:
        """All messages before one; all where the server does not have that one any more, for they are merged by their ids."""
        messages, _ = await self._get(session_id)
        return list(takewhile(lambda message: _id(message) != message_id, objects(messages)))

    async def _get(self, session_id: str, **params: Any) -> tuple[Any, str | None]:
        path = f"/session/{self._http.quoted(session_id)}/message"
        response = await self._http.call("GET", path, params=self._http.params(**params))
        return await self._http.decoded_apart(response, path), response.headers.get(CURSOR)

    async def diff(self, session_id: str, message_id: str | None) -> tuple[FileDiff, ...]:
        """`GET /session/{id}/diff`. 1.18 answers nothing for a whole session, but each prompt has the changes of its turn."""
        path = f"/session/{self._http.quoted(session_id)}/diff"
        answer = await self._http.json("GET", path, params=self._http.params(messageID=message_id))
        # On a thread: earlier servers state whole files, of which the differences must be found.
        diffs = await asyncio.to_thread(project.diffs, answer)
        return diffs or (await self._diff_of_turns(session_id) if message_id is None else ())

    async def _diff_of_turns(self, session_id: str) -> tuple[FileDiff, ...]:
        turns: list[tuple[FileDiff, ...]] = []
        before = None
        for _ in range(PAGES):
            messages, before = await self.page(session_id, PAGE, before)
            turns.insert(0, await asyncio.to_thread(_diffs_of, messages))
            if before is None:
                break
        return project.merged(diff for turn in turns for diff in turn)


def _diffs_of(messages: Any) -> tuple[FileDiff, ...]:
    return tuple(project.diffs_of(messages))


def _page(messages: Any, limit: int) -> tuple[Any, str | None]:
    """A page of the answer to a request for one message more, and our cursor; the whole answer where the server ignored the limit."""
    listed = objects(messages)
    first = _id(listed[1]) if len(listed) == limit + 1 > 1 else ""
    return (listed[1:], f"{ALL}{first}") if first else (messages, None)


def _own_cursor(messages: Any, limit: int) -> str | None:
    """Our cursor for what is older than a full page, if anything is."""
    listed = objects(messages)
    first = _id(listed[0]) if len(listed) == limit > 0 else ""
    return f"{ALL}{first}" if first else None


def _id(message: Any) -> str:
    return text(sub(message, "info"), "id")


def loaded_message(value: Any) -> LoadedMessage:
    """One message of an answer: `{info, parts}`; raises BadField."""
    if not isinstance(value, dict):
        raise BadField("message is not an object")
    parts = value.get("parts")
    return LoadedMessage(dialect.message_info(value.get("info")), each(parts, dialect.part_info))
