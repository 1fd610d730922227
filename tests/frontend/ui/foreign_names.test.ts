// @vitest-environment jsdom
/** Servers and agents choose many names, and a name may equal a property that every JavaScript object has. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type {
  Connection,
  Message,
  NotePart,
  Part,
  Request,
  Session,
  ToolPart,
} from "../../../opencode_widget/frontend/src/protocol";
import { instanceOf, sessionOf, settle, WidgetHarness } from "./harness";

const NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"];
const WORDS = "the words behind it";

let harness: WidgetHarness;
afterEach(() => harness.end());

const wrong = <Value>(value: string) => value as unknown as Value;

function tool(name: string, more: Partial<ToolPart> = {}): ToolPart {
  return {
    kind: "tool",
    id: `t${name}`,
    tool: name,
    state: "completed",
    input: { [name]: name },
    output: name,
    ...more,
  };
}

function partsOf(name: string): Part[] {
  const note: NotePart = { kind: "note", id: "n", type: name, text: name, data: { [name]: name } };
  return [
    tool(name),
    tool("edit", {
      id: "e",
      state: wrong(name),
      metadata: { files: [{ file: name, type: name, status: name, patch: "+x" }] },
    }),
    tool("apply_patch", { id: "p", metadata: { files: [{ filePath: `/p/${name}`, type: name, patch: "+x" }] } }),
    tool("todowrite", { id: "w", input: { todos: [{ content: name, status: name, priority: name }] } }),
    tool("read", { id: "f", input: { filePath: `/p/a.${name}` } }),
    { kind: "file", id: "a", mime: name, filename: name },
    note,
    { kind: wrong(name), id: "k", text: name, ended: true } as Part,
    {
      kind: "text",
      id: name,
      text: `\`\`\`${name}\nx = 1\n\`\`\`\n\n[${name}]: http://a.example\n\n[${name}] and [^${name}]`,
      ended: true,
    },
    { kind: "text", id: "last", text: WORDS, ended: true },
  ];
}

function messagesOf(name: string): Message[] {
  const head = { id: name, created: 1, agent: name, model: `${name}/${name}`, variant: name } as const;
  return [
    { head: { ...head, id: "u", role: "user", state: wrong(name), delivery: wrong(name) }, parts: [] },
    {
      head: { ...head, role: "assistant", state: "complete", error: { name, message: name, remedy: "" } },
      parts: partsOf(name),
    },
  ];
}

function requestsOf(name: string): Request[] {
  const base = { id: name, session: name, patterns: [name], always: [name], title: name } as const;
  const field = { key: name, kind: wrong<"string">(name), required: true, format: name };
  const question = { question: name, header: name, options: [], multiple: false, custom: true, field };
  return [
    { ...base, kind: "permission", permission: name, metadata: { [name]: name, files: [{ [name]: name }] } },
    { ...base, kind: "permission", id: `${name}2`, session: "other", permission: name, metadata: {} },
    { kind: "question", id: "q", session: name, title: name, questions: [question as never] },
  ] as Request[];
}

async function staged(name: string): Promise<void> {
  const agent = { name, mode: "primary" as const };
  const model = { provider: name, id: name, name, providerName: name, variants: [name] };
  const instance = instanceOf({
    agents: [agent],
    models: [model],
    commands: [{ name, source: name, hints: [] }] as never,
    features: [wrong(name)],
    defaultAgent: name,
    defaultModel: `${name}/${name}`,
    activeSession: name,
    connection: { state: wrong<Connection["state"]>(name), problem: { name, message: name } },
  });
  const session: Session = sessionOf({ id: name, status: wrong(name), agent: name, model: `${name}/${name}` });
  harness = new WidgetHarness({
    instance,
    sessions: [session, sessionOf({ id: "other" })],
    messages: messagesOf(name),
    transcript: { session: name, todos: [{ content: name, status: name, priority: name }] as never },
    requests: requestsOf(name),
  });
  await settle();
}

describe.each(NAMES)("The name %s", (name) => {
  it("is drawn wherever a server may put it, and does not break its neighbours", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    await staged(name);
    expect(harness.get("log", "Conversation").textContent).toContain(WORDS);
    expect(harness.all("region", "Permission: ").length).toBe(2);
    expect(harness.el.textContent).not.toContain("cannot be drawn");
    expect(harness.el.textContent).not.toContain("[native code]");
    await harness.click("button", "Allow once");
    expect(harness.sent("answer_permission")).toMatchObject([{ request: name, reply: "once" }]);
    harness.frame({ op: wrong("constructor") } as never, {
      op: "session",
      instance: "i",
      session: sessionOf({ id: name, title: "Later" }),
    });
    harness.frame({ op: "requests", instance: "i", requests: [] });
    await settle();
    expect(harness.el.textContent).toContain("Later");
    expect(harness.all("region", "Permission: ").length).toBe(0);
    expect([warn.mock.calls, error.mock.calls]).toEqual([[], []]);
  });

  it("is no class of the page", async () => {
    await staged(`${name} jp-Dialog lm-mod-hidden`);
    const classes = [...harness.el.querySelectorAll("[class]")].flatMap((each) => [...each.classList]);
    expect(classes.filter((each) => !/^ocw(-|$)/.test(each))).toEqual([]);
    expect(classes.filter((each) => each.includes(name))).toEqual([]);
  });
});
