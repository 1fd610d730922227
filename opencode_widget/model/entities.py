"""The values that a server states: immutable, decoded once, free of any dialect's spelling.

Times are milliseconds since 1970 by the server's clock. A model is written "provider/id".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from .text.truncate import shortened

# Characters of an error's message, and of whatever else is said of it.
PROBLEM_BOUND = 20_000
# Characters of a session's title.
TITLE_BOUND = 2_000
# To-dos of a session, and characters of each.
TODOS_BOUND, TODO_BOUND = 1_000, 5_000

JSON = Mapping[str, Any]
NOTHING: JSON = MappingProxyType({})
# The name of the error of an answer that was stopped.
ABORTED = "MessageAbortedError"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong, in words for a person. What is longer than they can read is cut, and says so."""

    name: str
    message: str
    remedy: str = ""
    details: str = ""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if len(words := getattr(self, name)) > PROBLEM_BOUND:
                object.__setattr__(self, name, shortened(words, PROBLEM_BOUND))


# ---- sessions ---------------------------------------------------------------------------------------------------------


class Activity(StrEnum):
    """What a session does."""

    IDLE = "idle"
    BUSY = "busy"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Status:
    """What a session does, and for a retry: why, the number of the attempt, and when (ms since 1970) it comes."""

    activity: Activity = Activity.IDLE
    message: str = ""
    attempt: int = 0
    next: float = 0


IDLE = Status()
BUSY = Status(Activity.BUSY)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Counts of tokens."""

    input: int = 0
    output: int = 0
    reasoning: int = 0
    cache_read: int = 0
    cache_write: int = 0


@dataclass(frozen=True, slots=True)
class ChangeTotals:
    """How many files and lines a session changed."""

    files: int = 0
    additions: int = 0
    deletions: int = 0


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What a session changed in one file; `patch` is a unified diff, None where the server gives none."""

    file: str
    additions: int = 0
    deletions: int = 0
    status: str = ""
    patch: str | None = None


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """All that a server says of a session, save its messages."""

    id: str
    title: str = ""
    parent: str | None = None
    directory: str | None = None
    created: float = 0
    updated: float = 0
    archived: float | None = None
    agent: str | None = None
    model: str | None = None
    variant: str | None = None
    cost: float | None = None
    tokens: Tokens | None = None
    # The message from which on the conversation is taken back, while it can still be restored.
    revert: str | None = None
    # The address where it is shared.
    share: str | None = None
    # What it changed in the project's files.
    changed: ChangeTotals | None = None

    def __post_init__(self) -> None:
        if len(self.title) > TITLE_BOUND:  # each is kept, and goes to each page, without its session being opened
            object.__setattr__(self, "title", f"{self.title[:TITLE_BOUND]}…")


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of a session's to-do list."""

    content: str
    status: str = "pending"
    priority: str = ""


# ---- messages ---------------------------------------------------------------------------------------------------------


class Role(StrEnum):
    """Who speaks. A notice is an error of the session that belongs to no message."""

    USER = "user"
    ASSISTANT = "assistant"
    NOTICE = "notice"
    # Of a server that does not say it; see `Session.filled`.
    UNKNOWN = "unknown"


# A prompt joins the turn that runs at its next step, or waits for its end.
Delivery = Literal["steer", "queue"]


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """All that a server says of a message, save its parts."""

    id: str
    session_id: str
    role: Role
    created: float = 0
    completed: float | None = None
    # The user message that an assistant's message answers.
    parent: str | None = None
    agent: str | None = None
    model: str | None = None
    variant: str | None = None
    cost: float | None = None
    tokens: Tokens | None = None
    finish: str | None = None
    error: Problem | None = None
    summary: bool = False
    # The server says itself that the prompt waits; None: it does not say, see `model/reduce/message_state.py`.
    queued: bool | None = None
    # When a prompt that waits has its turn; None: the server does not say.
    delivery: Delivery | None = None


def prompt_part(message_id: str) -> str:
    """The id of the text of a prompt: ours to choose where a server takes part ids, and ours to know where it has none."""
    return f"prt_{message_id.removeprefix('msg_')}"


# ---- parts ------------------------------------------------------------------------------------------------------------

# The fields that grow by deltas.
GrowingField = Literal["text", "raw", "output"]


