// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import { writtenPaths } from "../../../../opencode_widget/frontend/src/ui/composer/written_paths";
import { instanceOf, type Script, settle, WidgetHarness } from "../harness";

const paths = (text: string) => writtenPaths({ text, marks: [] }).map(({ path }) => path);

describe("Paths written after @", () => {
  it("end before the marks of a sentence, and are no addresses", () => {
    expect(paths("see @.github/ci.yml, @data/x.csv. (@a.py) 看@图.png。")).toEqual([
      ".github/ci.yml",
      "data/x.csv",
      "a.py",
    ]);
    expect(paths("ada@example.org @ @@x")).toEqual([]);
    expect(paths("@a @b @c @d @e @f")).toHaveLength(5);
  });

  it("are not looked for where they are mentions already", () => {
    const mark = { start: 4, end: 9, written: "@a.py", meaning: { kind: "file", path: "a.py" } } as const;
    expect(writtenPaths({ text: "see @a.py and @b.py", marks: [mark] }).map(({ path }) => path)).toEqual(["b.py"]);
  });
});

describe("A prompt with a path written by hand", () => {
  let harness: WidgetHarness;
  afterEach(() => harness.end());

  it("mentions it if the project has it", async () => {
    sessionStorage.clear();
    const script: Script = ({ name, args }) => {
      if (name !== "find" || !("query" in args)) return undefined;
      const found =
        args.query === ".github/ci.yml" ? [{ kind: "file" as const, path: ".github/ci.yml", name: "" }] : [];
      return { ok: true, result: { found } };
    };
    harness = new WidgetHarness({ instance: instanceOf({ features: ["find"] }), script });
    await settle();
    harness.get("textbox", "Prompt").focus();
    await harness.type("see @.github/ci.yml and @nobody");
    await harness.click("button", "Send");
    await vi.waitFor(() => expect(harness.sent("prompt")).toHaveLength(1));
    expect(harness.sent("prompt")[0]).toMatchObject({
      text: "see @.github/ci.yml and @nobody",
      mentions: [{ kind: "file", path: ".github/ci.yml", start: 4, end: 19 }],
    });
  });
});
