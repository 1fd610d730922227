"""The contract with a page: every shape that the kernel and a page exchange, as custom messages of the widget's comm.

`frontend/generate_types.py` writes the page's types (`frontend/src/protocol/state.gen.ts`) from this file, comments included; CI fails
where they differ. Rules of the exchange:

- Every frame goes to every page; `seq` grows by one with each frame of an `epoch` (a kernel-side life of the widget).
- A page that is new, or that sees a gap in `seq` or another `epoch`, sends `hello` and drops frames until a snapshot arrives.
- A snapshot contains everything up to and including its `seq`; the next frame is `seq + 1`. `to` names the page that asked for it;
  other pages that miss nothing ignore it.
- A page has the transcript of the selected session only (`activeInstance`, and that instance's `activeSession`); of all other sessions
  it has summaries.
- Times are milliseconds since 1970 by the server's clock, except `retryIn`, which counts from the arrival of the message.
- A key whose value is None is not sent (`NotRequired[X | None]` here, `key?: X` in the page; see `without_none`). A required key may be
  null.

Building these classes would be a tenth of the package's import time, so the kernel imports this file for its types alone, and writes dicts.

How to write it so that the generator understands it: classes are `TypedDict`s, and enums are imported; a comment above a field documents
it; a class whose name ends in `View` loses that ending in the page.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from .entities import Activity, ConnectionState, Delivery, Feature, FieldKind, GrowingField, Role, ToolState
from .state import MessageState, TranscriptState

# ---- states -----------------------------------------------------------------------------------------------------------

InstanceId = str
SessionId = str
MessageId = str
PartId = str
# The key that sends a prompt. "ctrl+enter" is Cmd+Enter, too.
SendKey = Literal["enter", "ctrl+enter"]
# Whether the page tells what happens while nobody looks: "ask" marks its title, and asks the user once whether to do more.
Notify = Literal["ask", "on", "off"]


class ProblemView(TypedDict):
    """Something that went wrong, in words for the user."""

    # The kind: the name of our error class, or OpenCode's error name ("ProviderAuthError", "MessageAbortedError", ...).
    name: str
    message: str
    remedy: NotRequired[str | None]
    # Longer text for "Details", for example the last lines of the server's log.
    details: NotRequired[str | None]


class ConnectionView(TypedDict):
    """How an instance and its server are connected."""

    state: ConnectionState
    # The state in words: "Starting opencode", "OpenCode 1.18.33", ...
    detail: NotRequired[str | None]
    # Why it is not connected.
    problem: NotRequired[ProblemView | None]
    # When this state began, by the kernel's clock.
    since: NotRequired[float | None]
    # While reconnecting: ms until the next attempt (0: it is under way), its number, and how many there will be (absent: no limit).
    retryIn: NotRequired[int | None]
    attempt: NotRequired[int | None]
    attempts: NotRequired[int | None]


class ModelView(TypedDict):
    """A model that a prompt can name."""

    provider: str
    id: str
    name: str
    providerName: str
    variants: list[str]
    # How many tokens it takes.
    context: NotRequired[int | None]
    # The kinds of files that it takes ("image", "pdf", "audio", "video"), and "text"; absent where the server names none.
    inputs: NotRequired[list[str] | None]


class AgentView(TypedDict):
    """An agent that a prompt can name."""

    name: str
    description: NotRequired[str | None]
    # The page does not offer a "subagent" for prompts.
    mode: Literal["primary", "subagent", "all"]
    # Its own model, "provider/id", and the variant of that: they answer where a prompt names none.
    model: NotRequired[str | None]
    variant: NotRequired[str | None]


class SlashCommandView(TypedDict):
    """A command of the server ("/init", "/review", ...), without its slash."""

    name: str
    description: NotRequired[str | None]
    # "command", "mcp" or "skill".
    source: NotRequired[str | None]
    # Placeholders of its arguments: "$ARGUMENTS", "$1".
    hints: list[str]


class OddityView(TypedDict):
    """An event that the kernel did not understand: the server's name for it, how often it came, what was wrong with the last one."""

    name: str
    count: int
    reason: NotRequired[str | None]


class CatalogueView(TypedDict):
    """What prompts of an instance can name: much, and it seldom changes."""

    agents: list[AgentView]
    models: list[ModelView]
    commands: list[SlashCommandView]
    # What the server uses for a prompt that names neither: an agent's name, and "provider/id".
    defaultAgent: NotRequired[str | None]
    defaultModel: NotRequired[str | None]


