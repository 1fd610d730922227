import { describe, expect, it } from "vitest";
import type { Part } from "../../../../opencode_widget/frontend/src/protocol";
import { expanded } from "../../../../opencode_widget/frontend/src/ui/state/mentions";
import {
  attachedParts,
  attachmentOf,
  contentOf,
  writtenIn,
} from "../../../../opencode_widget/frontend/src/ui/state/written";

const text = (words: string): Part => ({ kind: "text", id: "t", text: words, ended: true });
const file = (change: object): Part => ({ kind: "file", id: "f", mime: "text/plain", ...change });
const agent = (name: string): Part =>
  ({ kind: "note", id: "a", type: "agent", text: `@${name}`, data: { name } }) as Part;

function mentions(...parts: Part[]): unknown[] {
  const { text: whole, mentions: found } = expanded(contentOf(parts, "/srv/p/"));
  return found.map(({ start, end, ...meaning }) => [whole.slice(start, end), Object.values(meaning)[1]]);
}

describe("A prompt that was sent, as it was written", () => {
  it("has its mentions where they stand", () => {
    const parts = [text("see @parser.py, @src/é x.py and @explore now"), file({ path: "parser.py" }), agent("explore")];
    expect(mentions(...parts, file({ path: "src/é x.py" }))).toEqual([
      ["@parser.py", "parser.py"],
      ["@src/é x.py", "src/é x.py"],
      ["@explore", "explore"],
    ]);
  });

  it("finds each of two mentions of one name, and none within a longer name", () => {
    const parts = [text("@a.pyc @a.py/b @a.py @a.py."), file({ path: "a.py" }), file({ path: "a.py" })];
    const { marks } = contentOf(parts);
    expect(marks.map(({ start }) => start)).toEqual([15, 21]);
  });

  it("reads a path from a URL, and makes it relative to the project", () => {
    expect(mentions(text("see @my file.py"), file({ url: "file:///srv/p/my%20file.py?start=1" }))).toEqual([
      ["@my file.py", "my file.py"],
    ]);
    expect(mentions(text("see @/etc/hosts"), file({ path: "/etc/hosts" }))).toEqual([["@/etc/hosts", "/etc/hosts"]]);
  });

  it("loses no mention that has no words in the text", () => {
    expect(contentOf([text("see"), file({ path: "a.py" })]).text).toBe("see @a.py");
    expect(contentOf([file({ path: "a.py" })]).text).toBe("@a.py");
  });

  it("has the files that were attached, with their content where the page has it", () => {
    const picture = file({ id: "p", mime: "image/png", filename: "a.png", url: "data:image/png;base64,AAAA", size: 3 });
    const [found, ...others] = attachedParts([text("x"), picture, file({ path: "a.py", url: "file:///a.py" })]);
    expect(others).toEqual([]);
    expect(found && attachmentOf(found)).toMatchObject({ name: "a.png", url: "data:image/png;base64,AAAA", size: 3 });
    expect(attachmentOf({ kind: "file", id: "p", mime: "image/png" })).toBeUndefined();
  });
});

describe("A prompt that is taken back before it left the page", () => {
  it("is as it was written", () => {
    const args = {
      instance: "i",
      text: "see @a.py",
      mentions: [{ kind: "file", path: "a.py", start: 4, end: 9 } as const],
    };
    const files = [{ mime: "image/png", filename: "a.png", url: "data:image/png;base64,AAAA" }];
    const written = writtenIn({ name: "prompt", args: { ...args, files } });
    expect(written.content.marks).toEqual([
      { start: 4, end: 9, written: "@a.py", meaning: { kind: "file", path: "a.py" } },
    ]);
    expect(written.files).toMatchObject([{ name: "a.png", size: 3 }]);
    expect(writtenIn({ name: "shell", args: { instance: "i", command: "ls" } }).content).toEqual({
      text: "ls",
      marks: [],
      shell: true,
    });
    expect(
      writtenIn({ name: "run_command", args: { instance: "i", command: "hello", arguments: "me" } }).content.text,
    ).toBe("/hello me");
  });
});
