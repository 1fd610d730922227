/** Everything that can be done in a view, for the command palette. */
import { NEW } from "../../../kernel/actions";
import type { Instance, Session } from "../../../protocol";
import { openSessions } from "../../../store/session_tree";
import { t } from "../../../words/words";
import { features } from "../../lib/features";
import { sessionTitle } from "../../lib/format";
import { MOD } from "../../lib/keys/mod_key";
import { instanceMenu } from "../../panels/server/instance_menu";
import { sessionMenu } from "../../panels/session/session_menu";
import type { PickerName } from "../../state/composer";
import type { View } from "../../state/context";
import type { MenuItem } from "../../state/panels";
import { carryOut, widgetCommand } from "../widget_commands";

export interface Act extends MenuItem {
  /** The heading under which it stands. */
  group: string;
  detail?: string;
}

/** What can be done now, grouped. */
export function actsOf(view: View): Act[] {
  const instance = view.selection.instance.peek();
  if (!instance) return underHeading(t.composer.project, [openItem(view)]);
  const session = view.selection.session.peek();
  return [
    ...underHeading(t.composer.conversation, conversationItems(view, instance)),
    ...underHeading(t.composer.prompt, promptItems(view, instance)),
    ...(session && session.id !== NEW ? underHeading(t.composer.session, sessionItems(view, instance, session)) : []),
    ...commandActs(view, instance),
    ...underHeading(t.composer.project, projectItems(view, instance)),
    ...underHeading(t.composer.goToSession, otherSessions(view, instance)),
  ];
}

function underHeading(group: string, items: MenuItem[]): Act[] {
  return items.map((item) => ({ ...item, group }));
}

function conversationItems(view: View, instance: Instance): MenuItem[] {
  const { panels, selection } = view;
  const session = selection.sessionId.peek();
  const has = session !== undefined && session !== NEW;
  const stop = () => void view.actions.run({ name: "abort", args: { instance: instance.id, session: session ?? "" } });
  const search = () => {
    panels.searching.value = true;
  };
  const show = (panel: "session" | "sessions") => () => {
    panels.panel.value = panel;
  };
  return [
    { label: t.composer.newSession, icon: "plus", run: () => view.newSession() },
    { label: t.composer.allSessions, icon: "list", run: show("sessions") },
    ...(has && selection.busy
      ? [{ label: t.composer.stopAgent, icon: "pause", keys: t.composer.escapeTwice, run: stop } as const]
      : []),
    ...(has ? [{ label: t.composer.searchConversation, icon: "search", keys: `${MOD}+F`, run: search } as const] : []),
    ...(has && features(instance).has("diff")
      ? [{ label: t.composer.reviewChanges, icon: "diff", run: () => panels.review() } as const]
      : []),
    ...(has ? [{ label: t.composer.sessionInfo, icon: "info", run: show("session") } as const] : []),
  ];
}

function promptItems(view: View, instance: Instance): MenuItem[] {
  const { composer, selection } = view;
  const pick = (name: PickerName) => () => {
    showComposer(view);
    composer.picker.value = name;
  };
  const shell = () => {
    composer.draft(selection.key).setShell(true);
    goToPrompt(view);
  };
  const undo = widgetCommand(instance, "undo");
  const redo = widgetCommand(instance, "redo");
  return [
    { label: t.composer.chooseModel, icon: "agent", run: pick("model") },
    { label: t.composer.chooseAgent, icon: "agent", run: pick("agent") },
    ...(features(instance).has("shell")
      ? [{ label: t.composer.runShellCommand, icon: "terminal", keys: "!", run: shell } as const]
      : []),
    ...(undo
      ? [
          {
            label: t.composer.undoLastPrompt,
            icon: "undo",
            run: () => void carryOut(view, instance, undo, ""),
          } as const,
        ]
      : []),
    ...(redo
      ? [
          {
            label: t.composer.redoNextPrompt,
            icon: "redo",
            run: () => void carryOut(view, instance, redo, ""),
          } as const,
        ]
      : []),
  ];
}

function sessionItems(view: View, instance: Instance, session: Session): MenuItem[] {
  const rename = () => {
    view.panels.renaming.value = { session: session.id, place: "head" };
  };
  const close = () => void view.actions.closeSession(instance.id, session);
  return [
    ...sessionMenu({ view, instance, session }, rename).flat(),
    { label: t.composer.closeTab, icon: "close", keys: t.composer.delete, run: close },
  ];
}

/** The server's commands: they are put into the prompt, as most take an argument. */
function commandActs(view: View, instance: Instance): Act[] {
  const draft = view.composer.draft(view.selection.key);
  const barred = draft.empty ? {} : { barred: t.composer.promptHasText };
  return instance.commands.map(({ name, description }) => ({
    group: t.composer.command,
    label: `/${name}`,
    icon: "terminal",
    ...(description ? { detail: description } : {}),
    ...barred,
    run: () => {
      draft.write(`/${name} `);
      goToPrompt(view);
    },
  }));
}

/** The composer, also while a request stands in its place. */
function showComposer({ panels }: View): void {
  panels.writing.value = true;
}

function goToPrompt(view: View): void {
  showComposer(view);
  view.composer.focusPrompt();
}

function projectItems(view: View, instance: Instance): MenuItem[] {
  const items = instanceMenu(view, instance).flat();
  return instance.restricted ? items : [openItem(view), ...items];
}

function openItem({ panels }: View): MenuItem {
  return {
    label: t.composer.openAnotherProject,
    icon: "folder",
    run: () => {
      panels.panel.value = "open";
    },
  };
}

function otherSessions(view: View, instance: Instance): MenuItem[] {
  const here = view.selection.sessionId.peek();
  return openSessions(view.selection.sessionsOf(instance.id), here)
    .filter(({ id }) => id !== here)
    .map((session) => ({
      label: sessionTitle(session),
      icon: "arrow",
      run: () => void view.actions.selectSession(instance.id, session.id),
    }));
}
