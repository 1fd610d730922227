// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Message, Part, Session, ToolPart } from "../../../../../opencode_widget/frontend/src/protocol";
import { languageOf } from "../../../../../opencode_widget/frontend/src/text/markdown/code/file_language";
import { shortPath, shortPaths } from "../../../../../opencode_widget/frontend/src/text/paths";
import { visible } from "../../../../../opencode_widget/frontend/src/text/visible";
import { byteSize } from "../../../../../opencode_widget/frontend/src/ui/lib/format";
import { remarks, withoutRemarks } from "../../../../../opencode_widget/frontend/src/ui/parts/tools/bash";
import { diagnosticsOf } from "../../../../../opencode_widget/frontend/src/ui/parts/tools/diagnostics";
import { contentOf } from "../../../../../opencode_widget/frontend/src/ui/parts/tools/read_file";
import { resultOf } from "../../../../../opencode_widget/frontend/src/ui/parts/tools/task";
import { kindOf } from "../../../../../opencode_widget/frontend/src/ui/parts/tools/tool_table";
import { instanceOf, type Script, sessionOf, settle, WidgetHarness } from "../../harness";

const DIRECTORY = "/home/ada/shop";
const PATCH = `--- ${DIRECTORY}/a.py\n+++ ${DIRECTORY}/a.py\n@@ -1,2 +1,2 @@\n def count(sheep):\n-    return len(sheep)\n+    return len(set(sheep))\n`;

const tool = (name: string, more: Partial<ToolPart> = {}): ToolPart => ({
  kind: "tool",
  id: "t",
  tool: name,
  state: "completed",
  input: {},
  output: "",
  started: 1_000,
  finished: 2_200,
  ...more,
});

describe("The line of a tool", () => {
  const title = (part: ToolPart) => kindOf(part.tool).title(part, DIRECTORY);
  const facts = (part: ToolPart) => kindOf(part.tool).facts?.(part);

  it.each<[string, Partial<ToolPart>, string, string | undefined]>([
    ["bash", { input: { command: "ls\npwd" }, title: "List", metadata: { exit: 2 } }, "ls …", "exit 2"],
    ["bash", { input: { command: "ls" }, metadata: { exit: 0 } }, "ls", ""],
    [
      "write",
      { input: { filePath: `${DIRECTORY}/a.py`, content: "a\nb\n" }, metadata: { exists: false } },
      "a.py",
      "new, 2 lines",
    ],
    [
      "write",
      { input: { filePath: "/etc/hosts", content: "a" }, metadata: { exists: true } },
      "/etc/hosts",
      "replaced, 1 line",
    ],
    [
      "write",
      { input: { path: "a.py", content: "a" }, output: "Created file successfully: a.py" },
      "a.py",
      "new, 1 line",
    ],
    ["write", { input: { path: "a.py" }, output: "Wrote file successfully: a.py" }, "a.py", "replaced"],
    ["shell", { input: { command: "ls" }, metadata: { status: "completed", exit: 2 } }, "ls", "exit 2"],
    ["shell", { input: { command: "ls" }, metadata: { status: "running" } }, "ls", "in the background"],
    ["shell", { input: { command: "ls" }, metadata: { timeout: true, exit: 1 } }, "ls", "timed out"],
    ["shell", { input: { command: "ls" }, metadata: { signal: "SIGKILL" } }, "ls", "SIGKILL"],
    ["skill", { input: { id: "shear" }, metadata: { name: "Shearing" } }, "Shearing", undefined],
    ["skill", { input: { id: "shear" } }, "shear", undefined],
    ["read", { input: { filePath: `${DIRECTORY}/a.py`, offset: 10, limit: 5 } }, "a.py", "lines 10–14"],
    [
      "read",
      { input: { filePath: "a.py" }, metadata: { display: { lineStart: 1, lineEnd: 9, totalLines: 9 } } },
      "a.py",
      "9 lines",
    ],
    [
      "grep",
      { input: { pattern: "x", path: `${DIRECTORY}/src`, include: "*.py" }, metadata: { matches: 1 } },
      "x in src (*.py)",
      "1 match",
    ],
    ["glob", { input: { pattern: "*" }, metadata: { count: 100, truncated: true } }, "*", "100+ files"],
    ["list", { input: { path: DIRECTORY }, metadata: { count: 3 } }, ".", "3 files"],
    [
      "todowrite",
      {
        input: {
          todos: [
            { content: "A", status: "completed" },
            { content: "B", status: "pending" },
          ],
        },
      },
      "B",
      "1 of 2 done",
    ],
    ["task", { input: { description: "Look", subagent_type: "explore" } }, "Look", undefined],
    [
      "webfetch",
      { input: { url: "https://x.org", format: "html" }, title: "x (text/html)" },
      "https://x.org",
      "as html",
    ],
    ["websearch", { input: { query: "sheep", numResults: 3 } }, "sheep", "3 results"],
    ["question", { input: { questions: [{ question: "Which?" }] }, metadata: { answers: [["A"]] } }, "Which?", "A"],
    ["skill", { input: { name: "pandas" } }, "pandas", undefined],
    [
      "lsp",
      { input: { operation: "hover", filePath: `${DIRECTORY}/a.py`, line: 1, character: 2 } },
      "hover a.py:1:2",
      "",
    ],
    ["invalid", { input: { tool: "grpe" } }, "Invalid call to grpe", undefined],
    ["mcp_tool", { input: { owner: "ada", list: [1], body: "a\nb" } }, "owner: ada, body: a …", undefined],
    ["constructor", { title: "No tool of that name" }, "No tool of that name", undefined],
  ])("%s %j", (name, more, words, counts) => {
    expect(title(tool(name, more))).toBe(words);
    expect(facts(tool(name, more))).toBe(counts);
  });

  it("of a patch names the first file, also while it is being applied", () => {
    const files = [{ filePath: `${DIRECTORY}/a.py`, additions: 1, deletions: 0 }, { filePath: "b" }, { filePath: "c" }];
    expect(title(tool("apply_patch", { metadata: { files } }))).toBe("a.py and 2 other files");
    const patchText = "*** Begin Patch\n*** Add File: src/new.py\n+x\n*** End Patch";
    expect(title(tool("apply_patch", { state: "running", input: { patchText } }))).toBe("src/new.py");
  });
});

