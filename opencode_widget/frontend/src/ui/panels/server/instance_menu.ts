/** The menu of an instance and its server. */
import type { Instance } from "../../../protocol";
import { copyReport } from "../../lib/controls/report";
import { plural } from "../../lib/format";
import type { View } from "../../state/context";
import type { MenuItem } from "../../state/panels";

export function instanceMenu(view: View, instance: Instance): MenuItem[][] {
  const args = { instance: instance.id };
  const reconnect: MenuItem = {
    label: "Reconnect",
    icon: "redo",
    run: () => void view.actions.run({ name: "reconnect", args }),
  };
  const shortcuts: MenuItem = {
    label: "Keyboard shortcuts",
    icon: "keys",
    run: () => {
      view.panels.panel.value = "shortcuts";
    },
  };
  if (instance.restricted) return [[reconnect, shortcuts]];
  const restart: MenuItem = { label: "Restart the server", icon: "refresh", run: () => askToRestart(view, instance) };
  return [
    [{ label: "Server…", icon: "server", run: () => void showServer(view, instance) }],
    [
      reconnect,
      ...(instance.owned ? [restart] : []),
      { label: "Copy report", icon: "copy", run: () => void copyReport(view, instance.id) },
      shortcuts,
    ],
    [{ label: "Close", icon: "close", run: () => void view.actions.run({ name: "close_instance", args }) }],
  ];
}

async function showServer(view: View, instance: Instance): Promise<void> {
  if (view.selection.instance.peek()?.id !== instance.id) await view.actions.selectInstance(instance.id);
  view.panels.panel.value = "server";
}

/** Asks first if sessions are at work, as a restart ends their turn. */
export function askToRestart(view: View, instance: Instance): void {
  const busy = view.selection.sessionsOf(instance.id).filter(({ status }) => status !== "idle");
  const run = () => void view.actions.run({ name: "restart", args: { instance: instance.id } });
  if (busy.length === 0) return run();
  view.panels.confirmation.value = {
    title: `Restart the server of ${instance.title}?`,
    text: [`${plural(busy.length, "session")} at work will be stopped. What they have written so far stays.`],
    list: busy.map(({ title }) => title || "New session"),
    action: "Restart",
    danger: true,
    run,
  };
}
