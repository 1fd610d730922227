// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Message } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
const seen: string[] = [];
const record = (event: KeyboardEvent) => seen.push(event.key);

beforeEach(() => {
  seen.length = 0;
  localStorage.clear();
  sessionStorage.clear();
  document.addEventListener("keydown", record);
});
afterEach(() => {
  document.removeEventListener("keydown", record);
  harness.end();
});

const MODELS = Array.from({ length: 3 }, (_, index) => ({
  id: `m${index}`,
  provider: "p",
  providerName: "P",
  name: `Model ${index}`,
}));
const QUEUED: Message = {
  head: { id: "m", role: "user", state: "queued", created: 1 },
  parts: [{ kind: "text", id: "p", text: "And then?", ended: true }],
};

const PERMISSION = {
  kind: "permission",
  id: "per",
  session: "s",
  permission: "bash",
  title: "ls",
  patterns: [],
  always: [],
  metadata: {},
} as never;

async function open(set: ConstructorParameters<typeof WidgetHarness>[0] = {}): Promise<HTMLTextAreaElement> {
  harness = new WidgetHarness(set);
  vi.stubGlobal("CSS", {}); // jsdom has no highlights
  await settle();
  if (set.requests) await harness.click("button", "Write a message instead");
  const box = harness.get("textbox", "Prompt") as HTMLTextAreaElement;
  box.focus();
  return box;
}

async function press(target: Element, init: KeyboardEventInit & { keyCode?: number }): Promise<KeyboardEvent> {
  const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, composed: true, ...init });
  target.dispatchEvent(event);
  await settle();
  return event;
}

describe("A key that means nothing here", () => {
  it.each([
    { key: "s", ctrlKey: true },
    { key: "s", metaKey: true },
    { key: "C", ctrlKey: true, shiftKey: true },
    { key: "b", ctrlKey: true },
    { key: "p", ctrlKey: true },
    { key: "S", ctrlKey: true, shiftKey: true },
    { key: "[", ctrlKey: true, shiftKey: true },
    { key: "F1" },
    { key: ",", metaKey: true },
  ])("goes to the host, also to JupyterLab: %o", async (init) => {
    const box = await open();
    for (const target of [box, harness.get("log", "")]) {
      seen.length = 0;
      const event = await press(target, init);
      expect(seen).toEqual([init.key]);
      expect(event.defaultPrevented).toBe(false);
      expect(box.closest("[data-lm-suppress-shortcuts]")).toBeNull();
    }
  });

  it("goes to the host from the other fields, too", async () => {
    await open({
      requests: [PERMISSION],
      instance: instanceOf({ features: ["reject_message", "rename", "edit_prompt"] }),
      messages: [QUEUED],
    });
    await harness.click("button", "Say why");
    await harness.click("button", "Edit");
    await harness.click("button", "Session actions");
    (harness.el.querySelector('[role="menuitem"]') as HTMLElement).click();
    await settle();
    for (const name of ["Session title", "Reason for rejecting", "Queued prompt"]) {
      seen.length = 0;
      for (const key of ["s", "ArrowLeft", "a"])
        await press(harness.get("textbox", name), { key, ctrlKey: key === "s" });
      expect(seen, name).toEqual(["s"]);
    }
    const escaped = await press(harness.get("textbox", "Queued prompt"), { key: "Escape" });
    expect(escaped.defaultPrevented).toBe(true); // so that it does not stop the agent
    expect(harness.all("textbox", "Queued prompt")).toEqual([]);
  });

  it.each([
    { key: "a" },
    { key: "d" },
    { key: "Enter" },
    { key: "Enter", ctrlKey: true },
    { key: "Enter", shiftKey: true },
    { key: "ArrowUp" },
    { key: "ArrowLeft", ctrlKey: true },
    { key: "Backspace", ctrlKey: true },
    { key: "Escape" },
    { key: "Tab" },
    { key: "z", ctrlKey: true },
    { key: "Z", ctrlKey: true, shiftKey: true },
    { key: "v", metaKey: true },
    { key: "a", ctrlKey: true },
    { key: "j", ctrlKey: true },
    { key: "€", ctrlKey: true, altKey: true, modifierAltGraph: true },
  ])("is none of these: %o", async (init) => {
    const box = await open();
    await press(box, init);
    expect(seen).toEqual([]);
    expect(box.closest("[data-lm-suppress-shortcuts]")).not.toBeNull();
  });
});

it("Ctrl+F searches the conversation, and the host does not hear of it", async () => {
  await press(await open(), { key: "f", ctrlKey: true });
  expect(harness.all("textbox", "Search conversation")).toHaveLength(1);
  expect(seen).toEqual([]);
});

describe("In the conversation", () => {
  it.each(["w", "É", "7", "/", "Escape"])("%s leads to the prompt", async (key) => {
    const box = await open();
    const log = harness.get("log", "");
    log.focus();
    await press(log, { key });
    expect(harness.focused()).toBe(box);
  });

  it.each([{ key: " " }, { key: "PageDown" }, { key: "Enter" }, { key: "c", ctrlKey: true }, { key: "Tab" }])(
    "%o stays there",
    async (init) => {
      await open();
      const log = harness.get("log", "");
      log.focus();
      await press(log, init);
      expect(harness.focused()).toBe(log);
    },
  );

  it("a letter in a field stays in the field", async () => {
    await open({
      instance: instanceOf({ features: ["edit_prompt"] }),
      messages: [QUEUED],
      sessions: [sessionOf({ status: "busy" })],
    });
    await harness.click("button", "Edit");
    const field = harness.get("textbox", "Queued prompt");
    await press(field, { key: "a" });
    expect(harness.focused()).toBe(field);
  });
});

