import { useEffect, useState } from "preact/hooks";

/** The current time, updated every `step` ms, so that "5 min ago" stays true. */
export function useNow(step = 30_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), step);
    return () => clearInterval(timer);
  }, [step]);
  return now;
}
