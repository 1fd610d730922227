import { describe, expect, it } from "vitest";
import { looksLikePath, placeOf } from "../../../opencode_widget/frontend/src/text/paths";

describe("A path in an answer", () => {
  it.each([
    ["src/a.py", { path: "src/a.py" }],
    ["src/a.py:12", { path: "src/a.py", line: 12 }],
    ["src/a.py:12:5", { path: "src/a.py", line: 12, column: 5 }],
    ["src/a.py#L10-L20", { path: "src/a.py", line: 10 }],
    ["C:\\a.py:3", { path: "C:\\a.py", line: 3 }],
  ])("%s names a place", (text, place) => expect(placeOf(text)).toEqual(place));

  it.each([
    "src/a.py",
    "a.py",
    "README.md:3",
    "/home/me/p/x.test.ts:12:5",
    "./run.sh",
    "my-app/v1.2/notes.txt",
    "a/.env.local",
  ])("%s reads like one", (text) => expect(looksLikePath(text)).toBe(true));

  it.each([
    "np.array",
    "foo.bar()",
    "and/or",
    "x = 1",
    "https://a.b/c.py",
    "rm a/b.py c.py",
    "1.5",
    "--flag",
    "",
    "//a.py",
    "e.g.",
  ])("%s does not", (text) => expect(looksLikePath(text)).toBe(false));
});
