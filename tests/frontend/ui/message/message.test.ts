// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import type {
  Instance,
  Message,
  MessageHead,
  Part,
  Transcript,
} from "../../../../opencode_widget/frontend/src/protocol";
import { messageMarkdown } from "../../../../opencode_widget/frontend/src/ui/message/message_markdown";
import { remedyFor } from "../../../../opencode_widget/frontend/src/ui/message/remedies";
import {
  contextUse,
  fullness,
  percent,
  usageWords,
} from "../../../../opencode_widget/frontend/src/ui/panels/session/usage/usage";
import { filesChangedBy, relativeTo } from "../../../../opencode_widget/frontend/src/ui/parts/changed_files";
import { promptText } from "../../../../opencode_widget/frontend/src/ui/state/written";
import { instanceOf, type Scene, sessionOf, settle, WidgetHarness } from "../harness";

const text = (words: string): Part => ({ kind: "text", id: words, text: words, ended: true });
const tool = (name: string, more: object = {}): Part => ({
  kind: "tool",
  id: name,
  tool: name,
  state: "completed",
  input: {},
  output: "",
  ...more,
});
const transcriptOf = (change: Partial<Transcript> = {}): Transcript => ({
  instance: "i",
  session: "s",
  state: "ready",
  more: false,
  todos: [],
  messages: [],
  ...change,
});
const message = (id: string, role: MessageHead["role"], parts: Part[], more: Partial<MessageHead> = {}): Message => ({
  head: { id, role, state: "complete", created: 0, ...more },
  parts,
});

describe("A message as Markdown", () => {
  it("has its text and a line for each tool, but no reasoning", () => {
    const parts: Part[] = [
      { kind: "reasoning", id: "r", text: "hm", ended: true },
      text("First"),
      tool("bash", { title: "Run the tests" }),
      tool("edit", { title: "a.py", state: "error" }),
      { kind: "file", id: "f", mime: "text/plain", path: "a.log" },
      text("Last"),
    ];
    expect(messageMarkdown(parts)).toBe(
      "First\n\n- `bash` Run the tests\n- `edit` a.py (failed)\n- file: a.log\n\nLast",
    );
    expect(promptText(parts)).toBe("First\n\nLast");
  });
});

describe("The files that messages touched", () => {
  it("come from the server's patches and from tools that wrote", () => {
    const parts: Part[] = [
      { kind: "note", id: "n", type: "patch", text: "", data: { files: ["/p/a.py", "/p/b.py"] } },
      tool("write", { input: { filePath: "/p/b.py" } }),
      tool("edit", { input: { filePath: "/p/c.py" } }),
      tool("edit", { input: { filePath: "/p/not.py" }, state: "error" }),
      tool("read", { input: { filePath: "/p/read.py" } }),
    ];
    expect(filesChangedBy(parts)).toEqual(["/p/a.py", "/p/b.py", "/p/c.py"]);
  });

  it("come from the changes that tools of 2.x report, else from their arguments", () => {
    const files = [{ file: "a.py" }, { file: "b.py" }];
    const parts: Part[] = [
      tool("edit", { input: { path: "/p/a.py" }, metadata: { files: files.slice(0, 1) } }),
      tool("patch", { input: { patchText: "..." }, metadata: { files } }),
      tool("write", { input: { path: "c.py" } }),
      tool("read", { input: { path: "read.py" } }),
    ];
    expect(filesChangedBy(parts)).toEqual(["a.py", "b.py", "c.py"]);
  });

  it.each([
    ["/p", "/p/a.py", "a.py"],
    ["/p/", "/p/a.py", "a.py"],
    ["/p", "/pq/a.py", "/pq/a.py"],
    [undefined, "/p/a.py", "/p/a.py"],
  ])("in %s are told shortly: %s", (directory, file, expected) => expect(relativeTo(directory, file)).toBe(expected));
});

