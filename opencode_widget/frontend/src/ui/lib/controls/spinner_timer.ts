/**
 * Turns marks while work goes on: by a timer, eight steps a second. An endless CSS animation, however small, makes the
 * browser compose the page sixty times a second, which delays each word of an answer (`benchmarks/latency.py`: by a
 * tenth).
 */
const STEP = 125; // ms

const degrees = new Map<HTMLElement, number>();
let timer: ReturnType<typeof setInterval> | undefined;
let steps = 0;

/**
 * Turns a mark by `by` degrees a step; the result stops it. The mark stays still if the user prefers reduced motion.
 */
export function spin(mark: HTMLElement, by: number): () => void {
  degrees.set(mark, by);
  timer ??= setInterval(step, STEP);
  return () => {
    degrees.delete(mark);
    if (degrees.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function step(): void {
  steps += 1;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const [mark, by] of degrees) mark.style.transform = still ? "" : `rotate(${(steps * by) % 360}deg)`;
}
