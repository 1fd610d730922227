// @vitest-environment jsdom
import { File as NodeFile } from "node:buffer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pastedFiles } from "../../../../opencode_widget/frontend/src/ui/composer/box/clipboard_files";
import { scaleOf } from "../../../../opencode_widget/frontend/src/ui/state/files/pictures";
import { instanceOf, type Script, settle, WidgetHarness } from "../harness";

const picture = new File(["x"], "image.png", { type: "image/png" });
const table = new File(["x"], "a.csv", { type: "text/csv" });
const pasted = (text: string, ...files: File[]) =>
  pastedFiles({ files: files as never, getData: (type: string) => (type === "text/plain" ? text : "") });

describe("A paste with a text and files", () => {
  it.each([
    ["x\ty\n3\t4", [picture], []],
    ["Words of a document", [picture, picture], []],
    ["", [picture], [picture]],
    ["  \n", [picture], [picture]],
    ["image.png", [picture], [picture]],
    ["/home/me/image.png\r\n/home/me/a.csv", [picture, table], [picture, table]],
    ["https://example.com/plot.png", [picture], [picture]],
    ["see https://example.com/plot.png", [picture], []],
    ["some text", [table], [table]],
  ])("%j with %j is %j", (text, files, meant) => expect(pasted(text, ...files)).toEqual(meant));
});

it.each([
  [4000, 1000, 0.5],
  [1000, 4000, 0.5],
  [2000, 2000, 1],
  [0, 0, 1],
])("A picture of %i by %i is scaled by %f", (width, height, scale) => expect(scaleOf(width, height)).toBe(scale));

const MODELS = [
  { provider: "p", id: "text", name: "Words", providerName: "P", variants: [], inputs: ["text"] },
  { provider: "p", id: "eyes", name: "Eyes", providerName: "P", variants: [], inputs: ["text", "image"] },
  { provider: "p", id: "unknown", name: "Unknown", providerName: "P", variants: [] },
];

const script: Script = ({ name, args }) => {
  if (name !== "convert_file") return undefined;
  const { filename } = args as { filename: string };
  if (!filename.endsWith(".xlsx"))
    return { ok: false, problem: { name: "BadAttachment", message: `${filename} is neither text nor a picture.` } };
  return { ok: true, result: { mime: "text/plain", filename, url: "data:text/plain;base64,YSxi" } };
};

describe("A file is named before it is sent", () => {
  let harness: WidgetHarness;
  beforeEach(() => sessionStorage.clear());
  afterEach(() => harness.end());

  async function attach(model: string, name: string, type: string): Promise<void> {
    harness = new WidgetHarness({
      instance: instanceOf({ features: ["attachments"], models: MODELS, defaultModel: model }),
      script,
    });
    await settle();
    const input = harness.get("textbox", "Files to attach") as HTMLInputElement;
    const files = [new NodeFile([Uint8Array.of(1, 0)], name, { type })];
    Object.defineProperty(input, "files", { value: files });
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
  }
  const composer = () => harness.el.querySelector(".ocw-composer")?.textContent ?? "";

  it("where the model does not take its kind", async () => {
    await attach("p/text", "a.png", "image/png");
    expect(composer()).toContain("Words doesn't accept a.png");
    await harness.click("button", "Remove a.png");
    expect(composer()).not.toContain("doesn't accept");
  });

  it.each([
    ["p/eyes", "a.png", "image/png", ""],
    ["p/unknown", "a.png", "image/png", ""],
    ["p/eyes", "a.pdf", "application/pdf", "Eyes doesn't accept a.pdf"],
    ["p/eyes", "a.wav", "audio/wav", "Eyes doesn't accept a.wav"],
  ])("%s and %s", async (model, name, type, words) => {
    await attach(model, name, type);
    expect(composer()).toContain(words);
    if (words === "") expect(composer()).not.toContain("doesn't accept");
  });

  it("and goes as text where the kernel can read it", async () => {
    await attach("p/text", "a.xlsx", "application/x-sheet");
    expect(composer()).toContain("a.xlsxas text, 3 B");
    await harness.click("button", "Send");
    const [sent] = harness.sent("prompt") as Array<{ files: unknown[] }>;
    expect(sent?.files).toEqual([{ mime: "text/plain", filename: "a.xlsx", url: "data:text/plain;base64,YSxi" }]);
  });

  it("and refused where nothing can", async () => {
    await attach("p/eyes", "a.zip", "application/zip");
    expect(composer()).toContain("a.zip is neither text nor a picture.");
    expect(harness.all("button", "Remove a.zip")).toEqual([]);
  });
});
