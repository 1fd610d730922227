/**
 * What the kernel and a page say to each other, as custom messages of the widget's comm.
 * The kernel's side of it is `model/view.py` (states and patches), `frames.py` (numbering) and `commands.py`.
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

export interface Instance {
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
  agents: Agent[];
  models: Model[];
  /** What the server takes where a prompt names none: agent name, and "provider/id". */
  defaultAgent?: string;
  defaultModel?: string;
  /** The session that is selected in this instance. */
  activeSession?: SessionId;
  /** How many permissions and questions wait in all its sessions. */
  waiting: number;
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
}

export type MessageState =
  | "sending" // only in this kernel so far
  | "queued" // the server has it; it waits for the turn that runs
  | "streaming"
  | "complete"
  | "failed" // `error` says why
  | "interrupted"; // cut off by a stop or a crash

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
  /** Dollars. */
  cost?: number;
  tokens?: Tokens;
  error?: Problem;
  /** The `key` of the page's command that sent it. */
  key?: string;
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
  /** Tool's own data (diffs, counts, ...); what is large is left out. */
  metadata?: Record<string, unknown>;
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
  /** `data:` or `file:` URL; left out where it is large. */
  url?: string;
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

export interface PermissionRequest {
  kind: "permission";
  id: string;
  session: SessionId;
  /** "bash", "edit", "external_directory", ... */
  permission: string;
  patterns: string[];
  /** The patterns that "Always allow" would cover. */
  always: string[];
  metadata: Record<string, unknown>;
  /** The tool's title or command, in words. */
  title: string;
}

export interface QuestionOption {
  label: string;
  description?: string;
}

export interface Question {
  question: string;
  header: string;
  options: QuestionOption[];
  multiple: boolean;
  /** May a free answer be given? */
  custom: boolean;
}

export interface QuestionRequest {
  kind: "question";
  id: string;
  session: SessionId;
  questions: Question[];
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
  | { op: "instance"; instance: Instance; after: InstanceId | null }
  | { op: "instance-"; id: InstanceId }
  | { op: "active"; instance?: InstanceId }
  | { op: "session"; instance: InstanceId; session: Session }
  | { op: "session-"; instance: InstanceId; id: SessionId }
  | { op: "requests"; instance: InstanceId; requests: Request[] }
  | { op: "transcript"; transcript: Transcript | null }
  | { op: "todos"; session: SessionId; todos: Todo[] }
  | { op: "message"; session: SessionId; head: MessageHead; after: MessageId | null }
  | { op: "message-"; session: SessionId; id: MessageId }
  | { op: "part"; session: SessionId; message: MessageId; part: Part; after: PartId | null }
  | { op: "part-"; session: SessionId; message: MessageId; id: PartId }
  /** Append to a field of a part: `text` of text and reasoning, `raw` and `output` of tools. */
  | { op: "text"; session: SessionId; message: MessageId; part: PartId; field: "text" | "raw" | "output"; text: string }
  /** Older messages, oldest first, to stand before all that the page has. */
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
  | { name: "older"; args: { instance: InstanceId; session: SessionId } }
  /** The whole of a part whose output was cut; result: the Part. */
  | { name: "part"; args: { instance: InstanceId; session: SessionId; message: MessageId; part: PartId } }
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
