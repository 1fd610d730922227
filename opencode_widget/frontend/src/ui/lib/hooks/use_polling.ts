import { useEffect, useRef } from "preact/hooks";

/**
 * Repeats a task while the component is mounted, `pause` ms from the end of one run to the next, but not while the page
 * is hidden. `key`: what the task is about; a change starts anew.
 */
export function usePolling(task: () => Promise<void>, pause: number, key: string): void {
  const latest = useRef(task);
  latest.current = task;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const turn = async () => {
      if (document.visibilityState === "visible") await latest.current();
      if (!over) timer = setTimeout(() => void turn(), pause);
    };
    void turn();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [pause, key]);
}
