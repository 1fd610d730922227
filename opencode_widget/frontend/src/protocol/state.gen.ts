// Written by generate_types.py from opencode_widget/model/wire.py: change that file, and run the script.

export const PROTOCOL = "a2aecb70";

/** What a session does. */
export type Activity = "idle" | "busy" | "retry";

/** The state of the connection between the kernel and a server. */
export type ConnectionState = "connecting" | "connected" | "reconnecting" | "disconnected";

export type Delivery = "steer" | "queue";

/** What a server can do beyond the basics. It depends on the dialect; the page does not offer what is missing. */
export type Feature =
  | "rename"
  | "delete"
  | "archive"
  | "fork"
  | "revert"
  | "share"
  | "compact"
  | "init"
  | "commands"
  | "shell"
  | "attachments"
  | "mentions"
  | "find"
  | "diff"
  | "status"
  | "reject_message"
  | "cancel_prompt"
  | "edit_prompt"
  | "delivery"
  | "redeliver";

export type FieldKind = "string" | "number" | "integer" | "boolean" | "select" | "multiselect" | "external";

export type GrowingField = "text" | "raw" | "output";

/** Who wrote a message. A notice is ours: an error of the session that belongs to no message. */
export type Role = "user" | "assistant" | "notice" | "unknown";

/** The state of a tool. No server states INTERRUPTED: it stands for a running tool of a message that has stopped. */
export type ToolState = "pending" | "running" | "completed" | "error" | "interrupted";

/** The state of a message. */
export type MessageState = "sending" | "queued" | "streaming" | "complete" | "failed" | "interrupted" | "unanswered";

export type TranscriptState = "loading" | "ready" | "failed";

export type InstanceId = string;

export type SessionId = string;

export type MessageId = string;

export type PartId = string;

export type SendKey = "enter" | "ctrl+enter";

export type Notify = "ask" | "on" | "off";

/** Something that went wrong, in words for the user. */
export interface Problem {
  /** The kind: the name of our error class, or OpenCode's error name ("ProviderAuthError", "MessageAbortedError", ...). */
  name: string;
  message: string;
  remedy?: string;
  /** Longer text for "Details", for example the last lines of the server's log. */
  details?: string;
}

/** How an instance and its server are connected. */
export interface Connection {
  state: ConnectionState;
  /** The state in words: "Starting opencode", "OpenCode 1.18.33", ... */
  detail?: string;
  /** Why it is not connected. */
  problem?: Problem;
  /** When this state began, by the kernel's clock. */
  since?: number;
  /** While reconnecting: ms until the next attempt (0: it is under way), its number, and how many there will be (absent: no limit). */
  retryIn?: number;
  attempt?: number;
  attempts?: number;
}

/** A model that a prompt can name. */
export interface Model {
  provider: string;
  id: string;
  name: string;
  providerName: string;
  variants: string[];
  /** How many tokens it takes. */
  context?: number;
  /** The kinds of files that it takes ("image", "pdf", "audio", "video"), and "text"; absent where the server names none. */
  inputs?: string[];
}

/** An agent that a prompt can name. */
export interface Agent {
  name: string;
  description?: string;
  /** The page does not offer a "subagent" for prompts. */
  mode: "primary" | "subagent" | "all";
  /** Its own model, "provider/id", and the variant of that: they answer where a prompt names none. */
  model?: string;
  variant?: string;
}

/** A command of the server ("/init", "/review", ...), without its slash. */
export interface SlashCommand {
  name: string;
  description?: string;
  /** "command", "mcp" or "skill". */
  source?: string;
  /** Placeholders of its arguments: "$ARGUMENTS", "$1". */
  hints: string[];
}

/** An event that the kernel did not understand: the server's name for it, how often it came, what was wrong with the last one. */
export interface Oddity {
  name: string;
  count: number;
  reason?: string;
}

/** What prompts of an instance can name: much, and it seldom changes. */
export interface Catalogue {
  agents: Agent[];
  models: Model[];
  commands: SlashCommand[];
  /** What the server uses for a prompt that names neither: an agent's name, and "provider/id". */
  defaultAgent?: string;
  defaultModel?: string;
}

/** How far a replay is. */
export interface Replay {
  paused: boolean;
  /** 1 is the speed of the recording; 0: all at once. */
  speed: number;
  ended: boolean;
}

