import type { JSX } from "preact";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";

/** The composer of a replay: it says why nothing can be sent. */
export function ReadOnlyComposer(): JSX.Element {
  return (
    <form class="ocw-composer">
      <div class="ocw-box">
        <textarea aria-label={t.composer.prompt} rows={1} disabled placeholder={t.composer.isReplay} />
        <div class="ocw-box-row">
          <div class="ocw-box-tools" />
          <div class="ocw-box-buttons">
            <button type="submit" class="ocw-button ocw-primary ocw-send" disabled>
              <Icon name="send" />
              {t.composer.send}
            </button>
          </div>
        </div>
      </div>
    </form>
  );
}
