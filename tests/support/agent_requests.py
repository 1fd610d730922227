"""An instance of the fake server whose agents ask for permissions and answers, for tests of handles and policies."""

from __future__ import annotations

from typing import Any

from . import shapes
from .command_client import CommandClient
from .servers.fake import FakeServer
from .wait import eventually


def ask_permission(server: FakeServer, id: str = "per_1", command: str = "ls", session: str = "ses_1") -> None:
    """An agent asks whether it may run a command."""
    server.permissions[id] = shapes.permission(id, session, command)
    server.emit("permission.asked", **server.permissions[id])


def ask_questions(server: FakeServer, *words: str, id: str = "que_1", session: str = "ses_1") -> None:
    """An agent asks questions, each with one option."""
    questions = [{"question": item, "header": item, "options": [{"label": "Yes", "description": ""}]} for item in words]
    server.questions[id] = {"id": id, "sessionID": session, "questions": questions}
    server.emit("question.asked", **server.questions[id])


def replies(server: FakeServer, id: str = "per_1") -> list[Any]:
    """The replies to a permission that the server received."""
    return [request.json() for request in server.seen("POST", f"/permission/{id}/reply")]


async def first_pending(client: CommandClient) -> Any:
    """The oldest request that waits, as soon as there is one."""
    await eventually(lambda: client.instance.pending)
    return client.instance.pending[0]
