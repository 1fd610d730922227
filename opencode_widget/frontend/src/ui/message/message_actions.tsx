import type { JSX } from "preact";
import type { Feature, Part } from "../../protocol";
import type { MessageCell } from "../../store/transcript";
import { t } from "../../words/words";
import { copyAndAnnounce } from "../lib/controls/clipboard";
import { focusInPlace } from "../lib/controls/focus";
import { focusedNear } from "../lib/controls/tree_root";
import { features } from "../lib/features";
import { Icon, type IconName } from "../lib/icons";
import { forkSession, idleOnly, type Subject } from "../panels/session/session_menu";
import { filesChangedBy, relativeTo } from "../parts/changed_files";
import { useView, type View } from "../state/context";
import { severalCells } from "./message_cells";
import { messageMarkdown } from "./message_markdown";
import { isEmptyAnswer } from "./turn/stopped";

interface Props {
  cell: MessageCell;
  /** Draws all actions, or only the first, so that Tab reaches it while an idle message costs little. */
  all: boolean;
}

interface Action {
  label: string;
  icon: IconName;
  /** The button shows its label, and is always visible. */
  named?: boolean;
  barred?: string;
  run(): void;
}

/** A message's actions; they appear with the pointer and with the focus. */
export function MessageActions({ cell, all }: Props): JSX.Element {
  const view = useView();
  const actions = actionsOf(view, cell);
  return (
    <div class="ocw-actions" role="toolbar" aria-label={t.message.messageActions} onKeyDown={moveFocus}>
      {(all ? actions : actions.slice(0, 1)).map((action, index) => (
        <button
          key={action.label}
          type="button"
          class={action.named ? "ocw-button ocw-small ocw-named-action" : "ocw-bare ocw-tiny"}
          aria-label={action.label}
          title={action.barred ? `${action.label}: ${action.barred}` : action.label}
          aria-disabled={action.barred !== undefined}
          tabIndex={index === 0 ? 0 : -1}
          onClick={() => !action.barred && action.run()}
        >
          <Icon name={action.icon} />
          {action.named && action.label}
        </button>
      ))}
    </div>
  );
}

/** Tab stops once, the arrow keys move between the actions. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const buttons = Array.from((event.currentTarget as HTMLElement).querySelectorAll("button"));
  const at = buttons.indexOf(focusedNear(buttons[0]) as HTMLButtonElement);
  if (step === undefined || at < 0) return;
  event.preventDefault();
  focusInPlace(buttons[(at + step + buttons.length) % buttons.length]);
}

function actionsOf(view: View, cell: MessageCell): Action[] {
  const copy = () => void copyAndAnnounce(view, messageMarkdown(partsOf(cell)), t.message.copiedAsMarkdown);
  const actions: Action[] = [{ label: t.message.copyAsMarkdown, icon: "copy", run: copy }, ...cellActions(view, cell)];
  const instance = view.selection.instance.value;
  const session = view.selection.session.value;
  if (!instance || !session) return actions;
  const subject = { view, instance, session };
  if (hasFailed(view, cell) && !instance.replay) {
    const again = { icon: "refresh", run: () => void tryAgain(subject, cell), ...idleOnly(session) } as const;
    return [{ label: t.message.tryAgain, named: true, ...again }, ...actions];
  }
  if (!isSettledPrompt(cell)) return actions;
  const more: Array<[Feature, Action]> = [
    [
      "revert",
      { label: t.message.editAndResend, icon: "edit", run: () => void edit(subject, cell), ...idleOnly(session) },
    ],
    ["fork", { label: t.message.forkFromHere, icon: "fork", run: () => void forkFrom(subject, cell) }],
    [
      "revert",
      { label: t.message.revertToHere, icon: "undo", run: () => revertTo(subject, cell), ...idleOnly(session) },
    ],
  ];
  return [...actions, ...more.filter(([needs]) => features(instance).has(needs)).map(([, action]) => action)];
}

/** Several blocks of code become several cells, where the host takes them. */
function cellActions(view: View, cell: MessageCell): Action[] {
  const { role, state } = cell.head.value;
  if (role !== "assistant" || state !== "complete" || !view.notebook?.takesCells()) return [];
  const cells = severalCells(partsOf(cell));
  const run = () => void view.insertCells(cells, cell.id);
  return cells.length === 0 ? [] : [{ label: t.message.insertAllCode, icon: "plus", run }];
}

/** Is it the end of a turn that failed or was stopped? */
function hasFailed(view: View, cell: MessageCell): boolean {
  const { role, state, error } = cell.head.value;
  const hasEnded = error || state === "failed" || state === "interrupted" || isEmptyAnswer(cell);
  if (role !== "assistant" || !hasEnded) return false;
  const messages = view.store.transcript.value?.messages.value ?? [];
  return messages[messages.indexOf(cell) + 1]?.head.value.role !== "assistant";
}

/** Is it a prompt whose turn is over? */
function isSettledPrompt(cell: MessageCell): boolean {
  const { role, state } = cell.head.value;
  return role === "user" && (state === "complete" || state === "unanswered");
}

function partsOf(cell: MessageCell): Part[] {
  return cell.parts.peek().map((part) => part.part.peek());
}

/** Forks before the prompt, and puts the prompt into the new session's composer. */
async function forkFrom(subject: Subject, cell: MessageCell): Promise<void> {
  const written = await subject.view.written(cell);
  const made = await forkSession(subject, cell.id);
  if (made !== undefined) subject.view.composer.writeAgain(subject.instance.id, made, written);
}

/** Asks first if files would change back; a revert that only hides messages can be undone with a click. */
export function revertTo(subject: Subject, cell: MessageCell): void {
  const touched = filesFrom(subject.view, cell.id).map((file) => relativeTo(subject.instance.directory, file));
  const files = [...new Set(touched)];
  const run = () => void revert(subject, cell);
  if (files.length === 0) return run();
  subject.view.panels.confirmation.value = {
    title: t.message.revertToHereQuestion,
    text: [t.message.revertRemoves(files.length)],
    list: files,
    action: t.message.revert,
    run,
  };
}

function filesFrom(view: View, message: string): string[] {
  const messages = view.store.transcript.peek()?.messages.peek() ?? [];
  const at = messages.findIndex((cell) => cell.id === message);
  const after = at < 0 ? [] : messages.slice(at);
  return filesChangedBy(after.flatMap(partsOf));
}

async function revert({ view, instance, session }: Subject, cell: MessageCell): Promise<void> {
  await view.rewind.undo({ instance: instance.id, session: session.id }, cell.id, await view.written(cell));
}

/** Takes the prompt back and puts it into the composer. It asks nothing first, as Escape restores everything. */
async function edit({ view, instance, session }: Subject, cell: MessageCell): Promise<void> {
  const files = new Set(filesFrom(view, cell.id)).size;
  await view.rewind.edit({ instance: instance.id, session: session.id }, cell.id, await view.written(cell), files);
}

async function tryAgain({ view, instance, session }: Subject, cell: MessageCell): Promise<void> {
  await view.actions.run({ name: "try_again", args: { instance: instance.id, session: session.id, message: cell.id } });
}
