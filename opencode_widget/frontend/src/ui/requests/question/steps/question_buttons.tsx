import type { JSX } from "preact";
import { t } from "../../../../words/words";
import { classNames } from "../../../lib/class_names";
import { Spinner } from "../../../lib/controls/spinner";
import type { Steps } from "./step_view";

interface Props {
  steps: Steps;
  /** True if every question has a valid answer. */
  complete: boolean;
  /** True if nothing can be submitted, as a part of the request is missing. */
  blocked: boolean;
  /** The button that was pressed. */
  busy: string | undefined;
  onSubmit(): void;
  onDismiss(): void;
}

/** The form's first button is the one that Enter presses: Next, and Submit at the last question. */
export function QuestionButtons({ steps, complete, blocked, busy, onSubmit, onDismiss }: Props): JSX.Element {
  const { isLast, step, goTo } = steps;
  return (
    <div class="ocw-request-buttons">
      {!isLast && (
        <button type="submit" class="ocw-button ocw-primary">
          {t.requests.next}
        </button>
      )}
      {(isLast || complete) && (
        <button
          type={isLast ? "submit" : "button"}
          class={classNames("ocw-button", isLast && "ocw-primary")}
          aria-disabled={busy !== undefined || blocked}
          onClick={isLast ? undefined : onSubmit}
        >
          {busy === "submit" && <Spinner />}
          {t.requests.submit}
        </button>
      )}
      {step > 0 && (
        <button type="button" class="ocw-button" onClick={() => goTo(step - 1)}>
          {t.requests.back}
        </button>
      )}
      <button type="button" class="ocw-button" aria-disabled={busy !== undefined} onClick={onDismiss}>
        {busy === "dismiss" && <Spinner />}
        {t.requests.dismiss}
      </button>
    </div>
  );
}