class ReplayView(TypedDict):
    """How far a replay is."""

    paused: bool
    # 1 is the speed of the recording; 0: all at once.
    speed: float
    ended: bool


class InstanceHead(TypedDict):
    """A server and a folder, without what its prompts can name."""

    id: InstanceId
    # The last component of the directory; the host where there is no directory.
    title: str
    directory: NotRequired[str | None]
    # Without credentials.
    url: NotRequired[str | None]
    # True if the kernel started the server.
    owned: bool
    # "OpenCode 1.18.33" or the dialect's name; absent until the kernel knows it.
    version: NotRequired[str | None]
    dialect: NotRequired[str | None]
    connection: ConnectionView
    features: list[Feature]
    # The session that is selected in this instance.
    activeSession: NotRequired[SessionId | None]
    # How many permissions and questions wait in all its sessions.
    waiting: int
    # The page's reader is a visitor: no folders, servers or panels of them, no allowing; the kernel refuses them, too.
    restricted: NotRequired[bool | None]
    # It is a recording that is replayed: there is no server, and nothing can be changed. All instances of a widget have the same.
    replay: NotRequired[ReplayView | None]
    # True if the server has sessions that the kernel has not fetched.
    moreSessions: bool
    oddities: NotRequired[list[OddityView] | None]


class InstanceView(InstanceHead, CatalogueView):
    """A server and a folder."""


class TokensView(TypedDict):
    """Counts of tokens."""

    input: int
    output: int
    reasoning: int
    cacheRead: int
    cacheWrite: int


class ChangedView(TypedDict):
    """How many files and lines a session changed."""

    files: int
    additions: int
    deletions: int


class QueuedPromptView(TypedDict):
    """A prompt that waits in the kernel for the end of the turn."""

    id: str
    # Markdown.
    text: str
    # The text goes on; the page has its beginning alone, and cannot edit it.
    cut: NotRequired[bool | None]
    # The names of its files.
    files: list[str]


class QueueView(TypedDict):
    """The prompts of a session that wait in the kernel, in the order in which they go."""

    prompts: list[QueuedPromptView]
    # Why none of them goes until the user says so; absent while they go.
    stopped: NotRequired[str | None]


class SessionView(TypedDict):
    """One line of the session list."""

    id: SessionId
    title: str
    parent: NotRequired[SessionId | None]
    status: Activity
    # For the status "retry": reason and attempt in words.
    statusText: NotRequired[str | None]
    # When the server asks the model again; what it advises meanwhile, with the address of a page about it.
    retryAt: NotRequired[float | None]
    retryAdvice: NotRequired[str | None]
    retryLink: NotRequired[str | None]
    unread: bool
    # Permissions and questions that wait in it and in its sub-agents.
    waiting: int
    created: float
    updated: float
    agent: NotRequired[str | None]
    # "provider/id"
    model: NotRequired[str | None]
    variant: NotRequired[str | None]
    # The user closed its tab; "All sessions" still lists it.
    closed: bool
    cost: NotRequired[float | None]
    tokens: NotRequired[TokensView | None]
    # The address where it is shared.
    share: NotRequired[str | None]
    changed: NotRequired[ChangedView | None]
    # When it was archived; only "All sessions" lists it then.
    archived: NotRequired[float | None]
    # Every permission of it and of its sub-agents is allowed without asking the user.
    allowsAll: NotRequired[bool | None]
    # Absent where no prompt waits.
    queue: NotRequired[QueueView | None]


class CauseView(TypedDict):
    """The prompt whose files make an answer fail, with each later prompt too."""

    message: MessageId
    # The beginning of its text, on one line.
    prompt: str
    files: list[str]


class MessageHead(TypedDict):
    """A message without its parts. The role "notice" is an error of the session that belongs to no message; it has no parts."""

    id: MessageId
    role: Role
    state: MessageState
    created: float
    completed: NotRequired[float | None]
    # The user message that an assistant message answers.
    parent: NotRequired[MessageId | None]
    agent: NotRequired[str | None]
    model: NotRequired[str | None]
    variant: NotRequired[str | None]
    # Dollars.
    cost: NotRequired[float | None]
    tokens: NotRequired[TokensView | None]
    error: NotRequired[ProblemView | None]
    cause: NotRequired[CauseView | None]
    # The `key` of the page's command that sent it.
    key: NotRequired[str | None]
    # Of a queued prompt, where the server reports it.
    delivery: NotRequired[Delivery | None]
    # A summary made by compaction.
    summary: NotRequired[bool | None]


