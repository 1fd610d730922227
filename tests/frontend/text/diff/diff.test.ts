import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { align } from "../../../../opencode_widget/frontend/src/text/diff/align";
import { changeOf } from "../../../../opencode_widget/frontend/src/text/diff/make";
import { parseDiff } from "../../../../opencode_widget/frontend/src/text/diff/parse";
import {
  countSplit,
  countUnified,
  splitRows,
  unifiedRows,
} from "../../../../opencode_widget/frontend/src/text/diff/rows";
import { wordDiff } from "../../../../opencode_widget/frontend/src/text/diff/words";

const OPENCODE = `Index: /project/sheep.py
===================================================================
--- /project/sheep.py
+++ /project/sheep.py
@@ -1,3 +1,3 @@ class Flock:
 def count(sheep):
-    return len(sheep)
+    return len(set(sheep))
\\ No newline at end of file
 # end
`;

describe("A unified diff", () => {
  it("has its lines numbered and counted", () => {
    const [file] = parseDiff(OPENCODE);
    expect(file).toMatchObject({ from: "/project/sheep.py", to: "/project/sheep.py", additions: 1, deletions: 1 });
    expect(file?.hunks[0]).toMatchObject({ section: "class Flock:", before: 1, after: 1 });
    expect(file?.hunks[0]?.lines).toEqual([
      { kind: "same", text: "def count(sheep):", before: 1, after: 1 },
      { kind: "removed", text: "    return len(sheep)", before: 2 },
      { kind: "added", text: "    return len(set(sheep))", after: 2 },
      { kind: "same", text: "# end", before: 3, after: 3 },
    ]);
  });

  it("of git has several files, new and deleted ones, and names with a tab behind", () => {
    const text = `diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py\t2026-01-01
@@ -0,0 +1 @@
+fresh
diff --git a/old.py b/old.py
--- a/old.py
+++ /dev/null
@@ -1 +0,0 @@
-stale
`;
    const files = parseDiff(text);
    expect(files.map(({ from, to }) => [from, to])).toEqual([
      [undefined, "new.py"],
      ["old.py", undefined],
    ]);
    expect(files[1]?.hunks[0]?.lines).toEqual([{ kind: "removed", text: "stale", before: 1 }]);
  });

  it("is not confused by lines that look like its own", () => {
    const [file] = parseDiff("--- a\n+++ b\n@@ -1,2 +1,2 @@\n--- a/list\n+++ b/list\n same\n");
    expect(file?.hunks[0]?.lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "removed -- a/list",
      "added ++ b/list",
      "same same",
    ]);
  });

  it("that was truncated gives what it has; with wrong counts, too", () => {
    expect(parseDiff("--- a\n+++ b\n@@ -1,9 +1,9 @@\n one\n-tw")[0]?.hunks[0]?.lines).toHaveLength(2);
    const wrong = "--- a\n+++ b\n@@ -1,9 +1,9 @@\n one\n@@ -20,1 +20,1 @@\n-x\n+y\n";
    expect(parseDiff(wrong)[0]?.hunks.map((hunk) => hunk.lines.length)).toEqual([1, 2]);
  });

  it("without names is still a diff; a plain text is not", () => {
    expect(parseDiff("@@ -7,1 +7,1 @@\n-a\n+b")[0]).toMatchObject({ additions: 1, deletions: 1 });
    expect(parseDiff("Edit applied successfully.")).toEqual([]);
    expect(parseDiff("")).toEqual([]);
  });

  it("of megabytes is read", () => {
    const lines = 60_000;
    const text = `--- a\n+++ b\n@@ -1,${lines} +1,${lines} @@\n${"-an old line of many words\n+a new line of many words\n".repeat(lines)}`;
    expect(parseDiff(text)[0]?.additions).toBe(lines);
  });
});

