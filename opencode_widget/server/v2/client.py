"""OpenCode 2.x: the routes of its HTTP API under `/api`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from pathlib import PurePosixPath
from typing import Any, ClassVar

from ...errors import ConnectionFailed, NotFound, NotOpenCode, OpenCodeError, RequestFailed
from ...model import events as e
from ...model.dialects import Decoded
from ...model.dialects.read import BadField, each, maybe, sub
from ...model.dialects.v2 import catalogue, objects
from ...model.dialects.v2 import events as v2
from ...model.dialects.v2.forms import form, form_answer
from ...model.entities import BUSY, Catalogue, QuestionRequest, Request, SessionInfo
from ...model.events import History, LoadedMessage, Overview
from ...model.state import REQUESTS_BOUND
from ...model.text.utf16 import units
from ..api import Mention, Prompt, PromptOptions, Reply
from ..http.cancel import cancellable
from ..http.client import Http
from ..stream import listen
from .features import V2Features, files

# Sessions and messages that are asked for at once.
PAGE = 100
# What ends the past in a session's log; and the events of one that are heard out: its messages cost less than more of these.
SYNCED = "log.synced"
LONGEST = 50_000


class V2Client(V2Features):
    """See `client.Client`."""

    dialect: ClassVar[str] = "OpenCode 2.x"

    def __init__(self, http: Http, version: str) -> None:
        super().__init__(http, version)
        # The calls that answer a request want its session, and its fields.
        self._asked: dict[str, Request] = {}

    # ---- the stream ----

    def decode(self, data: Any) -> Decoded:
        """One event."""
        return v2.decode(data)

    async def listen(self) -> AsyncGenerator[Decoded, None]:
        """`GET /api/event`: of every folder."""
        async with aclosing(listen(self.http, "/api/event", {}, self.decode)) as stream:
            async for decoded in stream:
                self._remember(event.request for event in decoded.events if isinstance(event, e.Asked))
                yield decoded

    async def replay(self, session_id: str, after: int) -> list[Decoded] | None:
        """`GET /api/experimental/session/{id}/log?after&follow`, up to where the past ends."""
        path = f"/api/experimental/session/{self.http.quoted(session_id)}/log"
        limit = self.http.limits.answer
        try:
            async with asyncio.timeout(limit):
                return await self._past(path, after)
        except TimeoutError:
            raise ConnectionFailed(f"{self.http.address.url} did not finish {path} in {limit:g} s.") from None

    async def _past(self, path: str, after: int) -> list[Decoded] | None:
        found: list[Decoded] = []
        async with aclosing(listen(self.http, path, {"after": after, "follow": "true"}, self.decode)) as events:
            async for decoded in events:
                if decoded.name == SYNCED:
                    break
                found.append(decoded)
                if len(found) > LONGEST:
                    return None
        return found

    def _remember(self, requests: Iterable[Request]) -> None:
        self._asked.update((request.id, request) for request in requests)

    # ---- what there is ----

    async def directory(self) -> str | None:
        """`GET /api/location`."""
        answer = await self.http.json("GET", "/api/location", params=self.where())
        return maybe(answer, "directory") if isinstance(answer, dict) else None

    async def overview(self, limit: int) -> Overview:
        """`GET /api/session`, `/api/session/active`, and the requests."""
        (sessions, more), active, requests = await cancellable(
            asyncio.gather(
                self._pages("/api/session", limit, directory=self.http.directory),
                self.data("/api/session/active"),
                self._requests(),
            )
        )
        self._remember(requests)
        working = dict.fromkeys(active, BUSY) if isinstance(active, dict) else {}
        return Overview(each(sessions, objects.session_info), working, requests, more_sessions=more is not None)

    async def _requests(self) -> tuple[Request, ...]:
        """`GET /api/permission/request`, `/api/form`."""
        permissions, forms = await cancellable(
            asyncio.gather(*(self.data(path, **self.where()) for path in ("/api/permission/request", "/api/form")))
        )
        return (*each(permissions, objects.permission, REQUESTS_BOUND), *each(forms, form, REQUESTS_BOUND))

    async def _pages(
        self, path: str, limit: int, cursor: str | None = None, **first: Any
    ) -> tuple[list[Any], str | None]:
        """The newest entries of a list, newest first, and where those after them begin."""
        found: list[Any] = []
        while True:
            params = {"cursor": cursor} if cursor else {"order": "desc", **first}
            wanted = {**params, "limit": min(PAGE, limit - len(found))}
            answer = await self.http.json(
                "GET", path, params={name: value for name, value in wanted.items() if value is not None}
            )
            data = answer if isinstance(answer, dict) else {}
            listed = data["data"] if isinstance(data.get("data"), list) else []
            page = listed[: wanted["limit"]]  # a server may take no notice of the limit
            found += page
            # A server may name a next page after the last: an empty one ends it.
            cursor = maybe(sub(data, "cursor"), "next") if len(page) == wanted["limit"] else None
            if cursor is None or len(found) >= limit:
                return found, cursor

    async def history(self, session_id: str, limit: int, before: str | None = None) -> History:
        """`GET /api/session/{id}/message`, and with the newest what waits: `GET /api/session/{id}/inbox`.

        What waits is asked for first: what has its turn meanwhile is among the messages then. The other way round it would be in neither.
        """
        waiting = await self._waiting(session_id) if before is None else ()
        listed, more = await self._pages(self.of(session_id, "/message"), limit, before)
        messages = objects.messages(session_id, [*map(self.modern, reversed(listed))])
        known = {info.id for info, _ in messages}
        waiting = tuple(item for item in waiting if item[0].id not in known)
        todos = objects.last_todos(part for _, parts in messages for part in parts) if before is None else None
        loaded = (LoadedMessage(info, parts) for info, parts in (*messages, *waiting))
        return History(session_id, tuple(loaded), more, todos)

    def modern(self, message: Any) -> Any:
        """A message as 2.1 spells it."""
        return message

    async def _waiting(self, session_id: str) -> tuple[objects.Read, ...]:
        """Prompts that wait for their turn."""
        return objects.waiting(session_id, await self.data(self.of(session_id, "/inbox")))

    async def catalogue(self) -> Catalogue:
        """`GET /api/agent`, `/model`, `/provider`, `/model/default`, `/command`, `/skill`."""
        names = ("agent", "model", "provider", "model/default", "command", "skill")
        lists = await cancellable(asyncio.gather(*(self._listed(f"/api/{name}") for name in names)))
        return catalogue.catalogue(*lists)

    async def _listed(self, path: str) -> Any:
        """One list of the catalogue; a server that lacks it offers none."""
        try:
            return await self.data(path, **self.where())
        except (NotFound, NotOpenCode):
            return None

    # ---- talking ----

    async def create_session(self, title: str | None = None) -> SessionInfo:
        """`POST /api/session`."""
        body: dict[str, Any] = {} if title is None else {"title": title}
        if self.http.directory is not None:
            body["location"] = {"directory": self.http.directory}
        answer = await self.http.json("POST", "/api/session", body=body, params={})
        return self.understood(
            objects.session_info, answer.get("data") if isinstance(answer, dict) else None, "/api/session"
        )

    async def prompt(self, prompt: Prompt) -> str:
        """`POST /api/session/{id}/prompt`: joins the turn that runs, or begins one; sent twice, it is one prompt."""
        await self.choose(prompt.session_id, prompt.options)
        await self.say("POST", self.of(prompt.session_id, "/prompt"), self.prompt_body(prompt))
        return prompt.message_id

    def prompt_body(self, prompt: Prompt) -> dict[str, Any]:
        """A prompt as the server takes it."""
        return {"id": prompt.message_id, **self.said(prompt, "mention"), **delivery(prompt)}

    def said(self, prompt: Prompt, place: str) -> dict[str, Any]:
        """What a prompt says; `place`: the field that tells where in the text a name stands."""
        named = [(mention, {place: mention_place(prompt.text, mention)}) for mention in prompt.options.mentions]
        mentioned = [
            {"uri": self._uri(mention.name), "name": mention.name, **at}
            for mention, at in named
            if mention.kind == "file"
        ]
        agents = [{"name": mention.name, **at} for mention, at in named if mention.kind == "agent"]
        return {"text": prompt.text, "files": [*files(prompt.options.files), *mentioned], "agents": agents}

    def _uri(self, path: str) -> str:
        return f"file://{PurePosixPath(self.http.directory or '/') / path}"

    async def choose(self, session_id: str, options: PromptOptions) -> None:
        """`POST /api/session/{id}/agent` and `/model`, where they are not what the session has."""
        agent, model, variant = options.agent, options.model, options.variant
        if agent is None and model is None:
            return
        now = self.understood(objects.session_info, await self.data(self.of(session_id)), self.of(session_id))
        if agent is not None and agent != now.agent:
            await self.say("POST", self.of(session_id, "/agent"), {"agent": agent})
        if model is not None and (model, variant) != (now.model, now.variant):
            provider, _, id = model.partition("/")
            ref = {"id": id, "providerID": provider} | ({"variant": variant} if variant else {})
            await self.say("POST", self.of(session_id, "/model"), {"model": ref})

    async def abort(self, session_id: str) -> None:
        """`POST /api/session/{id}/interrupt`."""
        await self.say("POST", self.of(session_id, "/interrupt"))

    # ---- answers ----

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> bool:
        """`POST /api/session/{id}/permission/{rid}/reply`; one that is answered already (404) is done."""
        body = self.decision(reply) if message is None else {**self.decision(reply), "message": message}
        return await self.settle(request_id, "POST", f"/permission/{self.http.quoted(request_id)}/reply", body)

    def decision(self, reply: Reply) -> dict[str, Any]:
        """The answer to a permission as the server takes it."""
        return {"decision": reply}

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """`POST /api/session/{id}/form/{fid}/reply`, or `DELETE .../form/{fid}`; one that is settled already is done."""
        path = f"/form/{self.http.quoted(request_id)}"
        if answers is None:
            return await self.settle(request_id, "DELETE", path, None)
        return await self.settle(request_id, "POST", f"{path}/reply", {"answer": self._answer(request_id, answers)})

    def _answer(self, request_id: str, answers: list[list[str]]) -> dict[str, Any]:
        request = self._asked.get(request_id)
        try:
            return form_answer(request, answers) if isinstance(request, QuestionRequest) else {}
        except BadField as problem:
            raise RequestFailed(
                f"The answer was not sent: {problem}.", remedy="Correct it, and send it again."
            ) from None

    async def settle(self, request_id: str, method: str, path: str, body: Any) -> bool:
        """Answer a request of whichever session asked it; False: it was settled before."""
        request = self._asked.get(request_id)
        if request is None:  # who asked for an answer has it, or was never heard
            return False
        try:
            await self.say(method, self.of(request.session_id, path), body)
        except OpenCodeError as error:
            if not _is_settled(error):
                raise
            return False
        return True


def _is_settled(error: OpenCodeError) -> bool:
    return isinstance(error, NotFound) or (isinstance(error, RequestFailed) and error.status == 409)


def delivery(prompt: Prompt) -> dict[str, str]:
    """When a prompt has its turn, where that was said."""
    return {} if prompt.options.delivery is None else {"delivery": prompt.options.delivery}


def mention_place(text: str, mention: Mention) -> dict[str, Any]:
    """Where in a prompt a name stands, in the UTF-16 units of the server's language."""
    start, end = (units(text[:at]) for at in (mention.start, mention.end))
    return {"start": start, "end": end, "text": text[mention.start : mention.end]}
