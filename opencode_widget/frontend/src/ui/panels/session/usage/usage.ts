/** Computes how full the model's context window is. Pure. */
import type { Instance, MessageHead, Tokens } from "../../../../protocol";
import { t } from "../../../../words/words";
import { count } from "../../../lib/format";
import { findModel } from "../../../lib/models";

export interface Usage {
  used: number;
  /** The size of the window in tokens; absent where the server does not report it. */
  window?: number;
  /** The used share of the window, from 0 to 1. */
  share?: number;
  /** The model that the window belongs to. */
  model?: string;
}

export function allTokens({ input, output, reasoning, cacheRead, cacheWrite }: Tokens): number {
  return input + output + reasoning + cacheRead + cacheWrite;
}

/**
 * `heads`, latest first: the last answer with token counts decides. After a compaction only its summary counts. `next`:
 * the model that answers the next prompt, and must take what is used; without it, the model of that answer.
 */
export function contextUse(
  heads: Iterable<MessageHead>,
  instance: Instance | undefined,
  next?: string,
): Usage | undefined {
  for (const head of heads) {
    if (head.role !== "assistant" || !head.tokens || allTokens(head.tokens) === 0) continue;
    const used = head.summary ? head.tokens.output : allTokens(head.tokens);
    const model = next ?? head.model;
    const window = findModel(instance, model)?.context;
    const full = window ? { window, share: Math.min(1, used / window) } : {};
    return { used, ...full, ...(model ? { model } : {}) };
  }
  return undefined;
}

export function usageWords({ used, window, share }: Usage): string {
  if (window === undefined || share === undefined) return t.session.tokenCount(count(used));
  return t.session.ofTokens(count(used), count(window), percent(share));
}

export function percent(share: number): string {
  return `${share > 0 && share < 0.01 ? "<1" : Math.round(share * 100)} %`;
}

/** How close the window is to full; the server compacts by itself when it is. */
export function fullness(share: number): "calm" | "high" | "full" {
  if (share < 0.7) return "calm";
  return share < 0.9 ? "high" : "full";
}
