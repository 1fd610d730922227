/** A request as it arrived, or, if the kernel truncated it, in full once the user loads it. */
import { useState } from "preact/hooks";
import type { Problem, Request } from "../../protocol";
import { t } from "../../words/words";
import { useView } from "../state/context";
import { useContentVersion } from "./content_version";

export interface FullRequest<Asked extends Request> {
  request: Asked;
  /** Changes with the request's content. */
  version: number;
  /** The number of missing characters, and the total; undefined if nothing is missing. */
  missing: { characters: number; of: number } | undefined;
  /** True if the page has everything that the kernel can send. */
  loaded: boolean;
  busy: boolean;
  problem: Problem | undefined;
  load(): Promise<void>;
}

const notSent = (): Problem => ({ name: "Refused", message: t.requests.kernelDidNotSend });

export function useFullRequest<Asked extends Request>(request: Asked): FullRequest<Asked> {
  const view = useView();
  const version = useContentVersion(request);
  const [fetched, setFetched] = useState<{ version: number; request: Asked }>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const loaded = request.cut === true && fetched?.version === version;
  const shown = loaded ? fetched.request : request;
  const load = async () => {
    if (busy) return;
    setBusy(true);
    const args = { instance: view.selection.instance.peek()?.id ?? "", request: request.id };
    const reply = await view.actions.ask({ name: "request", args });
    setBusy(false);
    const answer = reply.ok ? reply.result : undefined;
    if (answer && isOfKind(answer, request)) {
      setProblem(undefined);
      setFetched({ version, request: answer });
    } else setProblem(reply.ok ? notSent() : (reply.problem ?? notSent()));
  };
  return { request: shown, version, missing: missingOf(shown), loaded, busy, problem, load };
}

function isOfKind<Asked extends Request>(found: Request, asked: Asked): found is Asked {
  return found.kind === asked.kind;
}

function missingOf({ cut, omitted }: Request): FullRequest<Request>["missing"] {
  return cut ? (omitted ?? { characters: 1, of: 1 }) : undefined;
}
