import type { JSX } from "preact";
import { isConfirmed, isOver } from "../../../kernel/page_state";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { useView, type View } from "../../state/context";
import { namesIn } from "../../state/mentions";

/** Offers to ask about the cell that has just failed. */
export function ErrorOffer(): JSX.Element | null {
  const view = useView();
  const { linkState, cellError } = view.store;
  const failed = cellError.value;
  if (!failed || !isConfirmed(linkState.value) || isOver(linkState.value)) return null;
  return (
    <section class="ocw-notify-offer" aria-label={t.composer.cellHasFailed}>
      <Icon name="alert" />
      <span class="ocw-notify-words">{t.composer.cellFailed(failed.number ?? 0, failed.error)}</span>
      <button type="button" class="ocw-button ocw-small" onClick={() => ask(view)}>
        {t.composer.askAboutError}
      </button>
      <button
        type="button"
        class="ocw-bare"
        aria-label={t.composer.dismiss}
        title={t.composer.dismiss}
        onClick={() => dismiss(view)}
      >
        <Icon name="close" />
      </button>
    </section>
  );
}

/** Names the error in the prompt, behind what the user has written. */
function ask(view: View): void {
  const draft = view.composer.draft(view.selection.key);
  const { text } = draft;
  if (!namesIn(text).includes(ERROR)) draft.write(text.trim() === "" ? `${ERROR} ` : `${text.trimEnd()} ${ERROR} `);
  view.composer.focusPrompt();
  dismiss(view);
}

const ERROR = "@error";

function dismiss(view: View): void {
  view.store.cellError.value = undefined;
  void view.actions.ask({ name: "dismiss_cell_error", args: {} });
}