/** A server and a folder, without what its prompts can name. */
export interface InstanceHead {
  id: InstanceId;
  /** The last component of the directory; the host where there is no directory. */
  title: string;
  directory?: string;
  /** Without credentials. */
  url?: string;
  /** True if the kernel started the server. */
  owned: boolean;
  /** "OpenCode 1.18.33" or the dialect's name; absent until the kernel knows it. */
  version?: string;
  dialect?: string;
  connection: Connection;
  features: Feature[];
  /** The session that is selected in this instance. */
  activeSession?: SessionId;
  /** How many permissions and questions wait in all its sessions. */
  waiting: number;
  /** The page's reader is a visitor: no folders, servers or panels of them, no allowing; the kernel refuses them, too. */
  restricted?: boolean;
  /** It is a recording that is replayed: there is no server, and nothing can be changed. All instances of a widget have the same. */
  replay?: Replay;
  /** True if the server has sessions that the kernel has not fetched. */
  moreSessions: boolean;
  oddities?: Oddity[];
}

/** A server and a folder. */
export interface Instance extends InstanceHead, Catalogue {}

/** Counts of tokens. */
export interface Tokens {
  input: number;
  output: number;
  reasoning: number;
  cacheRead: number;
  cacheWrite: number;
}

/** How many files and lines a session changed. */
export interface Changed {
  files: number;
  additions: number;
  deletions: number;
}

/** A prompt that waits in the kernel for the end of the turn. */
export interface QueuedPrompt {
  id: string;
  /** Markdown. */
  text: string;
  /** The text goes on; the page has its beginning alone, and cannot edit it. */
  cut?: boolean;
  /** The names of its files. */
  files: string[];
}

/** The prompts of a session that wait in the kernel, in the order in which they go. */
export interface Queue {
  prompts: QueuedPrompt[];
  /** Why none of them goes until the user says so; absent while they go. */
  stopped?: string;
}

/** One line of the session list. */
export interface Session {
  id: SessionId;
  title: string;
  parent?: SessionId;
  status: Activity;
  /** For the status "retry": reason and attempt in words. */
  statusText?: string;
  /** When the server asks the model again; what it advises meanwhile, with the address of a page about it. */
  retryAt?: number;
  retryAdvice?: string;
  retryLink?: string;
  unread: boolean;
  /** Permissions and questions that wait in it and in its sub-agents. */
  waiting: number;
  created: number;
  updated: number;
  agent?: string;
  /** "provider/id" */
  model?: string;
  variant?: string;
  /** The user closed its tab; "All sessions" still lists it. */
  closed: boolean;
  cost?: number;
  tokens?: Tokens;
  /** The address where it is shared. */
  share?: string;
  changed?: Changed;
  /** When it was archived; only "All sessions" lists it then. */
  archived?: number;
  /** Every permission of it and of its sub-agents is allowed without asking the user. */
  allowsAll?: boolean;
  /** Absent where no prompt waits. */
  queue?: Queue;
}

/** The prompt whose files make an answer fail, with each later prompt too. */
export interface Cause {
  message: MessageId;
  /** The beginning of its text, on one line. */
  prompt: string;
  files: string[];
}

/** A message without its parts. The role "notice" is an error of the session that belongs to no message; it has no parts. */
export interface MessageHead {
  id: MessageId;
  role: Role;
  state: MessageState;
  created: number;
  completed?: number;
  /** The user message that an assistant message answers. */
  parent?: MessageId;
  agent?: string;
  model?: string;
  variant?: string;
  /** Dollars. */
  cost?: number;
  tokens?: Tokens;
  error?: Problem;
  cause?: Cause;
  /** The `key` of the page's command that sent it. */
  key?: string;
  /** Of a queued prompt, where the server reports it. */
  delivery?: Delivery;
  /** A summary made by compaction. */
  summary?: boolean;
}

/** Text of an answer or a prompt, or reasoning. */
export interface TextPart {
  kind: "text" | "reasoning";
  id: PartId;
  /** Markdown. */
  text: string;
  /** No more deltas will come. */
  ended: boolean;
  /** Words were missed while the connection was down; the whole text comes with the end of the part. */
  gap?: boolean;
  started?: number;
  finished?: number;
}

