"""OpenCode 1.x: the messages of a session, page by page, and what its turns changed in files."""

from __future__ import annotations

from typing import Any

from ...model.dialects.read import BadField, each
from ...model.dialects.v1 import objects, project
from ...model.entities import FileDiff
from ...model.events import LoadedMessage
from ..http.client import Http

# Pages of messages that are searched for changed files, and the messages of one.
PAGES, PAGE = 100, 100
# The header with the cursor of the older messages.
CURSOR = "x-next-cursor"


class Messages:
    """The messages of one server's sessions."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def page(self, session_id: str, limit: int, before: str | None) -> tuple[Any, str | None]:
        """`GET /session/{id}/message?limit&before`: the answer, and the cursor of the older messages."""
        path = f"/session/{self._http.quoted(session_id)}/message"
        response = await self._http.call("GET", path, params=self._http.params(limit=limit, before=before))
        return await self._http.decoded_apart(response, path), response.headers.get(CURSOR)

    async def diff(self, session_id: str, message_id: str | None) -> tuple[FileDiff, ...]:
        """`GET /session/{id}/diff`. 1.18 answers nothing for a whole session, but each prompt has the changes of its turn."""
        path = f"/session/{self._http.quoted(session_id)}/diff"
        answer = project.diffs(await self._http.json("GET", path, params=self._http.params(messageID=message_id)))
        return answer or (await self._diff_of_turns(session_id) if message_id is None else ())

    async def _diff_of_turns(self, session_id: str) -> tuple[FileDiff, ...]:
        turns: list[tuple[FileDiff, ...]] = []
        before = None
        for _ in range(PAGES):
            messages, before = await self.page(session_id, PAGE, before)
            turns.insert(0, tuple(project.diffs_of(messages)))
            if before is None:
                break
        return project.merged(diff for turn in turns for diff in turn)


def loaded_message(value: Any) -> LoadedMessage:
    """One message of an answer: `{info, parts}`; raises BadField."""
    if not isinstance(value, dict):
        raise BadField("message is not an object")
    parts = value.get("parts")
    return LoadedMessage(objects.message_info(value.get("info")), each(parts, objects.part_info))
