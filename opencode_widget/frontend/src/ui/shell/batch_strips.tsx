import type { JSX } from "preact";
import { isConfirmed, isOver } from "../../kernel/page_state";
import type { Batch } from "../../protocol";
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
    <section class="ocw-batch" aria-label="Batch">
      <span class="ocw-batch-words" role="status">
        {words(batch)}
      </span>
      <progress class="ocw-batch-progress" aria-label="Prompts done" value={batch.done} max={batch.total} />
      <button
        type="button"
        class="ocw-button ocw-small"
        title="Stop the turns that run. A batch with a journal can go on later."
        onClick={() => void actions.run({ name: "stop_batch", args: { batch: batch.id } })}
      >
        Stop batch
      </button>
    </section>
  );
}

function words({ done, total, failed, cost: dollars }: Batch): string {
  const facts = [`${done} of ${total} done`];
  if (failed > 0) facts.push(`${failed} failed`);
  if (dollars) facts.push(cost(dollars));
  return `Batch: ${facts.join(", ")}`;
}