/** A file or an image. */
export interface FilePart {
  kind: "file";
  id: PartId;
  mime: string;
  filename?: string;
  /** A `data:` or `file:` URL; left out where it is large: the command `part` fetches it. */
  url?: string;
  /** Bytes of a `data:` URL's content. */
  size?: number;
  /** The file's path, where a prompt mentioned it. */
  path?: string;
}

/** One call of a tool. */
export interface ToolPart {
  kind: "tool";
  id: PartId;
  /** "bash", "edit", ... */
  tool: string;
  state: ToolState;
  title?: string;
  /** The arguments; `{}` while the model is writing them. */
  input: Record<string, unknown>;
  /** The arguments as the model writes them, where the server streams them. */
  raw?: string;
  /** Cut at a bound; `outputLength` is its whole length in characters then. */
  output: string;
  outputLength?: number;
  /** The end of an output that was cut, once the tool has ended: errors and results stand there. */
  outputEnd?: string;
  error?: string;
  /** The tool's own data (diffs, counts, ...); long strings are cut. */
  metadata?: Record<string, unknown>;
  /** Strings of `input` or `metadata` were cut: the command `part` fetches the whole. */
  cut?: boolean;
  /** Files and images that the tool returned. */
  files?: FilePart[];
  /** The session of the sub-agent that it started. */
  child?: SessionId;
  /** By this a request names it; while it runs. */
  call?: string;
  started?: number;
  finished?: number;
  /** The milliseconds between the two for which it waited for the user, as far as the kernel knows them. */
  waited?: number;
}

/** Everything else, in words: agent mentions, sub-tasks, retries, compaction, patches, unknown kinds. */
export interface NotePart {
  kind: "note";
  id: PartId;
  /** The server's type: "retry", "compaction", "patch", "subtask", "agent", ... */
  type: string;
  text: string;
  data?: Record<string, unknown>;
}

export type Part = TextPart | ToolPart | FilePart | NotePart;

/** A message with its parts. */
export interface Message {
  head: MessageHead;
  parts: Part[];
}

/** How much of a request was left out: so many characters of so many. */
export interface Omitted {
  characters: number;
  of: number;
}

/** A request comes whole up to two million characters. Beyond that the command `request` brings it. */
export interface CutRequest {
  /** Something is missing. Of a form all questions are. */
  cut?: boolean;
  omitted?: Omitted;
}

/** A tool that waits for permission. */
export interface PermissionRequest extends CutRequest {
  kind: "permission";
  id: string;
  session: SessionId;
  /** "bash", "edit", "external_directory", ... */
  permission: string;
  patterns: string[];
  /** The patterns that "Always allow" would cover. */
  always: string[];
  metadata: Record<string, unknown>;
  /** One line, made of the patterns or the note: "…" at its end says that it goes on. */
  title: string;
  /** The message and the tool call that wait for it. */
  message?: MessageId;
  call?: string;
  /** What the server adds in words. */
  note?: string;
}

/** One of the answers offered. */
export interface QuestionOption {
  label: string;
  description?: string;
  /** The server's word for it, which conditions refer to; answers are labels. */
  value?: string;
}

/** The field `key` has this value (`negated`: has not), in the server's words: "true", an option's value. */
export interface Condition {
  key: string;
  value: string;
  negated: boolean;
}

/** What a server that asks with forms adds to a question. */
export interface FormField {
  key: string;
  kind: FieldKind;
  required: boolean;
  /** The page does not show it; its default counts. */
  hidden?: boolean;
  /** The page asks for it only if all of these hold. */
  when?: Condition[];
  /** Bounds of a number, of the characters of a text, or of how many options are chosen. */
  minimum?: number;
  maximum?: number;
  /** A regular expression. */
  pattern?: string;
  /** "email", "uri", "date" or "date-time". */
  format?: string;
  placeholder?: string;
  default?: string[];
  /** Of the kind "external": the page where it is answered. */
  url?: string;
}

/** One question. */
export interface Question {
  question: string;
  header: string;
  options: QuestionOption[];
  multiple: boolean;
  /** A free answer may be given. */
  custom: boolean;
  /** Of a form. An answer is a list of words here too: "3", "true", a label. */
  field?: FormField;
}

