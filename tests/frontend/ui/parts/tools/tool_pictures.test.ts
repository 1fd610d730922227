// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { FilePart, ToolPart } from "../../../../../opencode_widget/frontend/src/protocol";
import { type Reply, settle, WidgetHarness } from "../../harness";

const PICTURE = "data:image/png;base64,iVBORw0KGgo=";

const file = (id: string, more: Partial<FilePart> = {}): FilePart => ({
  kind: "file",
  id,
  mime: "image/png",
  filename: `${id}.png`,
  size: 1_500_000,
  ...more,
});
const whole = (each: FilePart): FilePart => (each.mime === "image/png" ? { ...each, url: PICTURE } : each);

describe("The large pictures of a tool", () => {
  let harness: WidgetHarness;
  let reply: ((part: ToolPart) => Reply) | undefined;
  const set = async (files: FilePart[]) => {
    const part: ToolPart = {
      kind: "tool",
      id: "t",
      tool: "browser_screenshot",
      state: "completed",
      input: { url: "http://localhost" },
      output: "Two screenshots",
      files,
    };
    reply = (shown) => ({ ok: true, result: { ...shown, files: files.map(whole) } });
    harness = new WidgetHarness({
      messages: [{ head: { id: "m", role: "assistant", state: "complete", created: 1 }, parts: [part] }],
      script: ({ name }) => (name === "part" ? reply?.(part) : undefined),
    });
    await settle();
  };
  const thumbnails = () =>
    Array.from(harness.el.querySelectorAll<HTMLImageElement>(".ocw-thumbnail img"), ({ src, alt }) => [src, alt]);
  const openDialogs = () =>
    Array.from(harness.el.querySelectorAll("dialog[open]"), (each) => each.getAttribute("aria-label"));
  afterEach(() => harness.end());

  it("come all at once after one click, as thumbnails of which each opens in a dialog of its name", async () => {
    await set([file("before"), file("after")]);
    expect(thumbnails()).toEqual([]);
    await harness.click("button", "Show the images (3.0 MB)");
    expect(harness.sent("part")).toEqual([{ instance: "i", session: "s", message: "m", part: "t" }]);
    expect(thumbnails()).toEqual([
      [PICTURE, "before.png"],
      [PICTURE, "after.png"],
    ]);
    await harness.click("button", "Open after.png");
    expect(openDialogs()).toEqual(["after.png"]);
    harness.el.querySelector<HTMLElement>("dialog[open] button")?.click();
    expect(openDialogs()).toEqual([]);
  });

  it("leave other files what they are, and count only what is shown", async () => {
    await set([file("shot"), file("paper", { mime: "application/pdf" }), file("drawing", { mime: "image/svg+xml" })]);
    await harness.click("button", "Show the image (1.5 MB)");
    expect(thumbnails()).toEqual([[PICTURE, "shot.png"]]);
    expect(harness.el.querySelectorAll(".ocw-tool-files .ocw-file").length).toBe(2);
  });

  it("are offered again if the kernel cannot send them, and it says why", async () => {
    await set([file("shot")]);
    reply = () => ({ ok: false, problem: { name: "RequestFailed", message: "This part no longer exists." } });
    await harness.click("button", "Show the image (1.5 MB)");
    expect(harness.el.textContent).toContain("This part no longer exists.");
    expect([thumbnails(), harness.all("button", "Show the image").length]).toEqual([[], 1]);
  });

  it("that are small came along, and need no click", async () => {
    await set([file("icon", { url: PICTURE, size: 900 })]);
    expect([thumbnails(), harness.all("button", "Show the image").length]).toEqual([[[PICTURE, "icon.png"]], 0]);
  });
});
