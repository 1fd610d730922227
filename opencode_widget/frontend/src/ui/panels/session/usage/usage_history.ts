/** Context and cost of a session, answer by answer. Pure. */
import type { MessageHead } from "../../../../protocol";
import { contextUse } from "./usage";

/** The most points that a chart draws; of more answers it draws every second, third, ... and the last. */
const MOST = 200;
const [WIDTH, HEIGHT] = [100, 24];

export interface UsageHistory {
  /** Tokens in the model's context after each answer. */
  context: number[];
  /** Dollars spent up to and including each answer. Empty if the server states no cost. */
  cost: number[];
}

/** `heads`: oldest first. Answers without token counts are left out. */
export function usageHistory(heads: Iterable<MessageHead>): UsageHistory {
  const [context, cost]: [number[], number[]] = [[], []];
  let spent = 0;
  for (const head of heads) {
    const used = contextUse([head], undefined);
    if (!used) continue;
    spent += head.cost ?? 0;
    context.push(used.used);
    cost.push(spent);
  }
  return { context, cost: spent > 0 ? cost : [] };
}

/** The points of a line in a box of 100 by 24; the values start at 0. */
export function linePoints(values: readonly number[]): string {
  const step = Math.ceil(values.length / MOST);
  const shown = values.filter((_, at) => at % step === 0 || at === values.length - 1);
  const top = Math.max(...shown, Number.MIN_VALUE);
  const across = WIDTH / Math.max(1, shown.length - 1);
  return shown.map((value, at) => `${round(at * across)},${round(HEIGHT - (value / top) * HEIGHT)}`).join(" ");
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
