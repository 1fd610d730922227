import { describe, expect, it } from "vitest";
import { treeRows } from "../../../../../opencode_widget/frontend/src/ui/panels/review/file_tree";

const shown = (paths: string[], folded: string[] = []) =>
  treeRows(paths, new Set(folded)).map(
    ({ kind, name, depth }) => `${"  ".repeat(depth)}${name}${kind === "folder" ? "/" : ""}`,
  );

describe("The tree of changed files", () => {
  it.each<[string, string[], string[]]>([
    ["is empty without files", [], []],
    ["has files of the top without a folder", ["b.py", "a.py"], ["a.py", "b.py"]],
    [
      "has folders before files, each in the order of names",
      ["z.py", "src/b.py", "src/a.py"],
      ["src/", "  a.py", "  b.py", "z.py"],
    ],
    ["counts numbers as numbers", ["f10.py", "f9.py"], ["f9.py", "f10.py"]],
    [
      "joins folders that contain nothing else",
      ["src/ui/lib/a.ts", "src/ui/lib/b.ts"],
      ["src/ui/lib/", "  a.ts", "  b.ts"],
    ],
    ["joins them only so far", ["src/ui/a.ts", "src/ui/lib/x/b.ts"], ["src/ui/", "  lib/x/", "    b.ts", "  a.ts"]],
    ["reads Windows's paths", ["src\\a.py"], ["src/", "  a.py"]],
    ["takes any name for a name", ["__proto__/constructor"], ["__proto__/", "  constructor"]],
  ])("%s", (_, paths, rows) => expect(shown(paths)).toEqual(rows));

  it("leaves out what is inside a folded folder", () => {
    expect(shown(["src/ui/a.ts", "src/ui/lib/b.ts", "c.ts"], ["src/ui"])).toEqual(["src/ui/", "c.ts"]);
  });

  it("keeps the path as the server wrote it", () => {
    expect(treeRows(["src\\a.py"]).at(-1)?.path).toBe("src\\a.py");
  });
});
