// What the scripted kernel knows, by the name of the scene.
import { form } from "./forms.js";

const now = Date.now();
const minute = 60_000;

const models = [
  {
    provider: "anthropic",
    id: "sonnet",
    name: "Claude Sonnet 4.5",
    providerName: "Anthropic",
    variants: ["high", "max"],
    context: 200000,
  },
  {
    provider: "anthropic",
    id: "haiku",
    name: "Claude Haiku 4.5",
    providerName: "Anthropic",
    variants: [],
    context: 200000,
  },
  { provider: "openai", id: "gpt-5", name: "GPT-5", providerName: "OpenAI", variants: ["low", "medium", "high"] },
];
const hundreds = Array.from({ length: 400 }, (_, index) => ({
  provider: `router${index % 4}`,
  id: `lab-${index}`,
  name: `Lab ${index} ${["Instruct", "Coder", "Preview", "Mini"][index % 4]}`,
  providerName: `Router ${index % 4}`,
  variants: [],
}));
const agents = [
  { name: "build", description: "Does the work", mode: "primary" },
  { name: "plan", description: "Reads and plans", mode: "primary" },
  { name: "explore", mode: "subagent" },
];

const features = [
  "rename",
  "delete",
  "archive",
  "fork",
  "revert",
  "share",
  "compact",
  "init",
  "commands",
  "shell",
  "attachments",
  "mentions",
  "find",
  "diff",
  "status",
  "reject_message",
  "cancel_prompt",
  "edit_prompt",
];
const commands = [
  { name: "review", description: "Review the changes of a branch", source: "command", hints: ["$ARGUMENTS"] },
  { name: "release-notes", description: "Write what is new", source: "skill", hints: [] },
];

function instance(id, title, more = {}) {
  return {
    id,
    title,
    directory: `/home/ada/projects/${title}`,
    owned: true,
    version: "OpenCode 1.18.33",
    dialect: "1.x",
    connection: { state: "connected", detail: "OpenCode 1.18.33" },
    agents,
    models,
    features,
    commands,
    defaultAgent: "build",
    defaultModel: "anthropic/sonnet",
    activeSession: "s1",
    waiting: 0,
    moreSessions: false,
    ...more,
  };
}

function session(id, title, age, more = {}) {
  return {
    id,
    title,
    status: "idle",
    unread: false,
    waiting: 0,
    created: now - age - minute,
    updated: now - age,
    closed: false,
    ...more,
  };
}

const text = (id, words, more = {}) => ({ kind: "text", id, text: words, ended: true, ...more });
const tool = (id, name, more = {}) => ({
  kind: "tool",
  id,
  tool: name,
  state: "completed",
  input: {},
  output: "",
  started: now - 9000,
  finished: now - 7800,
  ...more,
});
const user = (id, words, more = {}) => ({
  head: { id, role: "user", state: "complete", created: now - 9 * minute, ...more },
  parts: [text(`${id}-p`, words)],
});
const answer = (id, parts, more = {}) => ({
  head: {
    id,
    role: "assistant",
    state: "complete",
    created: now - 8 * minute,
    completed: now - 8 * minute + 14_300,
    agent: "build",
    model: "anthropic/sonnet",
    cost: 0.0183,
    tokens: { input: 3120, output: 611, reasoning: 240, cacheRead: 8200, cacheWrite: 0 },
    ...more,
  },
  parts,
});

export const markdown = `The test fails because \`split()\` drops the **last empty field**. In [the parser](https://example.org/parser) the loop ends one step early:

\`\`\`python
def split(line: str, separator: str = ",") -> list[str]:
    """Split a line; quoted separators stay."""
    fields, start = [], 0
    for at, char in enumerate(line):
        if char == separator:
            fields.append(line[start:at])   # the rest is lost
            start = at + 1
    return fields
\`\`\`

What has to change:

1. Append the rest after the loop.
2. Keep *quoted* separators:
   - single quotes
   - double quotes, also \`""\` inside
3. Add a test for the empty line.

| Case | Before | After |
| --- | ---: | ---: |
| \`a,b\` | 1 | 2 |
| \`a,b,\` | 2 | 3 |
| empty | 0 | 1 |

> Note: \`csv.reader\` would do all of this, but it is slower for one line.

- [x] found the reason
- [ ] fix it

### A headline of the third level

A final paragraph with Option<T>, a bare https://example.org/path?x=1 and an image ![diagram](https://example.org/x.png).`;