/** An agent that waits for answers. */
export interface QuestionRequest extends CutRequest {
  kind: "question";
  id: string;
  session: SessionId;
  /** Of a form: its subject. */
  title?: string;
  questions: Question[];
  message?: MessageId;
  call?: string;
}

export type Request = PermissionRequest | QuestionRequest;

/** One line of a to-do list. */
export interface Todo {
  content: string;
  status: string;
  priority: string;
}

/** What a revert has taken back, while it can be restored: from which message on, how many, and the first one's text. */
export interface Reverted {
  message: MessageId;
  count: number;
  text: string;
  /** How many of them are prompts, if there are several: they can be restored one by one. */
  prompts?: number;
}

/** The conversation of the selected session. */
export interface Transcript {
  instance: InstanceId;
  session: SessionId;
  state: TranscriptState;
  problem?: Problem;
  /** Oldest first. */
  messages: Message[];
  /** There are older ones; the command `older` fetches them. */
  more: boolean;
  todos: Todo[];
  reverted?: Reverted;
}

/** How far a batch is, which Python began and which runs. */
export interface Batch {
  id: string;
  total: number;
  /** Those that failed are among them. */
  done: number;
  failed: number;
  /** In dollars; absent where no answer names its cost. */
  cost?: number;
}

/** All that a page draws. */
export interface PageState {
  instances: Instance[];
  sessions: Record<InstanceId, Session[]>;
  requests: Record<InstanceId, Request[]>;
  activeInstance?: InstanceId;
  /** Of the selected session; absent where none is selected. */
  transcript?: Transcript;
  /** Those that run, the oldest first; absent where none runs. */
  batches?: Batch[];
}

export interface InstanceOp {
  op: "instance";
  instance: InstanceHead;
  after: InstanceId | null;
}

export interface CatalogueOp extends Catalogue {
  op: "catalogue";
  instance: InstanceId;
}

export interface InstanceGoneOp {
  op: "instance-";
  id: InstanceId;
}

export interface ActiveOp {
  op: "active";
  instance?: InstanceId;
}

export interface SessionOp {
  op: "session";
  instance: InstanceId;
  session: Session;
}

export interface SessionGoneOp {
  op: "session-";
  instance: InstanceId;
  id: SessionId;
}

export interface RequestsOp {
  op: "requests";
  instance: InstanceId;
  requests: Request[];
}

/** A request that waits: a new one is the last of its instance. */
export interface RequestOp {
  op: "request";
  instance: InstanceId;
  request: Request;
}

export interface RequestGoneOp {
  op: "request-";
  instance: InstanceId;
  id: string;
}

export interface TranscriptOp {
  op: "transcript";
  transcript: Transcript | null;
}

export interface TodosOp {
  op: "todos";
  session: SessionId;
  todos: Todo[];
}

export interface MessageOp {
  op: "message";
  session: SessionId;
  head: MessageHead;
  after: MessageId | null;
}

export interface MessageGoneOp {
  op: "message-";
  session: SessionId;
  id: MessageId;
}

export interface PartOp {
  op: "part";
  session: SessionId;
  message: MessageId;
  part: Part;
  after: PartId | null;
}

export interface PartGoneOp {
  op: "part-";
  session: SessionId;
  message: MessageId;
  id: PartId;
}

/** Appends to a field of a part: `text` of text and reasoning, `raw` and `output` of tools. */
export interface TextOp {
  op: "text";
  session: SessionId;
  message: MessageId;
  part: PartId;
  field: GrowingField;
  text: string;
}

/** Older messages, oldest first, to stand before all others that the page has; those that it has already move there. */
export interface OlderOp {
  op: "older";
  session: SessionId;
  messages: Message[];
  more: boolean;
}

/** The batches that run, the oldest first. */
export interface BatchesOp {
  op: "batches";
  batches: Batch[];
}

/** Something the user should see once, outside any transcript (a toast). */
export interface ProblemOp {
  op: "problem";
  instance?: InstanceId;
  problem: Problem;
}

export type Op =
  | InstanceOp
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
  | ProblemOp;

/** Everything, for the page `to` that asked. */
export interface Snapshot extends PageState {
  type: "snapshot";
  /** See PROTOCOL; absent from a kernel that is older than that. */
  protocol?: string;
  epoch: string;
  seq: number;
  to: string;
}

