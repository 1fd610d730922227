"""Commands about sessions: which there are, what becomes of them, what stands in them."""

from __future__ import annotations

from ...errors import RequestFailed
from ...model.view import diffs_view, part_view
from ...model.wire import DiffResult, ExportResult, PartView, SearchResult, SessionResult, ShareResult
from ...operations import search as search_operations
from ...operations import sessions as session_operations
from ...operations.export import written
from .arguments import Args, flag, maybe, one_of, text
from .context import Desk, Handler

EXPORTS = ("markdown", "json", "notebook")


# ---- which there are --------------------------------------------------------------------------------------------------


async def select_session(desk: Desk, args: Args) -> None:
    desk.manager.select_session(text(args, "instance"), text(args, "session"))


async def new_session(desk: Desk, args: Args) -> SessionResult:
    return {"session": (await desk.one(args).new_session(maybe(args, "title"))).id}


async def close_session(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    one.close_tab(id)


async def more_sessions(desk: Desk, args: Args) -> None:
    await desk.one(args).more_sessions()


# ---- what becomes of them ---------------------------------------------------------------------------------------------


async def rename_session(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await session_operations.rename(one, id, text(args, "title").strip())


async def delete_session(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await session_operations.delete(one, id)


async def archive_session(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await session_operations.archive(one, id, archived=flag(args, "archived"))


async def fork_session(desk: Desk, args: Args) -> SessionResult:
    one, id = desk.session(args)
    return {"session": (await session_operations.fork(one, id, maybe(args, "message"))).id}


async def revert(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await session_operations.revert(one, id, text(args, "message"), maybe(args, "part"))


async def unrevert(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await session_operations.unrevert(one, id)


async def share_session(desk: Desk, args: Args) -> ShareResult:
    one, id = desk.session(args)
    url = await session_operations.share(one, id, shared=flag(args, "shared"))
    return {"url": url} if url is not None else {}


# ---- what stands in them ----------------------------------------------------------------------------------------------


async def older(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await one.show_older(id, maybe(args, "until"))


async def part(desk: Desk, args: Args) -> PartView:
    one, id = desk.session(args)
    message = one.session(id).messages.get(text(args, "message"))
    found = message.by_id.get(text(args, "part")) if message is not None else None
    if message is None or found is None:
        raise RequestFailed("This part is no more.", remedy="Reload the page.")
    return part_view(message, found, entire=True)


async def diff(desk: Desk, args: Args) -> DiffResult:
    one, id = desk.session(args)
    return {"files": diffs_view(await session_operations.diff(one, id, maybe(args, "message")))}


async def search(desk: Desk, args: Args) -> SearchResult:
    one, id = desk.session(args)
    matches, complete = await search_operations.search(one, id, text(args, "query"))
    return {"matches": [match.view() for match in matches], "complete": complete}


async def export(desk: Desk, args: Args) -> ExportResult:
    one, id = desk.session(args)
    format = one_of(args, "format", EXPORTS)
    messages = await search_operations.everything(one, id)
    file = await written(format, one.session(id).info, messages)
    return ExportResult(filename=file.filename, mime=file.mime, text=file.text)


HANDLERS: dict[str, Handler] = {
    "select_session": select_session,
    "new_session": new_session,
    "close_session": close_session,
    "more_sessions": more_sessions,
    "rename_session": rename_session,
    "delete_session": delete_session,
    "archive_session": archive_session,
    "fork_session": fork_session,
    "revert": revert,
    "unrevert": unrevert,
    "share_session": share_session,
    "older": older,
    "part": part,
    "diff": diff,
    "search": search,
    "export": export,
}
