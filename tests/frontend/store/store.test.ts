import { effect } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import type { Instance, Message, Op, Part, Session, Snapshot } from "../../../opencode_widget/frontend/src/protocol";
import { Store } from "../../../opencode_widget/frontend/src/store/store";

const PAGE = "page";

function instance(id: string): Instance {
  return {
    id,
    title: id,
    owned: true,
    connection: { state: "connected" },
    agents: [],
    models: [],
    features: [],
    commands: [],
    waiting: 0,
    moreSessions: false,
  };
}

function session(id: string, updated = 0): Session {
  return { id, title: id, status: "idle", unread: false, waiting: 0, created: 0, updated, closed: false };
}

function text(id: string, words: string): Part {
  return { kind: "text", id, text: words, ended: false };
}

function message(id: string, parts: Part[] = []): Message {
  return { head: { id, role: "assistant", state: "streaming", created: 0 }, parts };
}

function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    type: "snapshot",
    epoch: "e",
    seq: 10,
    to: PAGE,
    instances: [instance("i1")],
    sessions: { i1: [session("s1")] },
    requests: {},
    activeInstance: "i1",
    transcript: {
      instance: "i1",
      session: "s1",
      state: "ready",
      messages: [message("m1", [text("p1", "Hello")])],
      more: false,
      todos: [],
    },
    ...more,
  };
}

let store: Store;
let seq: number;

function frame(...ops: Op[]) {
  seq += 1;
  return store.receiveFrame({ type: "frame", epoch: "e", seq, ops });
}

function shownText(id = "p1"): string | undefined {
  const part = store.transcript.value?.message("m1")?.part(id)?.part.value;
  return part?.kind === "text" ? part.text : undefined;
}

const delta = (words: string, part = "p1"): Op => ({
  op: "text",
  session: "s1",
  message: "m1",
  part,
  field: "text",
  text: words,
});

beforeEach(() => {
  store = new Store();
  store.receiveSnapshot(snapshot(), PAGE);
  seq = 10;
});

describe("Numbered frames", () => {
  it("apply one after the other", () => {
    expect(frame(delta(" wor"))).toBe("applied");
    expect(frame(delta("ld"))).toBe("applied");
    expect(shownText()).toBe("Hello world");
  });

  it("are passed over when they were applied already", () => {
    frame(delta(" once"));
    expect(store.receiveFrame({ type: "frame", epoch: "e", seq: 11, ops: [delta(" once")] })).toBe("ignored");
    expect(shownText()).toBe("Hello once");
  });

  it("that follow a gap are dropped until a snapshot comes", () => {
    expect(store.receiveFrame({ type: "frame", epoch: "e", seq: 12, ops: [delta(" lost")] })).toBe("gap");
    expect(store.linkState.value).toBe("stale");
    expect(store.receiveFrame({ type: "frame", epoch: "e", seq: 13, ops: [delta(" too")] })).toBe("ignored");
    expect(shownText()).toBe("Hello");
    store.receiveSnapshot(snapshot({ seq: 13 }), PAGE);
    expect(store.receiveFrame({ type: "frame", epoch: "e", seq: 14, ops: [delta(" again")] })).toBe("applied");
    expect(shownText()).toBe("Hello again");
  });

  it("of another epoch are a gap, even with the number that is due", () => {
    expect(store.receiveFrame({ type: "frame", epoch: "new", seq: 11, ops: [] })).toBe("gap");
  });

  it("are dropped before the first snapshot", () => {
    const fresh = new Store();
    expect(fresh.receiveFrame({ type: "frame", epoch: "e", seq: 1, ops: [] })).toBe("ignored");
  });
});

describe("Snapshots", () => {
  it("for another page are passed over by a page without a gap", () => {
    frame(delta(" mine"));
    expect(store.receiveSnapshot(snapshot({ to: "other" }), PAGE)).toBe("ignored");
    expect(shownText()).toBe("Hello mine");
  });

  it("for another page help a page that has a gap", () => {
    store.receiveFrame({ type: "frame", epoch: "e", seq: 99, ops: [] });
    expect(store.receiveSnapshot(snapshot({ to: "other" }), PAGE)).toBe("applied");
    expect(store.linkState.value).toBe("live");
  });

  it("keep the cells of what is still there, so that nothing is built again", () => {
    const cell = store.transcript.value?.message("m1");
    const part = cell?.part("p1");
    const next = snapshot({ seq: 20 });
    next.transcript?.messages.push(message("m2"));
    store.receiveSnapshot(next, PAGE);
    expect(store.transcript.value?.message("m1")).toBe(cell);
    expect(cell?.part("p1")).toBe(part);
    expect(store.transcript.value?.messages.value.map((each) => each.id)).toEqual(["m1", "m2"]);
  });

  it("drop what is gone", () => {
    const next = snapshot({ seq: 20 });
    if (next.transcript) next.transcript.messages = [message("m9")];
    store.receiveSnapshot(next, PAGE);
    expect(store.transcript.value?.message("m1")).toBeUndefined();
    expect(store.transcript.value?.messages.value.map((each) => each.id)).toEqual(["m9"]);
  });
});

describe("The first picture", () => {
  it("comes from the traits, and never replaces what the kernel said", () => {
    const fresh = new Store();
    const tabs = [{ ...instance("t1"), sessions: [session("s9")] }];
    fresh.receiveTraits({ tabs, active_instance: "t1" });
    expect(fresh.instances.value.map((each) => each.id)).toEqual(["t1"]);
    expect(fresh.sessions.value.t1?.map((each) => each.id)).toEqual(["s9"]);
    fresh.receiveSnapshot(snapshot(), PAGE);
    fresh.receiveTraits({ tabs });
    expect(fresh.instances.value.map((each) => each.id)).toEqual(["i1"]);
  });
});