class TextPart(TypedDict):
    """Text of an answer or a prompt, or reasoning."""

    kind: Literal["text", "reasoning"]
    id: PartId
    # Markdown.
    text: str
    # No more deltas will come.
    ended: bool
    # Words were missed while the connection was down; the whole text comes with the end of the part.
    gap: NotRequired[bool | None]
    started: NotRequired[float | None]
    finished: NotRequired[float | None]


class FilePart(TypedDict):
    """A file or an image."""

    kind: Literal["file"]
    id: PartId
    mime: str
    filename: NotRequired[str | None]
    # A `data:` or `file:` URL; left out where it is large: the command `part` fetches it.
    url: NotRequired[str | None]
    # Bytes of a `data:` URL's content.
    size: NotRequired[int | None]
    # The file's path, where a prompt mentioned it.
    path: NotRequired[str | None]


class ToolPart(TypedDict):
    """One call of a tool."""

    kind: Literal["tool"]
    id: PartId
    # "bash", "edit", ...
    tool: str
    state: ToolState
    title: NotRequired[str | None]
    # The arguments; `{}` while the model is writing them.
    input: dict[str, Any]
    # The arguments as the model writes them, where the server streams them.
    raw: NotRequired[str | None]
    # Cut at a bound; `outputLength` is its whole length in characters then.
    output: str
    outputLength: NotRequired[int | None]
    # The end of an output that was cut, once the tool has ended: errors and results stand there.
    outputEnd: NotRequired[str | None]
    error: NotRequired[str | None]
    # The tool's own data (diffs, counts, ...); long strings are cut.
    metadata: NotRequired[dict[str, Any] | None]
    # Strings of `input` or `metadata` were cut: the command `part` fetches the whole.
    cut: NotRequired[bool | None]
    # Files and images that the tool returned.
    files: NotRequired[list[FilePart] | None]
    # The session of the sub-agent that it started.
    child: NotRequired[SessionId | None]
    # By this a request names it; while it runs.
    call: NotRequired[str | None]
    started: NotRequired[float | None]
    finished: NotRequired[float | None]
    # The milliseconds between the two for which it waited for the user, as far as the kernel knows them.
    waited: NotRequired[float | None]


class NotePart(TypedDict):
    """Everything else, in words: agent mentions, sub-tasks, retries, compaction, patches, unknown kinds."""

    kind: Literal["note"]
    id: PartId
    # The server's type: "retry", "compaction", "patch", "subtask", "agent", ...
    type: str
    text: str
    data: NotRequired[dict[str, Any] | None]


PartView = TextPart | ToolPart | FilePart | NotePart


class MessageView(TypedDict):
    """A message with its parts."""

    head: MessageHead
    parts: list[PartView]


class OmittedView(TypedDict):
    """How much of a request was left out: so many characters of so many."""

    characters: int
    of: int


class CutRequestView(TypedDict):
    """A request comes whole up to two million characters. Beyond that the command `request` brings it."""

    # Something is missing. Of a form all questions are.
    cut: NotRequired[bool | None]
    omitted: NotRequired[OmittedView | None]


class PermissionRequestView(CutRequestView):
    """A tool that waits for permission."""

    kind: Literal["permission"]
    id: str
    session: SessionId
    # "bash", "edit", "external_directory", ...
    permission: str
    patterns: list[str]
    # The patterns that "Always allow" would cover.
    always: list[str]
    metadata: dict[str, Any]
    # One line, made of the patterns or the note: "…" at its end says that it goes on.
    title: str
    # The message and the tool call that wait for it.
    message: NotRequired[MessageId | None]
    call: NotRequired[str | None]
    # What the server adds in words.
    note: NotRequired[str | None]


class QuestionOptionView(TypedDict):
    """One of the answers offered."""

    label: str
    description: NotRequired[str | None]
    # The server's word for it, which conditions refer to; answers are labels.
    value: NotRequired[str | None]


class ConditionView(TypedDict):
    """The field `key` has this value (`negated`: has not), in the server's words: "true", an option's value."""

    key: str
    value: str
    negated: bool


class FormFieldView(TypedDict):
    """What a server that asks with forms adds to a question."""

    key: str
    kind: FieldKind
    required: bool
    # The page does not show it; its default counts.
    hidden: NotRequired[bool | None]
    # The page asks for it only if all of these hold.
    when: NotRequired[list[ConditionView] | None]
    # Bounds of a number, of the characters of a text, or of how many options are chosen.
    minimum: NotRequired[float | None]
    maximum: NotRequired[float | None]
    # A regular expression.
    pattern: NotRequired[str | None]
    # "email", "uri", "date" or "date-time".
    format: NotRequired[str | None]
    placeholder: NotRequired[str | None]
    default: NotRequired[list[str] | None]
    # Of the kind "external": the page where it is answered.
    url: NotRequired[str | None]


