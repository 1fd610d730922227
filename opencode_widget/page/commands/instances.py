"""Commands about instances: which there are, which is looked at, and their servers."""

from __future__ import annotations

import asyncio
from typing import Literal

from ...diagnostics.report import report
from ...model.view import without_none
from ...model.wire import (
    EventsResult,
    FoldersResult,
    InstanceResult,
    LogResult,
    ReportResult,
    ServicesResult,
    ServiceView,
)
from ...server.endpoints import attached_server, check_directory
from ...server.http.address import address
from ...server.http.loopback import is_loopback
from .. import folders
from .arguments import Args, flag, maybe, number, text, words
from .context import CommandContext, Handler


async def select_instance(context: CommandContext, args: Args) -> None:
    context.manager.select_instance(text(args, "instance"))


async def open_folder(context: CommandContext, args: Args) -> InstanceResult:
    folder = await asyncio.to_thread(check_directory, text(args, "directory"))
    return {"instance": context.manager.add(context.open_folder(str(folder))).id}


async def attach(context: CommandContext, args: Args) -> InstanceResult:
    url, directory = text(args, "url"), maybe(args, "directory")
    if is_loopback(address(url).host) and directory is not None:
        await asyncio.to_thread(check_directory, directory)
    source = attached_server(url, directory, maybe(args, "username") or "opencode", maybe(args, "password"))
    return {"instance": context.manager.add(source).id}


async def close_instance(context: CommandContext, args: Args) -> None:
    await context.manager.close_instance(text(args, "instance"))


async def reconnect(context: CommandContext, args: Args) -> None:
    context.runtime(args).reconnector.reconnect()


async def restart(context: CommandContext, args: Args) -> None:
    await context.runtime(args).restart()


# ---- folders to open --------------------------------------------------------------------------------------------------


async def complete_folder(context: CommandContext, args: Args) -> FoldersResult:
    return {"folders": await asyncio.to_thread(folders.complete, words(args, "prefix"))}


async def recent_folders(context: CommandContext, args: Args) -> FoldersResult:
    return {"folders": await asyncio.to_thread(folders.recent)}


# ---- how they stand ---------------------------------------------------------------------------------------------------


async def services(context: CommandContext, args: Args) -> ServicesResult:
    client = await context.runtime(args).reach()
    found = await client.services()
    return {
        "services": [_service(service.kind, service.name, service.state, service.detail) for service in found],
        "version": client.version,
    }


def _service(kind: Literal["mcp", "lsp", "formatter"], name: str, state: str, detail: str) -> ServiceView:
    return without_none(ServiceView(kind=kind, name=name, state=state, detail=detail or None))


async def connect_mcp(context: CommandContext, args: Args) -> None:
    runtime, name, connected = context.runtime(args), text(args, "name"), flag(args, "connected")
    await (await runtime.reach()).connect_mcp(name, connected=connected)


async def log(context: CommandContext, args: Args) -> LogResult:
    runtime = context.runtime(args)
    runtime.server_log.update(await asyncio.to_thread(runtime.endpoint.log_tail, 2000))
    lines = runtime.server_log.after(number(args, "after", 0, 2**53))
    return {"lines": lines, "next": runtime.server_log.next, "owned": runtime.endpoint.owned}


async def events(context: CommandContext, args: Args) -> EventsResult:
    return {"events": context.runtime(args).event_log.after(number(args, "after", 0, 2**53))}


async def report_text(context: CommandContext, args: Args) -> ReportResult:
    runtime = context.runtime(args) if args.get("instance") is not None else None
    return {"text": await asyncio.to_thread(report, runtime)}


HANDLERS: dict[str, Handler] = {
    "select_instance": select_instance,
    "open": open_folder,
    "attach": attach,
    "close_instance": close_instance,
    "reconnect": reconnect,
    "restart": restart,
    "complete_folder": complete_folder,
    "recent_folders": recent_folders,
    "services": services,
    "connect_mcp": connect_mcp,
    "log": log,
    "events": events,
    "report": report_text,
}
