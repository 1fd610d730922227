"""Commands about instances: open, attach, select and close them, and ask how their servers do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from ...errors import BadCommand
from ...model.view import without_none
from ...operations import services as service_operations
from ...operations.files.attachments import checked
from ...server.endpoints import attached_server, check_directory
from ...server.http.address import address
from ...sync.runtime import InstanceRuntime
from .. import folders
from ..manager import Manager
from . import mermaid
from .arguments import Args, file, flag, headers, maybe, number, text, words

if TYPE_CHECKING:
    from ...model.wire import (
        AttachmentView,
        EventsResult,
        FileResult,
        FoldersResult,
        InstanceResult,
        LogResult,
        MermaidResult,
        PictureResult,
        ReportResult,
        ServicesResult,
        ServiceView,
    )

# The speed of a replay that a page may ask for.
FASTEST = 1_000


async def select_instance(manager: Manager, args: Args) -> None:
    manager.select_instance(text(args, "instance"))


async def open_folder(manager: Manager, args: Args) -> InstanceResult:
    folder = await asyncio.to_thread(check_directory, text(args, "directory"))
    return {"instance": manager.open(str(folder)).id}


async def attach(manager: Manager, args: Args) -> InstanceResult:
    url, directory = text(args, "url"), maybe(args, "directory")
    address(url)  # a mistyped one is reported in the dialog; the folder is the server's to judge
    username, password = maybe(args, "username") or "opencode", maybe(args, "password")
    endpoint = attached_server(url, directory, username, password, headers=headers(args))
    return {"instance": manager.add(endpoint).id}


async def close_instance(manager: Manager, args: Args) -> None:
    await manager.close_instance(text(args, "instance"))


async def reconnect(runtime: InstanceRuntime, args: Args) -> None:
    runtime.reconnector.reconnect()


async def restart(runtime: InstanceRuntime, args: Args) -> None:
    await runtime.restart()


# ---- folders to open --------------------------------------------------------------------------------------------------


async def complete_folder(manager: Manager, args: Args) -> FoldersResult:
    prefix, url = words(args, "prefix"), maybe(args, "url")
    if url is None:
        return {"folders": await asyncio.to_thread(folders.complete, prefix)}
    username, password = maybe(args, "username") or "opencode", maybe(args, "password")
    where = address(url, username, password, headers=headers(args))
    return {"folders": await manager.complete_folder(where, prefix)}


async def recent_folders(manager: Manager, args: Args) -> FoldersResult:
    return {"folders": await asyncio.to_thread(folders.recent)}


async def convert_file(manager: Manager, args: Args) -> AttachmentView:
    [converted] = await asyncio.to_thread(checked, [file(args)])
    return {"mime": converted.mime, "filename": converted.filename, "url": converted.url}


# ---- their servers ----------------------------------------------------------------------------------------------------


async def services(runtime: InstanceRuntime, args: Args) -> ServicesResult:
    found, version = await service_operations.services(runtime)
    return {
        "services": [_service(service.kind, service.name, service.state, service.detail) for service in found],
        "version": version,
    }


def _service(kind: Literal["mcp", "lsp", "formatter"], name: str, state: str, detail: str) -> ServiceView:
    view: ServiceView = {"kind": kind, "name": name, "state": state, "detail": detail or None}
    return without_none(view)


async def connect_mcp(runtime: InstanceRuntime, args: Args) -> None:
    await service_operations.connect_mcp(runtime, text(args, "name"), connected=flag(args, "connected"))


async def log(runtime: InstanceRuntime, args: Args) -> LogResult:
    lines = await service_operations.log(runtime)
    after = number(args, "after", 0, 2**53)
    return {"lines": lines.after(after), "next": lines.next, "owned": runtime.endpoint.owned}


async def events(runtime: InstanceRuntime, args: Args) -> EventsResult:
    return {"events": runtime.event_log.after(number(args, "after", 0, 2**53))}


async def report_text(manager: Manager, args: Args) -> ReportResult:
    from ...diagnostics.report import report  # when it is asked for

    runtime = manager.instance(text(args, "instance")) if args.get("instance") is not None else None
    return {"text": await asyncio.to_thread(report, runtime)}


async def locate_file(runtime: InstanceRuntime, args: Args) -> FileResult:
    from ...operations.files import project_files  # when one is asked for

    found = await asyncio.to_thread(project_files.locate, runtime.directory, text(args, "path"))
    view: FileResult = {"path": found.path, "absolute": found.absolute, "notebook": found.notebook}
    return without_none(view)


async def read_picture(runtime: InstanceRuntime, args: Args) -> PictureResult:
    from ...operations.files import project_files

    return {"url": await asyncio.to_thread(project_files.picture, runtime.directory, text(args, "path"))}


# ---- batches ----------------------------------------------------------------------------------------------------------


async def stop_batch(manager: Manager, args: Args) -> None:
    manager.batches.stop(text(args, "batch"))


# ---- replays ----------------------------------------------------------------------------------------------------------


async def control_replay(manager: Manager, args: Args) -> None:
    if manager.replay is None:
        raise BadCommand("This widget shows servers and no replay.", remedy="Reload the page.")
    paused = flag(args, "paused") if "paused" in args else None
    speed = number(args, "speed", 1, FASTEST) if "speed" in args else None
    manager.replay.change(speed=speed, paused=paused)


# ---- what the page draws ----------------------------------------------------------------------------------------------


async def read_mermaid(manager: Manager, args: Args) -> MermaidResult:
    return await asyncio.to_thread(mermaid.piece, number(args, "offset", 0, 2**31))


OF_WIDGET = {
    "convert_file": convert_file,
    "select_instance": select_instance,
    "open": open_folder,
    "attach": attach,
    "close_instance": close_instance,
    "complete_folder": complete_folder,
    "recent_folders": recent_folders,
    "report": report_text,
    "read_mermaid": read_mermaid,
    "stop_batch": stop_batch,
    "control_replay": control_replay,
}
OF_INSTANCE = {
    "reconnect": reconnect,
    "restart": restart,
    "services": services,
    "connect_mcp": connect_mcp,
    "log": log,
    "events": events,
    "locate_file": locate_file,
    "read_picture": read_picture,
}
