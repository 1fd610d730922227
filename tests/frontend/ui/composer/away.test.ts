// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Connection } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, type Script, sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
beforeEach(() => sessionStorage.clear());
afterEach(() => harness.end());

const AWAY: Connection = { state: "reconnecting", retryIn: 2_000, attempt: 1 };

async function shown(connection: Connection, script?: Script): Promise<void> {
  harness = new WidgetHarness({ instance: instanceOf({ connection }), ...(script ? { script } : {}) });
  await settle();
}

async function connect(connection: Connection = { state: "connected" }): Promise<void> {
  harness.frame({ op: "instance", instance: instanceOf({ connection }), after: null });
  await settle();
}

async function write(text: string): Promise<void> {
  harness.get("textbox", "Prompt").focus();
  await harness.type(text);
  await harness.press("Enter");
}

const conversation = () => harness.get("log", "Conversation").textContent;
const prompt = () => (harness.get("textbox", "Prompt") as HTMLTextAreaElement).value;

describe("A prompt sent while the connection is away", () => {
  it.each<Connection>([AWAY, { state: "disconnected" }])("is kept, and sent when it is back (%o)", async (state) => {
    await shown(state);
    await write("Are you there?");
    await write("And now?");
    expect(harness.sent("prompt")).toEqual([]);
    expect(conversation()).toContain("Are you there?");
    expect(conversation()).toContain("sent when the connection is back");
    await connect();
    expect(harness.sent("prompt")).toMatchObject([{ text: "Are you there?" }, { text: "And now?" }]);
  });

  it("is changed, or removed", async () => {
    await shown(AWAY);
    await write("Are you there?");
    await harness.click("button", "Edit");
    expect(prompt()).toBe("Are you there?");
    await write("Are you there now?");
    await harness.click("button", "Remove");
    await connect();
    expect(harness.sent("prompt")).toEqual([]);
  });

  it("is kept, too, if the kernel finds that out first", async () => {
    let isBack = false;
    const lost = { name: "NotConnected", message: "shop is reconnecting in 1 s." };
    await shown({ state: "connected" }, ({ name }) => {
      if (name !== "prompt" || isBack) return undefined;
      harness.frame({ op: "instance", instance: instanceOf({ connection: AWAY }), after: null });
      return { ok: false, problem: lost };
    });
    await write("Are you there?");
    expect(conversation()).toContain("sent when the connection is back");
    expect(prompt()).toBe("");
    expect(harness.el.textContent).not.toContain("Not sent");
    expect(harness.sent("prompt")).toHaveLength(1);
    isBack = true;
    await connect();
    expect(harness.sent("prompt")).toHaveLength(2);
  });

  it("comes back with the reason if something else fails", async () => {
    await shown(AWAY, ({ name }) =>
      name === "prompt" ? { ok: false, problem: { name: "RequestFailed", message: "No." } } : undefined,
    );
    await write("Are you there?");
    await connect();
    expect(prompt()).toBe("Are you there?");
    expect(harness.get("alert", "Not sent: No.").textContent).toContain("Not sent: No.");
  });
});

describe("What says that the connection is away", () => {
  const toasts = () => harness.get("region", "Problems").children.length;

  it("goes when it is back; other problems stay", async () => {
    await shown({ state: "connected" });
    const problems = [
      { name: "NotConnected", message: "shop is reconnecting in 1 s." },
      { name: "ConnectionFailed", message: "The connection broke." },
      { name: "RequestFailed", message: "No." },
    ];
    await connect(AWAY);
    for (const problem of problems) harness.frame({ op: "problem", instance: "i", problem });
    await settle();
    expect(toasts()).toBe(3);
    await connect();
    expect(harness.get("region", "Problems").textContent).toContain("No.");
    expect(toasts()).toBe(1);
  });
});

describe("New session", () => {
  const made: Script = ({ name }) => (name === "new_session" ? { ok: true, result: { session: "n" } } : undefined);

  it("makes nothing before the first prompt, however often it is pressed, and has the cursor", async () => {
    await shown({ state: "connected" }, made);
    for (let press = 0; press < 3; press += 1) {
      await harness.click("button", "New session");
      expect(harness.focused()).toBe(harness.get("textbox", "Prompt"));
    }
    expect(harness.sent("new_session")).toEqual([]);
    expect(harness.all("tab", "New session")).toHaveLength(1);
    expect(harness.get("tab", "New session").getAttribute("aria-selected")).toBe("true");
    await write("Begin");
    expect(harness.sent("new_session")).toEqual([{ instance: "i" }]);
    expect(harness.sent("prompt")).toMatchObject([{ session: "n", text: "Begin" }]);
  });

  it("is left for another session, and keeps what was written", async () => {
    await shown({ state: "connected" }, made);
    await harness.click("button", "New session");
    await harness.type("Half a thou");
    await harness.click("tab", "Fix the parser");
    expect(prompt()).toBe("");
    expect(harness.all("tab", "New session")).toEqual([]);
    await harness.click("button", "New session");
    expect(prompt()).toBe("Half a thou");
    expect(harness.sent("new_session")).toEqual([]);
  });

  it("gives way to a session that Python selects", async () => {
    await shown({ state: "connected" }, made);
    await harness.click("button", "New session");
    harness.frame(
      { op: "session", instance: "i", session: sessionOf({ id: "p", title: "From Python" }) },
      { op: "instance", instance: instanceOf({ activeSession: "p" }), after: null },
    );
    await settle();
    expect(harness.get("tab", "From Python").getAttribute("aria-selected")).toBe("true");
  });

  it("waits with the session, too, while the connection is away", async () => {
    await shown(AWAY, made);
    await harness.click("button", "New session");
    await write("Begin");
    expect(harness.sent("new_session")).toEqual([]);
    await connect();
    expect(harness.sent("new_session")).toHaveLength(1);
    expect(harness.sent("prompt")).toMatchObject([{ session: "n", text: "Begin" }]);
  });

  it("makes no session for a prompt that was taken back", async () => {
    await shown(AWAY, made);
    await harness.click("button", "New session");
    await write("Begin");
    await harness.click("button", "Remove");
    await connect();
    expect(harness.sent("new_session")).toEqual([]);
    await write("Begin anew");
    expect(harness.sent("prompt")).toMatchObject([{ session: "n", text: "Begin anew" }]);
  });

  it("has no use for a command that needs a session", async () => {
    await shown({ state: "connected" }, made);
    await harness.click("button", "New session");
    await write("/compact");
    expect(harness.sent("compact")).toEqual([]);
  });
});

describe("A session chosen with the mouse", () => {
  it("has the cursor in its prompt; with the keyboard it stays in the list", async () => {
    harness = new WidgetHarness({ sessions: [sessionOf(), sessionOf({ id: "t", title: "Other" })] });
    await settle();
    const tab = harness.get("tab", "Other");
    tab.focus();
    tab.click();
    await settle();
    expect(harness.focused()).toBe(tab);
    tab.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
    await settle();
    expect(harness.focused()).toBe(harness.get("textbox", "Prompt"));
  });
});
