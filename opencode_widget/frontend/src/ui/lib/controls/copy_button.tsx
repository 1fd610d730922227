import type { JSX } from "preact";
import { useView } from "../../state/context";
import { copyAndSay } from "../clipboard";
import { Icon } from "../icons";

/** Copies what `text` gives when it is pressed. */
export function CopyButton({ text, said }: { text: () => string; said: string }): JSX.Element {
  const view = useView();
  return (
    <button type="button" class="ocw-button ocw-small" onClick={() => void copyAndSay(view, text(), said)}>
      <Icon name="copy" />
      Copy
    </button>
  );
}
