// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FromKernel, Op, Snapshot, ToKernel } from "../../opencode_widget/frontend/src/protocol";
import widget from "../../opencode_widget/frontend/src/widget";

/** Exists in browsers, but not in jsdom. */
class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

/** A model as anywidget provides it; records what the page sends. */
class Model {
  readonly sent: ToKernel[] = [];
  readonly handlers = new Map<string, Set<(...args: unknown[]) => void>>();
  seq = 1;

  get(): undefined {
    return undefined;
  }

  on(event: string, handler: (...args: unknown[]) => void) {
    this.handlers.set(event, (this.handlers.get(event) ?? new Set()).add(handler));
  }

  off(event: string, handler: (...args: unknown[]) => void) {
    this.handlers.get(event)?.delete(handler);
  }

  send(message: unknown) {
    this.sent.push(message as ToKernel);
  }

  say(message: FromKernel) {
    for (const handler of this.handlers.get("msg:custom") ?? []) handler(message, []);
  }

  frame(...ops: Op[]) {
    this.seq += 1;
    this.say({ type: "frame", epoch: "e", seq: this.seq, ops });
  }

  get page(): string {
    const hello = this.sent.find((message) => message.type === "hello");
    return hello?.page ?? "";
  }
}

function snapshot(to: string): Snapshot {
  return {
    type: "snapshot",
    epoch: "e",
    seq: 1,
    to,
    instances: [
      {
        id: "i",
        title: "shop",
        owned: true,
        connection: { state: "connected" },
        agents: [],
        models: [],
        features: [],
        commands: [],
        activeSession: "s",
        waiting: 0,
        moreSessions: false,
      },
    ],
    sessions: {
      i: [{ id: "s", title: "Fix", status: "busy", unread: false, waiting: 0, created: 0, updated: 0, closed: false }],
    },
    requests: {},
    activeInstance: "i",
    transcript: {
      instance: "i",
      session: "s",
      state: "ready",
      more: false,
      todos: [],
      messages: [
        {
          head: { id: "m", role: "assistant", state: "streaming", created: 0 },
          parts: [{ kind: "text", id: "p", text: "Hello", ended: false }],
        },
      ],
    },
  };
}

const delta = (text: string): Op => ({ op: "text", session: "s", message: "m", part: "p", field: "text", text });
const settle = () => new Promise((resolve) => setTimeout(resolve, 60));

let model: Model;
let side: ReturnType<typeof widget>;
let stop: () => void;

function view(): { el: HTMLElement; unmount: () => void } {
  const el = document.createElement("div");
  document.body.append(el);
  return { el, unmount: side.render({ model: model as never, el }) };
}

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", NoObserver);
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  model = new Model();
  side = widget();
  stop = side.initialize({ model: model as never });
});

afterEach(() => {
  stop();
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

describe("The widget", () => {
  it("has a token in the page when the message's handler returns, in every view", async () => {
    const views = [view(), view()];
    model.say(snapshot(model.page));
    await settle();
    for (const words of [" you", ", **bold", " words**"]) {
      model.frame(delta(words));
      for (const { el } of views)
        expect(el.querySelector(".ocw-md")?.textContent).toContain(words.replace(/\*/g, "").trim());
      await settle();
    }
    for (const { el } of views)
      expect(el.querySelector(".ocw-md")?.innerHTML).toBe("<p>Hello you, <strong>bold words</strong></p>");
    for (const { unmount } of views) unmount();
  });

  it("speaks as one page however many views it has", async () => {
    const views = [view(), view()];
    expect(new Set(model.sent.map((message) => message.page)).size).toBe(1);
    for (const { unmount } of views) unmount();
  });

  it("shows in a later view what arrived before it", async () => {
    model.say(snapshot(model.page));
    model.frame(delta(" there"));
    const { el, unmount } = view();
    await settle();
    expect(el.querySelector('[role="log"]')?.textContent).toContain("Hello there");
    unmount();
  });

  it("leaves nothing behind when a view is closed, and the others go on", async () => {
    const [one, two] = [view(), view()];
    model.say(snapshot(model.page));
    await settle();
    one.unmount();
    expect(one.el.innerHTML).toBe("");
    model.frame(delta(" again"));
    expect(two.el.querySelector(".ocw-md")?.textContent).toBe("Hello again");
    two.unmount();
  });

  it("stops listening to the model and the document at its end", () => {
    stop();
    expect(Array.from(model.handlers.values(), (handlers) => handlers.size).every((size) => size === 0)).toBe(true);
    const before = model.sent.length;
    document.dispatchEvent(new Event("visibilitychange"));
    expect(model.sent.length).toBe(before);
  });

  it("ends with the signals of newer hosts too", () => {
    const ended = new AbortController();
    const el = document.createElement("div");
    document.body.append(el);
    side.render({ model: model as never, el, signal: ended.signal });
    expect(el.innerHTML).not.toBe("");
    ended.abort();
    expect(el.innerHTML).toBe("");
  });

  it("shows that the kernel is gone when the model is destroyed", async () => {
    const { el, unmount } = view();
    model.say(snapshot(model.page));
    for (const handler of model.handlers.get("destroy") ?? []) handler();
    await settle();
    expect(el.textContent).toContain("The kernel has stopped. Run the cell again");
    expect(el.querySelector('[role="status"]')).toBeNull();
    unmount();
  });

  it("keeps its keys to itself and takes no focus", async () => {
    const { el, unmount } = view();
    model.say(snapshot(model.page));
    await settle();
    expect(document.activeElement).toBe(document.body);
    expect(el.querySelector("[data-lm-suppress-shortcuts=true]")).not.toBeNull();
    const received = vi.fn();
    document.addEventListener("keydown", received);
    el.querySelector("textarea")?.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
    expect(received).not.toHaveBeenCalled();
    document.removeEventListener("keydown", received);
    unmount();
  });

  it("sends with Enter, but not while a character is composed, and not with Shift", async () => {
    const { el, unmount } = view();
    model.say(snapshot(model.page));
    await settle();
    const box = el.querySelector("textarea");
    if (!box) throw new Error("no composer");
    const press = (more: KeyboardEventInit) =>
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }));
    const prompts = () => model.sent.filter((message) => message.type === "command");
    box.value = "Hi";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    press({ isComposing: true });
    press({ shiftKey: true });
    expect(prompts()).toEqual([]);
    press({});
    await settle();
    expect(prompts()).toMatchObject([{ name: "prompt", args: { instance: "i", session: "s", text: "Hi" } }]);
    expect(el.querySelector(".ocw-sending")?.textContent).toContain("Hi");
    expect(box.value).toBe("");
    unmount();
  });
});