describe("The window of the model", () => {
  const tokens = (input: number, output = 0) => ({ input, output, reasoning: 0, cacheRead: 0, cacheWrite: 0 });
  const instance = {
    models: [{ provider: "p", id: "m", name: "M", providerName: "P", variants: [], context: 1_000 }],
  } as unknown as Instance;
  const head = (more: Partial<MessageHead>): MessageHead => ({
    id: "",
    role: "assistant",
    state: "complete",
    created: 0,
    model: "p/m",
    ...more,
  });

  it("is as full as the last counted answer says", () => {
    const heads = [
      head({ tokens: tokens(0) }),
      head({ role: "user" }),
      head({ tokens: tokens(200, 50) }),
      head({ tokens: tokens(9) }),
    ];
    expect(contextUse(heads, instance)).toEqual({ used: 250, window: 1_000, share: 0.25, model: "p/m" });
  });

  it("holds only the summary after a compaction", () => {
    expect(contextUse([head({ tokens: tokens(900, 30), summary: true })], instance)?.used).toBe(30);
  });

  it("is not guessed if the server reports none", () => {
    expect(contextUse([head({ tokens: tokens(9), model: "p/other" })], instance)).toEqual({
      used: 9,
      model: "p/other",
    });
    expect(contextUse([], instance)).toBeUndefined();
  });

  it("is described in words", () => {
    expect(usageWords({ used: 250, window: 1_000, share: 0.25 })).toBe("250 of 1k tokens (25 %)");
    expect([percent(0), percent(0.004), percent(1)]).toEqual(["0 %", "<1 %", "100 %"]);
    expect([0.2, 0.8, 0.95].map(fullness)).toEqual(["calm", "high", "full"]);
  });
});

describe("An answer that failed", () => {
  it.each([
    [{ name: "ProviderAuthError", message: "" }, "opencode auth login"],
    [{ name: "APIError", message: "401 Unauthorized" }, "opencode auth login"],
    [{ name: "UnknownError", message: "Model not found: x/y" }, "Choose another model"],
    [{ name: "APIError", message: "prompt is too long: 212000 tokens" }, "Compact"],
    [{ name: "APIError", message: "Overloaded" }, "Wait a moment"],
  ])("with %j says what to do", (problem, words) => expect(remedyFor(problem)?.text).toContain(words));

  it("keeps the server's own remedy, and invents none", () => {
    expect(remedyFor({ name: "ProviderAuthError", message: "", remedy: "Ask Ada." })).toEqual({ text: "Ask Ada." });
    expect(remedyFor({ name: "UnknownError", message: "Bang" })).toBeUndefined();
  });
});

describe("A tool's output in the Markdown of a message", () => {
  it("stands below its line as a block that nothing in it ends", () => {
    const parts = [
      tool("bash", { title: "ls", output: "a\n```\nb\n" }),
      tool("db", { output: "{}", outputLength: 1_002, outputEnd: "" }),
      tool("read", { state: "error", output: "", error: "No such file" }),
    ];
    const blocks = [
      "- `bash` ls\n\n  ````\n  a\n  ```\n  b\n  ````",
      "- `db`\n\n  ```\n  {}\n  … 1000 characters omitted …\n  ```",
      "- `read` (failed)\n\n  ```\n  No such file\n  ```",
    ];
    expect(messageMarkdown(parts)).toBe(blocks.join("\n\n"));
  });
});

