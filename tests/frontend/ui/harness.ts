/** The widget in jsdom, before a simulated kernel that answers commands from a script. */
import { act } from "preact/test-utils";
import { vi } from "vitest";
import type {
  Command,
  FromKernel,
  Instance,
  Message,
  Op,
  Request,
  Session,
  Snapshot,
  ToKernel,
  Traits,
  Transcript,
} from "../../../opencode_widget/frontend/src/protocol";
import widget from "../../../opencode_widget/frontend/src/widget";

/** Exists in browsers, but not in jsdom. */
class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

export type Reply = { ok: boolean; result?: unknown; problem?: { name: string; message: string } };
export type Script = (command: Command) => Reply | undefined;

const ROUNDS = 3;

/**
 * Renders what changed and runs its effects. An effect may send a command whose reply changes the page again, so there are
 * several rounds; in each, the kernel's replies and the page's zero timers run before the page renders.
 */
export async function settle(): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await act(() => new Promise((resolve) => setTimeout(resolve)));
}

export function instanceOf(change: Partial<Instance> = {}): Instance {
  return {
    id: "i",
    title: "shop",
    owned: true,
    version: "OpenCode 1.18.33",
    connection: { state: "connected" },
    agents: [],
    models: [],
    features: ["rename", "delete", "archive", "fork", "revert", "share", "compact", "init", "diff", "status"],
    commands: [],
    activeSession: "s",
    waiting: 0,
    moreSessions: false,
    ...change,
  };
}

export function sessionOf(change: Partial<Session> = {}): Session {
  return {
    id: "s",
    title: "Fix the parser",
    status: "idle",
    unread: false,
    waiting: 0,
    created: 1,
    updated: 1,
    closed: false,
    ...change,
  };
}

export interface Scene {
  instance?: Instance;
  sessions?: Session[];
  messages?: Message[];
  transcript?: Partial<Transcript>;
  requests?: Request[];
  script?: Script;
  /** Draws the widget into a shadow root, as marimo does; a string names the element whose root that is. */
  shadow?: boolean | string;
  /** What the notebook saved, or the kernel sent when the widget was made. */
  traits?: Partial<Traits>;
  /** No kernel answers, as in a saved notebook. */
  silent?: boolean;
  /** The notebook's path, as JupyterLab's widget manager tells it. */
  notebook?: string;
}

export class WidgetHarness {
  readonly commands: Command[] = [];
  /** What the page wrote into the model, one for each `save_changes`. */
  readonly saved: Partial<Traits>[] = [];
  readonly el = document.createElement("div");
  readonly #handlers = new Map<string, Array<(...args: unknown[]) => void>>();
  readonly #ends: Array<() => void> = [];
  #seq = 1;
  #isShutDown = false;

  constructor(readonly set: Scene = {}) {
    vi.stubGlobal("ResizeObserver", NoObserver);
    vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
    stubDialog();
    placeOf(set).append(this.el);
    const side = widget();
    let unsaved: Partial<Traits> = {};
    const model = {
      ...(set.notebook === undefined ? {} : { widget_manager: { context: { path: set.notebook } } }),
      get: (name: keyof Traits) => this.set.traits?.[name],
      on: (name: string, handler: (...args: unknown[]) => void) =>
        this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]),
      off: () => {},
      set: (name: keyof Traits, value: never) => {
        unsaved = { ...unsaved, [name]: value };
      },
      save_changes: () => {
        this.saved.push(unsaved);
        unsaved = {};
      },
      send: (message: unknown) => {
        if (this.#isShutDown) throw new Error("The comm is closed.");
        queueMicrotask(() => this.#receive(message as ToKernel));
      },
    };
    this.#ends.push(side.initialize({ model: model as never }), side.render({ model: model as never, el: this.el }));
  }

  /** The kernel ends, and the host says nothing: the next message throws. */
  shutDown(): void {
    this.#isShutDown = true;
  }

