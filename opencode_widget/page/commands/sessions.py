"""Commands about sessions: which there are, what becomes of them, what stands in them."""

from __future__ import annotations

from ...errors import RequestFailed
from ...model.view import diffs_view, part_view
from ...model.wire import DiffResult, ExportResult, PartView, SearchResult, SessionResult, ShareResult
from ...operations import search as search_operations
from ...operations import sessions as session_operations
from ...operations.export import conversation_document
from .arguments import Args, flag, maybe, one_of, text
from .context import CommandContext, Handler

EXPORTS = ("markdown", "json", "notebook")


# ---- which there are --------------------------------------------------------------------------------------------------


async def select_session(context: CommandContext, args: Args) -> None:
    context.manager.select_session(text(args, "instance"), text(args, "session"))


async def new_session(context: CommandContext, args: Args) -> SessionResult:
    return {"session": (await context.runtime(args).new_session(maybe(args, "title"))).id}


async def close_session(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    runtime.close_tab(id)


async def more_sessions(context: CommandContext, args: Args) -> None:
    await context.runtime(args).more_sessions()


# ---- what becomes of them ---------------------------------------------------------------------------------------------


async def rename_session(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await session_operations.rename(runtime, id, text(args, "title").strip())


async def delete_session(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await session_operations.delete(runtime, id)


async def archive_session(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await session_operations.archive(runtime, id, archived=flag(args, "archived"))


async def fork_session(context: CommandContext, args: Args) -> SessionResult:
    runtime, id = context.session(args)
    return {"session": (await session_operations.fork(runtime, id, maybe(args, "message"))).id}


async def revert(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await session_operations.revert(runtime, id, text(args, "message"), maybe(args, "part"))


async def unrevert(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await session_operations.unrevert(runtime, id)


async def share_session(context: CommandContext, args: Args) -> ShareResult:
    runtime, id = context.session(args)
    url = await session_operations.share(runtime, id, shared=flag(args, "shared"))
    return {"url": url} if url is not None else {}


# ---- what stands in them ----------------------------------------------------------------------------------------------


async def older(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await runtime.show_older(id, maybe(args, "until"))


async def part(context: CommandContext, args: Args) -> PartView:
    runtime, id = context.session(args)
    message = runtime.session(id).messages.get(text(args, "message"))
    found = message.by_id.get(text(args, "part")) if message is not None else None
    if message is None or found is None:
        raise RequestFailed("This part is no more.", remedy="Reload the page.")
    return part_view(message, found, entire=True)


async def diff(context: CommandContext, args: Args) -> DiffResult:
    runtime, id = context.session(args)
    return {"files": diffs_view(await session_operations.diff(runtime, id, maybe(args, "message")))}


async def search(context: CommandContext, args: Args) -> SearchResult:
    runtime, id = context.session(args)
    matches, complete = await search_operations.search(runtime, id, text(args, "query"))
    return {"matches": [match.view() for match in matches], "complete": complete}


async def export(context: CommandContext, args: Args) -> ExportResult:
    runtime, id = context.session(args)
    format = one_of(args, "format", EXPORTS)
    file = await conversation_document(runtime, id, format)
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
