import type { JSX } from "preact";
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
  const where = instance.owned ? "in a terminal" : "where the server runs, and restart it";
  return (
    <p class="ocw-sign-in">
      <span>
        Sign in to a provider: run <code>{COMMAND}</code> {where}.
      </span>
      <button
        type="button"
        class="ocw-button ocw-small"
        onClick={() => void copyAndAnnounce(view, COMMAND, "Command copied")}
      >
        Copy command
      </button>
      <button
        type="button"
        class="ocw-button ocw-small"
        title={instance.owned ? "Restarts the server, which then reads the new key" : "Asks the server again"}
        onClick={refresh}
      >
        Refresh
      </button>
    </p>
  );
}
