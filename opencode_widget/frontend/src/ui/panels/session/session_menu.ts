/** The menu of a session: a table of groups, without what the server does not support. */
import type { Command, Feature, Instance, Session } from "../../../protocol";
import { t } from "../../../words/words";
import { copyAndAnnounce } from "../../lib/controls/clipboard";
import { download } from "../../lib/controls/download";
import { features } from "../../lib/features";
import { sessionTitle } from "../../lib/format";
import type { View } from "../../state/context";
import type { MenuItem } from "../../state/panels";
import { allowAll, allowingSession } from "./allow_all";

export interface Subject {
  view: View;
  instance: Instance;
  session: Session;
}

type Format = Extract<Command, { name: "export" }>["args"]["format"];
type MenuEntry = [needs: Feature | undefined, item: MenuItem];

const FORMATS: Array<[Format, label: () => string]> = [
  ["markdown", () => t.session.exportMarkdown],
  ["json", () => t.session.exportJson],
  ["notebook", () => t.session.exportNotebook],
];

/** `rename` opens the name field at the place where the user asked for it. */
export function sessionMenu(subject: Subject, rename: () => void): MenuItem[][] {
  const { view, instance, session } = subject;
  const groups: MenuEntry[][] = [
    [
      ["rename", { label: t.session.rename, icon: "edit", run: rename }],
      ["fork", { label: t.session.fork, icon: "fork", run: () => void forkSession(subject) }],
      [
        "compact",
        { label: t.session.compact, icon: "compact", run: () => runOn(subject, "compact"), ...idleOnly(session) },
      ],
      [
        "init",
        { label: t.session.createAgentsMd, icon: "note", run: () => runOn(subject, "init"), ...idleOnly(session) },
      ],
    ],
    allowEntries(subject),
    [...shareEntries(subject)],
    FORMATS.map(([format, label]): MenuEntry => {
      return [undefined, { label: label(), icon: "download", run: () => void exportSession(subject, format) }];
    }),
    [
      ["archive", archiveItem(subject)],
      [
        undefined,
        {
          label: t.session.copySessionId,
          icon: "copy",
          run: () => void copyAndAnnounce(view, session.id, t.session.sessionIdCopied),
        },
      ],
      ["delete", { label: t.session.deleteMenu, icon: "trash", danger: true, run: () => askToDelete(subject) }],
    ],
  ];
  return groups
    .map((group) =>
      group.filter(([needs]) => needs === undefined || features(instance).has(needs)).map(([, item]) => item),
    )
    .filter((group) => group.length > 0);
}

/** Allows every permission of the session, or ends that where it began. */
function allowEntries({ view, instance, session }: Subject): MenuEntry[] {
  if (instance.restricted) return [];
  const allowing = allowingSession(view.selection.sessionsOf(instance.id), session.id);
  const label = allowing ? t.session.askForPermissionsAgain : t.session.allowEverything;
  const run = () => void allowAll(view, instance, allowing?.id ?? session.id, !allowing);
  return [[undefined, { label, icon: allowing ? "check" : "alert", run }]];
}

function argsOf({ instance, session }: Subject): { instance: string; session: string } {
  return { instance: instance.id, session: session.id };
}

/** Forks the session, before a message or as a whole, and shows the copy. Returns its id. */
export async function forkSession(subject: Subject, message?: string): Promise<string | undefined> {
  const { actions } = subject.view;
  const where = message === undefined ? argsOf(subject) : { ...argsOf(subject), message };
  const reply = await actions.run({ name: "fork_session", args: where });
  const made = reply.ok ? reply.result?.session : undefined;
  if (made === undefined) return undefined;
  await actions.selectSession(subject.instance.id, made);
  return made;
}

export function idleOnly(session: Session): { barred?: string } {
  return session.status === "idle" ? {} : { barred: t.session.stopAgentFirst };
}

function runOn(subject: Subject, name: "compact" | "init"): void {
  void subject.view.actions.run({ name, args: argsOf(subject) });
}

function shareEntries(subject: Subject): MenuEntry[] {
  const { view, session } = subject;
  if (session.share === undefined) {
    return [["share", { label: t.session.share, icon: "share", run: () => void share(subject, true) }]];
  }
  const address = session.share;
  return [
    [
      "share",
      {
        label: t.session.copyShareLink,
        icon: "copy",
        run: () => void copyAndAnnounce(view, address, t.session.addressCopied),
      },
    ],
    ["share", { label: t.session.stopSharing, icon: "share", run: () => void share(subject, false) }],
  ];
}

/** Shares the session and shows the address where it can be copied. */
async function share(subject: Subject, shared: boolean): Promise<void> {
  const { view, session } = subject;
  const reply = await view.actions.run({ name: "share_session", args: { ...argsOf(subject), shared } });
  if (!reply.ok) return;
  if (!shared) view.panels.announcement.value = t.session.noLongerShared;
  else if (view.selection.sessionId.peek() === session.id) view.panels.panel.value = "session";
}

async function exportSession(subject: Subject, format: Format): Promise<void> {
  const reply = await subject.view.actions.run({ name: "export", args: { ...argsOf(subject), format } });
  if (reply.ok && reply.result) download(reply.result);
}

function archiveItem(subject: Subject): MenuItem {
  const archived = subject.session.archived === undefined;
  const run = () => void subject.view.actions.run({ name: "archive_session", args: { ...argsOf(subject), archived } });
  return { label: archived ? t.session.archive : t.session.unarchive, icon: "archive", run };
}

function askToDelete(subject: Subject): void {
  const { view, instance, session } = subject;
  const children = view.selection.sessionsOf(instance.id).filter((each) => each.parent === session.id).length;
  view.panels.confirmation.value = {
    title: t.session.deleteTitled(sessionTitle(session)),
    text: [t.session.permanentlyDeletes(children), t.session.projectFilesNotChanged],
    action: t.session.delete,
    danger: true,
    run: () => void view.actions.run({ name: "delete_session", args: argsOf(subject) }),
  };
}
