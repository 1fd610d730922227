/** The menu of an instance and its server. */
import type { Instance, Notify } from "../../../protocol";
import { copyReport } from "../../lib/controls/report";
import { plural } from "../../lib/format";
import type { View } from "../../state/context";
import { askPermission, chooseNotify, TITLE_ONLY } from "../../state/options/notify";
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
    keys: "?",
    run: () => {
      view.panels.panel.value = "shortcuts";
    },
  };
  const { notify } = view.store;
  const notifications: MenuItem = {
    label: notify.peek() === "on" ? "Turn notifications off" : "Notify me when I'm looking elsewhere",
    icon: "bell",
    run: () => void setNotify(view, notify.peek() === "on" ? "off" : "on"),
  };
  if (instance.restricted) return [[reconnect, notifications, shortcuts]];
  const restart: MenuItem = { label: "Restart the server", icon: "refresh", run: () => askToRestart(view, instance) };
  return [
    [{ label: "Server…", icon: "server", run: () => void showServer(view, instance) }],
    [
      reconnect,
      ...(instance.owned ? [restart] : []),
      { label: "Copy report", icon: "copy", run: () => void copyReport(view, instance.id) },
      notifications,
      shortcuts,
    ],
    [{ label: "Close", icon: "close", run: () => void view.actions.run({ name: "close_instance", args }) }],
  ];
}

async function setNotify({ store, panels }: View, notify: Notify): Promise<void> {
  store.notify.value = notify;
  chooseNotify(notify);
  const told = notify === "off" || (await askPermission()) === "granted";
  panels.announcement.value = !told ? TITLE_ONLY : notify === "on" ? "Notifications are on" : "Notifications are off";
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
    text: [`${plural(busy.length, "session")} at work will be stopped. What the agents have written so far is kept.`],
    list: busy.map(({ title }) => title || "New session"),
    action: "Restart",
    danger: true,
    run,
  };
}
