/** What a request asks can change under its id: what was read and fetched of the former content counts no more. */
import { useMemo, useRef } from "preact/hooks";
import type { Request } from "../../protocol";

/** A number that changes with the content of the request; stating the same again keeps it. */
export function useContentVersion(request: Request): number {
  const text = useMemo(() => JSON.stringify(request), [request]);
  const last = useRef({ text, version: 0 });
  if (last.current.text !== text) last.current = { text, version: last.current.version + 1 };
  return last.current.version;
}
