/**
 * What the kernel and a page say to each other, as custom messages of the widget's comm.
 * The kernel's side of it is `model/view.py` (states and patches), `page/frames.py` (numbering) and `commands.py`.
 *
 * Rules:
 *  - Every frame goes to every page; `seq` grows by one a frame within an `epoch` (a kernel-side life of the widget).
 *  - A page that is new, or sees a gap in `seq` or another `epoch`, says `hello` and drops frames until a snapshot comes.
 *  - A snapshot states everything up to and including its `seq`; the next frame is `seq + 1`. It carries `to`, the page that
 *    asked; other pages that have no gap ignore it.
 *  - Only the session on screen (`activeInstance`, `activeSession`) has a transcript; of the others the page has summaries.
 *  - Times are milliseconds since 1970 by the server's clock, save `retryIn`: milliseconds from the arrival of the message.
 */

// ---- states -----------------------------------------------------------------------------------------------------------

export type InstanceId = string;
export type SessionId = string;
export type MessageId = string;
export type PartId = string;

/** Something that went wrong, in words for a person. */
export interface Problem {
  /** The kind: the name of our error class, or OpenCode's error name ("ProviderAuthError", "MessageAbortedError", ...). */
  name: string;
  message: string;
  remedy?: string;
  /** Longer text for "Details", for example the last lines of the server's log. */
  details?: string;
}

export type ConnectionState = "connecting" | "connected" | "reconnecting" | "disconnected";

export interface Connection {
  state: ConnectionState;
  /** Words about the state: "Starting opencode", "OpenCode 1.18.33", ... */
  detail?: string;
  /** Why it is not connected. */
  problem?: Problem;
  /** When this state began, by the kernel's clock. */
  since?: number;
  /** While reconnecting: ms until the next attempt (0: it is under way), its number, and how many there will be (absent: endless). */
  retryIn?: number;
  attempt?: number;
  attempts?: number;
}

export interface Model {
  provider: string;
  id: string;
  name: string;
  providerName: string;
  variants: string[];
  /** Tokens. */
  context?: number;
}

export interface Agent {
  name: string;
  description?: string;
  /** "subagent"s are not offered for prompts. */
  mode: "primary" | "subagent" | "all";
}

/** A command of the server's ("/init", "/review", ...), without its slash. */
export interface SlashCommand {
  name: string;
  description?: string;
  source?: "command" | "mcp" | "skill";
  /** What its arguments are, in words: "$ARGUMENTS", "$1". */
  hints: string[];
}

/** What can be asked of a server. It depends on the dialect; what is missing is not offered. */
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
  | "attachments" // files and images with a prompt
  | "mentions" // files and agents in a prompt
  | "find" // files and symbols of the project
  | "diff" // files changed in a session
  | "status" // MCP, LSP, formatters
  | "reject_message" // words to the model with a "reject"
  | "cancel_prompt" // a queued prompt can be taken back
  | "edit_prompt" // ... or changed
  | "delivery" // a prompt during a turn can join it at its next step, or wait for its end
  | "redeliver"; // ... and that can be changed while it waits

/** What prompts of an instance can name: much, and it seldom changes. */
export interface Catalogue {
  agents: Agent[];
  models: Model[];
  commands: SlashCommand[];
  /** What the server takes where a prompt names none: agent name, and "provider/id". */
  defaultAgent?: string;
  defaultModel?: string;
}

export interface Instance extends InstanceHead, Catalogue {}

/** An instance without its catalogue. */
export interface InstanceHead {
  id: InstanceId;
  /** Last component of the directory; or the host where there is no directory. */
  title: string;
  directory?: string;
  /** Without credentials. */
  url?: string;
  /** Did we start the server? */
  owned: boolean;
  /** "OpenCode 1.18.33" or the dialect's name; absent until known. */
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
  /** Sessions that the server knows beyond those sent. */
  moreSessions: boolean;
  /** Events that were not understood, by the server's name for them; `reason`: what was wrong with the last one. */
  oddities?: Array<{ name: string; count: number; reason?: string }>;
}

