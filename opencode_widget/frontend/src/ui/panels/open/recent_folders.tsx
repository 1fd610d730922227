import type { JSX } from "preact";
import { t } from "../../../words/words";
import { lastValue, useAnswer } from "../../lib/hooks/use_answer";
import { Icon } from "../../lib/icons";

const SHOWN = 6;

/** Recently opened folders, each a click away. */
export function RecentFolders({ onChoose }: { onChoose: (folder: string) => void }): JSX.Element | null {
  const { answer } = useAnswer({ name: "recent_folders", args: {} }, "recent");
  const folders = lastValue(answer)?.folders ?? [];
  if (folders.length === 0) return null;
  return (
    <section class="ocw-section" aria-label={t.panels.recentFolders}>
      <h3>{t.panels.recent}</h3>
      <ul class="ocw-plain-list">
        {folders.slice(0, SHOWN).map((folder) => (
          <li key={folder}>
            <button type="button" class="ocw-bare ocw-row" title={folder} onClick={() => onChoose(folder)}>
              <Icon name="folder" />
              <span class="ocw-tab-title">{folder}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
