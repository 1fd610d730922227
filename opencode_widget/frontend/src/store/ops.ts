/** Applies patches to the store: a table from each operation's name to its effect. */

import type { Signal } from "@preact/signals";
import type { Pending } from "../kernel/pending";
import { withoutArrived } from "../kernel/pending";
import { lookUp } from "../lookup";
import type {
  Batch,
  Catalogue,
  Instance,
  InstanceHead,
  InstanceId,
  Op,
  Problem,
  Request,
  Session,
  Transcript,
} from "../protocol";
import { insertAfter } from "./order";
import type { TranscriptCell } from "./transcript";

/** The part of the store that operations change. */
interface Patched {
  readonly instances: Signal<Instance[]>;
  readonly sessions: Signal<Record<InstanceId, Session[]>>;
  readonly requests: Signal<Record<InstanceId, Request[]>>;
  readonly activeInstance: Signal<InstanceId | undefined>;
  readonly transcript: Signal<TranscriptCell | undefined>;
  readonly batches: Signal<Batch[]>;
  readonly pending: Signal<Pending[]>;
  showTranscript(transcript: Transcript | null): void;
  toast(problem: Problem, instance?: InstanceId): void;
  /** The connection is back: what said that it was away is over. */
  dismissLosses(instance: InstanceId): void;
}

type OpOf<Name extends Op["op"]> = Extract<Op, { op: Name }>;
type Table = { [Name in Op["op"]]: (store: Patched, op: OpOf<Name>) => void };

const OPS: Table = {
  instance: (store, { instance, after }) => {
    const instances = store.instances.peek();
    const known = instances.find((each) => each.id === instance.id);
    store.instances.value = insertAfter(instances, { ...instance, ...catalogueOf(known) }, after);
    if (instance.connection.state === "connected") store.dismissLosses(instance.id);
  },
  "instance-": (store, { id }) => {
    store.instances.value = store.instances.peek().filter((each) => each.id !== id);
    store.sessions.value = without(store.sessions.peek(), id);
    store.requests.value = without(store.requests.peek(), id);
  },
  catalogue: (store, { op: _, instance, ...catalogue }) => {
    const instances = store.instances.peek();
    store.instances.value = instances.map((each) => (each.id === instance ? { ...headOf(each), ...catalogue } : each));
  },
  active: (store, { instance }) => {
    store.activeInstance.value = instance;
  },
  session: (store, { instance, session }) => {
    const sessions = store.sessions.peek();
    store.sessions.value = { ...sessions, [instance]: put(lookUp(sessions, instance) ?? [], session) };
  },
  "session-": (store, { instance, id }) => {
    const sessions = store.sessions.peek();
    const left = (lookUp(sessions, instance) ?? []).filter((each) => each.id !== id);
    store.sessions.value = { ...sessions, [instance]: left };
  },
  requests: (store, { instance, requests }) => {
    store.requests.value = { ...store.requests.peek(), [instance]: requests };
  },
  request: (store, { instance, request }) => {
    const requests = store.requests.peek();
    store.requests.value = { ...requests, [instance]: put(lookUp(requests, instance) ?? [], request) };
  },
  "request-": (store, { instance, id }) => {
    const requests = store.requests.peek();
    const left = (lookUp(requests, instance) ?? []).filter((each) => each.id !== id);
    store.requests.value = { ...requests, [instance]: left };
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
  batches: (store, { batches }) => {
    store.batches.value = batches;
  },
  problem: (store, { instance, problem }) => store.toast(problem, instance),
};

/**
 * Applies one operation. An unknown operation (of a newer kernel) is ignored, since the next snapshot states
 * everything; one that fails does not stop the others.
 */
export function applyOp(store: Patched, op: Op): void {
  const apply = lookUp(OPS as Record<string, unknown>, op.op) as ((store: Patched, op: Op) => void) | undefined;
  try {
    apply?.(store, op);
  } catch (error) {
    console.warn(`opencode_widget: the operation ${op.op} cannot be applied: ${error}`);
  }
}

function transcriptOf(store: Patched, session: string) {
  const transcript = store.transcript.peek();
  return transcript?.session === session ? transcript : undefined;
}

function catalogueOf(instance?: Instance): Catalogue {
  if (!instance) return { agents: [], models: [], commands: [] };
  const { agents, models, commands, defaultAgent, defaultModel } = instance;
  return {
    agents,
    models,
    commands,
    ...(defaultAgent === undefined ? {} : { defaultAgent }),
    ...(defaultModel === undefined ? {} : { defaultModel }),
  };
}

function headOf(instance: Instance): InstanceHead {
  const { agents: _a, models: _m, commands: _c, defaultAgent: _d, defaultModel: _f, ...head } = instance;
  return head;
}

function put<T extends { id: string }>(list: T[], item: T): T[] {
  const at = list.findIndex((each) => each.id === item.id);
  return at < 0 ? [...list, item] : list.with(at, item);
}

function without<T>(record: Record<string, T>, id: string): Record<string, T> {
  const { [id]: _, ...rest } = record;
  return rest;
}
