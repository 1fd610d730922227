/**
 * Whether the reader follows the end: two states. Only the reader's scrolling changes the state, and only "following"
 * moves the view. Pure: the view reports its measurements.
 */
export type Following = "following" | "away";

export interface Metrics {
  scrollTop: number;
  scrollHeight: number;
  clientHeight: number;
  clientWidth: number;
}

/** Within this many pixels of the end the reader is at the end. */
export const AT_END = 24;

export function distance({ scrollTop, scrollHeight, clientHeight }: Omit<Metrics, "clientWidth">): number {
  return Math.max(0, scrollHeight - clientHeight - scrollTop);
}

/**
 * The state after a scroll from `before` to `now`. Scrolling up beyond the end's reach means "away"; reaching the end
 * means "following". Smaller content or a larger window also moves `scrollTop`, which is not the reader's doing, and a
 * change of the width wraps all lines anew.
 */
export function afterScroll(state: Following, before: Metrics, now: Metrics): Following {
  if (distance(now) <= AT_END) return "following";
  if (before.clientWidth !== now.clientWidth) return state;
  const sameLayout = before.scrollHeight === now.scrollHeight && before.clientHeight === now.clientHeight;
  const up = now.scrollTop < before.scrollTop - 1;
  const forced = before.scrollTop > now.scrollHeight - now.clientHeight;
  if (up && (sameLayout || !forced)) return "away";
  return state;
}
