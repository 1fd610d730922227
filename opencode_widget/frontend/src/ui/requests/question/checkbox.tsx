import type { JSX } from "preact";
import { t } from "../../../words/words";
import type { ControlProps } from "./control";

/** A yes-or-no answer. */
export function Checkbox({ draft, onDraft, name, about }: ControlProps): JSX.Element {
  return (
    <label class="ocw-answer-option">
      <input
        type="checkbox"
        aria-labelledby={name}
        aria-describedby={about}
        checked={draft.free === "true"}
        onChange={({ currentTarget }) => onDraft({ chosen: [], free: String(currentTarget.checked) })}
      />
      <span>{t.requests.yes}</span>
    </label>
  );
}
