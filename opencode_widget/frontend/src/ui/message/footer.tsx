import type { JSX } from "preact";
import type { MessageHead } from "../../protocol";
import { t } from "../../words/words";
import * as format from "../lib/format";
import { modelName } from "../lib/models";
import { allTokens } from "../panels/session/usage/usage";
import { useView } from "../state/context";
import type { TurnPlace } from "./turn/turn_place";

/**
 * How long a turn took, and its agent and model where they differ from the turn before. The other facts appear with the
 * pointer and the focus.
 */
export function Footer({ head, turn }: { head: MessageHead; turn: TurnPlace }): JSX.Element {
  const instance = useView().selection.instance.value;
  const { tokens } = head;
  const all = tokens ? allTokens(tokens) : 0;
  const who = [head.agent, head.model && [modelName(instance, head.model), head.variant].filter(Boolean).join(" ")];
  const isNews = isOtherThan(head, turn.before?.head.value);
  const time = format.between(turn.steps[0]?.head.value.created ?? head.created, head.completed);
  const rest = [
    ...(isNews ? [] : who),
    all > 0 ? t.message.tokens(format.count(all)) : undefined,
    head.cost ? format.cost(head.cost) : undefined,
  ];
  const shown = [...(isNews ? who : []), time].filter(Boolean).join(" · ");
  const detail = tokens ? t.message.tokenKinds(tokens) : "";
  return (
    <p class="ocw-footer" title={[format.dateAndTime(head.created), detail].filter(Boolean).join("\n")}>
      {shown}
      <span class="ocw-footer-rest">
        {shown && " · "}
        <time dateTime={format.isoTime(head.created)}>{format.clock(head.created)}</time>
        {rest
          .filter(Boolean)
          .map((fact) => ` · ${fact}`)
          .join("")}
      </span>
    </p>
  );
}

function isOtherThan(head: MessageHead, before: MessageHead | undefined): boolean {
  return before?.agent !== head.agent || before?.model !== head.model || before?.variant !== head.variant;
}
