// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Instance, Message } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, type Script, sessionOf, settle, WidgetHarness } from "../harness";

const URL = "data:image/png;base64,AAAA";
const PICTURE = { kind: "file", id: "f", mime: "image/png", filename: "a.png" } as const;
const PROMPT: Message = {
  head: { id: "m", role: "user", state: "complete", created: 1 },
  parts: [
    { kind: "text", id: "t", text: "see @parser.py now", ended: true },
    { ...PICTURE, size: 3 },
    { kind: "file", id: "g", mime: "text/plain", filename: "parser.py", path: "parser.py", url: "file:///p/parser.py" },
  ],
};
const SENT = {
  text: "see @parser.py now",
  files: [{ mime: "image/png", filename: "a.png", url: URL }],
  mentions: [{ kind: "file", path: "parser.py", start: 4, end: 14 }],
};

const SHOP = { features: ["revert", "fork", "rename", "attachments"] } satisfies Partial<Instance>;

const script: Script = ({ name }) => {
  if (name === "part") return { ok: true, result: { ...PICTURE, size: 3, url: URL } };
  if (name === "fork_session") return { ok: true, result: { session: "fork" } };
  return undefined;
};

let harness: WidgetHarness;
beforeEach(() => sessionStorage.clear());
afterEach(() => harness.end());

async function open(): Promise<HTMLTextAreaElement> {
  harness = new WidgetHarness({
    instance: instanceOf(SHOP),
    sessions: [sessionOf(), sessionOf({ id: "fork", title: "Fork" })],
    messages: [PROMPT],
    script,
  });
  await settle();
  const box = harness.get("textbox", "Prompt") as HTMLTextAreaElement;
  box.focus();
  return box;
}

async function sendAgain(): Promise<void> {
  await settle();
  expect(harness.el.querySelectorAll('[aria-label="Attached"] li')).toHaveLength(1);
  await harness.click("button", "Send");
  expect(harness.sent("prompt").at(-1)).toMatchObject(SENT);
}

describe("A prompt comes back with its files and mentions", () => {
  it("after /undo", async () => {
    await open();
    await harness.type("/undo ");
    await harness.press("Enter");
    await sendAgain();
  });

  it.each(["Revert to here", "Fork from here"])("after %s", async (label) => {
    await open();
    const message = harness.el.querySelector('[aria-label="You"]') as HTMLElement;
    message.dispatchEvent(new Event("pointerenter"));
    message.dispatchEvent(new Event("focusin", { bubbles: true }));
    await settle();
    await harness.click("button", label);
    if (label === "Fork from here")
      harness.frame({ op: "instance", instance: instanceOf({ ...SHOP, activeSession: "fork" }), after: null });
    await sendAgain();
  });

  it("with Up, and Down brings back what was in the box", async () => {
    const box = await open();
    await harness.press("ArrowUp");
    await settle();
    expect(box.value).toBe(SENT.text);
    box.setSelectionRange(box.value.length, box.value.length);
    await harness.press("ArrowDown");
    expect([box.value, harness.el.querySelectorAll('[aria-label="Attached"] li').length]).toEqual(["", 0]);
    await harness.press("ArrowUp");
    await sendAgain();
  });
});

it("A pasted argument of our own command is its text", async () => {
  const box = await open();
  await harness.type("/rename ");
  const long = Array.from({ length: 50 }, (_, index) => `line ${index}`).join("\n");
  const paste = new Event("paste", { bubbles: true, cancelable: true });
  Object.assign(paste, { clipboardData: { getData: () => long, files: [], types: ["text/plain"], items: [] } });
  box.setSelectionRange(8, 8);
  box.dispatchEvent(paste);
  await settle();
  expect(box.value).toContain("[Pasted 50 lines]");
  await harness.press("Enter");
  expect(harness.sent("rename_session")).toMatchObject([{ title: long }]);
});