const everything = [
  user("m1", "Why does test_split fail?\nAnd what would you change?"),
  answer("m2", [
    text("r1", "The user asks about **test_split**. Let me look at the test and at the parser first.", {
      kind: "reasoning",
      started: now - 20_000,
      finished: now - 15_800,
    }),
    tool("t1", "bash", {
      title: "Run the tests",
      input: { command: "pytest -x tests/test_split.py", description: "Run the tests" },
      output: "F\n=== FAILURES ===\nassert ['a'] == ['a', 'b']\n1 failed in 0.04s",
    }),
    tool("t2", "read", {
      title: "src/parser.py",
      input: { filePath: "/home/ada/projects/shop/src/parser.py", offset: 1, limit: 40 },
      output: "def split(line): ...",
    }),
    tool("t3", "grep", { input: { pattern: "split\\(" }, output: "12 matches", finished: now - 8_950 }),
    tool("t4", "edit", {
      state: "error",
      title: "src/parser.py",
      input: { filePath: "src/parser.py", oldString: "a\nb", newString: "c\nd" },
      error: "oldString was not found in the file.",
    }),
    tool("t5", "task", {
      title: "Look for other callers",
      input: { description: "Look for other callers", prompt: "Find them" },
      child: "s1a",
    }),
    tool("t6", "webfetch", {
      state: "interrupted",
      title: "https://docs.python.org/3/library/csv.html",
      finished: undefined,
    }),
    text("t7", markdown),
  ]),
  {
    head: { id: "m3", role: "user", state: "complete", created: now - 5 * minute },
    parts: [
      text("m3p", "Fix it, here is a picture and the log."),
      {
        kind: "file",
        id: "f1",
        mime: "image/png",
        filename: "screen.png",
        url: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFklEQVR4nGNgaPiPHTEMSongVkECAM5Kf4Ef1bMGAAAAAElFTkSuQmCC",
      },
      { kind: "file", id: "f2", mime: "text/plain", filename: "build.log" },
    ],
  },
  answer(
    "m4",
    [
      { kind: "note", id: "n1", type: "retry", text: "Attempt 2, again in 4 s: the provider is overloaded" },
      text("m4t", "I was about to"),
    ],
    { state: "interrupted", cost: 0, tokens: undefined },
  ),
  answer("m5", [], {
    state: "failed",
    error: {
      name: "ProviderAuthError",
      message: "Anthropic refused the API key.",
      remedy: "Run `opencode auth login` and try again.",
      details: "401 Unauthorized\nx-request-id: 1234",
    },
    cost: 0,
    tokens: undefined,
  }),
  {
    head: {
      id: "m6",
      role: "notice",
      state: "failed",
      created: now,
      error: { name: "UnknownError", message: "The session's model went away." },
    },
    parts: [],
  },
  user("m7", "Then use the other model."),
  answer(
    "m8",
    [
      text("r8", "Now I know what to do: change the loop, then run the tests", {
        kind: "reasoning",
        ended: false,
        started: now - 3000,
      }),
      tool("t8", "bash", {
        state: "running",
        title: "Run all tests",
        input: { command: "pytest" },
        output: "collected 214 items\n\ntests/test_split.py ....",
        finished: undefined,
      }),
      tool("t9", "write", { state: "pending", raw: '{"filePath": "src/par', finished: undefined }),
      text("m8t", "Working on it. So far:\n\n```python\nfields.append(line[start:])\n", { ended: false }),
      text("m8g", "A part with a hole", { ended: false, gap: true }),
    ],
    { state: "streaming", completed: undefined, model: "openai/gpt-5" },
  ),
  user("m9", "And then write the changelog.", { state: "queued" }),
];

const requests = [
  {
    kind: "permission",
    id: "q1",
    session: "s1",
    permission: "bash",
    patterns: ["git push origin main"],
    always: ["git push *"],
    metadata: { command: "git push origin main" },
    title: "git push origin main",
  },
  {
    kind: "permission",
    id: "q2",
    session: "s1a",
    permission: "edit",
    patterns: ["src/parser.py"],
    always: ["*"],
    metadata: {
      filepath: "src/parser.py",
      diff: "@@ -7,3 +7,4 @@\n-    return fields\n+    fields.append(line[start:])\n+    return fields",
    },
    title: "Edit src/parser.py",
  },
  {
    kind: "question",
    id: "q3",
    session: "s1",
    questions: [
      {
        header: "Database",
        question: "Which database should the shop use?",
        options: [
          { label: "SQLite", description: "no server, one file" },
          { label: "PostgreSQL", description: "as in production" },
        ],
        multiple: false,
        custom: true,
      },
      {
        header: "Extras",
        question: "What else?",
        options: [{ label: "Tests" }, { label: "Docs" }, { label: "CI" }],
        multiple: true,
        custom: false,
      },
    ],
  },
];