class QuestionView(TypedDict):
    """One question."""

    question: str
    header: str
    options: list[QuestionOptionView]
    multiple: bool
    # A free answer may be given.
    custom: bool
    # Of a form. An answer is a list of words here too: "3", "true", a label.
    field: NotRequired[FormFieldView | None]


class QuestionRequestView(CutRequestView):
    """An agent that waits for answers."""

    kind: Literal["question"]
    id: str
    session: SessionId
    # Of a form: its subject.
    title: NotRequired[str | None]
    questions: list[QuestionView]
    message: NotRequired[MessageId | None]
    call: NotRequired[str | None]


RequestView = PermissionRequestView | QuestionRequestView


class TodoView(TypedDict):
    """One line of a to-do list."""

    content: str
    status: str
    priority: str


class RevertedView(TypedDict):
    """What a revert has taken back, while it can be restored: from which message on, how many, and the first one's text."""

    message: MessageId
    count: int
    text: str
    # How many of them are prompts, if there are several: they can be restored one by one.
    prompts: NotRequired[int | None]


class TranscriptView(TypedDict):
    """The conversation of the selected session."""

    instance: InstanceId
    session: SessionId
    state: TranscriptState
    problem: NotRequired[ProblemView | None]
    # Oldest first.
    messages: list[MessageView]
    # There are older ones; the command `older` fetches them.
    more: bool
    todos: list[TodoView]
    reverted: NotRequired[RevertedView | None]


class BatchView(TypedDict):
    """How far a batch is, which Python began and which runs."""

    id: str
    total: int
    # Those that failed are among them.
    done: int
    failed: int
    # In dollars; absent where no answer names its cost.
    cost: NotRequired[float | None]


class PageState(TypedDict):
    """All that a page draws."""

    instances: list[InstanceView]
    sessions: dict[InstanceId, list[SessionView]]
    requests: dict[InstanceId, list[RequestView]]
    activeInstance: NotRequired[InstanceId | None]
    # Of the selected session; absent where none is selected.
    transcript: NotRequired[TranscriptView | None]
    # Those that run, the oldest first; absent where none runs.
    batches: NotRequired[list[BatchView] | None]


# ---- operations -------------------------------------------------------------------------------------------------------
# `after`: the id of the item before it (null: it is the first). An upsert of a known id replaces and moves it.


class InstanceOp(TypedDict):
    op: Literal["instance"]
    instance: InstanceHead
    after: InstanceId | None


class CatalogueOp(CatalogueView):
    op: Literal["catalogue"]
    instance: InstanceId


class InstanceGoneOp(TypedDict):
    op: Literal["instance-"]
    id: InstanceId


class ActiveOp(TypedDict):
    op: Literal["active"]
    instance: NotRequired[InstanceId | None]


class SessionOp(TypedDict):
    op: Literal["session"]
    instance: InstanceId
    session: SessionView


class SessionGoneOp(TypedDict):
    op: Literal["session-"]
    instance: InstanceId
    id: SessionId


class RequestsOp(TypedDict):
    op: Literal["requests"]
    instance: InstanceId
    requests: list[RequestView]


class RequestOp(TypedDict):
    """A request that waits: a new one is the last of its instance."""

    op: Literal["request"]
    instance: InstanceId
    request: RequestView


class RequestGoneOp(TypedDict):
    op: Literal["request-"]
    instance: InstanceId
    id: str


class TranscriptOp(TypedDict):
    op: Literal["transcript"]
    transcript: TranscriptView | None


class TodosOp(TypedDict):
    op: Literal["todos"]
    session: SessionId
    todos: list[TodoView]


class MessageOp(TypedDict):
    op: Literal["message"]
    session: SessionId
    head: MessageHead
    after: MessageId | None


class MessageGoneOp(TypedDict):
    op: Literal["message-"]
    session: SessionId
    id: MessageId


class PartOp(TypedDict):
    op: Literal["part"]
    session: SessionId
    message: MessageId
    part: PartView
    after: PartId | None


class PartGoneOp(TypedDict):
    op: Literal["part-"]
    session: SessionId
    message: MessageId
    id: PartId


class TextOp(TypedDict):
    """Appends to a field of a part: `text` of text and reasoning, `raw` and `output` of tools."""

    op: Literal["text"]
    session: SessionId
    message: MessageId
    part: PartId
    field: GrowingField
    text: str