/** The changes since the last frame. */
export interface Frame {
  type: "frame";
  epoch: string;
  seq: number;
  ops: Op[];
}

/** The kernel has a command; sent at once, before it is carried out. Its absence for 500 ms means that the kernel is busy. */
export interface Received {
  type: "received";
  to: string;
  /** The command's. */
  id: number;
}

/** The answer to a command; every command gets exactly one. */
export interface Reply {
  type: "reply";
  to: string;
  /** The command's. */
  id: number;
  ok: boolean;
  /** See `Results`; absent where that is None. */
  result?: unknown;
  /** Why it failed. */
  problem?: Problem;
}

/** The kernel wants to know whether any page is there; each answers at once with an `ack`. */
export interface Ping {
  type: "ping";
}

export type FromKernel = Frame | Snapshot | Reply | Received | Ping;

/** A page is here, and asks for a snapshot. */
export interface Hello {
  type: "hello";
  page: string;
  /** See PROTOCOL; the kernel does not read it. */
  protocol?: string;
}

/** The page is being left. */
export interface Bye {
  type: "bye";
  page: string;
}

/** The frame that was drawn last; at most every five seconds, and after a `ping`. The kernel slows down for a page that falls behind. */
export interface Ack {
  type: "ack";
  page: string;
  epoch: string;
  seq: number;
}

/** The page was hidden, or is visible again. */
export interface Visible {
  type: "visible";
  page: string;
  visible: boolean;
}

/** A file with a prompt. */
export interface Attachment {
  mime: string;
  filename: string;
  /** A `data:` URL. */
  url: string;
}

/** A file or folder that a prompt's text names: `text.slice(start, end)` is how it is written ("@src/main.py"). */
export interface FileMention {
  kind: "file";
  /** Relative to the instance's folder; a folder ends with "/". */
  path: string;
  start: number;
  end: number;
}

/** An agent that a prompt's text names. */
export interface AgentMention {
  kind: "agent";
  name: string;
  start: number;
  end: number;
}

export type Mention = FileMention | AgentMention;

/** Of a command that takes none. */
export type NoArguments = Record<string, never>;

/** About an instance. */
export interface OfInstance {
  instance: InstanceId;
}

/** About a session. */
export interface OfSession extends OfInstance {
  session: SessionId;
}

/** About a message. */
export interface OfMessage extends OfSession {
  message: MessageId;
}

/** A command for the project's shell. */
export interface ShellArguments extends OfInstance {
  /** Absent: the kernel makes a new session for it. */
  session?: SessionId;
  /** Made by the page, unique; comes back as `MessageHead.key`. */
  key: string;
  agent?: string;
  /** "provider/id" */
  model?: string;
  command: string;
}

/** A slash command of the server. */
export interface CommandArguments extends ShellArguments {
  variant?: string;
  files?: Attachment[];
  arguments: string;
}

/** A prompt. */
export interface PromptArguments extends OfInstance {
  /** Absent: the kernel makes a new session for it. */
  session?: SessionId;
  text: string;
  /** Made by the page, unique; comes back as `MessageHead.key`. */
  key: string;
  agent?: string;
  /** "provider/id" */
  model?: string;
  variant?: string;
  files?: Attachment[];
  mentions?: Mention[];
  /** Where the server has the feature "delivery". */
  delivery?: Delivery;
}

export interface OpenArguments {
  directory: string;
}

export interface AttachArguments {
  url: string;
  directory?: string;
  username?: string;
  password?: string;
  /** A line for each, `Name: value`. */
  headers?: string;
}

export interface NewSessionArguments extends OfInstance {
  title?: string;
}

export interface OlderArguments extends OfSession {
  /** Fetch on to this message, however far back it is. */
  until?: MessageId;
}

export interface RenameArguments extends OfSession {
  title: string;
}

export interface ArchiveArguments extends OfSession {
  archived: boolean;
}

export interface BeforeMessage extends OfSession {
  /** Absent: the whole session. */
  message?: MessageId;
}

export interface RevertArguments extends OfMessage {
  part?: PartId;
}

export interface AllowAllArguments extends OfSession {
  /** False ends it. */
  allowed: boolean;
}

export interface ShareArguments extends OfSession {
  shared: boolean;
}

