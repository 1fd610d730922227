/** Patches to the store: a table from the name of an operation to what it does. */
import { lookUp } from "../lookup";
import type { Op, Session } from "../protocol";
import { place } from "./order";
import { withoutArrived } from "./pending";
import type { Store } from "./store";

type OpOf<Name extends Op["op"]> = Extract<Op, { op: Name }>;
type Table = { [Name in Op["op"]]: (store: Store, op: OpOf<Name>) => void };

const OPS: Table = {
  instance: (store, { instance, after }) => {
    store.instances.value = place(store.instances.peek(), instance, after);
  },
  "instance-": (store, { id }) => {
    store.instances.value = store.instances.peek().filter((each) => each.id !== id);
    store.sessions.value = without(store.sessions.peek(), id);
    store.requests.value = without(store.requests.peek(), id);
  },
  active: (store, { instance }) => {
    store.activeInstance.value = instance;
  },
  session: (store, { instance, session }) => {
    const sessions = store.sessions.peek();
    store.sessions.value = { ...sessions, [instance]: putSession(lookUp(sessions, instance) ?? [], session) };
  },
  "session-": (store, { instance, id }) => {
    const sessions = store.sessions.peek();
    const left = (lookUp(sessions, instance) ?? []).filter((each) => each.id !== id);
    store.sessions.value = { ...sessions, [instance]: left };
  },
  requests: (store, { instance, requests }) => {
    store.requests.value = { ...store.requests.peek(), [instance]: requests };
  },
  transcript: (store, { transcript }) => store.showTranscript(transcript),
  todos: (store, { session, todos }) => {
    const shown = transcriptOf(store, session);
    if (shown) shown.todos.value = todos;
  },
  message: (store, { session, head, after }) => {
    store.pending.value = withoutArrived(store.pending.peek(), head);
    transcriptOf(store, session)?.putMessage(head, after);
  },
  "message-": (store, { session, id }) => transcriptOf(store, session)?.removeMessage(id),
  part: (store, { session, message, part, after }) =>
    transcriptOf(store, session)?.message(message)?.putPart(part, after),
  "part-": (store, { session, message, id }) => transcriptOf(store, session)?.message(message)?.removePart(id),
  text: (store, { session, message, part, field, text }) =>
    transcriptOf(store, session)?.message(message)?.part(part)?.append(field, text),
  older: (store, { session, messages, more }) => transcriptOf(store, session)?.prepend(messages, more),
  problem: (store, { instance, problem }) => store.toast(problem, instance),
};

/** Unknown operations (of a newer kernel) are passed over: the next snapshot states all anyway. One that fails costs itself alone. */
export function applyOp(store: Store, op: Op): void {
  const apply = lookUp(OPS as Record<string, unknown>, op.op) as ((store: Store, op: Op) => void) | undefined;
  try {
    apply?.(store, op);
  } catch (error) {
    console.warn(`opencode_widget: the operation ${op.op} cannot be applied: ${error}`);
  }
}

/** Texts for the same field that stand next to each other become one: one write to the page for each. */
export function mergeTexts(ops: Op[]): Op[] {
  const merged: Op[] = [];
  for (const op of ops) {
    const last = merged.at(-1);
    if (op.op === "text" && last?.op === "text" && sameField(op, last)) {
      merged[merged.length - 1] = { ...last, text: last.text + op.text };
    } else merged.push(op);
  }
  return merged;
}

function sameField(one: OpOf<"text">, two: OpOf<"text">): boolean {
  return one.part === two.part && one.field === two.field && one.message === two.message && one.session === two.session;
}

function transcriptOf(store: Store, session: string) {
  const transcript = store.transcript.peek();
  return transcript?.session === session ? transcript : undefined;
}

function putSession(list: Session[], session: Session): Session[] {
  const at = list.findIndex((each) => each.id === session.id);
  return at < 0 ? [...list, session] : list.with(at, session);
}

function without<T>(record: Record<string, T>, id: string): Record<string, T> {
  const { [id]: _, ...rest } = record;
  return rest;
}
