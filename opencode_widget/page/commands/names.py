"""Commands about what the user has in the notebook: names in a prompt, what would be sent for them, and the cell that failed,
the transcript that it saves.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ...context.sending import attachments, descriptions, targets
from ...model.view import problem_view, without_none
from ...server.problems import problem_of
from ..manager import Manager
from .arguments import Args, words

if TYPE_CHECKING:
    from ...context.description import Description
    from ...context.listing import Listed
    from ...model.wire import (
        AttachmentView,
        DescriptionView,
        NamedObjectView,
        NamesResult,
        PreviewResult,
        TranscriptResult,
    )


async def find_names(manager: Manager, args: Args) -> NamesResult:
    from ...context.listing import listed  # with the describers, when a name is typed

    return {"names": [_name_view(item) for item in listed(words(args, "query"), manager.namespace())]}


async def check_names(manager: Manager, args: Args) -> NamesResult:
    from ...context.listing import looked_up

    return {"names": [_name_view(item) for item in looked_up(words(args, "text"), manager.namespace())]}


async def preview_names(manager: Manager, args: Args) -> PreviewResult:
    found = targets(words(args, "text"), namespace=manager.namespace())
    return {"descriptions": [_description_view(item) for item in await asyncio.to_thread(descriptions, found)]}


async def dismiss_cell_error(manager: Manager, args: Args) -> None:
    manager.cell_ended(None)


async def transcript(manager: Manager, args: Args) -> TranscriptResult:
    return {"data": manager.transcript.version().data} if manager.transcript is not None else {"data": {}}


def _name_view(item: Listed) -> NamedObjectView:
    problem = problem_view(problem_of(item.problem)) if item.problem is not None else None
    view: NamedObjectView = {"name": item.name.text, "detail": item.detail or None, "problem": problem}
    return without_none(view)


def _description_view(item: Description) -> DescriptionView:
    # The first file is the text.
    pictures: list[AttachmentView] = [
        {"mime": file.mime, "filename": file.filename, "url": file.url} for file in [*attachments(item)][1:]
    ]
    return {
        "name": item.title,
        "text": item.markdown,
        "pictures": pictures,
        "tokens": item.tokens,
        "size": item.size,
    }


OF_WIDGET = {
    "find_names": find_names,
    "check_names": check_names,
    "preview_names": preview_names,
    "dismiss_cell_error": dismiss_cell_error,
    "transcript": transcript,
}
