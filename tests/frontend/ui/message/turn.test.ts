// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { Message, MessageHead, Part, ToolPart } from "../../../../opencode_widget/frontend/src/protocol";
import { filesOfTurn } from "../../../../opencode_widget/frontend/src/ui/message/turn/turn_files";
import { occurrences, unfold } from "../../../../opencode_widget/frontend/src/ui/transcript/search/occurrences";
import { instanceOf, type Scene, sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
afterEach(() => harness.end());

let made = 0;
const tool = (name: string, more: Partial<ToolPart> = {}): ToolPart => {
  made += 1;
  return { kind: "tool", id: `${name}${made}`, tool: name, state: "completed", input: {}, output: "", ...more };
};
const read = (filePath: string, more: Partial<ToolPart> = {}) => tool("read", { input: { filePath }, ...more });
const grep = (pattern: string) => tool("grep", { input: { pattern } });
const text = (words: string): Part => ({ kind: "text", id: words, text: words, ended: true });
const step: Part = { kind: "note", id: "step", type: "step-start", text: "" };
const reasoning = (words: string): Part => ({ kind: "reasoning", id: words, text: words, ended: true });
const message = (id: string, parts: Part[], more: Partial<MessageHead> = {}): Message => ({
  head: { id, role: "assistant", state: "complete", created: 0, ...more },
  parts,
});
const prompt = (id: string): Message => message(id, [text("Go")], { role: "user" });

async function show(...messages: Message[]): Promise<void> {
  await showIn({}, ...messages);
}

async function showIn(scene: Scene, ...messages: Message[]): Promise<void> {
  harness = new WidgetHarness({
    messages: [prompt("u"), ...messages],
    instance: instanceOf({ directory: "/p" }),
    ...scene,
  });
  await settle();
}

const groups = () => Array.from(harness.el.querySelectorAll<HTMLElement>(".ocw-explored"));
const lines = () => groups().map((each) => each.querySelector("summary")?.textContent?.trim());
const details = (element: HTMLElement | undefined) => element?.querySelector("details") as HTMLDetailsElement;
/** The rows that are not within another. */
const rows = () =>
  Array.from(harness.el.querySelectorAll<HTMLElement>("[data-tool]"))
    .filter((each) => !each.closest(".ocw-explored-inside"))
    .map((each) => each.dataset.tool);
/** The files and words looked for in a message that the reader can see. */
const seenIn = (id: string) =>
  Array.from(harness.el.querySelectorAll<HTMLElement>(`[data-message=${id}] .ocw-tool-mono`))
    .filter((each) => !each.closest("[hidden], details.ocw-fold:not([open]) > .ocw-explored-inside"))
    .map((each) => each.textContent);
const setOpen = async (fold: HTMLDetailsElement, open: boolean) => {
  fold.open = open;
  fold.dispatchEvent(new Event("toggle"));
  await settle();
};

describe("Successive reads and searches", () => {
  it("share one row that counts them, each in it as it was", async () => {
    await show(message("a", [read("/p/a.py"), read("/p/b.py"), read("/p/a.py"), grep("x"), tool("list"), text("So.")]));
    expect(lines()).toEqual(["Explored2 files, 1 search, 1 folder"]);
    expect(details(groups()[0]).open).toBe(false);
    const inside = Array.from(groups()[0]?.querySelectorAll("[data-tool]") ?? []);
    expect(inside.map((each) => each.querySelector(".ocw-tool-title")?.textContent)).toEqual([
      "a.py",
      "b.py",
      "a.py",
      "x",
      ".",
    ]);
  });

  it("are parted by any other part that is drawn, and one alone keeps its row", async () => {
    await show(message("a", [read("/p/a.py"), step, grep("x"), text("Hm"), read("/p/b.py"), tool("bash"), grep("y")]));
    expect(lines()).toEqual(["Explored1 file, 1 search"]);
    expect(rows()).toEqual(["read", "bash", "grep"]);
  });

  it("are open while one runs, and closed after it, unless the user decided otherwise", async () => {
    const first = read("/p/a.py");
    const running = read("/p/b.py", { state: "running" });
    const put = (part: Part) => harness.frame({ op: "part", session: "s", message: "a", part, after: first.id });
    await show(message("a", [first, running], { state: "streaming" }));
    expect(lines()[0]).toContain("Exploring");
    expect(details(groups()[0]).open).toBe(true);
    const finish = { ...running, state: "completed" as const };
    put(finish);
    await settle();
    expect(details(groups()[0]).open).toBe(false);
    details(groups()[0]).open = true;
    details(groups()[0]).dispatchEvent(new Event("toggle"));
    put({ ...finish, state: "running" });
    put(finish);
    await settle();
    expect(details(groups()[0]).open).toBe(true);
  });

  it("hide no failure", async () => {
    const failed = read("/p/no.py", { state: "error", error: "No such file" });
    await show(message("a", [read("/p/a.py"), grep("x"), failed]));
    expect(lines()).toEqual(["Explored1 file, 1 search"]);
    expect(rows()).toEqual(["read"]);
    expect(harness.el.textContent).toContain("No such file");
  });
});

describe("Reads and searches of successive messages", () => {
  it("share the row of the first, which folds those of the others in their own messages", async () => {
    await show(
      message("a", [text("First I look."), read("/p/a.py"), step]),
      message("b", [step, read("/p/b.py"), grep("x")]),
      message("c", [reasoning("Hm"), read("/p/c.py"), text("So."), grep("y")]),
      message("d", [text("Done.")]),
    );
    expect(lines()).toEqual(["Explored3 files, 1 search"]);
    expect(rows()).toEqual(["grep"]);
    expect(["a", "b", "c"].map(seenIn)).toEqual([[], [], ["y"]]);
    await setOpen(details(groups()[0]), true);
    expect(["a", "b", "c"].map(seenIn)).toEqual([["a.py"], ["b.py", "x"], ["c.py", "y"]]);
    await setOpen(details(groups()[0]), false);
    expect(["a", "b", "c"].map(seenIn)).toEqual([[], [], ["y"]]);
  });

  it.each<[string, Message[]]>([
    ["words", [message("a", [read("/p/a.py"), text("Hm")]), message("b", [read("/p/b.py")])]],
    ["words before them", [message("a", [read("/p/a.py")]), message("b", [text("Hm"), read("/p/b.py")])]],
    ["a prompt", [message("a", [read("/p/a.py")]), prompt("u2"), message("b", [read("/p/b.py")])]],
    [
      "a notice",
      [message("a", [read("/p/a.py")]), message("n", [], { role: "notice" }), message("b", [read("/p/b.py")])],
    ],
    [
      "an error",
      [
        message("a", [read("/p/a.py")], { error: { name: "Unknown", message: "No" } } as Partial<MessageHead>),
        message("b", [read("/p/b.py")]),
      ],
    ],
    ["a stop", [message("a", [read("/p/a.py")], { state: "interrupted" }), message("b", [read("/p/b.py")])]],
    ["a summary", [message("a", [read("/p/a.py")]), message("b", [read("/p/b.py")], { summary: true })]],
  ])("are parted by %s", async (_, messages) => {
    await show(...messages);
    expect(lines()).toEqual([]);
    expect(rows()).toEqual(["read", "read"]);
  });

  it("are not parted by a message that draws nothing, nor by the reasoning between them", async () => {
    await show(
      message("a", [read("/p/a.py"), reasoning("Hm"), grep("x")]),
      message("b", [step]),
      message("c", [grep("y")]),
    );
    expect(lines()).toEqual(["Explored1 file, 2 searches"]);
    expect(harness.el.querySelectorAll(".ocw-explored-inside .ocw-reasoning")).toHaveLength(1);
  });

  it("stay open while the agent goes on after them, and close with its next words", async () => {
    await showIn(
      { sessions: [sessionOf({ status: "busy" })] },
      message("a", [read("/p/a.py")]),
      message("b", [read("/p/b.py")]),
      message("c", [], { state: "streaming" }),
    );
    expect(lines()).toEqual(["Exploring2 files"]);
    expect(seenIn("b")).toEqual(["b.py"]);
    const put = (part: Part) => harness.frame({ op: "part", session: "s", message: "c", part, after: null });
    put({ ...(reasoning("Hm") as object), ended: false } as Part);
    await settle();
    expect(seenIn("b")).toEqual(["b.py"]);
    put(text("So."));
    await settle();
    expect(lines()).toEqual(["Explored2 files"]);
    expect(seenIn("b")).toEqual([]);
  });

  it("take in a later message while the reader has them open", async () => {
    await show(message("a", [read("/p/a.py"), grep("x")]));
    await setOpen(details(groups()[0]), true);
    const head: MessageHead = { id: "b", role: "assistant", state: "complete", created: 0 };
    harness.frame(
      { op: "message", session: "s", head, after: "a" },
      { op: "part", session: "s", message: "b", part: read("/p/b.py"), after: null },
    );
    await settle();
    expect(lines()).toEqual(["Explored2 files, 1 search"]);
    expect(seenIn("b")).toEqual(["b.py"]);
  });

  it("open for what the search finds in them", async () => {
    await show(message("a", [read("/p/a.py")]), message("b", [read("/p/b.py")]), message("c", [text("So.")]));
    const found = harness.el.querySelector("[data-message=b]") as HTMLElement;
    const [range] = occurrences(found, { message: "b", part: "", before: "", match: "b.py", after: "" });
    expect(seenIn("b")).toEqual([]);
    unfold(range as Range);
    await settle();
    expect(seenIn("b")).toEqual(["b.py"]);
    expect(details(groups()[0]).open).toBe(true);
  });

  it("are drawn although one of them is malformed", async () => {
    const broken = { ...read("/p/b.py"), input: null } as unknown as Part;
    await show(message("a", [read("/p/a.py")]), message("b", [broken]), message("c", [read("/p/c.py")]));
    expect(lines()).toEqual(["Explored3 files"]);
    await setOpen(details(groups()[0]), true);
    expect(seenIn("c")).toEqual(["c.py"]);
  });
});

describe("A turn's to-do list", () => {
  const plan = (...contents: string[]) =>
    tool("todowrite", { input: { todos: contents.map((content) => ({ content, status: "pending" })) } });

  it("has a row for its first state, and again in the next turn", async () => {
    const next = { head: { id: "u2", role: "user", state: "complete", created: 0 }, parts: [text("On")] } as Message;
    await show(
      message("a", [plan("First")]),
      message("b", [tool("bash"), plan("Second"), plan("Third")]),
      message("c", [text("Done.")]),
      next,
      message("d", [plan("Fourth")]),
    );
    expect(rows()).toEqual(["todowrite", "bash", "todowrite"]);
    expect(harness.el.querySelector("[data-tool=todowrite]")?.textContent).toContain("First");
  });

  it("shows that a later state could not be written", async () => {
    await show(message("a", [plan("First"), { ...plan("Second"), state: "error", error: "No" }]));
    expect(rows()).toEqual(["todowrite", "todowrite"]);
  });
});

describe("The card of a turn's changes", () => {
  const patch = (file: string) => `--- ${file}\n+++ ${file}\n@@ -1 +1 @@\n-old ${file}\n+new ${file}\n`;
  const edit = (file: string) =>
    tool("edit", {
      input: { filePath: `/p/${file}` },
      metadata: { diff: patch(file), filediff: { file: `/p/${file}`, additions: 1, deletions: 1 } },
    });

  it("unfolds the diffs of a file, in their order", async () => {
    await show(message("a", [edit("a.py"), edit("b.py"), edit("a.py"), text("Done.")]));
    const card = harness.el.querySelector(".ocw-turn-changes") as HTMLElement;
    const files = Array.from(card.querySelectorAll<HTMLDetailsElement>("li details"));
    expect(files.map((each) => each.querySelector(".ocw-turn-file")?.textContent)).toEqual(["a.py", "b.py"]);
    expect(card.querySelectorAll(".ocw-diff")).toHaveLength(0);
    (files[0] as HTMLDetailsElement).open = true;
    files[0]?.dispatchEvent(new Event("toggle"));
    await settle();
    expect(files[0]?.querySelectorAll(".ocw-diff")).toHaveLength(2);
    expect(files[0]?.textContent).toContain("new a.py");
    expect(files[1]?.querySelectorAll(".ocw-diff")).toHaveLength(0);
  });

  it.each<[string, Part[], object]>([
    ["one edit of 1.x", [edit("a.py")], { path: "a.py", additions: 1, deletions: 1, patches: [patch("a.py")] }],
    [
      "an edit of 2.x",
      [tool("edit", { metadata: { files: [{ file: "/p/a.py", additions: 2, deletions: 0, patch: patch("a.py") }] } })],
      { path: "a.py", additions: 2, deletions: 0, patches: [patch("a.py")] },
    ],
    [
      "a tool that says only which file it wrote",
      [tool("write", { input: { filePath: "/p/a.py" } })],
      { path: "a.py", additions: 0, deletions: 0, patches: [] },
    ],
    [
      "a new file, whose lines are all new",
      [tool("write", { input: { filePath: "/p/a.py", content: "a\nb\n" }, metadata: { exists: false } })],
      { path: "a.py", additions: 2, deletions: 0, patches: [] },
    ],
    [
      "a tool that reports a diff alone",
      [tool("write", { input: { filePath: "/p/a.py" }, metadata: { diff: patch("a.py") } })],
      { path: "a.py", additions: 0, deletions: 0, patches: [patch("a.py")] },
    ],
  ])("knows %s", (_, parts, file) => expect(filesOfTurn(parts, "/p")).toEqual([file]));

  it("takes the patches of a tool for several files apart", () => {
    const files = ["a.py", "b.py"].map((file) => ({
      filePath: `/p/${file}`,
      additions: 1,
      deletions: 1,
      diff: patch(file),
    }));
    const found = filesOfTurn([tool("apply_patch", { metadata: { diff: "all of it", files } })], "/p");
    expect(found.map(({ path, patches }) => [path, patches])).toEqual([
      ["a.py", [patch("a.py")]],
      ["b.py", [patch("b.py")]],
    ]);
  });
});
