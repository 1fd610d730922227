import type { ComponentChildren, JSX } from "preact";
import { Icon } from "../icons";

/** Says, so that it cannot be overlooked, that not all of something is shown; below it stands what brings the rest. */
export function Missing({ words, children }: { words: ComponentChildren; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="ocw-missing" role="note">
      <Icon name="alert" class="ocw-warn" />
      <span>{words}</span>
      {children}
    </div>
  );
}
