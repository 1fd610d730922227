"""Commands about sessions: select, create, change and delete them, and read what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import RequestFailed
from ...model.view import diffs_view, part_view
from ...operations import search as search_operations
from ...operations import sessions as session_operations
from ...sync.runtime import InstanceRuntime
from ..manager import Manager
from .arguments import Args, flag, maybe, one_of, text

if TYPE_CHECKING:
    from ...model.wire import DiffResult, ExportResult, PartView, SearchResult, SessionResult, ShareResult

EXPORTS = ("markdown", "json", "notebook")


# ---- which there are --------------------------------------------------------------------------------------------------


async def select_session(manager: Manager, args: Args) -> None:
    manager.select_session(text(args, "instance"), text(args, "session"))


async def new_session(runtime: InstanceRuntime, args: Args) -> SessionResult:
    return {"session": (await runtime.new_session(maybe(args, "title"))).id}


async def close_session(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    runtime.close_tab(session_id)


async def more_sessions(runtime: InstanceRuntime, args: Args) -> None:
    await runtime.discovery.more_sessions()


# ---- what becomes of them ---------------------------------------------------------------------------------------------


async def rename_session(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await session_operations.rename(runtime, session_id, text(args, "title").strip())


async def delete_session(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await session_operations.delete(runtime, session_id)


async def archive_session(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await session_operations.archive(runtime, session_id, archived=flag(args, "archived"))


async def fork_session(runtime: InstanceRuntime, session_id: str, args: Args) -> SessionResult:
    return {"session": (await session_operations.fork(runtime, session_id, maybe(args, "message"))).id}


async def revert(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await session_operations.revert(runtime, session_id, text(args, "message"), maybe(args, "part"))


async def unrevert(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await session_operations.unrevert(runtime, session_id)


async def redo(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await session_operations.redo(runtime, session_id)


async def share_session(runtime: InstanceRuntime, session_id: str, args: Args) -> ShareResult:
    url = await session_operations.share(runtime, session_id, shared=flag(args, "shared"))
    return {"url": url} if url is not None else {}


# ---- what stands in them ----------------------------------------------------------------------------------------------


async def older(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await runtime.history.show_older(session_id, maybe(args, "until"))


async def part(runtime: InstanceRuntime, session_id: str, args: Args) -> PartView:
    session = runtime.session(session_id)
    message = session.messages.get(text(args, "message"))
    found = message.by_id.get(text(args, "part")) if message is not None else None
    if message is None or found is None:
        raise RequestFailed("This part no longer exists.", remedy="Reload the page.")
    return part_view(message, found, session, entire=True)


async def diff(runtime: InstanceRuntime, session_id: str, args: Args) -> DiffResult:
    return {"files": diffs_view(await session_operations.diff(runtime, session_id, maybe(args, "message")))}


async def search(runtime: InstanceRuntime, session_id: str, args: Args) -> SearchResult:
    matches, complete = await search_operations.search(runtime, session_id, text(args, "query"))
    return {"matches": [match.view() for match in matches], "complete": complete}


async def export(runtime: InstanceRuntime, session_id: str, args: Args) -> ExportResult:
    from ...operations.export import conversation_document  # with the renderer, when something is exported

    format = one_of(args, "format", EXPORTS)
    file = await conversation_document(runtime, session_id, format)
    return {"filename": file.filename, "mime": file.mime, "text": file.text}


OF_WIDGET = {
    "select_session": select_session,
}
OF_INSTANCE = {
    "new_session": new_session,
    "more_sessions": more_sessions,
}
OF_SESSION = {
    "close_session": close_session,
    "rename_session": rename_session,
    "delete_session": delete_session,
    "archive_session": archive_session,
    "fork_session": fork_session,
    "revert": revert,
    "unrevert": unrevert,
    "redo": redo,
    "share_session": share_session,
    "older": older,
    "part": part,
    "diff": diff,
    "search": search,
    "export": export,
}