export interface EditPromptArguments extends OfMessage {
  text: string;
}

export interface DeliverPromptArguments extends OfMessage {
  delivery: Delivery;
}

/** A prompt that goes when the turn that runs has ended. */
export interface QueueArguments extends OfSession {
  text: string;
  agent?: string;
  /** "provider/id" */
  model?: string;
  variant?: string;
  files?: Attachment[];
  mentions?: Mention[];
}

/** About a prompt that waits in the kernel. */
export interface OfQueued extends OfSession {
  queued: string;
}

export interface EditQueuedArguments extends OfQueued {
  text: string;
}

export interface MoveQueuedArguments extends OfQueued {
  /** Its new place, from 0. */
  to: number;
}

export interface FindArguments extends OfInstance {
  query: string;
  limit?: number;
}

export interface NamesArguments {
  /** What the user wrote after "@". */
  query: string;
}

export interface PromptTextArguments {
  text: string;
}

export interface PathArguments extends OfInstance {
  /** As an answer writes it: from the instance's folder, or absolute. */
  path: string;
}

export interface BatchArguments {
  batch: string;
}

/** What is absent stays as it is. */
export interface ReplayArguments {
  paused?: boolean;
  /** See `ReplayView`. */
  speed?: number;
}

export interface OffsetArguments {
  /** In bytes. */
  offset: number;
}

export interface SearchArguments extends OfSession {
  query: string;
}

export interface ExportArguments extends OfSession {
  format: "markdown" | "json" | "notebook";
}

export interface ConnectMcpArguments extends OfInstance {
  name: string;
  connected: boolean;
}

export interface AfterNumber extends OfInstance {
  /** Only lines or events after this number. */
  after: number;
}

export interface PrefixArguments {
  prefix: string;
  /** Of the server whose folder it is; without it, a folder of this machine. */
  url?: string;
  username?: string;
  password?: string;
  headers?: string;
}

export interface ReportArguments {
  instance?: InstanceId;
}

export interface PartArguments extends OfMessage {
  part: PartId;
}

export interface RequestArguments extends OfInstance {
  request: string;
}

export interface AnswerPermissionArguments extends OfInstance {
  request: string;
  reply: "once" | "always" | "reject";
  /** To the model, with a "reject". */
  message?: string;
}

export interface AnswerQuestionArguments extends OfInstance {
  request: string;
  /** One list of labels or free answers for each question; null dismisses the request. */
  answers: string[][] | null;
}