describe("What tools write for the model", () => {
  it("about a command is taken from its output", () => {
    const output = "begun\n\n<shell_metadata>\nUser aborted the command\n</shell_metadata>";
    expect(withoutRemarks(output)).toBe("begun");
    expect(remarks(output)).toEqual(["User aborted the command"]);
    expect(withoutRemarks("a <shell_metadata> of my own\nb")).toBe("a <shell_metadata> of my own\nb");
  });

  it.each([
    ["<content>\n9: a\n10:   b\n\n(End of file - total 10 lines)\n</content>", { text: "a\n  b", first: 9 }],
    ["<file>\n00001| a\n00002| \n</file>", { text: "a\n", first: 1 }],
    ["<entries>\nsrc/\na.py\n</entries>", { text: "src/\na.py", first: 1 }],
    ["<content>\n3: cut in the mid", { text: "cut in the mid", first: 3 }],
    ["Image read successfully", undefined],
    ["Read file a.py, lines 9-10\n9: a\n10:   b", { text: "a\n  b", first: 9 }],
    ["Read file a.py, lines 1-1\n1: a\n[Output truncated. Continue reading with offset: 2]", { text: "a", first: 1 }],
    ["Read file a.xml, lines 1-1\n1: <content>x</content>", { text: "<content>x</content>", first: 1 }],
    ["Read file a.py, 0 lines", { text: "", first: 1 }],
    ["Read directory src, entries 1-2\nlib/\na.py", { text: "lib/\na.py", first: 1 }],
    ["Read files, lines", undefined],
  ])("around a file: %j", (output, content) => expect(contentOf(output)).toEqual(content));

  it("around a sub-agent's answer is removed", () => {
    expect(resultOf('<task id="x" state="completed">\n<task_result>\nTwo.\n</task_result>\n</task>')).toBe("Two.");
    expect(resultOf("Two.\n\n<task_metadata>\nsession_id: x\n</task_metadata>")).toBe("Two.");
    expect(resultOf('<subagent sessionID="x" state="completed">\nTwo.\n\nThree.\n</subagent>')).toBe("Two.\n\nThree.");
    expect(resultOf('<subagent sessionID="x">\nTwo, and on')).toBe("Two, and on");
    expect(resultOf("<subagents> are told of")).toBe("<subagents> are told of");
  });

  it("about other files of the project is not shown for this one", () => {
    const at = (line: number) => ({ start: { line, character: 4 } });
    const diagnostics = {
      "/p/a.py": [
        { severity: 2, message: "unused", range: at(1) },
        { severity: 1, message: "wrong", range: at(8) },
        { severity: 4, message: "a hint", range: at(0) },
      ],
      "/p/b.py": [{ severity: 1, message: "elsewhere", range: at(0) }],
    };
    expect(diagnosticsOf({ diagnostics }, ["/p/a.py"])).toEqual([
      { path: "/p/a.py", severity: 1, line: 9, column: 5, message: "wrong" },
      { path: "/p/a.py", severity: 2, line: 2, column: 5, message: "unused" },
    ]);
    expect(diagnosticsOf({ diagnostics: "nothing that we know" }, ["/p/a.py"])).toEqual([]);
  });
});

