import type { JSX } from "preact";
import type { MessageHead } from "../../protocol";
import * as format from "../lib/format";
import { modelName } from "../lib/models";
import { allTokens } from "../panels/session/usage";
import { useView } from "../state/context";

/** An answer's time, model, duration and cost. */
export function Footer({ head }: { head: MessageHead }): JSX.Element {
  const instance = useView().selection.instance.value;
  const { tokens } = head;
  const all = tokens ? allTokens(tokens) : 0;
  const facts = [
    head.agent,
    head.model && [modelName(instance, head.model), head.variant].filter(Boolean).join(" "),
    format.between(head.created, head.completed),
    all > 0 ? `${format.count(all)} tokens` : undefined,
    head.cost ? format.cost(head.cost) : undefined,
  ].filter(Boolean);
  const detail = tokens
    ? `${tokens.input} in, ${tokens.output} out, ${tokens.reasoning} reasoning, cache ${tokens.cacheRead} read, ${tokens.cacheWrite} written`
    : "";
  return (
    <p class="ocw-footer" title={[format.dateAndTime(head.created), detail].filter(Boolean).join("\n")}>
      <time dateTime={format.isoTime(head.created)}>{format.clock(head.created)}</time>
      {facts.map((fact) => ` · ${fact}`).join("")}
    </p>
  );
}
