/** Turns what the user wrote into what is sent. */

import { NEW } from "../../kernel/actions";
import { isOver } from "../../kernel/page_state";
import type { Outgoing } from "../../kernel/pending";
import type { Delivery, Instance } from "../../protocol";
import { t } from "../../words/words";
import { features } from "../lib/features";
import type { View } from "../state/context";
import { NOTHING } from "../state/drafts";
import { bytes, MESSAGE_BOUND } from "../state/files/attached_files";
import { expanded, namesIn } from "../state/mentions";
import { namedChoice, type PromptChoice } from "../state/options/effective_choice";
import type { PromptEntry } from "../state/prompt_history";
import type { Written } from "../state/written";
import { parsedCommand } from "./completion/completion_options";
import { carryOut, isOfServer, widgetCommand } from "./widget_commands";
import { soon, withWrittenPaths, writtenPaths } from "./written_paths";

/** Sends the draft of the conversation on screen. If that fails, the draft returns to the box with the reason. */
export async function send(view: View, delivery: Delivery = "steer"): Promise<void> {
  const {
    selection: { key },
  } = view;
  const instance = view.selection.instance.peek();
  const draft = view.composer.draft(key);
  if (draft.empty || !instance || isOver(view.store.linkState.peek())) return;
  const tooLong = refusalOf({ content: draft.content.peek(), files: draft.files.peek() });
  if (tooLong) return view.composer.setNote(key, { tone: "bad", text: tooLong });
  const choice = namedChoice(view.composer.choice(key).peek(), view.selection.session.peek(), instance);
  const drained = draft.drain();
  const written = writtenPaths(drained.content).length === 0 ? drained : await withPaths(view, drained);
  if (view.selection.key !== key) {
    draft.putBack(written);
    return view.composer.setNote(key, { tone: "bad", text: t.composer.notSentSwitched });
  }
  const unknown = written.content.shell ? undefined : await unknownName(view, expanded(written.content).text);
  if (unknown) {
    draft.putBack(written);
    return view.composer.setNote(key, { tone: "bad", text: t.composer.notSentUnknown(unknown) });
  }
  view.composer.setNote(key, undefined);
  view.composer.remember(key, written);
  view.composer.history(key).forget();
  const found = widgetCommandIn(instance, written.content);
  const when = canChoose(view) ? { delivery } : {};
  const waits = delivery === "queue" && canQueue(view) && !canChoose(view);
  if (!found && waits) return enqueue(view, instance, written, choice);
  if (!found) return dispatch(view, instance, written, { ...choice, ...when });
  draft.putBack({ ...written, content: NOTHING });
  await carryOut(view, instance, found.command, found.argument);
}

async function withPaths(view: View, written: Written): Promise<Written> {
  if (written.content.shell) return written;
  return { ...written, content: await withWrittenPaths(view, written.content) };
}

/** Why a name in the text stands for nothing; checked before anything is sent, so that no empty session is made for it. */
async function unknownName(view: View, text: string): Promise<string | undefined> {
  if (namesIn(text).length === 0) return undefined;
  const problem = (await soon(view.checkNames(text)))?.find((each) => each.problem)?.problem;
  return problem && [problem.message, problem.remedy].filter(Boolean).join(" ");
}

function widgetCommandIn(instance: Instance, content: PromptEntry) {
  const parsed = content.shell ? undefined : parsedCommand(expanded(content).text);
  const command = parsed && widgetCommand(instance, parsed.name);
  return command && { command, argument: parsed.argument };
}

/** True if the user can choose whether a prompt joins the running turn or waits for its end. */
export function canChoose(view: View): boolean {
  const busy = view.selection.busy;
  return busy && features(view.selection.instance.value).has("delivery");
}

/** True if a prompt can wait for the end of the turn: in the server, or else in the kernel. */
export function canQueue(view: View): boolean {
  return view.selection.busy && view.selection.session.value !== undefined;
}

/** Lets the kernel keep a prompt until the turn has ended. A command goes at once, as the queue has prompts alone. */
async function enqueue(view: View, instance: Instance, written: Written, choice: PromptChoice): Promise<void> {
  const { key, sessionId } = view.selection;
  const command = outgoing(instance, sessionId.peek(), written, choice);
  if (command.name !== "prompt") return dispatch(view, instance, written, choice);
  const { session = "", ...args } = command.args;
  const reply = await view.actions.ask({ name: "queue_prompt", args: { ...args, session } });
  if (reply.ok) return;
  view.composer.draft(key).putBack(written);
  view.composer.setNote(key, { tone: "bad", text: t.composer.notQueued(reply.problem.message) });
}

/** What the user chose beside the words. */
type Chosen = PromptChoice & { delivery?: Delivery };

async function dispatch(view: View, instance: Instance, written: Written, choice: Chosen): Promise<void> {
  const {
    selection: { key },
  } = view;
  // The first prompt creates the session; the next one may follow before the kernel has created it.
  const place = view.selection.sessionId.peek();
  if ((place === undefined || place === NEW) && !view.actions.isMaking(instance.id)) void view.makeSession();
  const session = view.selection.sessionId.peek();
  view.sends.value += 1;
  const reason = await view.actions.send(outgoing(instance, session, written, choice), shown(written.content));
  if (reason === undefined) return view.rewind.endEdit({ instance: instance.id, session: session ?? "" });
  const back = session === NEW ? view.selection.key : key;
  view.composer.draft(back).putBack(written);
  view.composer.setNote(back, { tone: "bad", text: t.composer.notSent(reason) });
}

/** The command for a prompt: to the shell, to one of the server's commands, or to the model. */
function outgoing(
  instance: Instance,
  session: string | undefined,
  { content, files }: Written,
  { delivery, ...choice }: Chosen,
): Outgoing {
  const { text, mentions } = expanded(content);
  const { variant: _, ...withoutVariant } = choice;
  const where = { instance: instance.id, ...(session === undefined ? {} : { session }) };
  if (content.shell) return { name: "shell", args: { ...where, ...withoutVariant, command: text } };
  const attached = files.map(({ mime, name, url }) => ({ mime, filename: name, url }));
  const common = { ...where, ...choice, ...(attached.length > 0 ? { files: attached } : {}) };
  const command = parsedCommand(text);
  if (command && isOfServer(instance, command.name)) {
    return { name: "run_command", args: { ...common, command: command.name, arguments: command.argument } };
  }
  const more = { ...(mentions.length > 0 ? { mentions } : {}), ...(delivery ? { delivery } : {}) };
  return { name: "prompt", args: { ...common, text, ...more } };
}

function shown(content: PromptEntry): string {
  const { text } = expanded(content);
  return content.shell ? `! ${text}` : text;
}

function refusalOf({ content, files }: Written): string | undefined {
  const size = files.reduce((sum, file) => sum + file.url.length, new Blob([expanded(content).text]).size);
  if (size <= MESSAGE_BOUND) return undefined;
  return t.composer.promptTooLarge(bytes(size), bytes(MESSAGE_BOUND));
}
