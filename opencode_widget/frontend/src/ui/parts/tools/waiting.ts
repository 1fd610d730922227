/** Whether a tool waits for the user, and what the user decided. */
import { lookUp } from "../../../lookup";
import type { MessageId, Request, SessionId, ToolPart } from "../../../protocol";
import { t } from "../../../words/words";
import { useView } from "../../state/context";

/** Tools that ask for the permission of another name. */
const ASKS_AS: Record<string, string> = {
  write: "edit",
  multiedit: "edit",
  patch: "edit",
  apply_patch: "edit",
  shell: "bash",
  ls: "list",
  subagent: "task",
};
/** Permissions that name no tool. */
const OF_ANY_TOOL = new Set(["external_directory", "doom_loop"]);

interface Place {
  message: MessageId;
  session: SessionId;
}

/** True if the request keeps the tool from running. Where the server does not name the call, the request's kind tells which tool asks. */
function isFor(request: Request, part: ToolPart, { message, session }: Place): boolean {
  if (request.session !== session || (request.message ?? message) !== message) return false;
  if (request.call && part.call) return request.call === part.call;
  if (request.kind === "question") return part.tool === "question";
  const { permission } = request;
  return permission === part.tool || permission === lookUp(ASKS_AS, part.tool) || OF_ANY_TOOL.has(permission);
}

/** True while the tool waits for the user. */
export function useWaiting(part: ToolPart, place: Place): boolean {
  const view = useView();
  const requests = lookUp(view.store.requests.value, view.selection.instanceId) ?? [];
  return part.state === "running" && requests.some((request) => isFor(request, part, place));
}

const DECISIONS: Array<[words: RegExp, decision: () => string]> = [
  [/^the user (?:has )?(?:rejected|denied) permission/i, () => t.parts.rejectedByYou],
  [/^the user (?:has )?dismissed this question/i, () => t.parts.dismissed],
];

/** What the user decided, where the server reports that as the tool's failure. */
export function decisionOf({ state, error = "" }: Pick<ToolPart, "state" | "error">): string | undefined {
  return state === "error" ? DECISIONS.find(([words]) => words.test(error))?.[1]() : undefined;
}
