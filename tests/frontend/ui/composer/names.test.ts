// @vitest-environment jsdom
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isNamedFile, namesIn } from "../../../../opencode_widget/frontend/src/ui/state/mentions";
import { instanceOf, type Script, settle, WidgetHarness } from "../harness";

const CASES: Array<{ text: string; names: string[] }> = JSON.parse(
  readFileSync(join(__dirname, "../../../context/names.json"), "utf8"),
);

/** A kernel that has a variable `df`. */
const kernel: Script = ({ name, args }) => {
  if (name === "find_names") return { ok: true, result: { names: [{ name: "@var:df", detail: "DataFrame, 3 x 2" }] } };
  if (name === "check_names" && "text" in args) return { ok: true, result: { names: namesIn(args.text).map(looked) } };
  if (name === "preview_names") return { ok: true, result: { descriptions: [DESCRIPTION] } };
  return undefined;
};
const looked = (name: string) =>
  name === "@var:df"
    ? { name, detail: "DataFrame, 3 x 2" }
    : { name, problem: { name: "UnknownName", message: `There is no ${name}.`, remedy: "Did you mean @var:df?" } };
const DESCRIPTION = {
  name: "@var:df",
  text: "@var:df: pandas DataFrame <b>",
  pictures: [{ mime: "image/png", filename: "@var:df.png", url: "data:image/png;base64,AA==" }],
  tokens: 8,
  size: 30,
};

describe("Names in a prompt", () => {
  it.each(CASES)("are those that the kernel reads: $text", ({ text, names }) => {
    expect(namesIn(text).map((name) => name.replace(/:0+(?=\d)/, ":"))).toEqual(names);
  });

  it("tell the files that the kernel made of them from files of the user", () => {
    for (const name of ["@var:df", "@fig.png", "@cell:3-2.png", "@error"]) expect(isNamedFile(name)).toBe(true);
    for (const name of ["df.csv", "@var", "@error.log.txt", "see @var:df", ""]) expect(isNamedFile(name)).toBe(false);
  });
});

describe("The composer", () => {
  let harness: WidgetHarness;
  afterEach(() => harness.end());

  async function written(text: string, change = {}): Promise<void> {
    sessionStorage.clear();
    harness = new WidgetHarness({ instance: instanceOf(change), script: kernel });
    await settle();
    harness.get("textbox", "Prompt").focus();
    await harness.type(text);
  }

  it("offers what the notebook has after @, and writes the name", async () => {
    await written("Why is @d");
    await vi.waitFor(() => expect(harness.all("option", "")).toHaveLength(1));
    expect(harness.get("option", "var:df").textContent).toContain("DataFrame, 3 x 2");
    await harness.press("Enter");
    expect((harness.get("textbox", "Prompt") as HTMLTextAreaElement).value).toBe("Why is @var:df ");
    await harness.click("button", "Send");
    await vi.waitFor(() => expect(harness.sent("prompt")).toHaveLength(1));
    expect(harness.sent("prompt")[0]).toMatchObject({ text: expect.stringContaining("Why is @var:df") });
    expect(harness.sent("find").filter((args) => JSON.stringify(args).includes("var:"))).toEqual([]);
  });

  it("shows what is named, and exactly what would be sent for it", async () => {
    await written("Why is @var:df so?");
    await vi.waitFor(() => expect(harness.get("list", "Named").textContent).toContain("DataFrame, 3 x 2"));
    await harness.click("button", "Preview @var:df");
    const panel = harness.get("dialog", "Sent for @var:df");
    expect(panel.querySelector("pre")?.textContent).toBe(DESCRIPTION.text);
    expect(panel.querySelector("img")?.src).toBe(DESCRIPTION.pictures[0]?.url);
    expect(harness.sent("preview_names")).toEqual([{ text: "@var:df" }]);
  });

  it("sends nothing where a name stands for nothing, says why and keeps the words", async () => {
    await written("Why is @var:dff so?");
    await vi.waitFor(() => expect(harness.get("list", "Named").textContent).toContain("not found"));
    await harness.click("button", "Send");
    await vi.waitFor(() => expect(harness.get("alert", "").textContent).toContain("Did you mean @var:df?"));
    expect(harness.commands.filter(({ name }) => name === "prompt" || name === "new_session")).toEqual([]);
    expect((harness.get("textbox", "Prompt") as HTMLTextAreaElement).value).toBe("Why is @var:dff so?");
  });

  it("asks a visitor's kernel for no names", async () => {
    await written("Why is @var:df so?", { restricted: true });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(harness.commands.filter(({ name }) => name.endsWith("_names"))).toEqual([]);
    expect(harness.all("list", "Named")).toEqual([]);
  });
});

describe("A cell that has failed", () => {
  let harness: WidgetHarness;
  afterEach(() => harness.end());

  async function failed(): Promise<void> {
    sessionStorage.clear();
    harness = new WidgetHarness({ script: kernel });
    await settle();
    await harness.changeTraits({ cell_error: { number: 12, error: "ValueError" } });
  }

  it("is offered as the next question, which names it once", async () => {
    await failed();
    const prompt = () => harness.get("textbox", "Prompt") as HTMLTextAreaElement;
    prompt().focus();
    await harness.type("See here:");
    expect(harness.get("region", "A cell has failed").textContent).toContain("Cell [12] failed: ValueError");
    await harness.click("button", "Ask about this error");
    expect(prompt().value).toBe("See here: @error ");
    expect(harness.focused()).toBe(prompt());
    expect(harness.all("region", "A cell has failed")).toEqual([]);
    expect(harness.sent("dismiss_cell_error")).toHaveLength(1);
    await harness.changeTraits({ cell_error: { number: 13, error: "KeyError" } });
    await harness.click("button", "Ask about this error");
    expect(prompt().value).toBe("See here: @error ");
  });

  it("is dismissed, and gone with the next cell that succeeds", async () => {
    await failed();
    await harness.click("button", "Dismiss");
    expect(harness.all("region", "A cell has failed")).toEqual([]);
    expect((harness.get("textbox", "Prompt") as HTMLTextAreaElement).value).toBe("");
    await harness.changeTraits({ cell_error: { number: 13, error: "KeyError" } });
    expect(harness.all("region", "A cell has failed")).toHaveLength(1);
    await harness.changeTraits({ cell_error: null });
    expect(harness.all("region", "A cell has failed")).toEqual([]);
  });
});
