"""OpenCode 1.x: the client, by the unprefixed routes of its HTTP API (`GET /doc` on a running server lists them)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any, ClassVar

from ...errors import NotFound, RequestFailed
from ...ids import make_id
from ...model.dialects import Decoded, common, read
from ...model.dialects.read import each
from ...model.dialects.v1 import events as dialect
from ...model.dialects.v1 import objects, project
from ...model.entities import (
    Activity,
    Catalogue,
    Feature,
    FileDiff,
    Found,
    PermissionRequest,
    QuestionRequest,
    Request,
    Service,
    SessionInfo,
    SlashCommand,
    Status,
)
from ...model.events import History, Overview
from ...model.state import REQUESTS_BOUND
from ..api import LONG, Client, Invocation, Prompt, Reply
from ..http.cancel import cancellable
from ..http.client import NO_ROUTE, Http
from ..releases import HAS_CURSORS, HAS_QUICK_HEARTBEATS, has, release
from ..stream import listen
from .folders import Folders
from .messages import Messages, loaded_message
from .prompt import body_of_files, copied, named_model, parts_of
from .search import Search

# Seconds between two heartbeats of the releases that have HAS_QUICK_HEARTBEATS.
HEARTBEAT = 10.0
# Seconds by which the commands may come after agents and models; and seconds for commands that come later.
COMMANDS_LIMIT, LATE = 0.5, 600.0
# Seconds for a call that may start a program.
STARTING = 60.0
# The status with which a server reports that it failed itself.
FAILED = 500


class V1Client(Client):
    """See `api.Client`."""

    dialect: ClassVar[str] = "OpenCode 1.x"
    keeps_part_ids: ClassVar[bool] = True
    # 1.18.33 states both of a session, and yet gives such a prompt to its default agent.
    keeps_choice: ClassVar[bool] = False
    # A waiting prompt cannot be removed: the server refuses `DELETE /session/{id}/message/{id}` while a turn runs.
    features: ClassVar[frozenset[Feature]] = frozenset(Feature) - {
        Feature.CANCEL_PROMPT,
        Feature.DELIVERY,
        Feature.REDELIVER,
    }

    def __init__(self, http: Http, version: str) -> None:
        super().__init__(http, version)
        self._messages = Messages(http, has_cursors=self._has_cursors(version))
        self._search = Search(http)
        self._folders = Folders(http)
        # The answer with the commands that came last, and whether a newer one is still to come.
        self._commands: Any = []
        self._are_commands_late = False

    def _has_cursors(self, version: str) -> bool | None:
        """Does this release name a cursor for older messages? None where it is not known."""
        known = release(version)
        return None if known is None else known >= HAS_CURSORS

    def _path(self, session_id: str, *more: str) -> str:
        return "/".join(("/session", *(self.http.quoted(piece) for piece in (session_id, *more))))

    # ---- the stream, and what there is ----

    def listen(self) -> AsyncGenerator[Decoded, None]:
        """`GET /global/event`: of every folder, for `/event` ends when the folder's state is disposed, and leaves out worktrees."""
        known = has(self.version, HAS_QUICK_HEARTBEATS)
        return listen(
            self.http,
            "/global/event",
            {},
            dialect.decode,
            announce=not self.has_heartbeats,
            heartbeat=HEARTBEAT if known else None,
        )

    async def directory(self) -> str | None:
        """`GET /path`."""
        answer = await self.http.json("GET", "/path")
        found = answer.get("directory") if isinstance(answer, dict) else None
        return found if isinstance(found, str) else None

    async def home(self) -> str | None:
        """See `Folders.home`."""
        return await self._folders.home()

    async def has_folder(self) -> bool | None:
        """See `Folders.exists`."""
        return await self._folders.exists()

    async def subfolders(self) -> tuple[str, ...]:
        """See `Folders.names`."""
        return await self._folders.names()

    async def overview(self, limit: int) -> Overview:
        """`GET /session`, `/session/status`, `/permission`, `/question`."""
        sessions, statuses, (requests, unlisted) = await cancellable(
            asyncio.gather(
                self.http.json("GET", "/session", params=self.http.params(limit=limit)),
                self.http.json("GET", "/session/status"),
                self._requests(),
            )
        )
        infos = each(sessions, objects.session_info, limit)  # a server may ignore the limit
        busy = _statuses(statuses)
        return Overview(
            infos,
            busy,
            # A stop ends the turn, and leaves the requests of its tools in the server's list.
            tuple(request for request in requests if request.call is None or request.session_id in busy),
            unlisted=unlisted,
            more_sessions=len(infos) >= limit,
        )

    async def _requests(self) -> tuple[tuple[Request, ...], tuple[type[Request], ...]]:
        """The requests that wait, and the kinds of which the server has no list."""
        permissions, questions = await cancellable(asyncio.gather(self._list("/permission"), self._list("/question")))
        found: tuple[Request, ...] = (
            *each(permissions, objects.permission, REQUESTS_BOUND),
            *each(questions, objects.question, REQUESTS_BOUND),
        )
        lists = ((permissions, PermissionRequest), (questions, QuestionRequest))
        return found, tuple(kind for listed, kind in lists if listed is None)

    async def latest_sessions(self, limit: int) -> tuple[SessionInfo, ...]:
        """`GET /session`."""
        listed = await self.http.json("GET", "/session", params=self.http.params(limit=limit))
        return each(listed, objects.session_info, limit)

    async def _list(self, path: str) -> Any:
        """A list; None from a server that lacks it.

        Servers of 1.x send unknown paths on to their web app: a web page comes back, or, where that cannot be reached, a failure.
        """
        try:
            return await self.http.json("GET", path)
        except NO_ROUTE:
            return None
        except RequestFailed as error:
            if error.status == FAILED:
                return None
            raise

    async def history(self, session_id: str, limit: int, before: str | None = None) -> History:
        """`GET /session/{id}/message?limit&before`, and `GET /session/{id}/todo` with the newest."""
        messages, more = await self._messages.page(session_id, limit, before)
        todos = common.todos(await self.http.json("GET", self._path(session_id, "todo"))) if before is None else None
        return History(session_id, each(messages, loaded_message), more, todos)

    async def catalogue(self) -> Catalogue:
        """`GET /agent`, `/config/providers`, `/config`, `/command`.

        The server asks its MCP servers for their commands first, and one of these may hang. Nothing else waits for that.
        """
        listing = asyncio.ensure_future(self._list("/command"))
        listing.add_done_callback(lambda task: task.cancelled() or task.exception())
        try:
            agents, providers, config = await cancellable(
                asyncio.gather(
                    self.http.json("GET", "/agent"),
                    self.http.json("GET", "/config/providers"),
                    self.http.json("GET", "/config"),
                )
            )
            await asyncio.wait([listing], timeout=COMMANDS_LIMIT)
            self._are_commands_late = not listing.done()
            if listing.done():
                self._commands = listing.result()
        finally:
            listing.cancel()
        return objects.catalogue(agents, providers, config, self._commands)

    async def late_commands(self) -> tuple[SlashCommand, ...] | None:
        """`GET /command`, for as long as it takes."""
        if not self._are_commands_late:
            return None
        self._commands = await self.http.json("GET", "/command", limit=LATE)
        self._are_commands_late = False
        return objects.catalogue([], {}, {}, self._commands).commands

    # ---- prompts and their answers ----

    async def prompt(self, prompt: Prompt) -> str:
        """`POST /session/{id}/prompt_async`: 204 at once; what fails later comes as an event."""
        body: dict[str, Any] = {"messageID": prompt.message_id, "parts": parts_of(prompt, await self._folder(prompt))}
        options = prompt.options
        if options.agent:
            body["agent"] = options.agent
        if options.model:
            body["model"] = named_model(options.model)
        if options.variant:
            body["variant"] = options.variant
        await self.http.call("POST", self._path(prompt.session_id, "prompt_async"), body=body)
        return prompt.message_id

    async def _folder(self, prompt: Prompt) -> str | None:
        """The folder that paths in mentions start from; asked of the server where none was named."""
        return self.http.directory or (await self.directory() if prompt.options.mentions else None)

    async def command(self, invocation: Invocation) -> None:
        """`POST /session/{id}/command`. Earlier servers fail without a reason where they do not have the command."""
        body: dict[str, Any] = {"command": invocation.command, "arguments": invocation.arguments}
        options = invocation.options
        given = {"agent": options.agent, "model": options.model, "variant": options.variant}
        body |= {name: value for name, value in given.items() if value}
        if options.files:
            body["parts"] = body_of_files(options.files)
        try:
            await self.http.call("POST", self._path(invocation.session_id, "command"), body=body, limit=LONG)
        except RequestFailed as error:
            names = [read.text(item, "name") for item in read.objects(await self._list("/command"))]
            raise (_no_command(invocation.command, names, error.status) or error) from None

    async def shell(self, invocation: Invocation) -> None:
        """`POST /session/{id}/shell`; it needs an agent."""
        body: dict[str, Any] = {"command": invocation.command, "agent": invocation.options.agent or "build"}
        if invocation.options.model:
            body["model"] = named_model(invocation.options.model)
        await self.http.call("POST", self._path(invocation.session_id, "shell"), body=body, limit=LONG)

    async def abort(self, session_id: str) -> None:
        """`POST /session/{id}/abort`."""
        await self.http.call("POST", self._path(session_id, "abort"))

    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> bool:
        """`POST /permission/{id}/reply`; 404 means that it was answered already."""
        body = {"reply": reply} if message is None else {"reply": reply, "message": message}
        return await self._settle(f"/permission/{self.http.quoted(request_id)}/reply", body)

    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """`POST /question/{id}/reply` or `/reject`; 404 means that it was answered already."""
        path = f"/question/{self.http.quoted(request_id)}"
        if answers is None:
            return await self._settle(f"{path}/reject", None)
        return await self._settle(f"{path}/reply", {"answers": answers})

    async def _settle(self, path: str, body: Any) -> bool:
        try:
            await self.http.call("POST", path, body=body)
        except NotFound:
            return False
        return True

    async def edit_prompt(self, session_id: str, message_id: str, text: str) -> None:
        """`PATCH /session/{id}/message/{id}/part/{id}` of the part with the user's text; the server allows it while a turn runs."""
        message = await self.http.json("GET", self._path(session_id, "message", message_id))
        parts = read.objects(message.get("parts") if isinstance(message, dict) else None)
        mine = (part for part in parts if part.get("type") == "text" and part.get("synthetic") is not True)
        part = next((item for item in mine if read.text(item, "id")), None)
        if part is None:
            raise RequestFailed("This prompt has no text that could be changed.")
        path = self._path(session_id, "message", message_id, "part", part["id"])
        await self.http.call("PATCH", path, body={**part, "text": text})

    async def remove_message(self, session_id: str, message_id: str) -> None:
        """`DELETE /session/{id}/message/{id}`; the server refuses it while a turn runs."""
        await self.http.call("DELETE", self._path(session_id, "message", message_id))

    async def copy_prompt(self, session_id: str, message_id: str) -> Any:
        """`GET /session/{id}/message/{id}`, as the body of a prompt."""
        return copied(await self.http.json("GET", self._path(session_id, "message", message_id)))

    async def send_copy(self, session_id: str, copy: Any) -> str:
        """`POST /session/{id}/prompt_async`."""
        id = make_id("msg")
        await self.http.call("POST", self._path(session_id, "prompt_async"), body={**copy, "messageID": id})
        return id

    # ---- sessions ----

    async def create_session(self, title: str | None = None) -> SessionInfo:
        """`POST /session`."""
        body = {} if title is None else {"title": title}
        answer = await self.http.json("POST", "/session", body=body)
        return self.understood(objects.session_info, answer, "/session")

    async def rename(self, session_id: str, title: str) -> None:
        """`PATCH /session/{id}`."""
        await self.http.call("PATCH", self._path(session_id), body={"title": title})

    async def delete(self, session_id: str) -> None:
        """`DELETE /session/{id}`."""
        await self.http.call("DELETE", self._path(session_id))

    async def archive(self, session_id: str, *, archived: bool) -> None:
        """`PATCH /session/{id}`. The server cannot remove the time; 0 stands for none."""
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
        """`POST` or `DELETE /session/{id}/share`; a server that must not share answers 500 without a reason."""
        path = self._path(session_id, "share")
        try:
            answer = await self.http.json("POST" if shared else "DELETE", path)
        except RequestFailed as problem:
            if problem.status != FAILED:
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

    # ---- the project and its services ----

    async def find(self, query: str, limit: int) -> tuple[Found, ...]:
        """See `Search.find`."""
        return await self._search.find(query, limit)

    async def diff(self, session_id: str, message_id: str | None = None) -> tuple[FileDiff, ...]:
        """See `Messages.diff`."""
        return await self._messages.diff(session_id, message_id)

    async def services(self) -> tuple[Service, ...]:
        """`GET /mcp`, `/lsp`, `/formatter`."""
        mcp, lsp, formatters = await cancellable(
            asyncio.gather(*(self.http.json("GET", path) for path in ("/mcp", "/lsp", "/formatter")))
        )
        return project.services(mcp, lsp, formatters)

    async def connect_mcp(self, name: str, *, connected: bool) -> None:
        """`POST /mcp/{name}/connect` or `/disconnect`; to connect may mean to start a program."""
        verb = "connect" if connected else "disconnect"
        await self.http.call("POST", f"/mcp/{self.http.quoted(name)}/{verb}", limit=STARTING)


def _no_command(name: str, names: list[str], status: int) -> RequestFailed | None:
    """The error for a command that a server does not have; None where it has it, or where its commands are not known."""
    known = [known for known in names if known]
    if not known or name in known:
        return None
    remedy = f"There are {', '.join(f'/{known}' for known in known)}."
    return RequestFailed(f"There is no command /{name}.", remedy=remedy, status=status)


def _statuses(value: Any) -> dict[str, Status]:
    known = (
        {id: common.status(item) for id, item in value.items() if isinstance(item, dict)}
        if isinstance(value, dict)
        else {}
    )
    return {id: status for id, status in known.items() if status.activity is not Activity.IDLE}
