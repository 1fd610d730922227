// Scenes of parts: each tool and each kind of part, in each of its states.
const DIRECTORY = "/home/ada/projects/shop";
const now = Date.now();
const minute = 60_000;

let number = 0;
const next = (prefix) => {
  number += 1;
  return `${prefix}${number}`;
};

const text = (words, more = {}) => ({ kind: "text", id: next("x"), text: words, ended: true, ...more });
const note = (type, words, data) => ({ kind: "note", id: next("n"), type, text: words, ...(data ? { data } : {}) });
const file = (more) => ({ kind: "file", id: next("f"), ...more });
const tool = (name, more = {}) => ({
  kind: "tool",
  id: next("t"),
  tool: name,
  state: "completed",
  input: {},
  output: "",
  started: now - 9000,
  finished: now - 7800,
  ...more,
});
const user = (...parts) => ({
  head: { id: next("u"), role: "user", state: "complete", created: now - 9 * minute },
  parts,
});
const answer = (parts, more = {}) => ({
  head: {
    id: next("a"),
    role: "assistant",
    state: "complete",
    created: now - 8 * minute,
    completed: now - 8 * minute + 14_300,
    agent: "build",
    ...more,
  },
  parts,
});

const PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFklEQVR4nGNgaPiPHTEMSongVkECAM5Kf4Ef1bMGAAAAAElFTkSuQmCC";

const ANSI = [
  "\x1b[1mrunning 4 tests\x1b[0m",
  "test parser::splits_fields ... \x1b[32mok\x1b[0m",
  "test parser::keeps_quotes ... \x1b[31;1mFAILED\x1b[0m",
  "test parser::empty_line ... \x1b[33mignored\x1b[0m",
  "progress  10%\rprogress  60%\rprogress 100%",
  "\x1b[38;5;208mwarning\x1b[0m: \x1b[3munused variable\x1b[0m `\x1b[4mline\x1b[0m`",
  "\x1b[41;97m FAIL \x1b[0m \x1b[7m inverse \x1b[0m \x1b[2mdim\x1b[0m \x1b[9mstruck\x1b[0m \x1b[38;2;90;120;255mtrue colour\x1b[0m",
  "\x1b]8;;https://example.org\x07a link\x1b]8;;\x07 in the output",
  "\x1b[30mblack\x1b[31mred\x1b[32mgreen\x1b[33myellow\x1b[34mblue\x1b[35mmagenta\x1b[36mcyan\x1b[37mwhite\x1b[0m",
].join("\n");

const PATCH = `Index: ${DIRECTORY}/src/parser.py
===================================================================
--- ${DIRECTORY}/src/parser.py
+++ ${DIRECTORY}/src/parser.py
@@ -1,9 +1,11 @@ def split(line: str) -> list[str]:
 def split(line: str, separator: str = ",") -> list[str]:
-    """Split a line."""
-    fields, start = [], 0
+    """Split a line; quoted separators stay."""
+    fields, start, quoted = [], 0, False
     for at, char in enumerate(line):
-        if char == separator:
+        if char == '"':
+            quoted = not quoted
+        elif char == separator and not quoted:
             fields.append(line[start:at])
             start = at + 1
-    return fields
+    return [*fields, line[start:]]
 
@@ -40,3 +42,3 @@ def join(fields: list[str]) -> str:
 def join(fields: list[str]) -> str:
-    return ",".join(fields)
+    return ",".join(map(quote, fields))
 
`;

const longPatch = (lines) => {
  const body = Array.from({ length: lines }, (_, at) => `-old line ${at} of many\n+new line ${at} of many`).join("\n");
  return `--- a/generated.txt\n+++ b/generated.txt\n@@ -1,${lines} +1,${lines} @@\n${body}\n`;
};