/** The arguments of each command. */
export interface Arguments {
  select_instance: OfInstance;
  /** Also opens a closed tab. */
  select_session: OfSession;
  open: OpenArguments;
  attach: AttachArguments;
  close_instance: OfInstance;
  reconnect: OfInstance;
  /** Restarts a server that the kernel started. */
  restart: OfInstance;
  new_session: NewSessionArguments;
  close_session: OfSession;
  more_sessions: OfInstance;
  prompt: PromptArguments;
  abort: OfSession;
  older: OlderArguments;
  rename_session: RenameArguments;
  delete_session: OfSession;
  archive_session: ArchiveArguments;
  /** Copies what stands before the message. */
  fork_session: BeforeMessage;
  revert: RevertArguments;
  unrevert: OfSession;
  /** Restores the first prompt that a revert hides, with its answer. */
  redo: OfSession;
  share_session: ShareArguments;
  compact: OfSession;
  init: OfSession;
  /** Like `prompt`, without a session it makes one. Answered at once, not at the end of the turn. */
  run_command: CommandArguments;
  shell: ShellArguments;
  cancel_prompt: OfMessage;
  /** Of a prompt that was left without an answer. */
  take_back_prompt: OfMessage;
  send_again: OfMessage;
  /** Sends the prompt of an answer that failed or was stopped once more. The message is the answer or the prompt. */
  try_again: OfMessage;
  edit_prompt: EditPromptArguments;
  deliver_prompt: DeliverPromptArguments;
  queue_prompt: QueueArguments;
  edit_queued: EditQueuedArguments;
  move_queued: MoveQueuedArguments;
  remove_queued: OfQueued;
  send_queued: OfQueued;
  /** A file that models don't take as it is, to be turned into text. */
  convert_file: Attachment;
  find: FindArguments;
  /** Names of what the notebook's kernel holds, which a prompt may have. */
  find_names: NamesArguments;
  /** What the names in a prompt stand for. */
  check_names: PromptTextArguments;
  /** What would be sent for the names in a prompt. */
  preview_names: PromptTextArguments;
  /** Of a file below the instance's folder, on the kernel's machine. */
  locate_file: PathArguments;
  read_picture: PathArguments;
  /** A piece of the program that draws Mermaid diagrams. */
  read_mermaid: OffsetArguments;
  diff: BeforeMessage;
  /** Searches the whole conversation, the latest message first; at most 200 matches. */
  search: SearchArguments;
  export: ExportArguments;
  services: OfInstance;
  connect_mcp: ConnectMcpArguments;
  log: AfterNumber;
  /** Of the last 500 events. */
  events: AfterNumber;
  /** Folders of the kernel's machine that begin with `prefix`, written as the prefix is ("~/..."). */
  complete_folder: PrefixArguments;
  recent_folders: NoArguments;
  /** Text for a report of a problem, without secrets. */
  report: ReportArguments;
  /** The whole of a part that was cut. */
  part: PartArguments;
  /** The whole of a request that was cut; it is still `cut` where a page could not draw all of it. */
  request: RequestArguments;
  answer_permission: AnswerPermissionArguments;
  /** Allows every permission of the session and of its sub-agents, those that wait too. */
  allow_all: AllowAllArguments;
  /** Takes the offer to ask about a failed cell away, on all pages. */
  dismiss_cell_error: NoArguments;
  /** The latest version of the transcript that the notebook saves. */
  transcript: NoArguments;
  answer_question: AnswerQuestionArguments;
  /** Stops the turns of a batch, as Python's cancel does; one that has ended is none. */
  stop_batch: BatchArguments;
  /** Pauses a replay, goes on, or changes its speed. */
  control_replay: ReplayArguments;
}

export interface InstanceResult {
  instance: InstanceId;
}

export interface SessionResult {
  session: SessionId;
}

export interface PromptResult extends SessionResult {
  message: MessageId;
}

export interface ShareResult {
  url?: string;
}

/** A file, folder or symbol that a mention may name. */
export interface Found {
  kind: "file" | "folder" | "symbol";
  /** Relative to the folder. */
  path: string;
  /** Of a symbol: its name, and its line (counted from 1). */
  name?: string;
  line?: number;
}

export interface FindResult {
  found: Found[];
}

/** A name of what the notebook's kernel holds, as a prompt writes it: "@var:df", "@cell:12", "@error", "@fig". */
export interface NamedObject {
  name: string;
  /** Its type and size, or the first line of the cell; absent if it stands for nothing. */
  detail?: string;
  /** Why it stands for nothing. */
  problem?: Problem;
}

/** The conversations of this widget, as an output of its cell. */
export interface TranscriptResult {
  /** The output's formats by their types. */
  data: Record<string, string>;
}

export interface NamesResult {
  names: NamedObject[];
}

/** What is sent for a name: a text, and pictures. */
export interface Description {
  name: string;
  /** Markdown. */
  text: string;
  pictures: Attachment[];
  /** About how many tokens the text has, and the bytes of all of it. */
  tokens: number;
  size: number;
}

export interface PreviewResult {
  descriptions: Description[];
}

/** A file of the project. */
export interface FileResult {
  /** From the instance's folder. */
  path: string;
  /** On the kernel's machine. */
  absolute: string;
  /** The notebook's file on that machine, where Jupyter names it: it tells how the host's paths begin. */
  notebook?: string;
}

/** A picture of the project. */
export interface PictureResult {
  /** A `data:` URL. */
  url: string;
}

/** A piece of the program that draws Mermaid diagrams; the whole is JavaScript, compressed by gzip. */
export interface MermaidResult {
  base64: string;
  /** Of the whole, in bytes. */
  size: number;
}

/** What a session changed in one file. */
export interface FileDiff {
  file: string;
  /** "added", "deleted" or "modified". */
  status?: string;
  additions: number;
  deletions: number;
  /** Unified; absent where the server gives none, cut where it is long (`cut`). */
  patch?: string;
  cut?: boolean;
}

export interface DiffResult {
  files: FileDiff[];
}

