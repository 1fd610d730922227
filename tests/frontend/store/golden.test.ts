import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Op, PageState, Problem, Session } from "../../../opencode_widget/frontend/src/protocol";
import { Store } from "../../../opencode_widget/frontend/src/store/store";

interface Case {
  name: string;
  before: PageState;
  ops: Op[];
  after: PageState;
  problems: Problem[];
}

/** Written by `tests/protocol/golden.py`, and replayed there by a page in Python. */
const cases: Case[] = JSON.parse(readFileSync(join(import.meta.dirname, "../../protocol/ops.json"), "utf8"));

/** The store's content in the shape of a snapshot. */
function stateOf(store: Store): PageState {
  const transcript = store.transcript.value;
  return {
    instances: store.instances.value,
    sessions: store.sessions.value,
    requests: store.requests.value,
    activeInstance: store.activeInstance.value,
    transcript: transcript && {
      instance: transcript.instance,
      session: transcript.session,
      state: transcript.state.value,
      problem: transcript.problem.value,
      messages: transcript.messages.value.map(({ head, parts }) => ({
        head: head.value,
        parts: parts.value.map(({ part }) => part.value),
      })),
      more: transcript.more.value,
      todos: transcript.todos.value,
      reverted: transcript.reverted.value,
    },
    batches: store.batches.value.length ? store.batches.value : undefined,
  };
}

/** As JSON, without absent keys; the kernel sends sessions in no particular order. */
function comparable(state: PageState): unknown {
  const byId = (sessions: Session[]) => [...sessions].sort((a, b) => (a.id < b.id ? -1 : 1));
  const sessions = Object.fromEntries(Object.entries(state.sessions).map(([id, each]) => [id, byId(each)]));
  return JSON.parse(JSON.stringify({ ...state, sessions }));
}

describe("The store shows what the kernel has, after", () => {
  it.each(cases)("$name", ({ before, ops, after, problems }) => {
    const store = new Store();
    store.receiveSnapshot({ type: "snapshot", epoch: "e", seq: 0, to: "page", ...before }, "page");
    expect(store.receiveFrame({ type: "frame", epoch: "e", seq: 1, ops })).toBe("applied");
    expect(comparable(stateOf(store))).toEqual(comparable(after));
    expect(store.toasts.value.map(({ problem }) => problem)).toEqual(problems);
  });
});