describe("Paths and sizes", () => {
  it.each([
    ["/p/a.py", "/p", "a.py"],
    ["/p/a.py", "/p/", "a.py"],
    ["/p", "/p", "."],
    ["/pq/a.py", "/p", "/pq/a.py"],
    ["C:\\p\\a.py", "C:\\p", "a.py"],
    ["/p/a.py", undefined, "/p/a.py"],
  ])("%s in %s is %s", (path, directory, short) => expect(shortPath(path, directory)).toBe(short));

  it("are short in a text, too", () => {
    expect(shortPaths("/p/a\n/q/b", "/p")).toBe("a\n/q/b");
    expect(shortPaths("/p/\n  a", "/p")).toBe(".\n  a");
  });

  it.each([
    [0, "0 bytes"],
    [812, "812 bytes"],
    [1_240, "1.2 kB"],
    [18_400, "18 kB"],
    [5_200_000, "5.2 MB"],
  ])("%i bytes are %s", (bytes, words) => expect(byteSize(bytes)).toBe(words));

  it("tell the language of a file", () => {
    expect(["a/b.PY", "x.tsx", "Dockerfile", "c:\\d\\Makefile", "noext", "a.b/c"].map(languageOf)).toEqual([
      "python",
      "typescript",
      "dockerfile",
      "makefile",
      "",
      "",
    ]);
  });
});

describe("Marks that reorder text", () => {
  it("are written out", () => expect(visible("a\u202egpj.exe\u2066b")).toBe("a⟨U+202E⟩gpj.exe⟨U+2066⟩b"));
});