describe("The first Tab stop", () => {
  const first = () => harness.el.querySelector<HTMLElement>("button, [tabindex='0'], textarea, input");

  it("leads to the prompt", async () => {
    const box = await open();
    expect(first()?.textContent).toBe("Skip to prompt");
    first()?.click();
    expect(harness.focused()).toBe(box);
  });

  it("leads to where a request is answered, while that takes the prompt's place", async () => {
    harness = new WidgetHarness({ requests: [PERMISSION] });
    await settle();
    first()?.click();
    expect(harness.focused()).toBe(harness.get("button", "Write a message instead"));
  });
});

describe("The key that sends", () => {
  const prompts = () => harness.sent("prompt").length;

  it("is Enter, and Ctrl+J makes a line", async () => {
    const box = await open();
    await harness.type("first");
    box.setSelectionRange(5, 5);
    await press(box, { key: "j", ctrlKey: true });
    expect(box.value).toBe("first\n");
    await press(box, { key: "Enter", altKey: true });
    expect(prompts()).toBe(0);
    await press(box, { key: "Enter" });
    expect(prompts()).toBe(1);
  });

  it("is Ctrl+Enter or Cmd+Enter where the user chose that, and the browser remembers it", async () => {
    await open();
    (document.activeElement as HTMLElement).blur();
    await press(harness.get("log", ""), { key: "?" });
    const panel = harness.get("dialog", "Keyboard shortcuts");
    expect(panel.contains(harness.focused() ?? null)).toBe(true);
    const select = panel.querySelector("select") as HTMLSelectElement;
    select.value = "ctrl+enter";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    harness.end();
    const box = await open();
    await harness.type("first");
    const enter = await press(box, { key: "Enter" });
    expect([prompts(), enter.defaultPrevented]).toEqual([0, false]);
    await press(box, { key: "Enter", metaKey: true });
    expect(prompts()).toBe(1);
    await harness.type("second");
    await press(box, { key: "Enter", ctrlKey: true });
    expect(prompts()).toBe(2);
  });
});

describe("The list of shortcuts", () => {
  it("opens with ?, but a ? that is typed is text", async () => {
    const box = await open();
    await press(box, { key: "?", shiftKey: true });
    expect(harness.all("dialog", "Keyboard shortcuts")).toEqual([]);
    await press(harness.get("button", "New session"), { key: "?", shiftKey: true });
    const list = harness.get("dialog", "Keyboard shortcuts");
    for (const key of ["Ctrl+J", "Escape twice", "Ctrl+F", "Alt+Enter"]) expect(list.textContent).toContain(key);
  });

  it("opens with a command", async () => {
    const box = await open();
    await harness.type("/shortcuts");
    await press(box, { key: "Escape" });
    await press(box, { key: "Enter" });
    expect(harness.all("dialog", "Keyboard shortcuts")).toHaveLength(1);
  });
});

describe("Enter of an input method", () => {
  const COMPOSING = [
    { key: "Enter", keyCode: 229 },
    { key: "Enter", isComposing: true },
    { key: "Process", keyCode: 229 },
    { key: "Escape", keyCode: 229 },
  ];

  async function means(field: HTMLElement): Promise<void> {
    const before = harness.commands.length;
    field.focus();
    for (const init of COMPOSING) {
      const event = await press(field, init);
      expect([event.defaultPrevented, seen.length]).toEqual([false, 0]);
    }
    expect(harness.commands.slice(before)).toEqual([]);
    expect(field.isConnected).toBe(true);
  }

  it("sends no prompt", async () => {
    const box = await open();
    await harness.type("half a wo");
    await means(box);
    expect(box.value).toBe("half a wo");
  });

  it("saves no title", async () => {
    await open();
    await harness.click("button", "Session actions");
    (harness.el.querySelector('[role="menuitem"]') as HTMLElement).click();
    await settle();
    await means(harness.get("textbox", "Session title"));
  });

  it("saves no queued prompt", async () => {
    await open({
      instance: instanceOf({ features: ["edit_prompt"] }),
      messages: [QUEUED],
      sessions: [sessionOf({ status: "busy" })],
    });
    await harness.click("button", "Edit");
    await means(harness.get("textbox", "Queued prompt"));
  });

  it("sends no reason, and chooses no model", async () => {
    await open({
      instance: instanceOf({ features: ["reject_message"], models: MODELS as never }),
      requests: [PERMISSION],
    });
    await harness.click("button", "Say why");
    await means(harness.get("textbox", "Reason for rejecting"));
    await harness.click("button", "Model");
    await means(harness.get("textbox", "Search: model"));
  });

  it("goes to no next match", async () => {
    const box = await open({
      script: ({ name }) => (name === "search" ? { ok: true, result: { matches: [], more: false } } : undefined),
    });
    await press(box, { key: "f", ctrlKey: true });
    await means(harness.get("textbox", "Search conversation"));
  });
});
