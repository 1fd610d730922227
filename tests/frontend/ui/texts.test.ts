import { describe, expect, it, vi } from "vitest";
import type { Connection } from "../../../opencode_widget/frontend/src/protocol";
import { connectionText } from "../../../opencode_widget/frontend/src/ui/connection/connection_text";
import * as format from "../../../opencode_widget/frontend/src/ui/lib/format";
import { handleTabKey } from "../../../opencode_widget/frontend/src/ui/lib/menu/tablist_keys";
import { inputText, toolTitle } from "../../../opencode_widget/frontend/src/ui/parts/tools/tool_titles";
import { errorOf } from "../../../opencode_widget/frontend/src/ui/requests/question/answer_errors";
import * as answering from "../../../opencode_widget/frontend/src/ui/requests/question/answers";

describe("The connection in words", () => {
  it.each<[Connection, number, string]>([
    [{ state: "connected" }, 0, "Connected"],
    [{ state: "connecting", detail: "Starting opencode" }, 0, "Connecting"],
    [{ state: "reconnecting", attempt: 2, attempts: 5 }, 3_400, "Reconnecting in 4 s (2 of 5)"],
    [{ state: "reconnecting", attempt: 2, attempts: 5 }, 0, "Reconnecting (2 of 5)"],
    [{ state: "reconnecting", attempt: 7 }, 1_000, "Reconnecting in 1 s (attempt 7)"],
    [{ state: "disconnected" }, 0, "Disconnected"],
  ])("%j with %i ms left", (connection, left, words) => {
    expect(connectionText(connection, left)).toBe(words);
  });
});

describe("Numbers for people", () => {
  it.each([
    [40, "0 s"],
    [440, "0.4 s"],
    [3_240, "3.2 s"],
    [14_300, "14 s"],
    [59_700, "1 min"],
    [125_000, "2 min 5 s"],
    [3_720_000, "1 h 2 min"],
  ])("%i ms are %s", (ms, words) => expect(format.duration(ms)).toBe(words));

  it("are left out where they would read as nothing", () => {
    expect(format.between(1_000, 1_000)).toBeUndefined();
    expect(format.between(1_000, 1_900)).toBeUndefined();
    expect(format.between(1_000, 2_000)).toBe("1.0 s");
    expect(format.between(2_000, 1_000)).toBeUndefined();
    expect(format.between(undefined, 1_000)).toBeUndefined();
  });

  it.each([
    [950, "950"],
    [12_345, "12.3k"],
    [999_400, "999k"],
    [1_240_000, "1.2M"],
  ])("%i tokens are %s", (value, words) => expect(format.count(value)).toBe(words));

  it.each([
    [0.0000034, "$0.0000034"],
    [0.01834, "$0.018"],
    [1.5, "$1.50"],
  ])("%f dollars are %s", (value, words) => expect(format.cost(value)).toBe(words));

  it.each([
    ["Look around (@general subagent)", "p", "Look around"],
    ["Look around (@general subagent)", undefined, "Look around (@general subagent)"],
    ["(@general subagent) in code", "p", "(@general subagent) in code"],
    ["", "p", "New session"],
  ])("do not repeat the agent in the title %j of a sub-agent's session of %s", (title, parent, words) =>
    expect(format.sessionTitle({ title, ...(parent ? { parent } : {}) })).toBe(words),
  );

  it("have ages", () => {
    const now = Date.UTC(2026, 0, 10);
    const minutes = (value: number) => format.age(now - value * 60_000, now);
    expect([minutes(0), minutes(5), minutes(200), minutes(3000)]).toEqual(["now", "5 min", "3 h", "2 d"]);
  });
});

describe("Tools", () => {
  it("are named by their title, else by their most telling argument", () => {
    expect(toolTitle({ title: "Run the tests", input: { command: "pytest" } })).toBe("Run the tests");
    expect(toolTitle({ input: { offset: 1, filePath: "a.py" } })).toBe("a.py");
    expect(toolTitle({ input: { command: "one\ntwo" } })).toBe("one …");
    expect(toolTitle({ input: {} })).toBe("");
  });

  it("have their arguments as readable text", () => {
    expect(inputText({ tool: "bash", input: { command: "ls -l", description: "List", timeout: 5 } })).toBe(
      "$ ls -l\ntimeout: 5",
    );
    expect(inputText({ tool: "edit", input: { filePath: "a", oldString: "x\ny", replaceAll: true } })).toBe(
      "filePath: a\noldString: |-\n  x\n  y\nreplaceAll: true",
    );
    expect(inputText({ tool: "todowrite", input: { todos: [1] } })).toBe("todos:\n  - 1");
    expect(inputText({ tool: "x", input: {} })).toBe("");
  });
});

describe("Answers to a question", () => {
  const question = {
    question: "?",
    header: "",
    options: [{ label: "A" }, { label: "B" }],
    multiple: false,
    custom: true,
  };
  const empty = { chosen: [], free: "" };

  it("hold one choice, or a free answer in its place", () => {
    const chosen = answering.toggle(answering.toggle(empty, "A", false), "B", false);
    expect(answering.wordsOf(question, chosen)).toEqual(["B"]);
    expect(answering.wordsOf(question, answering.withFreeText(chosen, " own ", false))).toEqual(["own"]);
    expect(errorOf(question, empty)).toBe("Choose an answer.");
    expect(errorOf(question, chosen)).toBeUndefined();
  });

  it("hold several if several are allowed", () => {
    const several = { ...question, multiple: true };
    const two = answering.toggle(answering.toggle(empty, "A", true), "B", true);
    expect(answering.wordsOf(several, answering.withFreeText(two, "C", true))).toEqual(["A", "B", "C"]);
    expect(answering.wordsOf(several, answering.toggle(two, "A", true))).toEqual(["B"]);
    expect(errorOf(several, empty)).toBe("Choose at least one.");
  });
});

describe("The keys of a tablist", () => {
  it.each([
    ["ArrowRight", 1, 2],
    ["ArrowDown", 2, 0],
    ["ArrowLeft", 0, 2],
    ["ArrowUp", 1, 0],
    ["Home", 2, 0],
    ["End", 0, 2],
  ])("%s at %i goes to %i", (key, focused, expected) => {
    const focus = vi.fn();
    expect(handleTabKey(key, { count: 3, focused, focus })).toBe(true);
    expect(focus).toHaveBeenCalledWith(expected);
  });

  it("close with Delete and leave all other keys alone", () => {
    const close = vi.fn();
    const focus = vi.fn();
    expect(handleTabKey("Delete", { count: 3, focused: 1, focus, close })).toBe(true);
    expect(close).toHaveBeenCalledWith(1);
    expect(focus).toHaveBeenCalledWith(2);
    handleTabKey("Delete", { count: 3, focused: 2, focus, close });
    expect(focus).toHaveBeenLastCalledWith(1);
    expect(handleTabKey("a", { count: 3, focused: 1, focus: vi.fn(), close })).toBe(false);
  });
});
