import type { JSX } from "preact";
import { t } from "../../../words/words";
import { useView } from "../../state/context";
import { Icon } from "../icons";
import { copyAndAnnounce } from "./clipboard";

/** Copies the result of `text` when the user presses it. */
export function CopyButton({ text, announcement }: { text: () => string; announcement: string }): JSX.Element {
  const view = useView();
  return (
    <button type="button" class="ocw-button ocw-small" onClick={() => void copyAndAnnounce(view, text(), announcement)}>
      <Icon name="copy" />
      {t.lib.copy}
    </button>
  );
}
