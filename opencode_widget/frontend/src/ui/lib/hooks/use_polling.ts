import { useEffect, useRef } from "preact/hooks";

/**
 * Does a task again and again while the component is there, `pause` ms from the end of one to the next; not while the page is
 * hidden. `key`: what it is about; another one begins anew.
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
