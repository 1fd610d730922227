"""Commands about instances: which there are, which is looked at, and their servers."""

from __future__ import annotations

import asyncio
from typing import Literal

from ...diagnostics.report import report
from ...model.view import compact
from ...model.wire import (
    EventsResult,
    FoldersResult,
    InstanceResult,
    LogResult,
    ReportResult,
    ServicesResult,
    ServiceView,
)
from ...server.endpoints import check_directory, running_server
from ...server.http.address import address
from ...server.http.loopback import is_loopback
from .. import folders
from .arguments import Args, flag, maybe, number, text, words
from .context import Desk, Handler


async def select_instance(desk: Desk, args: Args) -> None:
    desk.manager.select_instance(text(args, "instance"))


async def open_folder(desk: Desk, args: Args) -> InstanceResult:
    folder = await asyncio.to_thread(check_directory, text(args, "directory"))
    return {"instance": desk.manager.add(desk.open_folder(str(folder))).id}


async def attach(desk: Desk, args: Args) -> InstanceResult:
    url, directory = text(args, "url"), maybe(args, "directory")
    if is_loopback(address(url).host) and directory is not None:
        await asyncio.to_thread(check_directory, directory)
    source = running_server(url, directory, maybe(args, "username") or "opencode", maybe(args, "password"))
    return {"instance": desk.manager.add(source).id}


async def close_instance(desk: Desk, args: Args) -> None:
    await desk.manager.close_instance(text(args, "instance"))


async def reconnect(desk: Desk, args: Args) -> None:
    desk.one(args).connector.reconnect()


async def restart(desk: Desk, args: Args) -> None:
    await desk.one(args).restart()


# ---- folders to open --------------------------------------------------------------------------------------------------


async def complete_folder(desk: Desk, args: Args) -> FoldersResult:
    return {"folders": await asyncio.to_thread(folders.complete, words(args, "prefix"))}


async def recent_folders(desk: Desk, args: Args) -> FoldersResult:
    return {"folders": await asyncio.to_thread(folders.recent)}


# ---- how they stand ---------------------------------------------------------------------------------------------------


async def services(desk: Desk, args: Args) -> ServicesResult:
    client = await desk.one(args).reach()
    found = await client.services()
    return {
        "services": [_service(one.kind, one.name, one.state, one.detail) for one in found],
        "version": client.version,
    }


def _service(kind: Literal["mcp", "lsp", "formatter"], name: str, state: str, detail: str) -> ServiceView:
    return compact(ServiceView(kind=kind, name=name, state=state, detail=detail or None))


async def connect_mcp(desk: Desk, args: Args) -> None:
    one, name, connected = desk.one(args), text(args, "name"), flag(args, "connected")
    await (await one.reach()).connect_mcp(name, connected=connected)


async def log(desk: Desk, args: Args) -> LogResult:
    one = desk.one(args)
    one.log_book.take(await asyncio.to_thread(one.source.log_tail, 2000))
    lines = one.log_book.after(number(args, "after", 0, 2**53))
    return {"lines": lines, "next": one.log_book.next, "owned": one.source.owned}


async def events(desk: Desk, args: Args) -> EventsResult:
    return {"events": desk.one(args).event_log.after(number(args, "after", 0, 2**53))}


async def tell(desk: Desk, args: Args) -> ReportResult:
    one = desk.one(args) if args.get("instance") is not None else None
    return {"text": await asyncio.to_thread(report, one)}


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
    "report": tell,
}