class ToolState(StrEnum):
    """How far a tool is. INTERRUPTED is never said by a server: it is what we make of a tool left running."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    ERROR = "error"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class TextInfo:
    """Text or reasoning. `ended`: no more deltas will come."""

    id: str
    kind: Literal["text", "reasoning"] = "text"
    text: str = ""
    ended: bool = False
    started: float | None = None
    finished: float | None = None
    # Written by the server for the model, not for the person.
    hidden: bool = False

    grows: ClassVar[tuple[GrowingField, ...]] = ("text",)


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """One call of a tool. `raw` is its input as it is being written, where the server streams it."""

    id: str
    tool: str
    call: str = ""
    state: ToolState = ToolState.PENDING
    title: str = ""
    input: JSON = field(default_factory=lambda: NOTHING)
    raw: str = ""
    output: str = ""
    error: str = ""
    metadata: JSON = field(default_factory=lambda: NOTHING)
    child: str | None = None
    started: float | None = None
    finished: float | None = None
    # Files and images that it gave back.
    files: tuple[FileInfo, ...] = ()

    kind: ClassVar[Literal["tool"]] = "tool"
    grows: ClassVar[tuple[GrowingField, ...]] = ("raw", "output")
    hidden: ClassVar[bool] = False

    @property
    def ended(self) -> bool:
        """Will the server say no more of it?"""
        return self.state in (ToolState.COMPLETED, ToolState.ERROR)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file or image that belongs to a message."""

    id: str
    mime: str = "application/octet-stream"
    filename: str = ""
    url: str = ""
    # Of a file that a prompt mentions.
    path: str = ""
    hidden: bool = False

    kind: ClassVar[Literal["file"]] = "file"
    grows: ClassVar[tuple[GrowingField, ...]] = ()
    ended: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class NoteInfo:
    """Every other kind of part, in words, and whole in `data`. `type` is the server's own word for it."""

    id: str
    type: str
    text: str = ""
    data: JSON = field(default_factory=lambda: NOTHING)
    hidden: bool = False

    kind: ClassVar[Literal["note"]] = "note"
    grows: ClassVar[tuple[GrowingField, ...]] = ()
    ended: ClassVar[bool] = True


PartInfo = TextInfo | ToolInfo | FileInfo | NoteInfo


# ---- requests ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PermissionRequest:
    """A tool waits for leave. `always` are the patterns that "Always allow" would cover."""

    id: str
    session_id: str
    permission: str
    patterns: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    metadata: JSON = field(default_factory=lambda: NOTHING)
    message_id: str | None = None
    call: str | None = None
    message: str = ""

    kind: ClassVar[Literal["permission"]] = "permission"


@dataclass(frozen=True, slots=True)
class QuestionOption:
    """One of the answers offered; `value` is the server's word for it where that is not the label."""

    label: str
    description: str = ""
    value: str = ""


FieldKind = Literal["string", "number", "integer", "boolean", "select", "multiselect", "external"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A field is asked for only where the field `key` has this value; `negated`: has another."""

    key: str
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class FormField:
    """What a server that asks with forms says of a question beyond its words.

    `minimum` and `maximum` bound a number, the characters of a text, or how many are chosen. `url`: of an external field, which is
    answered elsewhere.
    """

    key: str
    kind: FieldKind
    required: bool = False
    hidden: bool = False
    when: tuple[Condition, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    format: str = ""
    placeholder: str = ""
    default: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `custom`: a free answer may be given."""

    question: str
    header: str = ""
    options: tuple[QuestionOption, ...] = ()
    multiple: bool = False
    custom: bool = True
    field: FormField | None = None


@dataclass(frozen=True, slots=True)
class QuestionRequest:
    """The agent waits for answers, one list for each question."""

    id: str
    session_id: str
    questions: tuple[Question, ...] = ()
    message_id: str | None = None
    call: str | None = None
    # Of a form: what it is about.
    title: str = ""

    kind: ClassVar[Literal["question"]] = "question"


Request = PermissionRequest | QuestionRequest


class AnsweredBy(StrEnum):
    """Who answered a request. UNKNOWN: it was settled while the connection was lost, or no event said how."""

    KERNEL = "kernel"
    OTHER = "another program"
    UNKNOWN = "unknown"


# ---- the catalogue ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent that prompts can name, unless it is a sub-agent."""

    name: str
    description: str = ""
    mode: Literal["primary", "subagent", "all"] = "primary"


@dataclass(frozen=True, slots=True)
class Model:
    """A model that prompts can name; `context` is its window in tokens."""

    provider: str
    id: str
    name: str = ""
    provider_name: str = ""
    variants: tuple[str, ...] = ()
    context: int | None = None


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command of the server's, without its slash. `hints`: its arguments, in words."""

    name: str
    description: str = ""
    source: str = "command"
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What prompts can name, and what is taken where they name nothing."""

    agents: tuple[Agent, ...] = ()
    models: tuple[Model, ...] = ()
    default_agent: str | None = None
    default_model: str | None = None
    commands: tuple[SlashCommand, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A file, folder or symbol of the project; `path` is relative to the folder, `line` counted from 1."""

    kind: Literal["file", "folder", "symbol"]
    path: str
    name: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """An MCP server, a language server or a formatter, and how it stands."""

    kind: Literal["mcp", "lsp", "formatter"]
    name: str
    state: str
    detail: str = ""