describe("On a message", () => {
  let harness: WidgetHarness;

  async function set(the: Scene): Promise<void> {
    harness = new WidgetHarness(the);
    await settle();
  }

  afterEach(() => {
    harness.end();
    sessionStorage.clear(); // a draft of one test would stand in the composer of the next
  });

  const changed = [
    message("u1", "user", [text("Fix it")]),
    message("a1", "assistant", [tool("edit", { input: { filePath: "/p/a.py" } }), text("Done")]),
  ];
  const touch = () => harness.el.querySelector("article")?.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
  const names = () =>
    Array.from(
      harness.el.querySelectorAll(".ocw-row:first-of-type .ocw-actions button"),
      (each) => each.ariaLabel ?? each.getAttribute("aria-label"),
    );

  it("its actions come with the pointer or the focus, before that Tab finds one", async () => {
    await set({ messages: changed });
    expect(names()).toEqual(["Copy as Markdown"]);
    touch();
    await settle();
    expect(names()).toEqual(["Copy as Markdown", "Edit and resend", "Fork from here", "Revert to here"]);
  });

  it("that hit the model's length limit, Continue asks for the rest", async () => {
    const error = { name: "MessageOutputLengthError", message: "Too long" };
    await set({ messages: [message("a1", "assistant", [text("Half of")], { state: "failed", error })] });
    const buttons = Array.from(harness.el.querySelectorAll<HTMLButtonElement>(".ocw-error button"));
    buttons.find((each) => each.textContent === "Continue")?.click();
    await vi.waitFor(() => expect(harness.sent("prompt")).toHaveLength(1));
    expect(harness.sent("prompt")[0]).toMatchObject({ session: "s", text: "Continue where you stopped." });
  });

  it("its footer takes room only at the end of a turn", async () => {
    await set({
      messages: [
        message("a1", "assistant", [tool("edit"), { kind: "note", id: "n", type: "patch", text: "" }]),
        message("a2", "assistant", [tool("websearch"), text("Found.")]),
        message("a3", "assistant", [tool("bash")], { state: "interrupted" }),
      ],
    });
    const isStep = Array.from(harness.el.querySelectorAll("article"), (each) => each.classList.contains("ocw-step"));
    expect(isStep).toEqual([true, true, false]);
    expect(harness.el.querySelectorAll(".ocw-footer")).toHaveLength(1);
  });

  it("the end of a turn has one card of what the turn changed, and no step says it again", async () => {
    const edited = (file: string, additions: number, deletions: number): Part[] => [
      {
        ...tool("edit", { input: { filePath: file }, metadata: { filediff: { file, additions, deletions } } }),
        id: file,
      },
      { kind: "note", id: `${file} note`, type: "patch", text: "", data: { files: [file] } },
    ];
    const messages = [
      message("u1", "user", [text("Fix it")]),
      message("a1", "assistant", edited("/p/a.py", 2, 1)),
      message("a2", "assistant", [
        ...edited("/p/b.py", 3, 0),
        { ...edited("/p/c.py", 1, 1)[1], id: "by a command" } as Part,
      ]),
    ];
    await set({ messages, instance: instanceOf({ directory: "/p" }), sessions: [sessionOf({ status: "busy" })] });
    const cards = () => Array.from(harness.el.querySelectorAll(".ocw-turn-changes"), (each) => each.textContent);
    expect(cards()).toEqual([]);
    harness.frame({ op: "session", instance: "i", session: sessionOf() });
    await settle();
    expect(cards()).toHaveLength(1);
    expect(cards()[0]).toMatch(/^3 files changed.*\+5.*−1.*a\.py.*b\.py.*c\.py/);
    const notes = Array.from(harness.el.querySelectorAll(".ocw-note"), (each) => each.textContent);
    expect(notes).toEqual([expect.stringContaining("c.py")]);
  });

  it("the card of a turn stays while the agent works on the next one", async () => {
    const edit = tool("edit", { input: { filePath: "/p/a.py" }, metadata: { filediff: { file: "/p/a.py" } } });
    const messages = [
      message("u1", "user", [text("Fix it")]),
      message("a1", "assistant", [edit]),
      message("a2", "assistant", [text("Done.")]),
      message("u2", "user", [text("And now?")]),
    ];
    await set({ messages, instance: instanceOf({ directory: "/p" }), sessions: [sessionOf({ status: "busy" })] });
    expect(harness.el.querySelectorAll(".ocw-turn-changes")).toHaveLength(1);
  });

  it("a stop before its first word is shown, with why it waited and a way on", async () => {
    const messages = [message("u1", "user", [text("Hi")]), message("a1", "assistant", [])];
    await set({ messages, sessions: [sessionOf({ status: "retry", statusText: "Overloaded" })] });
    await harness.click("button", "Stop");
    harness.frame({ op: "session", instance: "i", session: sessionOf() });
    await settle();
    const answer = harness.el.querySelector(".ocw-assistant");
    expect(answer?.textContent).toContain("Stopped while waiting to retry (Overloaded)");
    expect(harness.all("button", "Try again")).toHaveLength(1);
  });

  it("a revert asks when files change back, and the prompt stands in the composer again", async () => {
    await set({ messages: changed, instance: instanceOf({ directory: "/p" }) });
    touch();
    await settle();
    await harness.click("button", "Revert to here");
    expect(harness.sent("revert")).toEqual([]);
    expect(harness.get("dialog", "Revert to here?").textContent).toContain("a.py");
    await harness.click("button", "Revert");
    expect(harness.sent("revert")).toEqual([{ instance: "i", session: "s", message: "u1" }]);
    expect(harness.el.querySelector("textarea")?.value).toBe("Fix it");
  });

  it("a revert without files happens at once, but not while the agent works", async () => {
    await set({ messages: [message("u1", "user", [text("Hi")])], sessions: [sessionOf({ status: "busy" })] });
    touch();
    await settle();
    await harness.click("button", "Revert to here");
    expect(harness.sent("revert")).toEqual([]);
    harness.frame({ op: "session", instance: "i", session: sessionOf() });
    await settle();
    await harness.click("button", "Revert to here");
    expect(harness.sent("revert").length).toBe(1);
  });

  it("a fork copies up to it, and its prompt moves to the composer", async () => {
    await set({
      messages: changed,
      script: ({ name }) => (name === "fork_session" ? { ok: true, result: { session: "f" } } : undefined),
    });
    touch();
    await settle();
    await harness.click("button", "Fork from here");
    expect(harness.sent("fork_session")).toEqual([{ instance: "i", session: "s", message: "u1" }]);
    expect(harness.sent("select_session")).toEqual([{ instance: "i", session: "f" }]);
  });

  const draft = () => harness.el.querySelector<HTMLTextAreaElement>(".ocw-composer textarea");

  it("is edited and sent again by one click; Escape restores it, and the draft", async () => {
    await set({ messages: changed, instance: instanceOf({ directory: "/p" }) });
    draft()?.focus();
    await harness.type("half a thought");
    touch();
    await settle();
    await harness.click("button", "Edit and resend");
    const where = { instance: "i", session: "s" };
    expect(harness.sent("revert")).toEqual([{ ...where, message: "u1" }]);
    harness.frame({
      op: "transcript",
      transcript: transcriptOf({ reverted: { message: "u1", count: 2, text: "Fix it" } }),
    });
    await settle();
    expect(draft()?.value).toBe("Fix it");
    expect(document.activeElement).toBe(draft());
    expect(harness.get("region", "Edited prompt").textContent).toContain(
      "2 messages and the changes of 1 file reverted",
    );
    await harness.type("Fix it all");
    await harness.press("Escape");
    expect(harness.sent("unrevert")).toEqual([where]);
    expect(draft()?.value).toBe("half a thought");
  });

  it("an edit ends with its sending", async () => {
    await set({ messages: [message("u1", "user", [text("Hi")])] });
    touch();
    await settle();
    await harness.click("button", "Edit and resend");
    harness.frame({
      op: "transcript",
      transcript: transcriptOf({ reverted: { message: "u1", count: 1, text: "Hi" } }),
    });
    await settle();
    await harness.type("Hello");
    await harness.press("Enter");
    expect(harness.sent("prompt").map((sent) => (sent as { text: string }).text)).toEqual(["Hello"]);
    harness.frame({ op: "transcript", transcript: transcriptOf() });
    await settle();
    expect(harness.all("button", "Cancel")).toEqual([]);
    await harness.press("Escape");
    expect(harness.sent("unrevert")).toEqual([]);
  });

  it("that failed or was stopped is tried again by one click, at the end of its turn", async () => {
    const failed = { state: "failed", error: { name: "APIError", message: "Overloaded" } } as const;
    const messages = [
      message("u1", "user", [text("Hi")]),
      message("a1", "assistant", [], failed),
      message("a2", "assistant", [text("Well")], { state: "interrupted" }),
      message("u2", "user", [text("Ho")]),
      message("a3", "assistant", [text("Fine")]),
    ];
    await set({ messages });
    expect(harness.all("button", "Try again").length).toBe(1);
    await harness.click("button", "Try again");
    expect(harness.sent("try_again")).toEqual([{ instance: "i", session: "s", message: "a2" }]);
    harness.frame({ op: "session", instance: "i", session: sessionOf({ status: "busy" }) });
    await settle();
    await harness.click("button", "Try again");
    expect(harness.sent("try_again").length).toBe(1);
  });

  it("several that were reverted are restored one by one, or all at once", async () => {
    await set({ transcript: { reverted: { message: "u1", count: 4, text: "Fix it", prompts: 2 } } });
    const where = { instance: "i", session: "s" };
    await harness.click("button", "Restore");
    expect(harness.sent("redo")).toEqual([where]);
    await harness.click("button", "Restore all");
    expect(harness.sent("unrevert")).toEqual([where]);
  });

  it("what was undone step by step stands in the composer one prompt at a time", async () => {
    const prompts = [message("u1", "user", [text("One")]), message("u2", "user", [text("Two")])];
    const hide = async (from: number) => {
      const head = prompts[from]?.head.id ?? "";
      const reverted = from < 2 ? { reverted: { message: head, count: 2 - from, text: "", prompts: 2 - from } } : {};
      harness.frame({ op: "transcript", transcript: transcriptOf({ messages: prompts.slice(0, from), ...reverted }) });
      await settle();
    };
    const revertTo = async (id: string) => {
      const row = harness.el.querySelector(`[data-message="${id}"]`);
      row?.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
      await settle();
      row?.querySelector<HTMLElement>('[aria-label="Revert to here"]')?.click();
      await settle();
    };
    await set({ messages: prompts });
    await revertTo("u2");
    await hide(1);
    expect(draft()?.value).toBe("Two");
    await revertTo("u1");
    await hide(0);
    expect(draft()?.value).toBe("One");
    await harness.click("button", "Restore");
    await hide(1);
    expect(harness.sent("redo").length).toBe(1);
    expect(draft()?.value).toBe("Two");
    await harness.click("button", "Restore");
    await hide(2);
    expect(harness.sent("unrevert").length).toBe(1);
    expect(draft()?.value).toBe("");
  });

  it("what was reverted can be restored", async () => {
    await set({ transcript: { reverted: { message: "u1", count: 2, text: "Fix it\nplease" } } });
    const bar = harness.get("region", "Reverted");
    expect(bar.textContent).toContain("2 messages reverted from “Fix it” on");
    await harness.click("button", "Restore");
    expect(harness.sent("unrevert")).toEqual([{ instance: "i", session: "s" }]);
  });

  const waiting = [message("u1", "user", [text("And then rest")], { state: "queued" })];

  it("that is queued it can be changed and withdrawn, if the server supports it", async () => {
    await set({ messages: waiting, instance: instanceOf({ features: ["edit_prompt", "cancel_prompt"] }) });
    await harness.click("button", "Edit");
    expect((document.activeElement as HTMLTextAreaElement).value).toBe("And then rest");
    await harness.type("And then sleep");
    await harness.press("Enter");
    const where = { instance: "i", session: "s", message: "u1" };
    expect(harness.sent("edit_prompt")).toEqual([{ ...where, text: "And then sleep" }]);
    await harness.click("button", "Remove");
    expect(harness.sent("cancel_prompt")).toEqual([where]);
  });

  it("that was left without an answer can be sent again, or taken back into the composer", async () => {
    await set({ messages: [message("u1", "user", [text("And then rest")], { state: "unanswered" })] });
    expect(harness.el.querySelector(".ocw-user")?.textContent).toContain("Not answered");
    const where = { instance: "i", session: "s", message: "u1" };
    await harness.click("button", "Send again");
    expect(harness.sent("send_again")).toEqual([where]);
    await harness.click("button", "Take back");
    expect(harness.sent("take_back_prompt")).toEqual([where]);
    await vi.waitFor(() => expect(harness.el.querySelector("textarea")?.value).toBe("And then rest"));
  });

  it.each([
    ["RequestFailed", ""],
    ["PromptNotSent", "And then rest"],
  ])("stands in the composer if sending it again took it out of the session (%s)", async (name, kept) => {
    const script = () => ({ ok: false, problem: { name, message: "Out of order" } });
    await set({ messages: [message("u1", "user", [text("And then rest")], { state: "unanswered" })], script });
    await harness.click("button", "Send again");
    await vi.waitFor(() => expect(harness.el.querySelector("textarea")?.value).toBe(kept));
  });

  it("that failed by a file of an earlier prompt, the file and the prompt are named, with the way back before it", async () => {
    const cause = { message: "u1", prompt: "Look", files: ["sheet.xlsx"] };
    const error = { name: "UnknownError", message: "'file part media type x/y' functionality not supported." };
    await set({
      instance: instanceOf({ features: ["revert"] }),
      messages: [
        message("u1", "user", [text("Look")]),
        message("a1", "assistant", [], { state: "failed", error, cause }),
        message("u2", "user", [text("hi")]),
        message("a2", "assistant", [], { state: "failed", error, cause }),
      ],
    });
    const last = harness.all("alert", "").at(-1) as HTMLElement;
    expect(last.textContent).toContain("functionality not supported.");
    expect(last.textContent).toContain(
      "“sheet.xlsx” in the prompt “Look” is sent to the model with every later prompt.",
    );
    last.querySelector<HTMLElement>("button")?.click();
    await settle();
    expect(last.querySelector("button")?.textContent).toBe("Revert to here");
    expect(harness.sent("revert")).toEqual([{ instance: "i", session: "s", message: "u1" }]);
    await vi.waitFor(() => expect(harness.el.querySelector("textarea")?.value).toBe("Look"));
  });

  it("with a question that was left open, the answer can be given in a prompt", async () => {
    const input = { questions: [{ question: "Which\none?", options: [{ label: "Aye" }] }] };
    await set({
      messages: [
        message("a1", "assistant", [tool("question", { state: "error", error: "Tool execution aborted", input })]),
      ],
    });
    (harness.el.querySelector("summary") as HTMLElement).click();
    await settle();
    await harness.click("button", "Answer in a prompt");
    await vi.waitFor(() => expect(harness.el.querySelector("textarea")?.value).toBe("> Which\n> one?\n\n"));
  });

  it("an edit that Escape ends, or that changes nothing, is not sent", async () => {
    await set({ messages: waiting, instance: instanceOf({ features: ["edit_prompt"] }) });
    expect(harness.all("button", "Remove")).toEqual([]);
    await harness.click("button", "Edit");
    await harness.type("And then sleep");
    await harness.press("Escape");
    await harness.click("button", "Edit");
    await harness.press("Enter");
    expect(harness.sent("edit_prompt")).toEqual([]);
  });
});