export type SessionStatus = "idle" | "busy" | "retry";

/** One line of the session list. */
export interface Session {
  id: SessionId;
  title: string;
  parent?: SessionId;
  status: SessionStatus;
  /** Words for status "retry": reason and attempt. */
  statusText?: string;
  unread: boolean;
  /** Permissions and questions that wait in it and in its sub-agents. */
  waiting: number;
  created: number;
  updated: number;
  agent?: string;
  /** "provider/id" */
  model?: string;
  variant?: string;
  /** The person closed its tab; it is in "All sessions" only. */
  closed: boolean;
  cost?: number;
  tokens?: Tokens;
  /** Where it is shared. */
  share?: string;
  /** What it changed in the project's files. */
  changed?: { files: number; additions: number; deletions: number };
  /** When it was archived: it is in "All sessions" only. */
  archived?: number;
}

export type MessageState =
  | "sending" // only in this kernel so far
  | "queued" // the server has it; it waits for the turn that runs
  | "streaming"
  | "complete"
  | "failed" // `error` says why
  | "interrupted"; // cut off by a stop or a crash

/** When a prompt has its turn: at the next step of the turn that runs, or after its end. */
export type Delivery = "steer" | "queue";

export interface Tokens {
  input: number;
  output: number;
  reasoning: number;
  cacheRead: number;
  cacheWrite: number;
}

/** All of a message but its parts. `role` "notice": an error of the session that belongs to no message; it has no parts. */
export interface MessageHead {
  id: MessageId;
  role: "user" | "assistant" | "notice";
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
  /** The `key` of the page's command that sent it. */
  key?: string;
  /** Of a queued prompt, where the server says it. */
  delivery?: Delivery;
  /** A summary made by compaction. */
  summary?: boolean;
}

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

export type ToolState = "pending" | "running" | "completed" | "error" | "interrupted";

export interface ToolPart {
  kind: "tool";
  id: PartId;
  /** "bash", "edit", ... */
  tool: string;
  state: ToolState;
  title?: string;
  /** The arguments; `{}` while they are being written. */
  input: Record<string, unknown>;
  /** The arguments as they are being written, where the server streams them. */
  raw?: string;
  /** So far, or all of it; cut at a bound, `outputLength` is its whole length in characters then. */
  output: string;
  outputLength?: number;
  error?: string;
  /** Tool's own data (diffs, counts, ...); long strings are cut. */
  metadata?: Record<string, unknown>;
  /** Strings of `input` or `metadata` were cut: the command `part` brings the whole. */
  cut?: boolean;
  /** Files and images that it gave back. */
  files?: FilePart[];
  /** The session of the sub-agent that it started. */
  child?: SessionId;
  started?: number;
  finished?: number;
}

export interface FilePart {
  kind: "file";
  id: PartId;
  mime: string;
  filename?: string;
  /** `data:` or `file:` URL; left out where it is large: the command `part` brings it. */
  url?: string;
  /** Bytes of a `data:` URL's content. */
  size?: number;
  /** The file's path, where it was mentioned in a prompt. */
  path?: string;
}

/** Everything else, in words: agent mentions, sub-tasks, retries, compaction, patches, kinds that we don't know. */
export interface NotePart {
  kind: "note";
  id: PartId;
  /** The server's type: "retry", "compaction", "patch", "subtask", "agent", ... */
  type: string;
  text: string;
  data?: Record<string, unknown>;
}

export type Part = TextPart | ToolPart | FilePart | NotePart;

export interface Message {
  head: MessageHead;
  parts: Part[];
}

/** A request comes whole up to two million characters. Beyond that the command `request` brings it. */
interface MaybeCut {
  /** Something is missing: of so many characters so many were left out. Of a form all questions are. */
  cut?: boolean;
  omitted?: { characters: number; of: number };
}

export interface PermissionRequest extends MaybeCut {
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
  /** The tool call that waits for it. */
  message?: MessageId;
  call?: string;
  /** What the server adds in words. */
  note?: string;
}