describe("The rows of a diff", () => {
  const [file] = parseDiff("--- a\n+++ b\n@@ -1,4 +1,3 @@\n same\n-one\n-two\n-three\n+ONE\n+TWO\n");
  if (!file) throw new Error("no file");

  it("record which line replaced which", () => {
    const rows = [...unifiedRows(file)].flatMap((row) => ("line" in row ? [[row.line.text, row.partner?.text]] : []));
    expect(rows).toEqual([
      ["same", undefined],
      ["one", "ONE"],
      ["two", "TWO"],
      ["three", undefined],
      ["ONE", "one"],
      ["TWO", "two"],
    ]);
  });

  it("are counted before they are made", () => {
    expect([countUnified(file), countSplit(file)]).toEqual([
      [...unifiedRows(file)].length,
      [...splitRows(file)].length,
    ]);
  });

  it("are made as they are asked for", () => {
    const rows = unifiedRows(file);
    expect(rows.next().value).toEqual({ hunk: file.hunks[0] });
    expect(rows.next().value).toEqual({ line: file.hunks[0]?.lines[0] });
  });

  it("stand side by side", () => {
    const rows = [...splitRows(file)].flatMap((row) => ("hunk" in row ? [] : [[row.left?.text, row.right?.text]]));
    expect(rows).toEqual([
      ["same", "same"],
      ["one", "ONE"],
      ["two", "TWO"],
      ["three", undefined],
    ]);
  });
});

describe("Words that changed", () => {
  const marked = (before: string, after: string) => {
    const words = wordDiff(before, after);
    const write = (pieces: Array<{ text: string; changed: boolean }>) =>
      pieces.map(({ text, changed }) => (changed ? `[${text}]` : text)).join("");
    return words && [write(words.before), write(words.after)];
  };

  it.each([
    ["return len(sheep)", "return len(set(sheep))", ["return len(sheep)", "return len([set(]sheep[)])"]],
    ["a = 1", "a = 2", ["a = [1]", "a = [2]"]],
    ["größe", "größen: int", undefined],
    ["def one():", "import everything", undefined],
    ["same", "same", undefined],
    ["", "new", undefined],
  ])("%j to %j", (before, after, expected) => expect(marked(before, after)).toEqual(expected));

  it("are not looked for in lines without end", () => {
    expect(wordDiff("x ".repeat(5_000), "y ".repeat(5_000))).toBeUndefined();
  });
});

describe("An alignment", () => {
  const words = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });

  it("pairs what is the same, in order, and all of it where nothing changed", () => {
    fc.assert(
      fc.property(words, words, (before, after) => {
        const pairs = align(before, after);
        for (const [one, other] of pairs) expect(before[one]).toBe(after[other]);
        const inOrder = pairs.every(([one, other], at) => {
          const next = pairs[at + 1];
          return !next || (one < next[0] && other < next[1]);
        });
        expect(inOrder).toBe(true);
        expect(align(before, before)).toHaveLength(before.length);
      }),
    );
  });

  it("of lists that are too long pairs only their ends", () => {
    const long = (word: string) => ["head", ...Array.from({ length: 2_000 }, (_, at) => `${word}${at}`), "tail"];
    expect(align(long("a"), long("b"))).toEqual([
      [0, 0],
      [2001, 2001],
    ]);
  });
});

describe("A change that is planned", () => {
  const lines = (before: string, after: string) =>
    changeOf(before, after).hunks[0]?.lines.map(({ kind, text }) => `${kind} ${text}`);

  it("is a diff of its two texts", () => {
    expect(lines("a\nb\nc", "a\nB\nc\nd\n")).toEqual(["same a", "removed b", "added B", "same c", "added d"]);
    expect(lines("", "new\n")).toEqual(["added new"]);
    expect(lines("gone", "")).toEqual(["removed gone"]);
  });

  it("leaves both texts readable in it", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", ""), { minLength: 1, maxLength: 8 })
      .map((all) => `${all.join("\n")}.`);
    fc.assert(
      fc.property(text, text, (before, after) => {
        const all = changeOf(before, after).hunks[0]?.lines ?? [];
        const side = (kind: string) => all.filter((line) => line.kind !== kind).map((line) => line.text);
        expect(side("added").join("\n")).toBe(before);
        expect(side("removed").join("\n")).toBe(after);
      }),
    );
  });
});
