/** How full the model's window is. Pure. */
import type { Instance, MessageHead, Tokens } from "../../../protocol";
import { count } from "../../lib/format";
import { findModel } from "../../lib/models";

export interface Usage {
  used: number;
  /** Tokens that the model takes; absent where the server does not say. */
  window?: number;
  /** From 0 to 1, of the window. */
  share?: number;
  /** Whose window it is. */
  model?: string;
}

export function allTokens({ input, output, reasoning, cacheRead, cacheWrite }: Tokens): number {
  return input + output + reasoning + cacheRead + cacheWrite;
}

/** `heads`, latest first: the last answer that was counted tells. After a compaction its summary is all that is left. */
export function contextUse(heads: Iterable<MessageHead>, instance: Instance | undefined): Usage | undefined {
  for (const head of heads) {
    if (head.role !== "assistant" || !head.tokens || allTokens(head.tokens) === 0) continue;
    const used = head.summary ? head.tokens.output : allTokens(head.tokens);
    const window = findModel(instance, head.model)?.context;
    const full = window ? { window, share: Math.min(1, used / window) } : {};
    return { used, ...full, ...(head.model ? { model: head.model } : {}) };
  }
  return undefined;
}

export function usageWords({ used, window, share }: Usage): string {
  if (window === undefined || share === undefined) return `${count(used)} tokens`;
  return `${count(used)} of ${count(window)} tokens, ${percent(share)}`;
}

export function percent(share: number): string {
  return `${share > 0 && share < 0.01 ? "<1" : Math.round(share * 100)} %`;
}

/** How near the end of the window is; the server compacts by itself when it comes. */
export function fullness(share: number): "calm" | "high" | "full" {
  if (share < 0.7) return "calm";
  return share < 0.9 ? "high" : "full";
}
