import type { JSX } from "preact";
import { isConfirmed, isOver } from "../../kernel/page_state";
import type { Batch } from "../../protocol";
import { t } from "../../words/words";
import { cost } from "../lib/format";
import { useView } from "../state/context";

/** How far the batches are that Python began. Each strip goes when its batch ends. */
export function BatchStrips(): JSX.Element | null {
  const { store } = useView();
  const linkState = store.linkState.value;
  if (!isConfirmed(linkState) || isOver(linkState)) return null;
  return (
    <div class="ocw-batches">
      {store.batches.value.map((batch) => (
        <Strip key={batch.id} batch={batch} />
      ))}
    </div>
  );
}

function Strip({ batch }: { batch: Batch }): JSX.Element {
  const { actions } = useView();
  return (
    <section class="ocw-batch" aria-label={t.shell.batch}>
      <span class="ocw-batch-words" role="status">
        {words(batch)}
      </span>
      <progress class="ocw-batch-progress" aria-label={t.shell.promptsDone} value={batch.done} max={batch.total} />
      <button
        type="button"
        class="ocw-button ocw-small"
        title={t.shell.stopBatchHint}
        onClick={() => void actions.run({ name: "stop_batch", args: { batch: batch.id } })}
      >
        {t.shell.stopBatch}
      </button>
    </section>
  );
}

function words({ done, total, failed, cost: dollars }: Batch): string {
  const facts = [t.shell.ofDone(done, total)];
  if (failed > 0) facts.push(t.shell.failed(failed));
  if (dollars) facts.push(cost(dollars));
  return t.shell.batchOf(facts.join(", "));
}
