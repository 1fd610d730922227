/** The widget's own slash commands, by name. */
import { NEW } from "../../kernel/actions";
import type { Command, Feature, Instance, InstanceId, SessionId } from "../../protocol";
import { t } from "../../words/words";
import { download } from "../lib/controls/download";
import { features } from "../lib/features";
import type { Note } from "../state/composer";
import type { View } from "../state/context";
import type { Offered } from "./completion/completion_options";

/** The session and view in which a command runs. */
interface CommandContext {
  view: View;
  instance: InstanceId;
  session: SessionId;
  argument: string;
}

interface WidgetCommand {
  name: string;
  description: () => string;
  /** What the command takes, in a word. */
  argument?: () => string;
  feature?: Feature;
  /** True if the command needs no session. */
  anywhere?: boolean;
  /** Runs the command; returns the note to show afterwards. */
  run(context: CommandContext): Promise<Note | undefined> | Note | undefined;
}

type OfSession = { instance: InstanceId; session: SessionId };
type SessionCommand = Extract<Command, { args: OfSession }>["name"];

const WIDGET_COMMANDS: WidgetCommand[] = [
  {
    name: "new",
    description: () => t.composer.startNewSession,
    anywhere: true,
    run: ({ view }) => void view.newSession(),
  },
  {
    name: "sessions",
    description: () => t.composer.showAllSessions,
    anywhere: true,
    run: ({ view }) => show(view, "sessions"),
  },
  { name: "models", description: () => t.composer.chooseModel, anywhere: true, run: ({ view }) => pick(view, "model") },
  { name: "agents", description: () => t.composer.chooseAgent, anywhere: true, run: ({ view }) => pick(view, "agent") },
  {
    name: "init",
    description: () => t.composer.createAgentsMd,
    feature: "init",
    run: (context) => run(context, "init"),
  },
  {
    name: "compact",
    description: () => t.composer.summarizeConversation,
    feature: "compact",
    run: (context) => run(context, "compact"),
  },
  {
    name: "rename",
    description: () => t.composer.renameSession,
    argument: () => t.composer.titleArgument,
    feature: "rename",
    run: rename,
  },
  { name: "undo", description: () => t.composer.undoLastPromptAndFiles, feature: "revert", run: undo },
  {
    name: "redo",
    description: () => t.composer.redoPromptUndone,
    feature: "revert",
    run: redo,
  },
  { name: "fork", description: () => t.composer.forkSession, feature: "fork", run: fork },
  {
    name: "share",
    description: () => t.composer.shareSession,
    feature: "share",
    run: (context) => share(context, true),
  },
  {
    name: "unshare",
    description: () => t.composer.stopSharingSession,
    feature: "share",
    run: (context) => share(context, false),
  },
  {
    name: "export",
    description: () => t.composer.exportAs,
    argument: () => t.composer.formatArgument,
    run: save,
  },
  {
    name: "shortcuts",
    description: () => t.composer.showKeyboardShortcuts,
    anywhere: true,
    run: ({ view }) => show(view, "shortcuts"),
  },
  { name: "help", description: () => t.composer.showAllCommands, anywhere: true, run: help },
];

/** The server's commands and the widget's. Where names collide the server's wins. */
export function offeredCommands(instance: Instance | undefined): Offered[] {
  const theirs = instance?.commands ?? [];
  const names = new Set(theirs.map((command) => command.name));
  const ours = WIDGET_COMMANDS.filter(
    ({ name, feature }) => !names.has(name) && (!feature || features(instance).has(feature)),
  );
  return [
    ...ours.map(offered),
    ...theirs.map(({ name, description, hints }) => ({ name, description, argument: hints.map(inWords).join(" ") })),
  ];
}

function offered({ name, description, argument }: WidgetCommand): Offered {
  return { name, description: description(), ...(argument ? { argument: argument() } : {}) };
}

/** The argument that a hint such as "$ARGUMENTS" names, in words. */
function inWords(hint: string): string {
  return hint.replace(/^\$/, "").toLowerCase();
}