export interface QuestionOption {
  label: string;
  description?: string;
  /** The server's word for it, to which conditions refer; answers are labels. */
  value?: string;
}

export interface Question {
  question: string;
  header: string;
  options: QuestionOption[];
  multiple: boolean;
  /** May a free answer be given? */
  custom: boolean;
  /** What a server that asks with forms says beyond the words. An answer is a list of words here too: "3", "true", a label. */
  field?: FormField;
}

export interface FormField {
  key: string;
  kind: "string" | "number" | "integer" | "boolean" | "select" | "multiselect" | "external";
  required: boolean;
  /** Not to be shown; its default counts. */
  hidden?: boolean;
  /** It is asked for only where these fields have (`negated`: have not) these values, in the server's words: "true", an option's value. */
  when?: Array<{ key: string; value: string; negated: boolean }>;
  /** Bounds of a number, of the characters of a text, or of how many are chosen. */
  minimum?: number;
  maximum?: number;
  /** A regular expression; "email", "uri", "date" or "date-time". */
  pattern?: string;
  format?: string;
  placeholder?: string;
  default?: string[];
  /** Of "external": where it is answered. */
  url?: string;
}

export interface QuestionRequest extends MaybeCut {
  kind: "question";
  id: string;
  session: SessionId;
  /** Of a form: what it is about. */
  title?: string;
  questions: Question[];
  message?: MessageId;
  call?: string;
}

export type Request = PermissionRequest | QuestionRequest;

export interface Todo {
  content: string;
  status: string;
  priority: string;
}

export interface Transcript {
  instance: InstanceId;
  session: SessionId;
  state: "loading" | "ready" | "failed";
  problem?: Problem;
  /** Oldest first. */
  messages: Message[];
  /** There are older ones; the command `older` fetches them. */
  more: boolean;
  todos: Todo[];
  /** What a revert has taken back, while it can be restored: from which message on, how many, and the first one's text. */
  reverted?: { message: MessageId; count: number; text: string };
}

export interface Snapshot {
  type: "snapshot";
  epoch: string;
  seq: number;
  to: string;
  instances: Instance[];
  sessions: Record<InstanceId, Session[]>;
  requests: Record<InstanceId, Request[]>;
  activeInstance?: InstanceId;
  /** Of the session on screen; absent where none is. */
  transcript?: Transcript;
}

// ---- patches ----------------------------------------------------------------------------------------------------------

/** `after`: the id of the message before it (null: it is the first). An upsert of a known id replaces and moves it. */
export type Op =
  | { op: "instance"; instance: InstanceHead; after: InstanceId | null }
  | ({ op: "catalogue"; instance: InstanceId } & Catalogue)
  | { op: "instance-"; id: InstanceId }
  | { op: "active"; instance?: InstanceId }
  | { op: "session"; instance: InstanceId; session: Session }
  | { op: "session-"; instance: InstanceId; id: SessionId }
  | { op: "requests"; instance: InstanceId; requests: Request[] }
  /** A request that waits: a new one is the last of its instance. */
  | { op: "request"; instance: InstanceId; request: Request }
  | { op: "request-"; instance: InstanceId; id: string }
  | { op: "transcript"; transcript: Transcript | null }
  | { op: "todos"; session: SessionId; todos: Todo[] }
  | { op: "message"; session: SessionId; head: MessageHead; after: MessageId | null }
  | { op: "message-"; session: SessionId; id: MessageId }
  | { op: "part"; session: SessionId; message: MessageId; part: Part; after: PartId | null }
  | { op: "part-"; session: SessionId; message: MessageId; id: PartId }
  /** Append to a field of a part: `text` of text and reasoning, `raw` and `output` of tools. */
  | { op: "text"; session: SessionId; message: MessageId; part: PartId; field: "text" | "raw" | "output"; text: string }
  /** Older messages, oldest first, to stand before all others that the page has; those that it has already move there. */
  | { op: "older"; session: SessionId; messages: Message[]; more: boolean }
  /** Something a person should see once, outside any transcript (a toast). */
  | { op: "problem"; instance?: InstanceId; problem: Problem };