const someSessions = [
  session("s1", "Fix the parser", 2000, {
    status: "busy",
    waiting: 2,
    agent: "build",
    model: "anthropic/sonnet",
    cost: 0.1532,
    tokens: { input: 18_400, output: 4_210, reasoning: 900, cacheRead: 96_000, cacheWrite: 2_000 },
    changed: { files: 3, additions: 48, deletions: 12 },
  }),
  session("s1a", "Look for other callers of split (@explore)", 4000, { parent: "s1", status: "busy", waiting: 1 }),
  session("s1b", "Read the documentation", 3000, { parent: "s1" }),
  session("s2", "A refactoring of the price module with a very long title that does not fit", 20 * minute, {
    unread: true,
  }),
  session("s3", "Try again when the provider is back", 50 * minute, {
    status: "retry",
    statusText: "Overloaded: attempt 3, again in 8 s",
  }),
  session("s4", "Write the README", 90 * minute),
  session("s5", "An old idea", 9000 * minute, { closed: true }),
  session("s6", "Archived long ago", 30_000 * minute, { archived: now - 20_000 * minute }),
];

const changedFiles = [
  {
    file: "src/parser.py",
    status: "modified",
    additions: 3,
    deletions: 1,
    patch:
      "@@ -7,3 +7,5 @@\n     start = at + 1\n-    return fields\n+    fields.append(line[start:])\n+    # the rest\n+    return fields\n",
  },
  { file: "tests/test_split.py", status: "added", additions: 45, deletions: 0 },
  {
    file: "src/old/a/rather/long/path/that/does/not/fit/legacy_splitter.py",
    status: "deleted",
    additions: 0,
    deletions: 11,
  },
];

const full = () => ({
  instances: [
    instance("i1", "shop", { waiting: 3 }),
    instance("i2", "website", {
      activeSession: "w1",
      connection: {
        state: "reconnecting",
        retryIn: 8200,
        attempt: 2,
        attempts: 5,
        problem: { name: "ConnectionFailed", message: "The server closed the connection." },
      },
    }),
    instance("i3", "notebooks", {
      activeSession: undefined,
      connection: {
        state: "disconnected",
        problem: {
          name: "BinaryNotFound",
          message: "No `opencode` program was found.",
          remedy: "Run `opencode-widget install`, then Reconnect.",
          details: "looked in:\n/usr/bin\n/usr/local/bin",
        },
      },
    }),
  ],
  sessions: { i1: someSessions, i2: [session("w1", "Landing page", 5 * minute)], i3: [] },
  requests: { i1: requests },
  activeInstance: "i1",
  files: changedFiles,
  services: [
    { kind: "mcp", name: "github", state: "connected" },
    { kind: "mcp", name: "postgres", state: "failed", detail: "spawn uvx ENOENT: the program was not found" },
    { kind: "mcp", name: "linear", state: "needs_auth" },
    { kind: "lsp", name: "pyright", state: "connected", detail: "/home/ada/projects/shop" },
    { kind: "formatter", name: "ruff", state: "enabled", detail: ".py .pyi" },
    { kind: "formatter", name: "prettier", state: "disabled", detail: ".js .ts .css" },
  ],
  transcript: {
    instance: "i1",
    session: "s1",
    state: "ready",
    messages: everything,
    more: true,
    todos: [
      { content: "Find the reason", status: "completed", priority: "high" },
      { content: "Change the loop", status: "in_progress", priority: "high" },
      { content: "Write a test", status: "pending", priority: "low" },
    ],
  },
  transcripts: {
    s1a: {
      messages: [user("c1", "Find all callers of split"), answer("c2", [text("c2t", "There are **three** callers.")])],
      more: false,
      todos: [],
    },
    w1: {
      messages: [user("w1m", "Make it blue"), answer("w2m", [text("w2t", "It is blue now.")])],
      more: false,
      todos: [],
    },
  },
});

const calm = () => {
  const state = full();
  const messages = everything.slice(0, 2);
  return {
    ...state,
    instances: state.instances.slice(0, 1).map((each) => ({ ...each, waiting: 0 })),
    requests: {},
    sessions: { i1: someSessions.map((each) => ({ ...each, status: "idle", waiting: 0 })) },
    transcript: { ...state.transcript, messages, todos: [], more: false },
  };
};

