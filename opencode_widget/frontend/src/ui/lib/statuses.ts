/**
 * The statuses that the page knows. A server or an agent may send others, which must not become class names of the
 * page. Pure.
 */
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
/** An unknown tool state counts as completed, so that the tool shows only what it is. */
export const toolState = (said: unknown): ToolState => known(TOOLS, said, "completed");
export const messageState = (said: unknown): MessageState => known(MESSAGES, said, "complete");
export const connectionState = (said: unknown): ConnectionState => known(CONNECTIONS, said, "disconnected");
export const fileStatus = (said: unknown): NonNullable<FileDiff["status"]> => known(FILES, said, "modified");
