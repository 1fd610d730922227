import type { ComponentChildren, JSX } from "preact";
import { Icon } from "../icons";

/** Says prominently that something is shown only in part; the button below it loads the rest. */
export function Missing({ words, children }: { words: ComponentChildren; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="ocw-missing" role="note">
      <Icon name="alert" class="ocw-warn" />
      <span>{words}</span>
      {children}
    </div>
  );
}
