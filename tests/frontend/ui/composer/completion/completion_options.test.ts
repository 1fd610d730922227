import { describe, expect, it } from "vitest";
import type { Agent, Found } from "../../../../../opencode_widget/frontend/src/protocol";
import { actionOf } from "../../../../../opencode_widget/frontend/src/ui/composer/box/box_keys";
import {
  commandOptions,
  mentionedAgents,
  mentionOptions,
  parsedCommand,
  triggerAt,
} from "../../../../../opencode_widget/frontend/src/ui/composer/completion/completion_options";
import { withMark } from "../../../../../opencode_widget/frontend/src/ui/state/mentions";

const at = (text: string, caret = text.length) => triggerAt({ text, marks: [] }, caret, false);

describe("A completion", () => {
  it("of commands begins with a slash at the very beginning, and ends with the first space", () => {
    expect(at("/re")).toEqual({ kind: "command", query: "re", start: 0, end: 3 });
    expect(at("/")).toMatchObject({ kind: "command", query: "" });
    expect(at("/rename it")).toBeUndefined();
    expect(at(" /re")).toBeUndefined();
  });

  it("of mentions begins with an @ that begins a word", () => {
    expect(at("See @src/a")).toEqual({ kind: "mention", query: "src/a", start: 4, end: 10 });
    expect(at("(@a")).toMatchObject({ query: "a" });
    expect(at("ada@example.org")).toBeUndefined();
    expect(at("See @a now")).toBeUndefined();
    expect(at("See @abc now", 6)).toMatchObject({ query: "a", end: 6 });
  });

  it("is not offered in a mention that is there, nor in the shell", () => {
    const written = withMark({ text: "@a.py", marks: [] }, 0, "@a.py", { kind: "file", path: "a.py" });
    expect(triggerAt(written, 5, false)).toBeUndefined();
    expect(triggerAt({ text: "/usr/bin", marks: [] }, 8, true)).toBeUndefined();
  });

  it("offers commands by name, with their arguments", () => {
    const commands = [{ name: "rename", argument: "title", description: "Rename it" }, { name: "new" }];
    expect(commandOptions("ne", commands).map((option) => option.label)).toEqual(["/new", "/rename title"]);
    expect(commandOptions("x", commands)).toEqual([]);
  });

  it("offers agents that prompts may call, then files, folders and symbols", () => {
    const agents: Agent[] = [
      { name: "build", mode: "primary" },
      { name: "explore", mode: "subagent" },
      { name: "both", mode: "all" },
    ];
    const found: Found[] = [
      { kind: "file", path: "src/explorer.py" },
      { kind: "symbol", path: "src/map.py", name: "explode", line: 3 },
    ];
    const options = mentionOptions("expl", mentionedAgents(agents), found);
    expect(options.map(({ written, meaning }) => [written, meaning])).toEqual([
      ["@explore", { kind: "agent", name: "explore" }],
      ["@src/map.py:3", { kind: "file", path: "src/map.py" }],
      ["@src/explorer.py", { kind: "file", path: "src/explorer.py" }],
    ]);
    expect(mentionedAgents(agents).map((agent) => agent.name)).toEqual(["explore", "both"]);
  });
});

describe("A command's text", () => {
  it("is its name and the rest, however many lines that has", () => {
    expect(parsedCommand("/review main\nplease ")).toEqual({ name: "review", argument: "main\nplease" });
    expect(parsedCommand("/new")).toEqual({ name: "new", argument: "" });
    expect(parsedCommand("and /new")).toBeUndefined();
  });
});

describe("A key in the box", () => {
  const key = (name: string, more = {}) => ({
    key: name,
    shiftKey: false,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    isComposing: false,
    keyCode: 0,
    ...more,
  });
  const plain: Parameters<typeof actionOf>[1] = {
    completing: false,
    shell: false,
    empty: false,
    sendKey: "enter",
    canQueue: false,
  };

  it.each([
    ["Enter", {}, plain, "send"],
    ["Enter", { shiftKey: true }, plain, undefined],
    ["Enter", {}, { ...plain, sendKey: "ctrl+enter" }, undefined],
    ["Enter", { metaKey: true }, { ...plain, sendKey: "ctrl+enter" }, "send"],
    ["Enter", { altKey: true }, plain, undefined],
    ["Enter", { altKey: true }, { ...plain, canQueue: true }, "queue"],
    ["Enter", { ctrlKey: true }, { ...plain, completing: true }, "send"],
    ["Enter", { isComposing: true }, plain, undefined],
    ["Enter", { keyCode: 229 }, plain, undefined],
    ["Enter", {}, { ...plain, completing: true }, "accept"],
    ["Tab", {}, { ...plain, completing: true }, "complete"],
    ["Tab", {}, plain, undefined],
    ["ArrowUp", {}, plain, "back"],
    ["ArrowUp", {}, { ...plain, completing: true }, "previous"],
    ["Escape", {}, { ...plain, completing: true, shell: true }, "dismiss"],
    ["Escape", {}, { ...plain, shell: true }, "leave shell"],
    ["Escape", {}, plain, undefined],
    ["Backspace", {}, { ...plain, shell: true, empty: true }, "leave shell"],
    ["Backspace", {}, { ...plain, shell: true }, undefined],
    ["a", {}, plain, undefined],
  ] as Array<[string, object, typeof plain, string | undefined]>)(
    "%s with %j, in %j, means %s",
    (name, more, situation, meant) => {
      expect(actionOf(key(name, more), situation)).toBe(meant);
    },
  );
});