export function takesArgument(instance: Instance | undefined, name: string): boolean {
  return (
    isOfServer(instance, name) ||
    WIDGET_COMMANDS.some((command) => command.name === name && command.argument !== undefined)
  );
}

export function isOfServer(instance: Instance | undefined, name: string): boolean {
  return (instance?.commands ?? []).some((command) => command.name === name);
}

/** The widget's command of this name, if it is available. */
export function widgetCommand(instance: Instance, name: string): WidgetCommand | undefined {
  if (isOfServer(instance, name)) return undefined;
  return WIDGET_COMMANDS.find(
    (command) => command.name === name && (!command.feature || features(instance).has(command.feature)),
  );
}

/** Runs one of the widget's commands in the session on screen; its note is shown above the box. */
export async function carryOut(
  view: View,
  instance: Instance,
  command: WidgetCommand,
  argument: string,
): Promise<void> {
  const key = view.selection.key;
  const session = view.selection.sessionId.peek();
  if ((session === undefined || session === NEW) && !command.anywhere) {
    return view.composer.setNote(key, { tone: "bad", text: t.composer.needsSession(command.name) });
  }
  const note = await command.run({ view, instance: instance.id, session: session ?? "", argument: argument.trim() });
  if (note) view.composer.setNote(key, note);
}

function show(view: View, panel: "sessions" | "shortcuts"): undefined {
  view.panels.panel.value = panel;
}

function pick(view: View, picker: "model" | "agent"): undefined {
  view.composer.picker.value = picker;
}

async function run({ view, instance, session }: CommandContext, name: SessionCommand): Promise<undefined> {
  await view.actions.run({ name, args: { instance, session } } as Command);
}

async function rename({ view, instance, session, argument }: CommandContext): Promise<undefined> {
  if (argument === "") view.panels.renaming.value = { session, place: "head" };
  else await view.actions.run({ name: "rename_session", args: { instance, session, title: argument } });
}

/** Reverts the last prompt and puts its text back into the box. */
async function undo({ view, instance, session }: CommandContext): Promise<Note | undefined> {
  const last = view.prompts().at(-1);
  if (!last) return { tone: "bad", text: t.composer.nothingToUndo };
  await view.rewind.undo({ instance, session }, last.id, await view.written(last));
}

async function redo({ view, instance, session }: CommandContext): Promise<Note | undefined> {
  if (!view.store.transcript.peek()?.reverted.peek()) return { tone: "bad", text: t.composer.nothingToRedo };
  await view.rewind.redo({ instance, session });
}

async function fork({ view, instance, session }: CommandContext): Promise<undefined> {
  const reply = await view.actions.run({ name: "fork_session", args: { instance, session } });
  const made = reply.ok ? reply.result?.session : undefined;
  if (made !== undefined) await view.actions.selectSession(instance, made);
}

async function share({ view, instance, session }: CommandContext, shared: boolean): Promise<Note | undefined> {
  const reply = await view.actions.run({ name: "share_session", args: { instance, session, shared } });
  if (!reply.ok) return undefined;
  const url = reply.result?.url;
  return { tone: "info", text: shared ? t.composer.shared(url) : t.composer.noLongerShared };
}

const FORMATS = ["markdown", "json", "notebook"] as const;

async function save({ view, instance, session, argument }: CommandContext): Promise<Note | undefined> {
  const format = FORMATS.find((each) => each === (argument || "markdown"));
  if (!format) return { tone: "bad", text: t.composer.unknownFormat(argument, FORMATS.join(", ")) };
  const reply = await view.actions.run({ name: "export", args: { instance, session, format } });
  const file = reply.ok ? reply.result : undefined;
  if (!file) return undefined;
  download(file);
  return { tone: "info", text: t.composer.savedAs(file.filename) };
}

function help({ view }: CommandContext): undefined {
  view.composer.draft(view.selection.key).write("/");
}
