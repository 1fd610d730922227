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
  "unanswered",
] as const satisfies readonly MessageState[];
const CONNECTIONS = [
  "connecting",
  "connected",
  "reconnecting",
  "disconnected",
] as const satisfies readonly ConnectionState[];
const FILES = ["added", "deleted", "modified"] as const satisfies ReadonlyArray<NonNullable<FileDiff["status"]>>;

type TodoStatus = (typeof TODOS)[number];

export const todoStatus = (status: unknown): TodoStatus => known(TODOS, status, "pending");
/** An unknown tool state counts as completed, so that the tool shows only what it is. */
export const toolState = (status: unknown): ToolState => known(TOOLS, status, "completed");
export const messageState = (status: unknown): MessageState => known(MESSAGES, status, "complete");
export const connectionState = (status: unknown): ConnectionState => known(CONNECTIONS, status, "disconnected");
export const fileStatus = (status: unknown): (typeof FILES)[number] => known(FILES, status, "modified");
