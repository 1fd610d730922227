"""OpenCode 2.x: the client, by the routes of its HTTP API under `/api`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress
from typing import Any, ClassVar

from ...errors import NotFound, NotSupported, OpenCodeError
from ...model import events as e
from ...model.dialects import Decoded, read
from ...model.dialects.read import each, maybe, sub
from ...model.dialects.v2 import catalogue, objects
from ...model.dialects.v2.events import SYNCED, decode, decode_log
from ...model.entities import BUSY, Catalogue, Delivery, Feature, FileDiff, Found, Request, Service, SessionInfo
from ...model.events import History, LoadedMessage, Overview
from ..api import LONG, Admitted, Client, Invocation, Prompt, PromptOptions, Reply
from ..http.cancel import cancellable
from ..http.client import NO_ROUTE, Http
from ..stream import listen
from .prompt import body_of, body_of_files, body_of_model
from .requests import Requests
from .routes import Routes
from .shells import Shells

# Routes below a session that not all versions have, and that name nothing else that could be missing.
VARYING = frozenset({"/command", "/shell", "/compact", "/agent", "/model"})
# Seconds between two heartbeats.
HEARTBEAT = 15.0
# Events of a log that are read: to fetch the messages of the session costs less than more of them.
LONGEST = 50_000


class V2Client(Client):
    """See `api.Client`."""

    dialect: ClassVar[str] = "OpenCode 2.x"
    features: ClassVar[frozenset[Feature]] = frozenset(
        {
            Feature.RENAME,
            Feature.DELETE,
            Feature.ARCHIVE,
            Feature.FORK,
            Feature.REVERT,
            Feature.COMPACT,
            Feature.COMMANDS,
            Feature.INIT,
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

    def __init__(self, http: Http, version: str) -> None:
        super().__init__(http, version)
        self.routes = Routes(http)
        self.requests = Requests(self.routes)
        self.shells = Shells(self.routes)

    # ---- the stream ----

    async def listen(self) -> AsyncGenerator[Decoded, None]:
        """`GET /api/event`: of every folder."""
        async with aclosing(listen(self.http, "/api/event", {}, decode, heartbeat=HEARTBEAT)) as stream:
            async for decoded in stream:
                self.requests.remember(event.request for event in decoded.events if isinstance(event, e.Asked))
                yield decoded

    async def replay(self, session_id: str, after: int) -> list[Decoded] | None:
        """`GET /api/experimental/session/{id}/log?after&follow`, up to where the past ends.

        None, too, where the events do not reach the number at which the server says that it ends. `opencode serve` numbers the events of a
        session, and does not keep them; other numbers are of events that it never publishes. And None where the log cannot be read: if that
        is because the server is away, whoever fetches the messages instead finds out.
        """
        path = f"/api/experimental/session/{self.http.quoted(session_id)}/log"
        with suppress(TimeoutError, OpenCodeError):
            async with asyncio.timeout(self.http.limits.answer):
                return await self._past(path, after)
        return None

    async def _past(self, path: str, after: int) -> list[Decoded] | None:
        found: list[Decoded] = []
        last = after
        async with aclosing(listen(self.http, path, {"after": after, "follow": "true"}, decode_log)) as events:
            async for decoded in events:
                number = decoded.log_position[1] if decoded.log_position is not None else None
                if decoded.name == SYNCED:
                    return found if number == last else None
                last = last if number is None else number
                found.append(decoded)
                if len(found) > LONGEST:
                    break
        return None

    # ---- what there is ----

    async def directory(self) -> str | None:
        """`GET /api/location`."""
        with suppress(*NO_ROUTE):
            answer = await self.http.json("GET", "/api/location", params=self.routes.where())
            return maybe(answer, "directory") if isinstance(answer, dict) else None
        return None

    def remember(self, requests: Iterable[Request]) -> None:
        """Take note of the requests that wait, for a reply goes to their session."""
        self.requests.remember(requests)

    async def overview(self, limit: int) -> Overview:
        """`GET /api/session`, `/api/session/active`, `/api/shell`, and the requests."""
        (sessions, more), active, shells, (requests, unlisted) = await cancellable(
            asyncio.gather(
                self.routes.pages("/api/session", limit, directory=self.http.directory),
                self.routes.listed("/api/session/active"),
                self.shells.running(),
                self.requests.fetch(),
            )
        )
        self.requests.remember(requests)
        working = dict.fromkeys(active, BUSY) if isinstance(active, dict) else {}
        return Overview(
            each(sessions, objects.session_info),
            working,
            requests,
            unlisted=unlisted,
            shells=shells or frozenset(),
            more_sessions=more is not None,
        )

    async def history(self, session_id: str, limit: int, before: str | None = None) -> History:
        """`GET /api/session/{id}/message`, and with the newest the prompts that wait: `GET /api/session/{id}/inbox`.

        The inbox is fetched first: a prompt that is delivered in between is then among the messages. In the other order it would be missing
        from both.
        """
        waiting = await self._waiting(session_id) if before is None else ()
        listed, more = await self.routes.pages(self.routes.of(session_id, "/message"), limit, before)
        messages = objects.messages(session_id, listed[::-1])
        known = {info.id for info, _ in messages}
        waiting = tuple(item for item in waiting if item[0].id not in known)
        todos = objects.last_todos(part for _, parts in messages for part in parts) if before is None else None
        loaded = (LoadedMessage(info, parts) for info, parts in (*messages, *waiting))
        return History(session_id, tuple(loaded), more, todos)

    async def _waiting(self, session_id: str) -> tuple[objects.Read, ...]:
        return objects.waiting(session_id, await self.routes.listed(self.routes.of(session_id, "/inbox")))

    async def catalogue(self) -> Catalogue:
        """`GET /api/agent`, `/model`, `/provider`, `/model/default`, `/command`, `/skill`."""
        names = ("agent", "model", "provider", "model/default", "command", "skill")
        where = self.routes.where()
        lists = await cancellable(asyncio.gather(*(self.routes.listed(f"/api/{name}", **where) for name in names)))
        return catalogue.catalogue(*lists)

    async def shell_output(self, shell_id: str, cursor: int) -> tuple[str, int] | None:
        """See `Shells.output`."""
        return await self.shells.output(shell_id, cursor)

    # ---- prompts and their answers ----

    async def prompt(self, prompt: Prompt) -> str:
        """`POST /api/session/{id}/prompt`: joins the turn that runs, or begins one; sent twice, it is one prompt."""
        await self._choose(prompt.session_id, prompt.options)
        await self._send("POST", prompt.session_id, "/prompt", body_of(prompt, self.http.directory))
        return prompt.message_id

    async def _send(self, method: str, session_id: str, path: str, body: Any = None, **more: Any) -> None:
        """Call a route below a session; see `Routes.send`.

        Raises:
            NotSupported: the server lacks the route. It answers it with its web page then, or with a 404 that names no thing.
        """
        try:
            await self.routes.send(method, self.routes.of(session_id, path), body, **more)
        except NO_ROUTE as problem:
            if isinstance(problem, NotFound) and (path not in VARYING or _names_a_thing(problem.reason)):
                raise
            await self.routes.data(self.routes.of(session_id))  # raises if it is the session that is missing
            raise NotSupported(
                f"{self.version} cannot do this: it has no call {method} /api/session/{{id}}{path}.",
                remedy="Use another version of OpenCode; `opencode-widget doctor` names the tested one.",
            ) from problem

    async def _choose(self, session_id: str, options: PromptOptions) -> None:
        """`POST /api/session/{id}/agent` and `/model`, where the session has others."""
        agent, model, variant = options.agent, options.model, options.variant
        if agent is None and model is None:
            return
        path = self.routes.of(session_id)
        now = self.understood(objects.session_info, await self.routes.data(path), path)
        if agent is not None and agent != now.agent:
            await self._send("POST", session_id, "/agent", {"agent": agent})
        if model is not None and (model, variant) != (now.model, now.variant):
            await self._send("POST", session_id, "/model", {"model": body_of_model(model, variant)})

    async def command(self, invocation: Invocation) -> Admitted:
        """`POST /api/session/{id}/command`: admits a prompt, whose id the answer does not name."""
        await self._choose(invocation.session_id, invocation.options)
        files = body_of_files(invocation.options.files)
        body = {"name": invocation.command, "text": invocation.arguments, "files": files}
        await self._send("POST", invocation.session_id, "/command", body)
        return Admitted.PROMPT

    async def shell(self, invocation: Invocation) -> None:
        """`POST /api/session/{id}/shell`: answered at the end of the command."""
        await self._send("POST", invocation.session_id, "/shell", {"command": invocation.command}, limit=LONG)

    async def abort(self, session_id: str) -> None:
        """`POST /api/session/{id}/interrupt`, and see `Shells.end`."""
        await self._send("POST", session_id, "/interrupt")
        await self.shells.end(session_id)

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> bool:
        """See `Requests.answer_permission`."""
        return await self.requests.answer_permission(request_id, reply, message)

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """See `Requests.answer_question`."""
        return await self.requests.answer_question(request_id, answers)

    # ---- prompts that wait ----

    async def cancel_prompt(self, session_id: str, message_id: str) -> None:
        """`DELETE /api/session/{id}/inbox/{inboxID}`."""
        await self._send("DELETE", session_id, f"/inbox/{self.http.quoted(message_id)}")

    async def deliver_prompt(self, session_id: str, message_id: str, delivery: Delivery) -> None:
        """`PATCH /api/session/{id}/inbox/{inboxID}`."""
        await self._send("PATCH", session_id, f"/inbox/{self.http.quoted(message_id)}", {"delivery": delivery})

    async def edit_prompt(self, session_id: str, message_id: str, text: str) -> None:
        """Cancel the prompt, and send it again with the new text: the server has no call that changes the text of one that waits."""
        listed = read.objects(await self.routes.data(self.routes.of(session_id, "/inbox")))
        item = next((item for item in listed if item.get("id") == message_id), None)
        if item is None:
            raise NotFound("This prompt no longer waits for its turn.", remedy="Send a new one.", status=404)
        await self.cancel_prompt(session_id, message_id)
        body = {**objects.prompt_again(sub(item, "payload")), "text": text, "delivery": item.get("delivery")}
        await self._send("POST", session_id, "/prompt", body)

    # ---- sessions ----

    async def create_session(self, title: str | None = None) -> SessionInfo:
        """`POST /api/session`."""
        body: dict[str, Any] = {} if title is None else {"title": title}
        if self.http.directory is not None:
            body["location"] = {"directory": self.http.directory}
        answer = await self.routes.data("/api/session", "POST", body)
        return self.understood(objects.session_info, answer, "/api/session")

    async def rename(self, session_id: str, title: str) -> None:
        """`PATCH /api/session/{id}`."""
        await self._send("PATCH", session_id, "", {"title": title})

    async def delete(self, session_id: str) -> None:
        """`DELETE /api/session/{id}`."""
        await self._send("DELETE", session_id, "")

    async def archive(self, session_id: str, *, archived: bool) -> None:
        """`PATCH /api/session/{id}`."""
        await self._send("PATCH", session_id, "", {"archived": archived})

    async def fork(self, session_id: str, before: str | None = None) -> SessionInfo:
        """`POST /api/session/{id}/fork`."""
        path = self.routes.of(session_id, "/fork")
        answer = await self.routes.data(path, "POST", {} if before is None else {"before": before})
        return self.understood(objects.session_info, answer, path)

    async def revert(self, session_id: str, message_id: str, part_id: str | None = None) -> None:
        """`POST /api/session/{id}/revert/stage`; the next prompt commits it."""
        await self._send("POST", session_id, "/revert/stage", {"messageID": message_id, "files": True})

    async def unrevert(self, session_id: str) -> None:
        """`DELETE /api/session/{id}/revert`."""
        await self._send("DELETE", session_id, "/revert")

    async def compact(self, session_id: str, model: str) -> Admitted:
        """`POST /api/session/{id}/compact`: with the session's model. Admits the compaction, which runs after the present step."""
        await self._send("POST", session_id, "/compact", {})
        return Admitted.SUMMARY

    async def init(self, session_id: str, model: str) -> Admitted:
        """`POST /api/session/{id}/command`: it is a command like others."""
        return await self.command(Invocation(session_id, "init"))

    # ---- the project and its services ----

    async def find(self, query: str, limit: int) -> tuple[Found, ...]:
        """`GET /api/fs/find`."""
        answer = await self.routes.data("/api/fs/find", **self.routes.where(query=query, limit=limit))
        return each(answer, catalogue.found)

    async def diff(self, session_id: str, message_id: str | None = None) -> tuple[FileDiff, ...]:
        """`GET /api/session/{id}/diff`: of the turn of a prompt; None: of the newest."""
        given = {} if message_id is None else {"from": message_id}
        return each(await self.routes.data(self.routes.of(session_id, "/diff"), **given), catalogue.file_diff)

    async def services(self) -> tuple[Service, ...]:
        """`GET /api/mcp`. The server has no call for language servers and formatters."""
        return each(await self.routes.data("/api/mcp", **self.routes.where()), catalogue.mcp)

    async def connect_mcp(self, name: str, *, connected: bool) -> None:
        """`POST /api/experimental/mcp/{name}/connect` or `/disconnect`."""
        verb = "connect" if connected else "disconnect"
        path = f"/api/experimental/mcp/{self.http.quoted(name)}/{verb}"
        await self.http.call("POST", path, params=self.routes.where())


def _names_a_thing(reason: str) -> bool:
    """Does the reason of a 404 say that a thing is missing, such as a command, and not the route itself?"""
    return reason.lower().replace(" ", "") not in ("", "notfound", "routenotfound")
