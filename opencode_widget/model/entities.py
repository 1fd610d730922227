"""The values that a server states: immutable, decoded once, and the same for all dialects.

Times are milliseconds since 1970 by the server's clock. A model is written "provider/id".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from .text.truncate import shortened

# Maximum characters of an error's message, and of each of its other texts.
PROBLEM_BOUND = 20_000
# Maximum characters of a session's title.
TITLE_BOUND = 2_000
# Maximum number of to-dos of a session, and of characters of each.
TODOS_BOUND, TODO_BOUND = 1_000, 5_000

JSON = Mapping[str, Any]
NOTHING: JSON = MappingProxyType({})
# The name of the error of an answer that the user stopped.
ABORTED = "MessageAbortedError"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong, in words for the user. Longer texts than anybody reads are cut, and say so."""

    name: str
    message: str
    remedy: str = ""
    details: str = ""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if len(words := getattr(self, name)) > PROBLEM_BOUND:
                object.__setattr__(self, name, shortened(words, PROBLEM_BOUND))


# ---- the server ------------------------------------------------------------------------------------------------------


class ConnectionState(StrEnum):
    """The state of the connection between the kernel and a server."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    DISCONNECTED = "disconnected"


class Feature(StrEnum):
    """What a server can do beyond the basics. It depends on the dialect; the page does not offer what is missing."""

    RENAME = "rename"
    DELETE = "delete"
    ARCHIVE = "archive"
    FORK = "fork"
    REVERT = "revert"
    SHARE = "share"
    COMPACT = "compact"
    INIT = "init"
    COMMANDS = "commands"
    SHELL = "shell"
    # Files and images with a prompt.
    ATTACHMENTS = "attachments"
    # Files and agents in a prompt.
    MENTIONS = "mentions"
    # Finding files and symbols of the project.
    FIND = "find"
    # The files that a session changed.
    DIFF = "diff"
    # The state of MCP servers, language servers and formatters.
    STATUS = "status"
    # A message to the model with a "reject".
    REJECT_MESSAGE = "reject_message"
    # A queued prompt can be taken back, or changed.
    CANCEL_PROMPT = "cancel_prompt"
    EDIT_PROMPT = "edit_prompt"
    # A prompt during a turn can join it at its next step, or wait for its end; and that can be changed while it waits.
    DELIVERY = "delivery"
    REDELIVER = "redeliver"


# ---- sessions ---------------------------------------------------------------------------------------------------------


class Activity(StrEnum):
    """What a session does."""

    IDLE = "idle"
    BUSY = "busy"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Status:
    """What a session does. For a retry also the reason, the number of the attempt, and its time (ms since 1970); and the server's advice,
    with the address of a page about it.
    """

    activity: Activity = Activity.IDLE
    message: str = ""
    attempt: int = 0
    next: float = 0
    advice: str = ""
    link: str = ""


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
    """The changes of a session in one file. `patch` is a unified diff; None where the server gives none."""

    file: str
    additions: int = 0
    deletions: int = 0
    status: str = ""
    patch: str | None = None


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What a server states of a session, without its messages."""

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
    # The first message that a revert hides, while it can be undone.
    revert: str | None = None
    # The URL at which it is shared.
    share: str | None = None
    # Its changes of the project's files.
    changed: ChangeTotals | None = None

    def __post_init__(self) -> None:
        if (
            len(self.title) > TITLE_BOUND
        ):  # titles of all sessions are kept and sent, whether or not a session is opened
            object.__setattr__(self, "title", f"{self.title[:TITLE_BOUND]}…")


@dataclass(frozen=True, slots=True)
class Todo:
    """One entry of a session's to-do list."""

    content: str
    status: str = "pending"
    priority: str = ""


# ---- messages ---------------------------------------------------------------------------------------------------------


class Role(StrEnum):
    """Who wrote a message. A notice is ours: an error of the session that belongs to no message."""

    USER = "user"
    ASSISTANT = "assistant"
    NOTICE = "notice"
    # The server does not say it; see `Session.filled`.
    UNKNOWN = "unknown"


# A prompt joins the running turn at its next step, or waits for its end.
Delivery = Literal["steer", "queue"]


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """What a server states of a message, without its parts."""

    id: str
    session_id: str
    role: Role
    created: float = 0
    completed: float | None = None
    # The user's message that this one answers.
    parent: str | None = None
    agent: str | None = None
    model: str | None = None
    variant: str | None = None
    cost: float | None = None
    tokens: Tokens | None = None
    finish: str | None = None
    error: Problem | None = None
    summary: bool = False
    # Whether the server states that the prompt waits; None where it states nothing, see `model/reduce/message_state.py`.
    queued: bool | None = None
    # When the turn of a waiting prompt begins; None where the server does not say.
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class QueuedPrompt:
    """A prompt that waits in this kernel for the end of the turn.

    Attributes:
        id: our name for it.
        text: its Markdown.
        files: the names of the files that go with it.
        options: what the user chose for it, as `operations/` sends it.
    """

    id: str
    text: str
    files: tuple[str, ...] = ()
    options: Any = None


@dataclass(frozen=True, slots=True)
class PromptQueue:
    """The prompts of one session that wait in this kernel, in the order in which they go; `stopped`: why none goes, "" if they go."""

    prompts: tuple[QueuedPrompt, ...] = ()
    stopped: str = ""