/** What a search found: where, and the words around it. */
export interface Match {
  message: MessageId;
  part: PartId;
  before: string;
  match: string;
  after: string;
}

export interface SearchResult {
  matches: Match[];
  /** False if the search did not get through the whole conversation. */
  complete: boolean;
}

/** A file for the browser to save. */
export interface ExportResult {
  filename: string;
  mime: string;
  text: string;
}

/** An MCP server, a language server or a formatter. */
export interface Service {
  kind: "mcp" | "lsp" | "formatter";
  name: string;
  /** "connected", "disabled", "failed", "needs_auth", "error", "enabled", ... */
  state: string;
  /** Why it failed, its root, its file extensions. */
  detail?: string;
}

export interface ServicesResult {
  services: Service[];
  version: string;
}

export interface LogResult {
  lines: string[];
  /** The number of the line that comes next, counted from 0. */
  next: number;
  owned: boolean;
}

/** One event of the stream, as the inspector shows it. */
export interface LoggedEvent {
  /** Grows by one with each event. */
  number: number;
  /** When it arrived, by the kernel's clock. */
  at: number;
  name: string;
  session?: SessionId;
  /** As the server sent it; long strings are cut. */
  data: unknown;
}

export interface EventsResult {
  events: LoggedEvent[];
}

export interface FoldersResult {
  folders: string[];
}

export interface ReportResult {
  text: string;
}

/** The result of each command. */
export interface Results {
  select_instance: undefined;
  select_session: undefined;
  open: InstanceResult;
  attach: InstanceResult;
  close_instance: undefined;
  reconnect: undefined;
  restart: undefined;
  new_session: SessionResult;
  close_session: undefined;
  more_sessions: undefined;
  prompt: PromptResult;
  abort: undefined;
  older: undefined;
  rename_session: undefined;
  delete_session: undefined;
  archive_session: undefined;
  fork_session: SessionResult;
  revert: undefined;
  unrevert: undefined;
  redo: undefined;
  share_session: ShareResult;
  compact: undefined;
  init: undefined;
  run_command: SessionResult;
  shell: SessionResult;
  cancel_prompt: undefined;
  take_back_prompt: undefined;
  send_again: PromptResult;
  try_again: PromptResult;
  edit_prompt: undefined;
  deliver_prompt: undefined;
  queue_prompt: undefined;
  edit_queued: undefined;
  move_queued: undefined;
  remove_queued: undefined;
  send_queued: undefined;
  convert_file: Attachment;
  find: FindResult;
  find_names: NamesResult;
  check_names: NamesResult;
  preview_names: PreviewResult;
  locate_file: FileResult;
  read_picture: PictureResult;
  read_mermaid: MermaidResult;
  diff: DiffResult;
  search: SearchResult;
  export: ExportResult;
  services: ServicesResult;
  connect_mcp: undefined;
  log: LogResult;
  events: EventsResult;
  complete_folder: FoldersResult;
  /** The latest first. */
  recent_folders: FoldersResult;
  report: ReportResult;
  part: Part;
  request: Request;
  answer_permission: undefined;
  allow_all: undefined;
  dismiss_cell_error: undefined;
  transcript: TranscriptResult;
  answer_question: undefined;
  stop_batch: undefined;
  control_replay: undefined;
}

/** An instance with its most recent sessions; empty lists stand for what its prompts can name, which comes with a snapshot. */
export interface Tab extends InstanceHead {
  agents: Agent[];
  models: Model[];
  commands: SlashCommand[];
  sessions: Session[];
}

/** A cell of the notebook that failed. */
export interface CellError {
  /** As it stands beside the cell. */
  number?: number;
  /** The name of the exception's type. */
  error: string;
}

/** Synced traits: enough to draw a first picture before a snapshot comes, and options. The page writes none of them. */
export interface Traits {
  tabs: Tab[];
  active_instance: InstanceId | null;
  active_session: SessionId | null;
  /** Pixels. */
  height: number;
  send_key: SendKey;
  notify: Notify;
  /** The cell that ran last, if it failed and the user has not dismissed that. */
  cell_error: CellError | null;
  /** By this the page finds the widget's outputs in the notebook: the widget's own, and its transcript. */
  output_id: string;
  /** The number of the latest version of the transcript; 0 if there is none. */
  transcript_revision: number;
}