class OlderOp(TypedDict):
    """Older messages, oldest first, to stand before all others that the page has; those that it has already move there."""

    op: Literal["older"]
    session: SessionId
    messages: list[MessageView]
    more: bool


class BatchesOp(TypedDict):
    """The batches that run, the oldest first."""

    op: Literal["batches"]
    batches: list[BatchView]


class ProblemOp(TypedDict):
    """Something the user should see once, outside any transcript (a toast)."""

    op: Literal["problem"]
    instance: NotRequired[InstanceId | None]
    problem: ProblemView


Op = (
    InstanceOp
    | CatalogueOp
    | InstanceGoneOp
    | ActiveOp
    | SessionOp
    | SessionGoneOp
    | RequestsOp
    | RequestOp
    | RequestGoneOp
    | TranscriptOp
    | TodosOp
    | MessageOp
    | MessageGoneOp
    | PartOp
    | PartGoneOp
    | TextOp
    | OlderOp
    | BatchesOp
    | ProblemOp
)


# ---- kernel to page ---------------------------------------------------------------------------------------------------


class Snapshot(PageState):
    """Everything, for the page `to` that asked."""

    type: Literal["snapshot"]
    # See PROTOCOL; absent from a kernel that is older than that.
    protocol: NotRequired[str]
    epoch: str
    seq: int
    to: str


class Frame(TypedDict):
    """The changes since the last frame."""

    type: Literal["frame"]
    epoch: str
    seq: int
    ops: list[Op]


class Received(TypedDict):
    """The kernel has a command; sent at once, before it is carried out. Its absence for 500 ms means that the kernel is busy."""

    type: Literal["received"]
    to: str
    # The command's.
    id: int


class Reply(TypedDict):
    """The answer to a command; every command gets exactly one."""

    type: Literal["reply"]
    to: str
    # The command's.
    id: int
    ok: bool
    # See `Results`; absent where that is None.
    result: NotRequired[Any]
    # Why it failed.
    problem: NotRequired[ProblemView | None]


class Ping(TypedDict):
    """The kernel wants to know whether any page is there; each answers at once with an `ack`."""

    type: Literal["ping"]


FromKernel = Frame | Snapshot | Reply | Received | Ping


# ---- page to kernel ---------------------------------------------------------------------------------------------------


class Hello(TypedDict):
    """A page is here, and asks for a snapshot."""

    type: Literal["hello"]
    page: str
    # See PROTOCOL; the kernel does not read it.
    protocol: NotRequired[str]


class Bye(TypedDict):
    """The page is being left."""

    type: Literal["bye"]
    page: str


class Ack(TypedDict):
    """The frame that was drawn last; at most every five seconds, and after a `ping`. The kernel slows down for a page that falls behind."""

    type: Literal["ack"]
    page: str
    epoch: str
    seq: int


class Visible(TypedDict):
    """The page was hidden, or is visible again."""

    type: Literal["visible"]
    page: str
    visible: bool


# ---- commands ---------------------------------------------------------------------------------------------------------


class AttachmentView(TypedDict):
    """A file with a prompt."""

    mime: str
    filename: str
    # A `data:` URL.
    url: str


class FileMention(TypedDict):
    """A file or folder that a prompt's text names: `text.slice(start, end)` is how it is written ("@src/main.py")."""

    kind: Literal["file"]
    # Relative to the instance's folder; a folder ends with "/".
    path: str
    start: int
    end: int


class AgentMention(TypedDict):
    """An agent that a prompt's text names."""

    kind: Literal["agent"]
    name: str
    start: int
    end: int


MentionView = FileMention | AgentMention


class NoArguments(TypedDict):
    """Of a command that takes none."""


class OfInstance(TypedDict):
    """About an instance."""

    instance: InstanceId


class OfSession(OfInstance):
    """About a session."""

    session: SessionId


class OfMessage(OfSession):
    """About a message."""

    message: MessageId


class ShellArguments(OfInstance):
    """A command for the project's shell."""

    # Absent: the kernel makes a new session for it.
    session: NotRequired[SessionId]
    # Made by the page, unique; comes back as `MessageHead.key`.
    key: str
    agent: NotRequired[str]
    # "provider/id"
    model: NotRequired[str]
    command: str


class CommandArguments(ShellArguments):
    """A slash command of the server."""

    variant: NotRequired[str]
    files: NotRequired[list[AttachmentView]]
    arguments: str