NO_QUEUE = PromptQueue()


def prompt_part(message_id: str) -> str:
    """Our id for the text of a prompt, where the server accepts part ids or has none."""
    return f"prt_{message_id.removeprefix('msg_')}"


# ---- parts ------------------------------------------------------------------------------------------------------------

# The fields that grow by deltas.
GrowingField = Literal["text", "raw", "output"]


class ToolState(StrEnum):
    """The state of a tool. No server states INTERRUPTED: it stands for a running tool of a message that has stopped."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    ERROR = "error"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class TextInfo:
    """Text or reasoning. `ended`: no more deltas will arrive."""

    id: str
    kind: Literal["text", "reasoning"] = "text"
    text: str = ""
    ended: bool = False
    started: float | None = None
    finished: float | None = None
    # Written by the server for the model, not for the user.
    hidden: bool = False

    grows: ClassVar[tuple[GrowingField, ...]] = ("text",)


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """One call of a tool. `raw` is its input while the model writes it, if the server streams that.

    `shell`: the shell that it runs, where the server gives the output of a running one only to whoever asks for it.
    """

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
    # Files and images that it returned.
    files: tuple[FileInfo, ...] = ()
    shell: str | None = None

    kind: ClassVar[Literal["tool"]] = "tool"
    grows: ClassVar[tuple[GrowingField, ...]] = ("raw", "output")
    hidden: ClassVar[bool] = False

    @property
    def ended(self) -> bool:
        """Is the call complete, so that the server sends no more of it?"""
        return self.state in (ToolState.COMPLETED, ToolState.ERROR)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file or image that belongs to a message."""

    id: str
    mime: str = "application/octet-stream"
    filename: str = ""
    url: str = ""
    # The path of a file that a prompt mentions.
    path: str = ""
    hidden: bool = False

    kind: ClassVar[Literal["file"]] = "file"
    grows: ClassVar[tuple[GrowingField, ...]] = ()
    ended: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class NoteInfo:
    """A part of any other kind, in words, and whole in `data`. `type` is the server's name for the kind."""

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
    """A permission request that waits. `always` has the patterns that "Always allow" would cover."""

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
    """One of the offered answers. `value` is what the server calls it, where that is not the label."""

    label: str
    description: str = ""
    value: str = ""


FieldKind = Literal["string", "number", "integer", "boolean", "select", "multiselect", "external"]


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """A condition of a field: it is asked only if the field `key` has this value; `negated`: another value."""

    key: str
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class FormField:
    """The field of a form behind a question, for a server that asks with forms.

    `minimum` and `maximum` bound a number, the characters of a text, or the number of choices. `url`: for an external field, which is
    answered elsewhere.
    """

    key: str
    kind: FieldKind
    required: bool = False
    hidden: bool = False
    when: tuple[FieldCondition, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    format: str = ""
    placeholder: str = ""
    default: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `custom`: the user may answer in their own words."""

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
    # The title of a form.
    title: str = ""

    kind: ClassVar[Literal["question"]] = "question"


Request = PermissionRequest | QuestionRequest


class AnsweredBy(StrEnum):
    """Who answered a request. UNKNOWN: it was answered while the connection was lost, or no event said by whom."""

    KERNEL = "kernel"
    OTHER = "another program"
    UNKNOWN = "unknown"


# ---- the catalogue ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent that prompts can name, unless it is a sub-agent. Its own model and variant answer where a prompt names none."""

    name: str
    description: str = ""
    mode: Literal["primary", "subagent", "all"] = "primary"
    model: str | None = None
    variant: str | None = None

    @property
    def takes_prompts(self) -> bool:
        """May a prompt name it?"""
        return self.mode != "subagent"


@dataclass(frozen=True, slots=True)
class Model:
    """A model that prompts can name; `context` is its window in tokens, `inputs` the kinds of content that it takes, if they are known."""

    provider: str
    id: str
    name: str = ""
    provider_name: str = ""
    variants: tuple[str, ...] = ()
    context: int | None = None
    inputs: tuple[str, ...] | None = None

    @property
    def full_name(self) -> str:
        """As a prompt names it."""
        return f"{self.provider}/{self.id}"


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A slash command of the server, without its slash. `hints`: its arguments, in words."""

    name: str
    description: str = ""
    source: str = "command"
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What prompts can name, and what the server uses where they name nothing.

    Attributes:
        agents: those that it has.
        models: those that it has.
        default_agent: answers where neither a prompt nor its session names one.
        default_model: answers where neither a prompt nor its agent nor its session names one; None where the server does not say which.
        commands: its slash commands.
        fallback_model: a model for a call that must name one, where no other is known.
        unlisted: names of agents and models that the server has and does not offer: they are hidden, deprecated or disabled.
    """

    agents: tuple[Agent, ...] = ()
    models: tuple[Model, ...] = ()
    default_agent: str | None = None
    default_model: str | None = None
    commands: tuple[SlashCommand, ...] = ()
    fallback_model: str | None = None
    unlisted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A file, folder or symbol of the project; `path` is relative to the folder, `line` counted from 1."""

    kind: Literal["file", "folder", "symbol"]
    path: str
    name: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """An MCP server, a language server or a formatter, with its status."""

    kind: Literal["mcp", "lsp", "formatter"]
    name: str
    state: str
    detail: str = ""