const done = () => [
  tool("bash", {
    input: { command: "cargo test --all -- --nocapture | tee test.log", description: "Run the tests" },
    output: ANSI,
    metadata: { exit: 1 },
  }),
  tool("bash", {
    input: { command: "sleep 600" },
    output:
      "begun\n\n<shell_metadata>\nshell tool terminated command after exceeding timeout 120000 ms.\n</shell_metadata>",
    metadata: { exit: null },
    finished: now + 112_000,
  }),
  tool("bash", { input: { command: "true" }, metadata: { exit: 0 } }),
  tool("bash", {
    input: { command: "yes" },
    output: "y\n".repeat(400),
    outputLength: 5_200_000,
    metadata: { exit: 0 },
  }),
  tool("edit", {
    title: "src/parser.py",
    input: { filePath: `${DIRECTORY}/src/parser.py`, oldString: "a", newString: "b" },
    output: "Edit applied successfully.",
    metadata: {
      diff: PATCH,
      filediff: { file: `${DIRECTORY}/src/parser.py`, patch: PATCH, additions: 7, deletions: 5 },
      diagnostics: {
        [`${DIRECTORY}/src/parser.py`]: [
          {
            severity: 1,
            message: '"quote" is not defined',
            range: { start: { line: 42, character: 24 }, end: { line: 42, character: 29 } },
          },
          { severity: 2, message: "Line is unreachable", range: { start: { line: 12, character: 4 } } },
        ],
      },
    },
  }),
  tool("multiedit", {
    input: {
      filePath: `${DIRECTORY}/README.md`,
      edits: [
        { oldString: "# Shop\nAn old line", newString: "# The shop\nAn old line\nA new line" },
        { oldString: "one two three", newString: "one 2 three" },
      ],
    },
  }),
  tool("write", {
    title: "src/wolf.py",
    input: { filePath: `${DIRECTORY}/src/wolf.py`, content: "def howl() -> str:\n    return 'au'  # 🐺\n" },
    output: "Wrote file successfully.",
    metadata: { exists: false, filepath: `${DIRECTORY}/src/wolf.py`, diagnostics: {} },
  }),
  tool("apply_patch", {
    title: "Success. Updated the following files:",
    input: { patchText: "*** Begin Patch\n*** Update File: src/parser.py\n*** End Patch" },
    metadata: {
      diff: PATCH,
      files: [
        {
          filePath: `${DIRECTORY}/src/parser.py`,
          relativePath: "src/parser.py",
          type: "update",
          patch: PATCH,
          additions: 7,
          deletions: 5,
        },
        {
          filePath: `${DIRECTORY}/generated.txt`,
          relativePath: "generated.txt",
          type: "update",
          patch: longPatch(2000),
          additions: 2000,
          deletions: 2000,
        },
        {
          filePath: `${DIRECTORY}/old.txt`,
          movePath: `${DIRECTORY}/docs/new.txt`,
          type: "move",
          additions: 0,
          deletions: 0,
        },
        { filePath: `${DIRECTORY}/gone.txt`, type: "delete", additions: 0, deletions: 12 },
      ],
    },
  }),
  tool("read", {
    title: "src/parser.py",
    input: { filePath: `${DIRECTORY}/src/parser.py`, offset: 9, limit: 4 },
    output: `<path>${DIRECTORY}/src/parser.py</path>\n<type>file</type>\n<content>\n9: def join(fields):\n10:     """Join them, and quote what has to be quoted: a very long line that goes on and on and on, further than the box is wide."""\n11:     return ",".join(fields)\n12: \n\n(File has more lines. Use 'offset' parameter to read beyond line 12)\n</content>`,
    metadata: { display: { type: "file", lineStart: 9, lineEnd: 12, totalLines: 214 }, loaded: [] },
  }),
  tool("grep", {
    title: "split\\(",
    input: { pattern: "split\\(", path: `${DIRECTORY}/src`, include: "*.py" },
    output: `Found 3 matches\n${DIRECTORY}/src/parser.py:\n  Line 1: def split(line: str)\n  Line 40:     for field in split(line):\n\n${DIRECTORY}/src/cli.py:\n  Line 7: fields = split(row)`,
    metadata: { matches: 3, truncated: false },
  }),
  tool("glob", {
    input: { pattern: "**/*.py" },
    output: `${DIRECTORY}/src/parser.py\n${DIRECTORY}/src/cli.py`,
    metadata: { count: 100, truncated: true },
  }),
  tool("list", { input: { path: DIRECTORY }, output: `${DIRECTORY}/\n  src/\n    parser.py`, metadata: { count: 1 } }),
  tool("todowrite", {
    title: "2 todos",
    input: {},
    metadata: {
      todos: [
        { content: "Find the reason", status: "completed", priority: "high" },
        { content: "Fix the parser", status: "in_progress", priority: "high" },
        { content: "Add a test for the empty line", status: "pending", priority: "medium" },
        { content: "Rewrite it in C", status: "cancelled", priority: "low" },
      ],
    },
  }),
  tool("task", {
    title: "Look for other callers",
    input: { description: "Look for other callers", prompt: "Find all callers of split.", subagent_type: "explore" },
    output: `<task id="s1b" state="completed">\n<task_result>\nI looked at all files.\n\nThere are two callers, both in cli.py.\n</task_result>\n</task>`,
    child: "s1b",
  }),
  tool("webfetch", {
    title: "https://docs.python.org/3/library/csv.html (text/html)",
    input: { url: "https://docs.python.org/3/library/csv.html", format: "markdown" },
    output:
      "# csv — CSV File Reading and Writing\n\nThe so-called CSV format is the most common import and export format.",
  }),
  tool("websearch", {
    title: 'Exa Web Search "python csv quoting"',
    input: { query: "python csv quoting", numResults: 3 },
    output: "Title: csv\nURL: https://docs.python.org/3/library/csv.html\nText: quoting rules ...",
  }),
  tool("question", {
    title: "Asked 2 questions",
    input: {
      questions: [
        {
          question: "Which database should the shop use?",
          header: "Database",
          options: [{ label: "SQLite" }, { label: "PostgreSQL" }],
        },
        { question: "What else?", header: "Extras", options: [{ label: "Tests" }, { label: "CI" }], multiple: true },
      ],
    },
    output: "User has answered your questions.",
    metadata: { answers: [["PostgreSQL"], ["Tests", "a changelog"]] },
  }),
  tool("skill", {
    title: "Loaded skill: pandas",
    input: { name: "pandas" },
    output: '<skill_content name="pandas">\n# Skill: pandas\n\nUse vectors.\n</skill_content>',
  }),
  tool("lsp", {
    title: "hover src/parser.py:12:5",
    input: { operation: "hover", filePath: `${DIRECTORY}/src/parser.py`, line: 12, character: 5 },
    output: '[{"contents":{"kind":"markdown","value":"split(line: str)"}}]',
    metadata: { result: [{}] },
  }),
  tool("github_create_issue", {
    input: {
      owner: "ada",
      repo: "shop",
      labels: ["bug", "parser"],
      body: "It drops fields.\n\nSee `split`.",
      draft: false,
    },
    output: '{"number":12,"url":"https://example.org/12","labels":["bug"]}',
  }),
  tool("invalid", {
    title: "Invalid Tool",
    input: { tool: "grpe", error: "no such tool" },
    output: "The arguments provided to the tool are invalid: no such tool",
  }),
  tool("screenshot", {
    input: { url: "http://localhost:8000" },
    output: "Image captured",
    files: [
      file({ mime: "image/png", filename: "page.png", url: PICTURE, size: 92 }),
      file({ mime: "application/pdf", filename: "page.pdf", size: 182_000 }),
    ],
  }),
];