class PromptArguments(OfInstance):
    """A prompt."""

    # Absent: the kernel makes a new session for it.
    session: NotRequired[SessionId]
    text: str
    # Made by the page, unique; comes back as `MessageHead.key`.
    key: str
    agent: NotRequired[str]
    # "provider/id"
    model: NotRequired[str]
    variant: NotRequired[str]
    files: NotRequired[list[AttachmentView]]
    mentions: NotRequired[list[MentionView]]
    # Where the server has the feature "delivery".
    delivery: NotRequired[Delivery]


class OpenArguments(TypedDict):
    directory: str


class AttachArguments(TypedDict):
    url: str
    directory: NotRequired[str]
    username: NotRequired[str]
    password: NotRequired[str]
    # A line for each, `Name: value`.
    headers: NotRequired[str]


class NewSessionArguments(OfInstance):
    title: NotRequired[str]


class OlderArguments(OfSession):
    # Fetch on to this message, however far back it is.
    until: NotRequired[MessageId]


class RenameArguments(OfSession):
    title: str


class ArchiveArguments(OfSession):
    archived: bool


class BeforeMessage(OfSession):
    # Absent: the whole session.
    message: NotRequired[MessageId]


class RevertArguments(OfMessage):
    part: NotRequired[PartId]


class AllowAllArguments(OfSession):
    # False ends it.
    allowed: bool


class ShareArguments(OfSession):
    shared: bool


class EditPromptArguments(OfMessage):
    text: str


class DeliverPromptArguments(OfMessage):
    delivery: Delivery


class QueueArguments(OfSession):
    """A prompt that goes when the turn that runs has ended."""

    text: str
    agent: NotRequired[str]
    # "provider/id"
    model: NotRequired[str]
    variant: NotRequired[str]
    files: NotRequired[list[AttachmentView]]
    mentions: NotRequired[list[MentionView]]


class OfQueued(OfSession):
    """About a prompt that waits in the kernel."""

    queued: str


class EditQueuedArguments(OfQueued):
    text: str


class MoveQueuedArguments(OfQueued):
    # Its new place, from 0.
    to: int


class FindArguments(OfInstance):
    query: str
    limit: NotRequired[int]


class NamesArguments(TypedDict):
    # What the user wrote after "@".
    query: str


class PromptTextArguments(TypedDict):
    text: str


class PathArguments(OfInstance):
    # As an answer writes it: from the instance's folder, or absolute.
    path: str


class BatchArguments(TypedDict):
    batch: str


class ReplayArguments(TypedDict):
    """What is absent stays as it is."""

    paused: NotRequired[bool]
    # See `ReplayView`.
    speed: NotRequired[int]


class OffsetArguments(TypedDict):
    # In bytes.
    offset: int


class SearchArguments(OfSession):
    query: str


class ExportArguments(OfSession):
    format: Literal["markdown", "json", "notebook"]


class ConnectMcpArguments(OfInstance):
    name: str
    connected: bool


class AfterNumber(OfInstance):
    # Only lines or events after this number.
    after: int


class PrefixArguments(TypedDict):
    prefix: str
    # Of the server whose folder it is; without it, a folder of this machine.
    url: NotRequired[str]
    username: NotRequired[str]
    password: NotRequired[str]
    headers: NotRequired[str]


class ReportArguments(TypedDict):
    instance: NotRequired[InstanceId]


class PartArguments(OfMessage):
    part: PartId


class RequestArguments(OfInstance):
    request: str


class AnswerPermissionArguments(OfInstance):
    request: str
    reply: Literal["once", "always", "reject"]
    # To the model, with a "reject".
    message: NotRequired[str]


class AnswerQuestionArguments(OfInstance):
    request: str
    # One list of labels or free answers for each question; null dismisses the request.
    answers: list[list[str]] | None


