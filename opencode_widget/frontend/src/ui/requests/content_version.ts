/**
 * A request's content can change under its id. What the user read, and the page fetched, of the former content then no
 * longer counts.
 */
import { useMemo, useRef } from "preact/hooks";
import type { Request } from "../../protocol";

/** A number that changes with the content of the request; the same content sent again keeps it. */
export function useContentVersion(request: Request): number {
  const text = useMemo(() => JSON.stringify(request), [request]);
  const last = useRef({ text, version: 0 });
  if (last.current.text !== text) last.current = { text, version: last.current.version + 1 };
  return last.current.version;
}