  end(): void {
    for (const end of this.#ends.reverse()) end();
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  }

  frame(...ops: Op[]): void {
    this.#seq += 1;
    this.#deliver({ type: "frame", epoch: "e", seq: this.#seq, ops });
  }

  /** The kernel sends new values of traits. */
  async changeTraits(traits: Partial<Traits>): Promise<void> {
    this.set.traits = { ...this.set.traits, ...traits };
    for (const name of Object.keys(traits)) for (const each of this.#handlers.get(`change:${name}`) ?? []) each();
    await settle();
  }

  /** An element by its role and its name, or the start of its name. */
  get(role: string, name: string): HTMLElement {
    const all = this.all(role, name);
    const found = all.find((each) => nameOf(each) === name) ?? all[0];
    if (!found) throw new Error(`no ${role} named ${name} in ${this.el.textContent}`);
    return found;
  }

  all(role: string, name: string): HTMLElement[] {
    return Array.from(this.el.querySelectorAll<HTMLElement>(SELECTORS[role] ?? `[role="${role}"]`)).filter((each) =>
      nameOf(each).startsWith(name),
    );
  }

  async click(role: string, name: string): Promise<void> {
    const target = this.get(role, name);
    target.focus();
    target.click();
    await settle();
  }

  /** Presses and clicks as a mouse does: a menu that closes on the press never gets the click. */
  async clickByMouse(role: string, name: string): Promise<void> {
    const target = this.get(role, name);
    for (const type of ["pointerdown", "mousedown"]) {
      const pressed = new MouseEvent(type, { bubbles: true, cancelable: true, composed: true });
      const moves = target.dispatchEvent(pressed);
      if (moves && type === "mousedown") target.focus();
      await settle();
    }
    if (target.isConnected) target.click();
    await settle();
  }

  /** The focused element in the tree of the widget. */
  focused(): Element | null {
    return (this.el.getRootNode() as Document | ShadowRoot).activeElement;
  }

  async press(key: string): Promise<void> {
    const init = { key, bubbles: true, cancelable: true, composed: true };
    this.focused()?.dispatchEvent(new KeyboardEvent("keydown", init));
    await settle();
  }

  async type(text: string): Promise<void> {
    const field = this.focused() as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
  }

  sent(name: Command["name"]): unknown[] {
    return this.commands.filter((command) => command.name === name).map((command) => command.args);
  }

  #deliver(message: FromKernel): void {
    for (const handler of this.#handlers.get("msg:custom") ?? []) handler(message, []);
  }

  #receive(message: ToKernel): void {
    if (this.set.silent) return;
    if (message.type === "hello") this.#deliver(this.#snapshot(message.page));
    if (message.type !== "command") return;
    const { page: to, id, type: _, ...command } = message;
    this.commands.push(command as Command);
    const reply = this.set.script?.(command as Command) ?? { ok: true };
    this.#deliver({ type: "reply", to, id, ...reply } as FromKernel);
  }

  #snapshot(to: string): Snapshot {
    const instance = this.set.instance ?? instanceOf();
    const transcript: Transcript = {
      instance: "i",
      session: "s",
      state: "ready",
      more: false,
      todos: [],
      messages: this.set.messages ?? [],
      ...this.set.transcript,
    };
    return {
      type: "snapshot",
      epoch: "e",
      seq: this.#seq,
      to,
      instances: [instance],
      sessions: { i: this.set.sessions ?? [sessionOf()] },
      requests: { i: this.set.requests ?? [] },
      activeInstance: "i",
      transcript,
    };
  }
}

const SELECTORS: Record<string, string> = {
  button: "button:not([role])",
  textbox: "input, textarea",
  dialog: 'dialog, [role="dialog"]',
  region: "section",
  list: 'ul, [role="list"]',
};

function nameOf(element: HTMLElement): string {
  const labelled = element.getAttribute("aria-labelledby");
  const tree = element.getRootNode() as Document | ShadowRoot;
  const label = labelled ? tree.getElementById(labelled)?.textContent : element.getAttribute("aria-label");
  return (label ?? element.textContent ?? "").trim();
}

function placeOf({ shadow = false }: Scene): HTMLElement | ShadowRoot {
  if (!shadow) return document.body;
  const host = document.createElement(shadow === true ? "div" : shadow);
  document.body.append(host);
  return host.attachShadow({ mode: "open" });
}

/** jsdom has no modal dialogs; this implements what the widget uses. */
function stubDialog(): void {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
}
