/**
 * Whether the reader follows the end. Two states; only the reader's own scrolling changes them, and only "following" ever
 * moves the view. Pure: the view reports what it measured.
 */
export type Following = "following" | "away";

export interface Metrics {
  scrollTop: number;
  scrollHeight: number;
  clientHeight: number;
}

/** Pixels from the end that still count as the end. */
export const AT_END = 24;

export function distance({ scrollTop, scrollHeight, clientHeight }: Metrics): number {
  return Math.max(0, scrollHeight - clientHeight - scrollTop);
}

/**
 * The state after a scroll from `before` to `now`. Upwards is away, wherever it ends outside the end's reach; at the end is
 * following. A smaller content or a larger window moves `scrollTop` too: that is not the reader.
 */
export function afterScroll(state: Following, before: Metrics, now: Metrics): Following {
  if (distance(now) <= AT_END) return "following";
  const sameLayout = before.scrollHeight === now.scrollHeight && before.clientHeight === now.clientHeight;
  const up = now.scrollTop < before.scrollTop - 1;
  const forced = before.scrollTop > now.scrollHeight - now.clientHeight;
  if (up && (sameLayout || !forced)) return "away";
  return state;
}