/** A conversation of 1000 turns, of which the kernel has sent the end. */
const long = () => {
  const all = Array.from({ length: 1000 }, (_, turn) => [
    user(`u${turn}`, `Prompt ${turn}: why does test ${turn} fail?`),
    answer(`a${turn}`, [
      tool(`a${turn}t`, "bash", {
        title: "Run the tests",
        input: { command: `pytest -k ${turn}` },
        output: "1 failed",
      }),
      text(`a${turn}p`, turn % 5 ? `Answer ${turn}. ${"Some words that fill a line. ".repeat(turn % 17)}` : markdown),
    ]),
  ]).flat();
  const state = calm();
  const messages = all.slice(-100);
  return { ...state, older: all.slice(0, -100), transcript: { ...state.transcript, messages, more: true } };
};

/** What Markdown can be. */
const wide = (cell) => `| ${Array.from({ length: 9 }, () => cell).join(" | ")} |`;
const everyMarkdown = [
  String.raw`Inline $E = mc^2$ and \(\sum_{i=1}^{n} x_i\) stand in the line, prices like $5 and $10 do not[^1].`,
  String.raw`$$
\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}
\qquad A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}
$$`,
  String.raw`$$\begin{align} a + b &= c \\ d &= \frac{e}{f} + \color{red}{g} \end{align}$$`,
  "- [x] found the reason\n- [ ] fix it in `/home/ada/projects/shop/src/parser.py`",
  "![diagram](https://example.org/x.png)",
  "See [the docs](https://example.org/a), [good.org](https://evil.example/x) and https://аpple.com/login.",
  "```bash\npip install --upgrade 'a-very-long-name[with,many,extras]' --index-url https://pypi.example.org/simple --no-cache-dir --verbose\n```",
  [wide("A wide table"), wide("---"), wide("with words in it")].join("\n"),
  "[^1]: Money stays money, also in *notes*.",
].join("\n\n");

const rich = () => {
  const state = calm();
  const messages = [user("m1", "Show me everything."), answer("m2", [text("m2t", everyMarkdown)])];
  return { ...state, transcript: { ...state.transcript, messages } };
};

export const scenes = {
  full,
  rich,
  calm,
  long,
  empty: () => ({ instances: [], sessions: {}, requests: {}, transcripts: {} }),
  fresh: () => ({
    instances: [instance("i1", "shop", { activeSession: undefined })],
    sessions: { i1: [] },
    requests: {},
    activeInstance: "i1",
    transcripts: {},
  }),
  starting: () => ({
    instances: [
      instance("i1", "shop", {
        activeSession: undefined,
        version: undefined,
        dialect: undefined,
        agents: [],
        models: [],
        connection: { state: "connecting", detail: "Starting opencode" },
      }),
    ],
    sessions: { i1: [] },
    requests: {},
    activeInstance: "i1",
    transcripts: {},
  }),
  lost: () => ({
    ...full(),
    activeInstance: "i2",
    transcript: {
      instance: "i2",
      session: "w1",
      state: "ready",
      messages: [user("w1m", "Make it blue"), answer("w2m", [text("w2t", "It is **blue** now.")])],
      more: false,
      todos: [],
    },
  }),
  off: () => ({ ...full(), activeInstance: "i3", transcript: undefined }),
  loading: () => ({
    ...calm(),
    transcript: { instance: "i1", session: "s1", state: "loading", messages: [], more: false, todos: [] },
  }),
  failed: () => ({
    ...calm(),
    transcript: {
      instance: "i1",
      session: "s1",
      state: "failed",
      problem: { name: "NotFound", message: "The server knows no session s1." },
      messages: [],
      more: false,
      todos: [],
    },
  }),
  form: () => ({ ...calm(), requests: { i1: [form] } }),
  stream: () => ({
    ...calm(),
    sessions: { i1: [session("s1", "Fix the parser", 0, { status: "busy" })] },
    transcript: {
      instance: "i1",
      session: "s1",
      state: "ready",
      messages: [
        user("m1", "Why does test_split fail?"),
        answer("a1", [text("a1t", "", { ended: false })], { state: "streaming", completed: undefined }),
      ],
      more: false,
      todos: [],
    },
  }),
  choices: () => ({
    ...calm(),
    instances: [instance("i1", "shop", { models: [...models, ...hundreds] })],
  }),
  many: () => ({
    ...calm(),
    instances: [instance("i1", "shop", { moreSessions: true })],
    sessions: {
      i1: Array.from({ length: 500 }, (_, index) =>
        session(
          `s${index + 1}`,
          `Session number ${index + 1}`,
          index * minute,
          index % 7 === 3 ? { parent: `s${index}` } : {},
        ),
      ),
    },
  }),
};
scenes.gone = scenes.calm;