const states = () => [
  tool("bash", {
    state: "running",
    input: { command: "pytest -x", description: "Run all tests" },
    output: "collected 214 items\n\ntests/test_split.py \x1b[32m....\x1b[0m",
    finished: undefined,
  }),
  tool("write", {
    state: "pending",
    raw: '{"filePath": "src/parser.py", "content": "def split(li',
    started: undefined,
    finished: undefined,
  }),
  tool("task", {
    state: "running",
    title: "Read the documentation",
    input: { description: "Read the documentation", subagent_type: "explore", prompt: "Read it." },
    child: "s1a",
    finished: undefined,
  }),
  tool("edit", {
    state: "error",
    input: { filePath: `${DIRECTORY}/src/parser.py`, oldString: "a\nb", newString: "c\nd" },
    error: "oldString not found in content. It must match exactly, including whitespace.\nNothing was changed.",
  }),
  tool("bash", {
    state: "error",
    input: { command: "rm -rf build", description: "Clean" },
    error: "The user rejected permission to use this specific tool call.",
  }),
  tool("webfetch", { state: "interrupted", input: { url: "https://example.org/slow" }, finished: undefined }),
  tool("bash", {
    state: "interrupted",
    input: { command: "make all" },
    output: "cc -c parser.c\ncc -c",
    finished: undefined,
  }),
  tool("bash", {
    input: { command: `echo \u202egpj.exe\u202c ; cat ${"very_long_name_".repeat(30)}` },
    output: `<img src=x onerror=alert(1)> ${"unbroken".repeat(80)} \u202ereversed`,
    metadata: { exit: 0 },
  }),
];

