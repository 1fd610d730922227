"""OpenCode 2.x: what can be done beyond talking; see `client.Client`."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from ...errors import NotFound
from ...model.dialects.read import each, sub
from ...model.dialects.read import objects as objects_of
from ...model.dialects.v2 import catalogue, objects
from ...model.entities import Delivery, FileDiff, Found, Service, SessionInfo
from ...model.wire import Feature
from ..api import Attachment, Client, Invocation, PromptOptions
from ..http.client import is_json


class V2Features(Client):
    """The features of 2.x."""

    features: ClassVar[frozenset[Feature]] = frozenset(
        {
            Feature.RENAME,
            Feature.DELETE,
            Feature.ARCHIVE,
            Feature.FORK,
            Feature.REVERT,
            Feature.COMPACT,
            Feature.COMMANDS,
            Feature.SHELL,
            Feature.ATTACHMENTS,
            Feature.MENTIONS,
            Feature.FIND,
            Feature.DIFF,
            Feature.STATUS,
            Feature.REJECT_MESSAGE,
            Feature.CANCEL_PROMPT,
            Feature.EDIT_PROMPT,
            Feature.DELIVERY,
            Feature.REDELIVER,
        }
    )

    def where(self, **more: Any) -> dict[str, Any]:
        """The folder as a query, with more."""
        given = {name: value for name, value in more.items() if value is not None}
        return given if self.http.directory is None else {"location[directory]": self.http.directory, **given}

    def of(self, session_id: str, path: str = "") -> str:
        """The path of a session, or below it."""
        return f"/api/session/{self.http.quoted(session_id)}{path}"

    async def data(self, path: str, **params: Any) -> Any:
        """What `GET` answers: `{data}`."""
        answer = await self.http.json("GET", path, params=params)
        return answer.get("data") if isinstance(answer, dict) else None

    async def say(self, method: str, path: str, body: Any = None) -> None:
        """A call about a session, which knows its own folder; what it answers does not matter, unless it is a web page."""
        response = await self.http.call(method, path, body=body, params={})
        content_type = response.headers.get("content-type", "")
        if response.content and not is_json(content_type):
            raise self.http.strange(content_type, path)

    @abstractmethod
    async def choose(self, session_id: str, options: PromptOptions) -> None:
        """Have a session use another agent or model."""

    async def rename(self, session_id: str, title: str) -> None:
        """`PATCH /api/session/{id}`."""
        await self.say("PATCH", self.of(session_id), {"title": title})

    async def delete(self, session_id: str) -> None:
        """`DELETE /api/session/{id}`."""
        await self.say("DELETE", self.of(session_id))

    async def archive(self, session_id: str, *, archived: bool) -> None:
        """`PATCH /api/session/{id}`."""
        await self.say("PATCH", self.of(session_id), {"archived": archived})

    async def fork(self, session_id: str, before: str | None = None) -> SessionInfo:
        """`POST /api/session/{id}/fork`."""
        path = self.of(session_id, "/fork")
        answer = await self.http.json("POST", path, body={} if before is None else {"before": before}, params={})
        return self.understood(objects.session_info, answer.get("data") if isinstance(answer, dict) else None, path)

    async def revert(self, session_id: str, message_id: str, part_id: str | None = None) -> None:
        """`POST /api/session/{id}/revert/stage`; the next prompt commits it."""
        await self.say("POST", self.of(session_id, "/revert/stage"), {"messageID": message_id, "files": True})

    async def unrevert(self, session_id: str) -> None:
        """`DELETE /api/session/{id}/revert`."""
        await self.say("DELETE", self.of(session_id, "/revert"))

    async def compact(self, session_id: str, model: str) -> None:
        """`POST /api/session/{id}/compact`: with the session's model."""
        await self.say("POST", self.of(session_id, "/compact"), {})

    async def command(self, invocation: Invocation) -> None:
        """`POST /api/session/{id}/command`."""
        await self.choose(invocation.session_id, invocation.options)
        body = {"name": invocation.command, "text": invocation.arguments, "files": files(invocation.options.files)}
        await self.say("POST", self.of(invocation.session_id, "/command"), body)

    async def shell(self, invocation: Invocation) -> None:
        """`POST /api/session/{id}/shell`."""
        await self.say("POST", self.of(invocation.session_id, "/shell"), {"command": invocation.command})

    async def cancel_prompt(self, session_id: str, message_id: str) -> None:
        """`DELETE /api/session/{id}/inbox/{inboxID}`."""
        await self.say("DELETE", self.of(session_id, f"/inbox/{self.http.quoted(message_id)}"))

    async def deliver_prompt(self, session_id: str, message_id: str, delivery: Delivery) -> None:
        """`PATCH /api/session/{id}/inbox/{inboxID}`."""
        path = self.of(session_id, f"/inbox/{self.http.quoted(message_id)}")
        await self.say("PATCH", path, {"delivery": delivery})

    async def edit_prompt(self, session_id: str, message_id: str, text: str) -> None:
        """A waiting prompt's words cannot be changed: it is taken back, and sent anew with all else that it had."""
        listed = objects_of(await self.data(self.of(session_id, "/inbox")))
        item = next((item for item in listed if item.get("id") == message_id), None)
        if item is None:
            raise NotFound("This prompt waits no longer.", remedy="Send a new one.", status=404)
        await self.cancel_prompt(session_id, message_id)
        body = {**objects.prompt_again(sub(item, "payload")), "text": text, "delivery": item.get("delivery")}
        await self.say("POST", self.of(session_id, "/prompt"), body)

    async def find(self, query: str, limit: int) -> tuple[Found, ...]:
        """`GET /api/fs/find`."""
        return each(await self.data("/api/fs/find", **self.where(query=query, limit=limit)), catalogue.found)

    async def diff(self, session_id: str, message_id: str | None = None) -> tuple[FileDiff, ...]:
        """`GET /api/session/{id}/diff`: of the turn of a prompt; None: of the newest."""
        given = {} if message_id is None else {"from": message_id}
        return each(await self.data(self.of(session_id, "/diff"), **given), catalogue.file_diff)

    async def services(self) -> tuple[Service, ...]:
        """`GET /api/mcp`; it says nothing of language servers and formatters."""
        return each(await self.data("/api/mcp", **self.where()), catalogue.mcp)

    async def connect_mcp(self, name: str, *, connected: bool) -> None:
        """`POST /api/experimental/mcp/{name}/connect` or `/disconnect`."""
        verb = "connect" if connected else "disconnect"
        path = f"/api/experimental/mcp/{self.http.quoted(name)}/{verb}"
        await self.http.call("POST", path, params=self.where())


def files(attachments: tuple[Attachment, ...]) -> list[dict[str, Any]]:
    """Files with a prompt, as 2.x takes them."""
    return [{"uri": file.url, "name": file.filename} for file in attachments]
