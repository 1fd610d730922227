/**
 * Notices that the computer slept. Connections may have died meanwhile, and nothing tells a page: a socket whose other
 * end is gone looks open until something is sent. A timer that comes far too late is the only sign.
 */

/** Milliseconds between two looks at the clock, and what the clock may be late by. */
const LOOK_EVERY = 2_000;
const LATE = 8_000;

interface SleepClock {
  now(): number;
  setInterval(task: () => void, every: number): unknown;
  clearInterval(timer: unknown): void;
}

const realClock: SleepClock = {
  now: () => Date.now(),
  setInterval: (task, every) => globalThis.setInterval(task, every),
  clearInterval: (timer) => globalThis.clearInterval(timer as number),
};

/**
 * Calls `woke` after the computer slept.
 *
 * @param isVisible false while the browser tab is hidden. Browsers hold up the timers of hidden tabs, which is no sleep.
 * @returns stops watching.
 */
export function watchSleep(isVisible: () => boolean, woke: () => void, clock: SleepClock = realClock): () => void {
  let last = clock.now();
  let wasVisible = isVisible();
  const look = () => {
    const now = clock.now();
    const visible = isVisible();
    if (now - last > LOOK_EVERY + LATE && wasVisible && visible) woke();
    last = now;
    wasVisible = visible;
  };
  const timer = clock.setInterval(look, LOOK_EVERY);
  return () => clock.clearInterval(timer);
}