describe("A tool in the page", () => {
  let harness: WidgetHarness;
  afterEach(() => harness.end());

  /** Draws the part and unfolds it. */
  async function drawn(part: Part, more: { sessions?: Session[]; script?: Script; open?: boolean } = {}) {
    const head: Message["head"] = { id: "m", role: "assistant", state: "streaming", created: 1 };
    const { open = true, ...rest } = more;
    harness = new WidgetHarness({
      instance: instanceOf({ directory: DIRECTORY }),
      messages: [{ head, parts: [part] }],
      ...rest,
    });
    await settle();
    const fold = harness.el.querySelector<HTMLDetailsElement>("[data-message=m] details");
    if (fold && open) {
      fold.open = true;
      fold.dispatchEvent(new Event("toggle"));
      await settle();
    }
    const element = harness.el.querySelector<HTMLElement>("[data-message=m]");
    if (!element) throw new Error("nothing is drawn");
    return element;
  }

  const texts = (root: Element, selector: string) =>
    Array.from(root.querySelectorAll(selector), (each) => each.textContent?.trim());

  it("lets JSON be copied as it was written", async () => {
    const copied: string[] = [];
    vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => void copied.push(text) } });
    const output = '{"id": 1915883588174806058, "ratio": 1.0, "a": 1, "a": 2, "e": 1e400}';
    const element = await drawn(tool("mcpdb_query", { output }));
    expect(element.textContent).toContain("1915883588174806058");
    await harness.click("button", "Copy");
    await vi.waitFor(() => expect(copied).toEqual([output]));
  });

  it("is one line when folded, and says how long it took", async () => {
    const line = await drawn(tool("bash", { input: { command: "ls" }, output: "a.py" }), { open: false });
    expect(line.querySelector("summary")?.textContent).toBe("bashlsdone1.2 s");
    expect(line.querySelector("pre")).toBeNull();
  });

  it("shows a command, its output in colour, and why it ended", async () => {
    const output = "\x1b[31mred\x1b[0m\n10%\r99%\n\n<shell_metadata>\ntimed out\n</shell_metadata>";
    const bash = await drawn(tool("bash", { input: { command: "make", description: "Build" }, output }));
    expect(texts(bash, ".ocw-command")).toEqual(["make"]);
    expect(texts(bash, ".ocw-io-output .ocw-t-ink")).toEqual(["red"]);
    expect(texts(bash, ".ocw-io-output")).toEqual(["red\n99%"]);
    expect(texts(bash, ".ocw-tool-remark")).toEqual(["timed out"]);
  });

  it("grows with its output, in place", async () => {
    const bash = await drawn(tool("bash", { state: "running", input: { command: "make" }, output: "one\n" }));
    const node = bash.querySelector(".ocw-io-output .ocw-chunk");
    const text = { op: "text", session: "s", message: "m", part: "t", field: "output" } as const;
    for (let at = 0; at < 100; at += 1) harness.frame({ ...text, text: `\r${at}%` });
    expect(bash.querySelector(".ocw-io-output")?.textContent).toBe("one\n99%");
    expect(bash.querySelector(".ocw-io-output .ocw-chunk")).toBe(node);
  });

  it("continues if a server sends only the end of a long output, and is exact when it has ended", async () => {
    const lines = Array.from({ length: 400 }, (_, at) => `line ${at}\n`);
    const stated = (from: number, to: number, state: ToolPart["state"]) =>
      tool("bash", { state, input: { command: "make" }, output: lines.slice(from, to).join("") });
    const bash = await drawn(stated(0, 200, "running"));
    const first = bash.querySelector(".ocw-io-output .ocw-chunk");
    const put = (part: Part) => harness.frame({ op: "part", session: "s", message: "m", part, after: null });
    put(stated(50, 250, "running"));
    put(stated(150, 400, "running"));
    expect(bash.querySelector(".ocw-io-output")?.textContent).toBe(lines.join(""));
    expect(bash.querySelector(".ocw-io-output .ocw-chunk")).toBe(first);
    put(stated(150, 400, "completed"));
    expect(bash.querySelector(".ocw-io-output")?.textContent).toBe(lines.slice(150).join(""));
  });

  it("shows a diff with its lines, numbers and changed words", async () => {
    const metadata = { diff: PATCH, filediff: { additions: 1, deletions: 1 } };
    const edit = await drawn(tool("edit", { input: { filePath: `${DIRECTORY}/a.py` }, metadata }));
    expect(texts(edit, "del")).toEqual(["return len(sheep)"]);
    expect(texts(edit, "ins")).toEqual(["return len(set(sheep))"]);
    expect(texts(edit, "ins mark")).toEqual(["set(", ")"]);
    const places = Array.from(edit.querySelectorAll<HTMLElement>(".ocw-diff-place"), (each) => each.dataset.line);
    expect(places).toEqual(["1", "1", "2", undefined, undefined, "2"]);
    expect(edit.querySelector("summary .ocw-hidden")?.textContent).toBe("1 added, 1 removed");
  });

  it("shows the diff that 2.x gives for each file", async () => {
    const metadata = { files: [{ file: "a.py", patch: PATCH, additions: 1, deletions: 1, status: "modified" }] };
    const edit = await drawn(tool("edit", { input: { path: "a.py", oldString: "x", newString: "y" }, metadata }));
    expect(texts(edit, "ins")).toEqual(["return len(set(sheep))"]);
    expect(edit.querySelector("summary .ocw-hidden")?.textContent).toBe("1 added, 1 removed");
    harness.end();
    const added = [...metadata.files, { file: "b.py", additions: 3, deletions: 0, status: "added" }];
    const patch = await drawn(tool("patch", { metadata: { files: added } }));
    expect(texts(patch, ".ocw-patched .ocw-tool-title")).toEqual(["a.py", "b.py"]);
    expect(patch.textContent).toContain("new");
  });

  it("shows a file whose content came as data alone", async () => {
    const metadata = { type: "text-page", content: "def f():\n", offset: 9 };
    const read = await drawn(tool("read", { input: { path: "a.py" }, metadata }));
    expect([texts(read, ".ocw-line-numbers"), texts(read, ".ocw-io")]).toEqual([["9"], ["def f():"]]);
    harness.end();
    const folder = await drawn(
      tool("read", { input: { path: "." }, metadata: { entries: [{ path: "a.py" }, { path: "b/" }] } }),
    );
    expect(texts(folder, ".ocw-io")).toEqual(["a.py\nb/"]);
  });

  it("shows the planned change until the server reports the real one", async () => {
    const input = { filePath: "a.py", oldString: "a\nb", newString: "a\nc" };
    const edit = await drawn(tool("edit", { state: "running", input }));
    expect([texts(edit, "del"), texts(edit, "ins")]).toEqual([["b"], ["c"]]);
  });

  it("shows the first lines of a long diff, more of them on demand", async () => {
    const body = "-old\n+new\n".repeat(2_000);
    const diff = `--- a\n+++ a\n@@ -1,2000 +1,2000 @@\n${body}`;
    const edit = await drawn(tool("edit", { metadata: { diff } }));
    expect(edit.querySelectorAll(".ocw-diff-row").length).toBeLessThanOrEqual(300);
    const first = edit.querySelector(".ocw-diff-row");
    await harness.click("button", "Show 1,000 more lines");
    expect(edit.querySelectorAll(".ocw-diff-row")).toHaveLength(1_299);
    expect(edit.querySelector(".ocw-diff-row")).toBe(first);
  });

  it("shows the beginning of a line that is too long to read, and how much more there is", async () => {
    const diff = `--- a\n+++ a\n@@ -1 +1 @@\n-${"o".repeat(9_999)}\n+${"n".repeat(2_010_000)}\n`;
    const edit = await drawn(tool("edit", { metadata: { diff } }));
    expect(texts(edit, "del")).toEqual(["o".repeat(9_999)]);
    expect(texts(edit, "ins")).toEqual([`${"n".repeat(10_000)} … 2,000,000 more characters`]);
  });

  it("shows a file with its line numbers apart", async () => {
    const output = "<content>\n9: def f():\n10:   return 1\n</content>";
    const read = await drawn(tool("read", { input: { filePath: "a.py" }, output }));
    expect(texts(read, ".ocw-line-numbers")).toEqual(["9\n10"]);
    expect(texts(read, ".ocw-io")).toEqual(["def f():\n  return 1"]);
    expect(read.querySelector(".hljs-keyword")?.textContent).toBe("def");
  });

  it("shows each file of a patch", async () => {
    const files = [
      { filePath: `${DIRECTORY}/a.py`, type: "update", patch: PATCH, additions: 1, deletions: 1 },
      { filePath: `${DIRECTORY}/old`, movePath: `${DIRECTORY}/new`, type: "move", additions: 0, deletions: 0 },
    ];
    const patch = await drawn(tool("apply_patch", { metadata: { files } }));
    expect(texts(patch, ".ocw-patched .ocw-tool-title")).toEqual(["a.py", "old → new"]);
    expect(texts(patch, "ins")).toEqual(["return len(set(sheep))"]);
  });

  it("shows a checklist", async () => {
    const todos = [
      { content: "A", status: "completed" },
      { content: "B", status: "in_progress" },
    ];
    const list = await drawn(tool("todowrite", { metadata: { todos } }));
    expect(texts(list, "li")).toEqual(["A (completed)", "B (in progress)in progress"]);
  });

  it("shows the answer to a question, also a free one", async () => {
    const questions = [{ question: "Which?", options: [{ label: "One" }, { label: "Two" }] }];
    const part = tool("question", { input: { questions }, metadata: { answers: [["Two", "and three"]] } });
    const question = await drawn(part);
    expect(texts(question, "li")).toEqual(["One", "Two (chosen)", "and three (chosen)"]);
  });

  it("links to the address that it fetched, and to nothing else", async () => {
    const fetched = await drawn(tool("webfetch", { input: { url: "https://x.org/a" } }));
    const link = fetched.querySelector("a");
    expect([link?.href, link?.rel, link?.target]).toEqual(["https://x.org/a", "noopener noreferrer", "_blank"]);
    harness.end();
    const odd = await drawn(tool("webfetch", { input: { url: "javascript:alert(1)" } }));
    expect(odd.querySelector("a")).toBeNull();
    harness.end();
    const output = "See https://x.org/b, or javascript:alert(1)";
    const search = await drawn(tool("websearch", { input: { query: "q" }, output }));
    expect(Array.from(search.querySelectorAll("a"), (each) => each.href)).toEqual(["https://x.org/b"]);
  });

  it("shows a sub-agent's status, also while folded, and a link to it", async () => {
    const child = sessionOf({ id: "c", title: "Look", parent: "s", status: "busy", cost: 0.0123 });
    const part = tool("task", { state: "running", input: { description: "Look" }, child: "c" });
    const task = await drawn(part, { sessions: [sessionOf(), child], open: false });
    expect(task.querySelector(".ocw-task-status")?.textContent).toBe("Working$0.012");
    await harness.click("button", "Go to Look");
    expect(harness.sent("select_session")).toEqual([{ instance: "i", session: "c" }]);
  });

  it("that is not known has its input as YAML and its JSON readable", async () => {
    const other = await drawn(tool("mcp_do", { input: { list: ["a"] }, output: '{"x":[1]}' }));
    expect(texts(other, "pre")).toEqual(["list:\n  - a", '{\n  "x": [\n    1\n  ]\n}']);
  });

  it("shows its input as it is being written", async () => {
    const part = tool("write", { state: "pending", raw: '{"filePath": "a' });
    const write = await drawn(part);
    harness.frame({ op: "text", session: "s", message: "m", part: "t", field: "raw", text: '.py"' });
    expect(write.querySelector(".ocw-io-raw")?.textContent).toBe('{"filePath": "a.py"');
  });

  it("shows in its line the start of its input, and its length", async () => {
    const part = tool("write", { state: "pending", raw: '{"filePath": "a' });
    const line = await drawn(part, { open: false });
    harness.frame({ op: "text", session: "s", message: "m", part: "t", field: "raw", text: '.py",\n' });
    const title = line.querySelector(".ocw-tool-title");
    expect(title?.textContent).toBe('{"filePath": "a.py", ');
    harness.frame({ op: "text", session: "s", message: "m", part: "t", field: "raw", text: "x".repeat(2_000) });
    expect(title?.textContent).toMatch(/^\{"filePath": "a\.py", x+… 2k characters$/);
  });

  it.each([
    ["error", { error: "It broke.\nBadly." }, "failed", "It broke. …"],
    ["interrupted", {}, "interrupted", undefined],
    ["pending", {}, "preparing", undefined],
  ] as const)("that is %s says so in words", async (state, more, words, problem) => {
    const line = await drawn(tool("read", { state, ...more }), { open: false });
    expect(line.querySelector(".ocw-tool-state")?.textContent).toBe(words);
    expect(line.querySelector(".ocw-tool-problem")?.textContent).toBe(problem);
  });

  it("fetches the rest of what was truncated", async () => {
    const whole = tool("bash", { input: { command: "yes" }, output: "y\ny\nend" });
    const script: Script = (command) => (command.name === "part" ? { ok: true, result: whole } : undefined);
    const bash = await drawn({ ...whole, output: "y\n", outputLength: 5_000_000 }, { script });
    await harness.click("button", "Show all (5M characters)");
    expect(harness.sent("part")).toEqual([{ instance: "i", session: "s", message: "m", part: "t" }]);
    expect(bash.querySelector(".ocw-io-output")?.textContent).toBe("y\ny\nend");
    expect(harness.all("button", "Show all")).toEqual([]);
  });

  it.each<[string, Partial<ToolPart>, string]>([
    ["task", { input: { description: "Look", subagent_type: "explore" } }, "Explore"],
    ["task", { input: { description: "Look" } }, "task"],
    ["todowrite", { input: { todos: [{ content: "A", status: "pending" }] } }, "Planned 1 step"],
    ["todowrite", { state: "pending" }, "todowrite"],
    ["bash", { input: { command: "ls" } }, "bash"],
  ])("of %s %j begins with what it is", async (name, more, begins) => {
    expect(texts(await drawn(tool(name, more)), ".ocw-tool-name")).toEqual([begins]);
  });

  it("is text, whatever its name and output", async () => {
    const evil = "<img src=x onerror=alert(1)>";
    const part = tool(evil, { title: evil, input: { [evil]: evil }, output: evil, error: evil });
    const odd = await drawn(part);
    expect(odd.querySelector("img")).toBeNull();
    expect(texts(odd, ".ocw-tool-name")).toEqual([evil]);
  });
});