class Arguments(TypedDict):
    """The arguments of each command."""

    select_instance: OfInstance
    # Also opens a closed tab.
    select_session: OfSession
    open: OpenArguments
    attach: AttachArguments
    close_instance: OfInstance
    reconnect: OfInstance
    # Restarts a server that the kernel started.
    restart: OfInstance
    new_session: NewSessionArguments
    close_session: OfSession
    more_sessions: OfInstance
    prompt: PromptArguments
    abort: OfSession
    older: OlderArguments
    rename_session: RenameArguments
    delete_session: OfSession
    archive_session: ArchiveArguments
    # Copies what stands before the message.
    fork_session: BeforeMessage
    revert: RevertArguments
    unrevert: OfSession
    # Restores the first prompt that a revert hides, with its answer.
    redo: OfSession
    share_session: ShareArguments
    compact: OfSession
    init: OfSession
    # Like `prompt`, without a session it makes one. Answered at once, not at the end of the turn.
    run_command: CommandArguments
    shell: ShellArguments
    cancel_prompt: OfMessage
    # Of a prompt that was left without an answer.
    take_back_prompt: OfMessage
    send_again: OfMessage
    # Sends the prompt of an answer that failed or was stopped once more. The message is the answer or the prompt.
    try_again: OfMessage
    edit_prompt: EditPromptArguments
    deliver_prompt: DeliverPromptArguments
    queue_prompt: QueueArguments
    edit_queued: EditQueuedArguments
    move_queued: MoveQueuedArguments
    remove_queued: OfQueued
    send_queued: OfQueued
    # A file that models don't take as it is, to be turned into text.
    convert_file: AttachmentView
    find: FindArguments
    # Names of what the notebook's kernel holds, which a prompt may have.
    find_names: NamesArguments
    # What the names in a prompt stand for.
    check_names: PromptTextArguments
    # What would be sent for the names in a prompt.
    preview_names: PromptTextArguments
    # Of a file below the instance's folder, on the kernel's machine.
    locate_file: PathArguments
    read_picture: PathArguments
    # A piece of the program that draws Mermaid diagrams.
    read_mermaid: OffsetArguments
    diff: BeforeMessage
    # Searches the whole conversation, the latest message first; at most 200 matches.
    search: SearchArguments
    export: ExportArguments
    services: OfInstance
    connect_mcp: ConnectMcpArguments
    log: AfterNumber
    # Of the last 500 events.
    events: AfterNumber
    # Folders of the kernel's machine that begin with `prefix`, written as the prefix is ("~/...").
    complete_folder: PrefixArguments
    recent_folders: NoArguments
    # Text for a report of a problem, without secrets.
    report: ReportArguments
    # The whole of a part that was cut.
    part: PartArguments
    # The whole of a request that was cut; it is still `cut` where a page could not draw all of it.
    request: RequestArguments
    answer_permission: AnswerPermissionArguments
    # Allows every permission of the session and of its sub-agents, those that wait too.
    allow_all: AllowAllArguments
    # Takes the offer to ask about a failed cell away, on all pages.
    dismiss_cell_error: NoArguments
    # The latest version of the transcript that the notebook saves.
    transcript: NoArguments
    answer_question: AnswerQuestionArguments
    # Stops the turns of a batch, as Python's cancel does; one that has ended is none.
    stop_batch: BatchArguments
    # Pauses a replay, goes on, or changes its speed.
    control_replay: ReplayArguments


# ---- results ----------------------------------------------------------------------------------------------------------


class InstanceResult(TypedDict):
    instance: InstanceId


class SessionResult(TypedDict):
    session: SessionId


class PromptResult(SessionResult):
    message: MessageId


class ShareResult(TypedDict):
    url: NotRequired[str]


class FoundView(TypedDict):
    """A file, folder or symbol that a mention may name."""

    kind: Literal["file", "folder", "symbol"]
    # Relative to the folder.
    path: str
    # Of a symbol: its name, and its line (counted from 1).
    name: NotRequired[str | None]
    line: NotRequired[int | None]


class FindResult(TypedDict):
    found: list[FoundView]


class NamedObjectView(TypedDict):
    """A name of what the notebook's kernel holds, as a prompt writes it: "@var:df", "@cell:12", "@error", "@fig"."""

    name: str
    # Its type and size, or the first line of the cell; absent if it stands for nothing.
    detail: NotRequired[str | None]
    # Why it stands for nothing.
    problem: NotRequired[ProblemView | None]


class TranscriptResult(TypedDict):
    """The conversations of this widget, as an output of its cell."""

    # The output's formats by their types.
    data: dict[str, str]


class NamesResult(TypedDict):
    names: list[NamedObjectView]


class DescriptionView(TypedDict):
    """What is sent for a name: a text, and pictures."""

    name: str
    # Markdown.
    text: str
    pictures: list[AttachmentView]
    # About how many tokens the text has, and the bytes of all of it.
    tokens: int
    size: int


class PreviewResult(TypedDict):
    descriptions: list[DescriptionView]


class FileResult(TypedDict):
    """A file of the project."""

    # From the instance's folder.
    path: str
    # On the kernel's machine.
    absolute: str
    # The notebook's file on that machine, where Jupyter names it: it tells how the host's paths begin.
    notebook: NotRequired[str | None]


class PictureResult(TypedDict):
    """A picture of the project."""

    # A `data:` URL.
    url: str


class MermaidResult(TypedDict):
    """A piece of the program that draws Mermaid diagrams; the whole is JavaScript, compressed by gzip."""

    base64: str
    # Of the whole, in bytes.
    size: int


