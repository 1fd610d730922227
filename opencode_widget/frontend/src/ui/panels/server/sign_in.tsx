import type { JSX } from "preact";
import { t } from "../../../words/words";
import { copyAndAnnounce } from "../../lib/controls/clipboard";
import { useView } from "../../state/context";
import { askToRestart } from "./instance_menu";

const COMMAND = "opencode auth login";

/** What to run to sign in to a provider, and what to do after it: a server reads its keys when it starts. */
export function SignIn(): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  if (!instance || instance.restricted) return null;
  const refresh = () => {
    if (instance.owned) askToRestart(view, instance);
    else void view.actions.run({ name: "reconnect", args: { instance: instance.id } });
  };
  return (
    <p class="ocw-sign-in">
      <span>{t.server.signInToProvider(<code>{COMMAND}</code>, instance.owned)}</span>
      <button
        type="button"
        class="ocw-button ocw-small"
        onClick={() => void copyAndAnnounce(view, COMMAND, t.server.commandCopied)}
      >
        {t.server.copyCommand}
      </button>
      <button
        type="button"
        class="ocw-button ocw-small"
        title={instance.owned ? t.server.restartReadsKey : t.server.asksServerAgain}
        onClick={refresh}
      >
        {t.server.refresh}
      </button>
    </p>
  );
}
