// Conversations of several turns, as a reader meets them.

const START = Date.now() - 40 * 60_000;

/** A step or a prompt, a second after the one before. */
function messagesOf(turns) {
  let at = START;
  return turns.map(([role, parts, more], index) => {
    at += 1_000;
    const id = `m${String(index).padStart(3, "0")}`;
    const answer = role === "assistant" ? { completed: at + 2_400, agent: "build", model: "anthropic/sonnet" } : {};
    const own = parts.map((part, place) => ({ ...part, id: `${id}-${place}` }));
    return { head: { id, role, state: "complete", created: at, ...answer, ...more }, parts: own };
  });
}

const text = (words) => ({ kind: "text", text: words, ended: true });
const tool = (name, input, more = {}) => ({
  kind: "tool",
  tool: name,
  state: "completed",
  input,
  output: "",
  started: START,
  finished: START + 40,
  ...more,
});
const read = (path) => tool("read", { filePath: `/home/ada/projects/shop/${path}` });
const grep = (pattern) => tool("grep", { pattern }, { metadata: { matches: 4 } });
const edit = (path, additions, deletions) => {
  const file = `/home/ada/projects/shop/${path}`;
  const patch = `--- ${file}\n+++ ${file}\n@@ -1,2 +1,2 @@\n def refill(self):\n-    self.thread.start()\n+    self.refill_from(clock())\n`;
  return tool("edit", { filePath: file }, { metadata: { diff: patch, filediff: { file, additions, deletions } } });
};
const patched = (...paths) => ({
  kind: "note",
  type: "patch",
  text: "",
  data: { files: paths.map((path) => `/home/ada/projects/shop/${path}`) },
});
const plan = (...states) =>
  tool("todowrite", {
    todos: states.map((status, at) => ({
      content: ["Read the limiter", "Refill from the clock, not from a thread", "Test it"][at],
      status,
    })),
  });

const turns = [
  ["user", [text("How does the rate limiter refill its buckets?")]],
  [
    "assistant",
    [
      { kind: "reasoning", text: "Look first.", ended: true, started: START, finished: START + 300 },
      read("limiter.py"),
      read("client.py"),
      grep("refill"),
    ],
  ],
  ["assistant", [text("A thread wakes up once a second and adds tokens. It keeps a process alive that should end.")]],
  ["user", [text("Refill from the clock instead, and test it.")]],
  ["assistant", [text("I'll plan this first."), plan("in_progress", "pending", "pending")]],
  ["assistant", [read("limiter.py"), edit("limiter.py", 8, 4), patched("limiter.py")]],
  ["assistant", [plan("completed", "in_progress", "pending"), edit("client.py", 2, 2), patched("client.py")]],
  ["assistant", [tool("bash", { command: "pytest -q" }, { metadata: { exit: 1 }, output: "1 failed, 11 passed" })]],
  [
    "assistant",
    [
      edit("tests/test_limiter.py", 12, 0),
      patched("tests/test_limiter.py"),
      plan("completed", "completed", "in_progress"),
    ],
  ],
  ["assistant", [text("Buckets now refill from the clock whenever somebody asks for a token.")]],
  ["user", [text("Thanks")]],
  ["assistant", [text("You're welcome.")]],
];

/** Turns in which the agent reads a file in each of forty steps. */
const explorations = Array.from({ length: 6 }, (_, turn) => [
  ["user", [text(`Look at every file of part ${turn}.`)]],
  ...Array.from({ length: 40 }, (_, step) => ["assistant", [read(`src/part${turn}/file${step}.py`)]]),
  ["assistant", [text(`Part ${turn} has forty files. ${"They are much alike. ".repeat(30)}`)]],
]).flat();

const option = (label, description) => ({ label, description });
const questions = {
  kind: "question",
  id: "r2",
  session: "s1",
  questions: [
    {
      header: "Clock",
      question: "Which clock should the limiter read, now that the thread is gone?",
      options: [
        option("Monotonic", "never goes back, differs from machine to machine"),
        option("Wall", "can be compared between machines"),
        option("Injected", "the caller passes a function, tests a fake"),
      ],
      multiple: false,
      custom: true,
    },
    {
      header: "Extras",
      question: "What else should change with it?",
      options: [option("Tests", ""), option("Docs", ""), option("Changelog", "")],
      multiple: true,
      custom: false,
    },
  ],
};

/** Three turns: reads and searches; a plan, edits and a failed test; thanks. */
export function turnScenes(base) {
  const conversation = (of) => {
    const state = base();
    return { ...state, transcript: { ...state.transcript, messages: messagesOf(of), todos: [], more: false } };
  };
  const command = "git rm -r old; rm -rf build dist && git status --short | head -n 20 ; echo removed";
  return {
    /** A permission that takes room. */
    asking: () => {
      const state = base();
      const request = {
        kind: "permission",
        id: "r1",
        session: "s1",
        permission: "bash",
        patterns: ["git rm -r old", "rm -rf build dist", "git status --short", "head -n 20", "echo removed"],
        always: ["git rm *", "rm *", "git status *", "head *", "echo *"],
        metadata: { command, description: "Remove what is built" },
        title: command,
      };
      return { ...state, requests: { i1: [request] } };
    },
    /** Two questions, asked one at a time. */
    questions: () => ({ ...base(), requests: { i1: [questions] } }),
    turns: () => conversation(turns),
    batch: () => ({ ...conversation(turns), batches: [{ id: "b1", total: 100, done: 12, failed: 2, cost: 0.12 }] }),
    exploring: () => conversation(explorations),
  };
}
