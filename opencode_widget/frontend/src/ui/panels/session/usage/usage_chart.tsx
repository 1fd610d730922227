import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../../../words/words";
import { cost, count } from "../../../lib/format";
import { useView } from "../../../state/context";
import { linePoints, usageHistory } from "./usage_history";

/** How the context grew and what was spent, answer by answer; nothing before the second answer. */
export function UsageChart(): JSX.Element | null {
  const { store } = useView();
  const history = useComputed(() =>
    usageHistory(store.transcript.value?.messages.value.map(({ head }) => head.value) ?? []),
  ).value;
  if (history.context.length < 2) return null;
  return (
    <section class="ocw-section" aria-label={t.session.usageOverTime}>
      <h3>{store.transcript.value?.more.value ? t.session.usageOverTimeLoaded : t.session.usageOverTime}</h3>
      <Line name={t.session.context} values={history.context} words={(value) => t.session.tokenCount(count(value))} />
      {history.cost.length > 0 && <Line name={t.session.cost} values={history.cost} words={cost} />}
    </section>
  );
}

interface LineProps {
  name: string;
  values: number[];
  words: (value: number) => string;
}

function Line({ name, values, words }: LineProps): JSX.Element {
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  const points = linePoints(values);
  const about = t.session.usageOver(name, values.length, words(first), words(last));
  return (
    <div class="ocw-usage-line">
      <span class="ocw-muted">{name}</span>
      <svg viewBox="0 -1 100 26" preserveAspectRatio="none" role="img" aria-label={about}>
        <title>{about}</title>
        <polygon points={`0,24 ${points} 100,24`} />
        <polyline points={points} />
      </svg>
      <span>{words(last)}</span>
    </div>
  );
}
