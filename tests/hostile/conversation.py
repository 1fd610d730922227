"""A session in which one text stands wherever an agent or a server can put text."""

from __future__ import annotations

from opencode_widget.model import events as e
from opencode_widget.model.entities import (
    FileInfo,
    MessageInfo,
    NoteInfo,
    PartInfo,
    PermissionRequest,
    Problem,
    Question,
    QuestionOption,
    QuestionRequest,
    Request,
    Role,
    SessionInfo,
    TextInfo,
    Todo,
    ToolInfo,
    ToolState,
)
from opencode_widget.model.reduce import apply
from opencode_widget.model.state import Message, Session, State

SESSION, USER, REPLY = "ses", "ask", "msg"


def parts(text: str) -> tuple[PartInfo, ...]:
    """Every kind of part, with the text in each place."""
    given = {"command": text}, {text: text, "list": [text, {text: text}]}
    metadata = {"diff": f"--- a\n+++ b\n{text}", "todos": [{"content": text, "status": text}, text]}
    return (
        TextInfo("text", text=text, ended=True),
        TextInfo("reasoning", "reasoning", text=text, ended=True),
        ToolInfo("bash", text, state=ToolState.COMPLETED, title=text, input=given[0], output=text),
        ToolInfo("other", "edit", state=ToolState.ERROR, title=text, input=given[1], error=text, metadata=metadata),
        ToolInfo("diff", "edit", state=ToolState.RUNNING, input=given[1], metadata={"diff": metadata["diff"]}),
        FileInfo("file", text, text, text),
        FileInfo("path", text, text, text, path=text),
        NoteInfo("note", text, text, {text: text}),
        TextInfo("last", text=f"Before {text} after", ended=True),
    )


def state(text: str) -> State:
    """A live instance with that session on it."""
    state = State(directory=text)
    info = SessionInfo(SESSION, title=text, directory=text, agent=text, model=text, share=text)
    problem = Problem(text, text, text, text)
    user = MessageInfo(USER, SESSION, Role.USER, 1, agent=text)
    reply = MessageInfo(REPLY, SESSION, Role.ASSISTANT, 2, parent=USER, agent=text, model=text, error=problem)
    for event in (
        e.Connected(),
        e.Loaded(overview=e.Overview()),
        e.SessionUpserted(session_id=SESSION, info=info, created=True),
        e.MessageUpserted(session_id=SESSION, message_id=USER, info=user),
        e.PartUpserted(session_id=SESSION, message_id=USER, part=TextInfo("asked", text=text, ended=True)),
        e.MessageUpserted(session_id=SESSION, message_id=REPLY, info=reply),
        *(e.PartUpserted(session_id=SESSION, message_id=REPLY, part=part) for part in parts(text)),
        *(e.Asked(session_id=SESSION, request=request) for request in requests(text)),
    ):
        apply(state, event)
    state.sessions[SESSION].todos = (Todo(text, text), Todo(text, "completed"))
    return state


def requests(text: str) -> tuple[Request, ...]:
    """What the user is asked."""
    options = (QuestionOption(text, text, text), QuestionOption("Yes"))
    questions = (Question(text, text, options), Question(text, "", options, multiple=True))
    metadata = {"diff": text, "filepath": text, text: [text]}
    return (
        PermissionRequest("per", SESSION, text, (text, text), (text,), metadata, message=text),
        QuestionRequest("que", SESSION, questions, title=text),
    )


def session(text: str) -> Session:
    """The session."""
    return state(text).sessions[SESSION]


def reply(text: str) -> Message:
    """The agent's message in it."""
    return session(text).messages[REPLY]