describe("Order", () => {
  const ids = () => store.transcript.value?.messages.value.map((each) => each.id);
  const put = (id: string, after: string | null) =>
    frame({ op: "message", session: "s1", head: message(id).head, after });

  it("is told by `after`: behind it, and first for null", () => {
    put("m3", "m1");
    put("m2", "m1");
    put("m0", null);
    expect(ids()).toEqual(["m0", "m1", "m2", "m3"]);
  });

  it("changes when a known message comes with another `after`", () => {
    put("m2", "m1");
    put("m3", "m2");
    put("m3", "m1");
    expect(ids()).toEqual(["m1", "m3", "m2"]);
  });

  it("stays, and so does the array, when nothing moves", () => {
    put("m2", "m1");
    const before = store.transcript.value?.messages.value;
    put("m2", "m1");
    expect(store.transcript.value?.messages.value).toBe(before);
  });

  it("puts a message behind an unknown one at the end", () => {
    put("m2", "m1");
    put("m3", "nobody");
    expect(ids()).toEqual(["m1", "m2", "m3"]);
  });

  it("holds for parts and instances too", () => {
    frame({ op: "part", session: "s1", message: "m1", part: text("p0", ""), after: null });
    expect(store.transcript.value?.message("m1")?.parts.value.map((each) => each.id)).toEqual(["p0", "p1"]);
    frame({ op: "instance", instance: instance("i0"), after: null });
    expect(store.instances.value.map((each) => each.id)).toEqual(["i0", "i1"]);
  });

  it("keeps an instance's catalogue, which goes by itself", () => {
    const { agents: _a, models: _m, commands: _c, ...head } = instance("i1");
    const build = { name: "build", mode: "primary" as const };
    frame({ op: "catalogue", instance: "i1", agents: [build], models: [], commands: [], defaultAgent: "build" });
    frame({ op: "instance", instance: { ...head, waiting: 3 }, after: null });
    const known = store.instances.value.find((each) => each.id === "i1");
    expect([known?.waiting, known?.agents, known?.defaultAgent]).toEqual([3, [build], "build"]);
    frame({ op: "catalogue", instance: "i1", agents: [], models: [], commands: [] });
    expect(store.instances.value.find((each) => each.id === "i1")?.defaultAgent).toBeUndefined();
  });

  it("puts requests in their place, and takes them away", () => {
    const request = { kind: "question" as const, session: "s1", questions: [] };
    const of = () => store.requests.value.i1?.map((each) => [each.id, "title" in each ? each.title : undefined]);
    for (const id of ["r1", "r2"]) frame({ op: "request", instance: "i1", request: { ...request, id } });
    frame({ op: "request", instance: "i1", request: { ...request, id: "r1", title: "Again" } });
    expect(of()).toEqual([
      ["r1", "Again"],
      ["r2", undefined],
    ]);
    frame({ op: "request-", instance: "i1", id: "r1" });
    expect(of()).toEqual([["r2", undefined]]);
  });

  it("puts older messages before all others, each once", () => {
    frame({ op: "older", session: "s1", messages: [message("a"), message("b"), message("m1")], more: true });
    expect(ids()).toEqual(["a", "b", "m1"]);
    expect(store.transcript.value?.more.value).toBe(true);
  });
});

describe("Text", () => {
  it("reaches the listeners within the call, and no signal", () => {
    const cell = store.transcript.value?.message("m1")?.part("p1");
    const received: string[] = [];
    let seen = 0;
    const stop = cell?.listen((field, words) => received.push(`${field}:${words}`));
    const dispose = effect(() => {
      if (cell?.part.value) seen += 1;
    });
    frame(delta(" you"));
    expect(received).toEqual(["text: you"]);
    expect(seen).toBe(1);
    stop?.();
    frame(delta(" there"));
    expect(received).toEqual(["text: you"]);
    expect(shownText()).toBe("Hello you there");
    dispose();
  });

  it("for a session that is not on screen, or a part that is not known, does nothing", () => {
    frame({ ...delta(" no"), session: "s2" } as Op, delta(" no", "p9"));
    expect(shownText()).toBe("Hello");
  });
});

describe("Sessions, requests and instances", () => {
  it("are put and taken away", () => {
    frame({ op: "session", instance: "i1", session: session("s2") });
    frame({ op: "session", instance: "i1", session: { ...session("s1"), title: "New title" } });
    expect(store.sessions.value.i1?.map((each) => each.title)).toEqual(["New title", "s2"]);
    frame({ op: "session-", instance: "i1", id: "s1" });
    expect(store.sessions.value.i1?.map((each) => each.id)).toEqual(["s2"]);
    frame({ op: "instance-", id: "i1" });
    expect(store.instances.value).toEqual([]);
    expect(store.sessions.value.i1).toBeUndefined();
  });

  it("an operation of a newer kernel is passed over", () => {
    expect(frame({ op: "hologram" } as unknown as Op, delta("!"))).toBe("applied");
    expect(shownText()).toBe("Hello!");
  });
});

describe("Problems", () => {
  it("count up when the same is said again, and do not pile up", () => {
    const problem = (words: string) => frame({ op: "problem", problem: { name: "X", message: words } });
    problem("one");
    problem("one");
    expect(store.toasts.value.map((toast) => [toast.problem.message, toast.times])).toEqual([["one", 2]]);
    for (const words of ["two", "three", "four", "five"]) problem(words);
    expect(store.toasts.value.map((toast) => toast.problem.message)).toEqual(["two", "three", "four", "five"]);
    const [first] = store.toasts.value;
    store.dismiss(first?.id ?? 0);
    expect(store.toasts.value.length).toBe(3);
  });
});
