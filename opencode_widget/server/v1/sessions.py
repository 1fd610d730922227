"""OpenCode 1.x: what can be done with a session beside talking in it."""

from __future__ import annotations

import time
from typing import Any

from ...errors import RequestFailed
from ...ids import make_id
from ...model.dialects import read
from ...model.dialects.v1 import objects, project
from ...model.entities import FileDiff, SessionInfo
from ..api import Client, Invocation
from .prompt import body_of_files, named_model

# Seconds that a call may take which answers at the end of a turn: as long as the person lets it.
LONG = 7 * 24 * 3600.0
# Pages of messages that are looked through for what a session changed.
PAGES, PAGE = 100, 100
CURSOR = "x-next-cursor"


class V1Sessions(Client):
    """The calls about sessions; see `client.Client`."""

    def _path(self, session_id: str, *more: str) -> str:
        return "/".join(("/session", *(self.http.quoted(session) for session in (session_id, *more))))

    async def rename(self, session_id: str, title: str) -> None:
        """`PATCH /session/{id}`."""
        await self.http.call("PATCH", self._path(session_id), body={"title": title})

    async def delete(self, session_id: str) -> None:
        """`DELETE /session/{id}`."""
        await self.http.call("DELETE", self._path(session_id))

    async def archive(self, session_id: str, *, archived: bool) -> None:
        """`PATCH /session/{id}`: a time cannot be taken away, but 0 stands for none."""
        at = time.time_ns() // 1_000_000 if archived else 0
        await self.http.call("PATCH", self._path(session_id), body={"time": {"archived": at}})

    async def fork(self, session_id: str, before: str | None = None) -> SessionInfo:
        """`POST /session/{id}/fork`."""
        body = {} if before is None else {"messageID": before}
        answer = await self.http.json("POST", self._path(session_id, "fork"), body=body)
        return self.understood(objects.session_info, answer, "/session/{id}/fork")

    async def revert(self, session_id: str, message_id: str, part_id: str | None = None) -> None:
        """`POST /session/{id}/revert`."""
        body = {"messageID": message_id} if part_id is None else {"messageID": message_id, "partID": part_id}
        await self.http.call("POST", self._path(session_id, "revert"), body=body)

    async def unrevert(self, session_id: str) -> None:
        """`POST /session/{id}/unrevert`."""
        await self.http.call("POST", self._path(session_id, "unrevert"))

    async def share(self, session_id: str, *, shared: bool) -> str | None:
        """`POST` or `DELETE /session/{id}/share`; a server that may not share says only that something went wrong."""
        path = self._path(session_id, "share")
        try:
            answer = await self.http.json("POST" if shared else "DELETE", path)
        except RequestFailed as problem:
            if problem.status != 500:
                raise
            raise RequestFailed(
                f"{self.http.address.url} does not share this session.",
                remedy='Sharing needs the network, and may be switched off in the configuration ("share": "disabled").',
                status=problem.status,
            ) from None
        return self.understood(objects.session_info, answer, path).share

    async def compact(self, session_id: str, model: str) -> None:
        """`POST /session/{id}/summarize`."""
        await self.http.call("POST", self._path(session_id, "summarize"), body=named_model(model), limit=LONG)

    async def init(self, session_id: str, model: str) -> None:
        """`POST /session/{id}/init`."""
        body = {**named_model(model), "messageID": make_id("msg")}
        await self.http.call("POST", self._path(session_id, "init"), body=body, limit=LONG)

    async def command(self, invocation: Invocation) -> None:
        """`POST /session/{id}/command`."""
        body: dict[str, Any] = {"command": invocation.command, "arguments": invocation.arguments}
        options = invocation.options
        given = {"agent": options.agent, "model": options.model, "variant": options.variant}
        body |= {name: value for name, value in given.items() if value}
        if options.files:
            body["parts"] = body_of_files(options.files)
        await self.http.call("POST", self._path(invocation.session_id, "command"), body=body, limit=LONG)

    async def shell(self, invocation: Invocation) -> None:
        """`POST /session/{id}/shell`; it needs an agent."""
        body: dict[str, Any] = {"command": invocation.command, "agent": invocation.options.agent or "build"}
        if invocation.options.model:
            body["model"] = named_model(invocation.options.model)
        await self.http.call("POST", self._path(invocation.session_id, "shell"), body=body, limit=LONG)

    async def edit_prompt(self, session_id: str, message_id: str, text: str) -> None:
        """`PATCH /session/{id}/message/{id}/part/{id}` of the part that has the person's words; allowed while a turn runs."""
        message = await self.http.json("GET", self._path(session_id, "message", message_id))
        parts = read.objects(message.get("parts") if isinstance(message, dict) else None)
        mine = (part for part in parts if part.get("type") == "text" and part.get("synthetic") is not True)
        part = next((item for item in mine if read.text(item, "id")), None)
        if part is None:
            raise RequestFailed("This prompt has no text that could be changed.")
        path = self._path(session_id, "message", message_id, "part", part["id"])
        await self.http.call("PATCH", path, body={**part, "text": text})

    async def diff(self, session_id: str, message_id: str | None = None) -> tuple[FileDiff, ...]:
        """`GET /session/{id}/diff`; of the whole session 1.18 says nothing there, but each prompt has what its turn changed."""
        params = self.http.params(messageID=message_id)
        answer = project.diffs(await self.http.json("GET", self._path(session_id, "diff"), params=params))
        return answer or (await self._diff_of_turns(session_id) if message_id is None else ())

    async def _diff_of_turns(self, session_id: str) -> tuple[FileDiff, ...]:
        path, before = self._path(session_id, "message"), None
        turns: list[tuple[FileDiff, ...]] = []
        for _ in range(PAGES):
            response = await self.http.call("GET", path, params=self.http.params(limit=PAGE, before=before))
            turns.insert(0, tuple(project.diffs_of(await self.http.decoded_apart(response, path))))
            if (before := response.headers.get(CURSOR)) is None:
                break
        return project.merged(diff for turn in turns for diff in turn)
