/** The menu of an instance and its server. */
import type { Instance, Notify } from "../../../protocol";
import { t } from "../../../words/words";
import { copyReport } from "../../lib/controls/report";
import type { View } from "../../state/context";
import { askPermission, chooseNotify } from "../../state/options/notify";
import type { MenuItem } from "../../state/panels";

export function instanceMenu(view: View, instance: Instance): MenuItem[][] {
  const args = { instance: instance.id };
  const reconnect: MenuItem = {
    label: t.server.reconnect,
    icon: "redo",
    run: () => void view.actions.run({ name: "reconnect", args }),
  };
  const shortcuts: MenuItem = {
    label: t.server.keyboardShortcuts,
    icon: "keys",
    keys: "?",
    run: () => {
      view.panels.panel.value = "shortcuts";
    },
  };
  const { notify } = view.store;
  const notifications: MenuItem = {
    label: notify.peek() === "on" ? t.server.turnNotificationsOff : t.server.notifyMe,
    icon: "bell",
    run: () => void setNotify(view, notify.peek() === "on" ? "off" : "on"),
  };
  if (instance.restricted) return [[reconnect, notifications, shortcuts]];
  const restart: MenuItem = { label: t.server.restartServer, icon: "refresh", run: () => askToRestart(view, instance) };
  return [
    [{ label: t.server.serverMenu, icon: "server", run: () => void showServer(view, instance) }],
    [
      reconnect,
      ...(instance.owned ? [restart] : []),
      { label: t.server.copyReport, icon: "copy", run: () => void copyReport(view, instance.id) },
      notifications,
      shortcuts,
    ],
    [{ label: t.server.close, icon: "close", run: () => void view.actions.run({ name: "close_instance", args }) }],
  ];
}

async function setNotify({ store, panels }: View, notify: Notify): Promise<void> {
  store.notify.value = notify;
  chooseNotify(notify);
  const told = notify === "off" || (await askPermission()) === "granted";
  panels.announcement.value = !told
    ? t.state.titleOnly
    : notify === "on"
      ? t.server.notificationsOn
      : t.server.notificationsOff;
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
    title: t.server.restartServerOf(instance.title),
    text: [t.server.sessionsWillBeStopped(busy.length)],
    list: busy.map(({ title }) => title || t.server.newSession),
    action: t.server.restart,
    danger: true,
    run,
  };
}