export interface Frame {
  type: "frame";
  epoch: string;
  seq: number;
  ops: Op[];
}

/** The answer to a command; every command gets exactly one. */
export interface Reply {
  type: "reply";
  to: string; // page id
  id: number; // the command's
  ok: boolean;
  result?: unknown;
  problem?: Problem;
}

/** "I have your command" — sent at once on arrival, before it is carried out; its absence for 500 ms means: kernel busy. */
export interface Received {
  type: "received";
  to: string;
  id: number;
}

export type FromKernel = Frame | Snapshot | Reply | Received;

// ---- page to kernel ---------------------------------------------------------------------------------------------------

export type ToKernel =
  | { type: "hello"; page: string }
  /** The page is being left. */
  | { type: "bye"; page: string }
  /** The frame that was drawn last; sent at most every two seconds. Lets the kernel slow down for a page that falls behind. */
  | { type: "ack"; page: string; epoch: string; seq: number }
  | { type: "visible"; page: string; visible: boolean }
  | ({ type: "command"; page: string; id: number } & Command);

/** A file with a prompt. */
export interface Attachment {
  mime: string;
  filename: string;
  /** A `data:` URL. */
  url: string;
}

/** A name in a prompt's text that stands for something: `text.slice(start, end)` is how it is written ("@src/main.py"). */
export type Mention =
  | { kind: "file"; path: string; start: number; end: number } // relative to the folder; a folder ends with "/"
  | { kind: "agent"; name: string; start: number; end: number };

export interface PromptArguments {
  instance: InstanceId;
  /** Absent: a new session is made for it. */
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
  /** Where the server has "delivery". */
  delivery?: Delivery;
}

type OfSession = { instance: InstanceId; session: SessionId };

/** Files, folders and symbols that a mention may name. */
export interface Found {
  kind: "file" | "folder" | "symbol";
  /** Relative to the folder. */
  path: string;
  /** Of a symbol: its name, and its line (counted from 1). */
  name?: string;
  line?: number;
}

export interface FileDiff {
  file: string;
  status?: "added" | "deleted" | "modified";
  additions: number;
  deletions: number;
  /** Unified; absent where the server gives none, cut where it is long (`cut`). */
  patch?: string;
  cut?: boolean;
}

/** One line of a list of services: MCP servers, language servers, formatters. */
export interface Service {
  kind: "mcp" | "lsp" | "formatter";
  name: string;
  /** "connected", "disabled", "failed", "needs_auth", "error", "enabled", ... */
  state: string;
  /** Why it failed, its root, its file extensions. */
  detail?: string;
}

/** One event of the stream, as the inspector shows it. */
export interface LoggedEvent {
  /** Grows by one an event. */
  number: number;
  /** When it was heard, by the kernel's clock. */
  at: number;
  name: string;
  session?: SessionId;
  /** As the server sent it; long strings cut. */
  data: unknown;
}

/** What the transcript's search found: a message, and the words around the match. */
export interface Match {
  message: MessageId;
  part: PartId;
  before: string;
  match: string;
  after: string;
}

