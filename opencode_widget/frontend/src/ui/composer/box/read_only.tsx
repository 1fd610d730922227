import type { JSX } from "preact";
import { Icon } from "../../lib/icons";

/** The composer of a replay: it says why nothing can be sent. */
export function ReadOnlyComposer(): JSX.Element {
  return (
    <form class="ocw-composer">
      <div class="ocw-box">
        <textarea aria-label="Prompt" rows={1} disabled placeholder="This is a replay; nothing can be sent." />
        <div class="ocw-box-row">
          <div class="ocw-box-tools" />
          <div class="ocw-box-buttons">
            <button type="submit" class="ocw-button ocw-primary ocw-send" disabled>
              <Icon name="send" />
              Send
            </button>
          </div>
        </div>
      </div>
    </form>
  );
}