class FileDiffView(TypedDict):
    """What a session changed in one file."""

    file: str
    # "added", "deleted" or "modified".
    status: NotRequired[str | None]
    additions: int
    deletions: int
    # Unified; absent where the server gives none, cut where it is long (`cut`).
    patch: NotRequired[str | None]
    cut: NotRequired[bool | None]


class DiffResult(TypedDict):
    files: list[FileDiffView]


class MatchView(TypedDict):
    """What a search found: where, and the words around it."""

    message: MessageId
    part: PartId
    before: str
    match: str
    after: str


class SearchResult(TypedDict):
    matches: list[MatchView]
    # False if the search did not get through the whole conversation.
    complete: bool


class ExportResult(TypedDict):
    """A file for the browser to save."""

    filename: str
    mime: str
    text: str


class ServiceView(TypedDict):
    """An MCP server, a language server or a formatter."""

    kind: Literal["mcp", "lsp", "formatter"]
    name: str
    # "connected", "disabled", "failed", "needs_auth", "error", "enabled", ...
    state: str
    # Why it failed, its root, its file extensions.
    detail: NotRequired[str | None]


class ServicesResult(TypedDict):
    services: list[ServiceView]
    version: str


class LogResult(TypedDict):
    lines: list[str]
    # The number of the line that comes next, counted from 0.
    next: int
    owned: bool


class LoggedEvent(TypedDict):
    """One event of the stream, as the inspector shows it."""

    # Grows by one with each event.
    number: int
    # When it arrived, by the kernel's clock.
    at: int
    name: str
    session: NotRequired[SessionId | None]
    # As the server sent it; long strings are cut.
    data: Any


class EventsResult(TypedDict):
    events: list[LoggedEvent]


class FoldersResult(TypedDict):
    folders: list[str]


class ReportResult(TypedDict):
    text: str


class Results(TypedDict):
    """The result of each command."""

    select_instance: None
    select_session: None
    open: InstanceResult
    attach: InstanceResult
    close_instance: None
    reconnect: None
    restart: None
    new_session: SessionResult
    close_session: None
    more_sessions: None
    prompt: PromptResult
    abort: None
    older: None
    rename_session: None
    delete_session: None
    archive_session: None
    fork_session: SessionResult
    revert: None
    unrevert: None
    redo: None
    share_session: ShareResult
    compact: None
    init: None
    run_command: SessionResult
    shell: SessionResult
    cancel_prompt: None
    take_back_prompt: None
    send_again: PromptResult
    try_again: PromptResult
    edit_prompt: None
    deliver_prompt: None
    queue_prompt: None
    edit_queued: None
    move_queued: None
    remove_queued: None
    send_queued: None
    convert_file: AttachmentView
    find: FindResult
    find_names: NamesResult
    check_names: NamesResult
    preview_names: PreviewResult
    locate_file: FileResult
    read_picture: PictureResult
    read_mermaid: MermaidResult
    diff: DiffResult
    search: SearchResult
    export: ExportResult
    services: ServicesResult
    connect_mcp: None
    log: LogResult
    events: EventsResult
    complete_folder: FoldersResult
    # The latest first.
    recent_folders: FoldersResult
    report: ReportResult
    part: PartView
    request: RequestView
    answer_permission: None
    allow_all: None
    dismiss_cell_error: None
    transcript: TranscriptResult
    answer_question: None
    stop_batch: None
    control_replay: None


# ---- traits -----------------------------------------------------------------------------------------------------------


class TabView(InstanceHead):
    """An instance with its most recent sessions; empty lists stand for what its prompts can name, which comes with a snapshot."""

    agents: list[AgentView]
    models: list[ModelView]
    commands: list[SlashCommandView]
    sessions: list[SessionView]


class CellErrorView(TypedDict):
    """A cell of the notebook that failed."""

    # As it stands beside the cell.
    number: NotRequired[int | None]
    # The name of the exception's type.
    error: str


class Traits(TypedDict):
    """Synced traits: enough to draw a first picture before a snapshot comes, and options. The page writes none of them."""

    tabs: list[TabView]
    active_instance: InstanceId | None
    active_session: SessionId | None
    # Pixels.
    height: int
    send_key: SendKey
    notify: Notify
    # The cell that ran last, if it failed and the user has not dismissed that.
    cell_error: CellErrorView | None
    # By this the page finds the widget's outputs in the notebook: the widget's own, and its transcript.
    output_id: str
    # The number of the latest version of the transcript; 0 if there is none.
    transcript_revision: int