const kinds = () => [
  user(
    text("Look at @src/parser.py with @explore, here is a picture and the log."),
    file({ mime: "text/x-python", path: `${DIRECTORY}/src/parser.py`, url: `file://${DIRECTORY}/src/parser.py` }),
    note("agent", "@explore", { name: "explore" }),
    file({ mime: "image/png", filename: "screen.png", url: PICTURE, size: 92 }),
    file({ mime: "text/plain", filename: "build.log", size: 18_400 }),
    file({ mime: "image/png", filename: "large.png", size: 1_840_000 }),
    file({ mime: "image/svg+xml", filename: "drawing.svg", url: "data:image/svg+xml,<svg/>", size: 6 }),
  ),
  answer([
    text("The user asks about **test_split**. Let me look at the test and at the parser first.", {
      kind: "reasoning",
      started: now - 20_000,
      finished: now - 15_800,
    }),
    note("retry", "Attempt 2 failed: Overloaded", {
      attempt: 2,
      error: { name: "APIError", data: { message: "the provider is overloaded" } },
      time: { created: now },
      next: now + 4_000,
    }),
    note("subtask", "Review the change", { description: "Review the change", agent: "explore", command: "review" }),
    note("patch", "src/parser.py, README.md", { files: [`${DIRECTORY}/src/parser.py`, `${DIRECTORY}/README.md`] }),
    note("snapshot", "abc"),
    note("hologram", "", { colour: "blue", layers: [1, 2] }),
    text("All kinds of parts."),
  ]),
  user(note("compaction", "Conversation compacted", { auto: true, overflow: true })),
  answer(
    [
      text("First I thought about it.\n\nNow I know what to do: change the loop, then run the tests, then write", {
        kind: "reasoning",
        ended: false,
        started: now - 3000,
      }),
    ],
    { state: "streaming", completed: undefined },
  ),
];

/** Scenes on the ground of the full one: its instance and sessions, other messages. */
export function partScenes(full) {
  const withMessages = (messages) => {
    const state = full();
    state.requests = {};
    state.transcript = { instance: "i1", session: "s1", state: "ready", messages, more: false, todos: [] };
    return state;
  };
  return {
    tools: () =>
      withMessages([user(text("Use every tool.")), answer(done()), answer(states(), { state: "streaming" })]),
    parts: () => withMessages(kinds()),
  };
}