export type Command =
  | { name: "select_instance"; args: { instance: InstanceId } }
  | { name: "select_session"; args: { instance: InstanceId; session: SessionId } } // also opens a closed tab
  | { name: "open"; args: { directory: string } }
  | { name: "attach"; args: { url: string; directory?: string; username?: string; password?: string } }
  | { name: "close_instance"; args: { instance: InstanceId } }
  | { name: "reconnect"; args: { instance: InstanceId } }
  | { name: "new_session"; args: { instance: InstanceId; title?: string } } // result: {session}
  | { name: "close_session"; args: { instance: InstanceId; session: SessionId } }
  | { name: "more_sessions"; args: { instance: InstanceId } }
  | { name: "prompt"; args: PromptArguments } // result: {session, message}
  | { name: "abort"; args: { instance: InstanceId; session: SessionId } }
  | { name: "older"; args: OfSession & { until?: MessageId } } // `until`: on to this message, however far back
  | { name: "rename_session"; args: OfSession & { title: string } }
  | { name: "delete_session"; args: OfSession }
  | { name: "archive_session"; args: OfSession & { archived: boolean } }
  | { name: "fork_session"; args: OfSession & { message?: MessageId } } // before this message; result: {session}
  | { name: "revert"; args: OfSession & { message: MessageId; part?: PartId } }
  | { name: "unrevert"; args: OfSession }
  | { name: "share_session"; args: OfSession & { shared: boolean } } // result: {url?}
  | { name: "compact"; args: OfSession }
  | { name: "init"; args: OfSession }
  /** A slash command; like `prompt`, without a session it makes one. Result: {session}, at once, not at the end of the turn. */
  | {
      name: "run_command";
      args: Omit<PromptArguments, "text" | "mentions" | "delivery"> & { command: string; arguments: string };
    }
  | {
      name: "shell";
      args: Omit<PromptArguments, "text" | "mentions" | "delivery" | "files" | "variant"> & { command: string };
    } // result: {session}
  /** A queued prompt: take it back, or (2.x) change its text. */
  | { name: "cancel_prompt"; args: OfSession & { message: MessageId } }
  | { name: "edit_prompt"; args: OfSession & { message: MessageId; text: string } }
  | { name: "deliver_prompt"; args: OfSession & { message: MessageId; delivery: Delivery } }
  | { name: "find"; args: { instance: InstanceId; query: string; limit?: number } } // result: {found: Found[]}
  | { name: "diff"; args: OfSession & { message?: MessageId } } // result: {files: FileDiff[]}
  /** Result: {matches: Match[], complete: boolean}, the latest first, through the whole conversation, at most 200. */
  | { name: "search"; args: OfSession & { query: string } }
  | { name: "export"; args: OfSession & { format: "markdown" | "json" | "notebook" } } // result: {filename, mime, text}
  | { name: "services"; args: { instance: InstanceId } } // result: {services: Service[], version}
  | { name: "connect_mcp"; args: { instance: InstanceId; name: string; connected: boolean } }
  /** Lines that the server printed from number `after` on (counted from 0); result: {lines: string[], next: number, owned}. */
  | { name: "log"; args: { instance: InstanceId; after: number } }
  /** Of the last 500 events those after number `after`; result: {events: LoggedEvent[]}. */
  | { name: "events"; args: { instance: InstanceId; after: number } }
  /** Folders of the kernel's machine that begin with `prefix`; result: {folders: string[]}, written as the prefix is ("~/...") */
  | { name: "complete_folder"; args: { prefix: string } }
  | { name: "recent_folders"; args: Record<string, never> } // result: {folders: string[]}, the latest first
  /** Words for a report of a problem, without secrets; result: {text}. */
  | { name: "report"; args: { instance?: InstanceId } }
  /** Restart a server of our own. */
  | { name: "restart"; args: { instance: InstanceId } }
  /** The whole of a part whose output was cut; result: the Part. */
  | { name: "part"; args: { instance: InstanceId; session: SessionId; message: MessageId; part: PartId } }
  /** The whole of a request that was cut; result: the Request, still `cut` where a page could not draw all of it. */
  | { name: "request"; args: { instance: InstanceId; request: string } }
  | {
      name: "answer_permission";
      args: { instance: InstanceId; request: string; reply: "once" | "always" | "reject"; message?: string };
    }
  /** One list of labels or free answers a question; null: dismiss. */
  | { name: "answer_question"; args: { instance: InstanceId; request: string; answers: string[][] | null } };

// ---- traits -----------------------------------------------------------------------------------------------------------

/** Synced traits: enough to draw a first picture before a snapshot comes, and options. The page writes none of them. */
export interface Traits {
  /** Instances, each with its most recent sessions. */
  tabs: Array<Instance & { sessions: Session[] }>;
  active_instance: InstanceId | null;
  active_session: SessionId | null;
  /** Pixels. */
  height: number;
}
