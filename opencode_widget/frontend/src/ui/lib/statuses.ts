/** The words for how things stand that we know. A server, or an agent, may say others: they become none of the page's classes. Pure. */
import { known } from "../../lookup";
import type { ConnectionState, FileDiff, MessageState, ToolState } from "../../protocol";

const TODOS = ["pending", "in_progress", "completed", "cancelled"] as const;
const TOOLS = ["pending", "running", "completed", "error", "interrupted"] as const satisfies readonly ToolState[];
const MESSAGES = [
  "sending",
  "queued",
  "streaming",
  "complete",
  "failed",
  "interrupted",
] as const satisfies readonly MessageState[];
const CONNECTIONS = [
  "connecting",
  "connected",
  "reconnecting",
  "disconnected",
] as const satisfies readonly ConnectionState[];
const FILES = ["added", "deleted", "modified"] as const satisfies ReadonlyArray<NonNullable<FileDiff["status"]>>;

type TodoStatus = (typeof TODOS)[number];

export const todoStatus = (said: unknown): TodoStatus => known(TODOS, said, "pending");
/** A tool in a state that we don't know has nothing to show but what it is. */
export const toolState = (said: unknown): ToolState => known(TOOLS, said, "completed");
export const messageState = (said: unknown): MessageState => known(MESSAGES, said, "complete");
export const connectionState = (said: unknown): ConnectionState => known(CONNECTIONS, said, "disconnected");
export const fileStatus = (said: unknown): NonNullable<FileDiff["status"]> => known(FILES, said, "modified");
