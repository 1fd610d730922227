// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type {
  FilePart,
  MessageHead,
  NotePart,
  Part,
  TextPart,
} from "../../../../opencode_widget/frontend/src/protocol";
import { liveReasoning } from "../../../../opencode_widget/frontend/src/ui/parts/display_options";
import { retryWords } from "../../../../opencode_widget/frontend/src/ui/parts/note";
import { lastLine } from "../../../../opencode_widget/frontend/src/ui/parts/text/reasoning";
import { instanceOf, type Script, settle, WidgetHarness } from "../harness";

const PICTURE = "data:image/png;base64,iVBORw0KGgo=";

let harness: WidgetHarness;
afterEach(() => {
  harness.end();
  liveReasoning.value = false;
});

async function drawn(part: Part, head: Partial<MessageHead> = {}, script?: Script): Promise<HTMLElement> {
  const whole: MessageHead = { id: "m", role: "assistant", state: "complete", created: 1, ...head };
  harness = new WidgetHarness({
    instance: instanceOf({ directory: "/p" }),
    messages: [{ head: whole, parts: [part] }],
    ...(script ? { script } : {}),
  });
  await settle();
  const element = harness.el.querySelector<HTMLElement>("[data-message=m]");
  if (!element) throw new Error("nothing is drawn");
  return element;
}

describe("Reasoning", () => {
  const thought: TextPart = { kind: "reasoning", id: "r", text: "One.\n\nTwo", ended: false };
  const streaming = { state: "streaming" } as const;

  it("is folded, with the time it took", async () => {
    const shown = await drawn({ ...thought, ended: true, started: 1_000, finished: 5_200 });
    expect(shown.querySelector("summary")?.textContent).toBe("Thought for 4.2 s");
    expect(shown.querySelector("details")?.open).toBe(false);
  });

  it("hints at its last line while it streams", async () => {
    const shown = await drawn(thought, streaming);
    const hint = () => shown.querySelector(".ocw-reasoning-hint")?.textContent;
    expect(hint()).toBe("Two");
    harness.frame({ op: "text", session: "s", message: "m", part: "r", field: "text", text: " and **three**" });
    expect(hint()).toBe("Two and three");
    expect(lastLine("")).toBe("");
  });

  it("is open while it streams if the user wants it so, and folds at its end", async () => {
    const shown = await drawn(thought, streaming);
    await harness.click("button", "Live");
    expect(shown.querySelector("details")?.open).toBe(true);
    expect(shown.querySelector(".ocw-md")?.textContent).toContain("Two");
    expect(liveReasoning.value).toBe(true);
    harness.frame({ op: "part", session: "s", message: "m", part: { ...thought, ended: true }, after: null });
    await settle();
    expect(shown.querySelector("details")?.open).toBe(false);
  });
});

describe("A file", () => {
  const file = (more: Partial<FilePart>): FilePart => ({ kind: "file", id: "f", mime: "text/plain", ...more });

  it("that is a picture and came along is shown, and opens large", async () => {
    const shown = await drawn(file({ mime: "image/png", filename: "a.png", url: PICTURE }));
    expect(shown.querySelector("img")?.getAttribute("src")).toBe(PICTURE);
    await harness.click("button", "Open a.png");
    expect(harness.el.querySelector<HTMLDialogElement>(".ocw-lightbox")?.open).toBe(true);
    await harness.click("button", "Close");
    expect(harness.el.querySelector<HTMLDialogElement>(".ocw-lightbox")?.open).toBe(false);
  });

  it.each([
    ["image/png", "https://example.org/x.png"],
    ["image/png", "file:///etc/x.png"],
    ["image/svg+xml", "data:image/svg+xml;base64,PHN2Zy8+"],
    ["text/html", "data:text/html,<script>alert(1)</script>"],
  ])("of %s at %s is a chip: nothing is loaded", async (mime, url) => {
    const shown = await drawn(file({ mime, url, filename: "x", size: 1_240 }));
    expect(shown.querySelector("img, iframe, object, a")).toBeNull();
    expect(shown.querySelector(".ocw-file")?.textContent).toBe(`x${mime}, 1.2 kB`);
  });

  it("that was mentioned is named by its path", async () => {
    const shown = await drawn(file({ path: "/p/src/a.py" }));
    expect(shown.querySelector(".ocw-file")?.textContent).toBe("@src/a.py");
  });

  it("that is large comes on demand", async () => {
    const large = file({ mime: "image/png", filename: "a.png", size: 1_840_000 });
    const script: Script = ({ name }) =>
      name === "part" ? { ok: true, result: { ...large, url: PICTURE } } : undefined;
    const shown = await drawn(large, {}, script);
    expect(shown.querySelector("img")).toBeNull();
    await harness.click("button", "Show the image (1.8 MB)");
    expect(shown.querySelector("img")?.getAttribute("src")).toBe(PICTURE);
  });
});

describe("A note", () => {
  const note = (type: string, data?: Record<string, unknown>, text = ""): NotePart => ({
    kind: "note",
    id: "n",
    type,
    text,
    ...(data ? { data } : {}),
  });

  it.each([
    [{ attempt: 2, error: { data: { message: "overloaded" } } }, "Attempt 2, because: overloaded"],
    [{ attempt: 2, time: { created: 1_000 }, next: 5_000, message: "busy" }, "Attempt 2, again in 4 s, because: busy"],
    [undefined, "as the server says it"],
  ])("of a retry with %j: %s", (data, words) => {
    expect(retryWords(note("retry", data, "as the server says it"))).toBe(words);
    harness = new WidgetHarness();
  });

  it.each<[string, Record<string, unknown> | undefined, string]>([
    ["compaction", { auto: true }, "Conversation compacted automatically"],
    ["compaction", { auto: false }, "Conversation compacted"],
    ["compaction", { auto: true, overflow: true }, "Conversation compacted, because the context was full"],
    ["agent", { name: "explore" }, "@explore"],
    ["subtask", { description: "Review", agent: "explore", command: "review" }, "/review Review by @explore"],
    ["patch", { files: ["/p/a.py", "/q/b.py"] }, "2 files changeda.py/q/b.py"],
    ["hologram", { colour: "blue" }, "Unsupported part “hologram”colour: blue"],
  ])("of the kind %s with %j: %s", async (type, data, words) => {
    const shown = await drawn(note(type, data));
    expect(shown.querySelector(".ocw-note, .ocw-file")?.textContent).toBe(words);
  });

  it("that a server keeps for itself is not shown", async () => {
    const shown = await drawn(note("snapshot", { snapshot: "abc" }, "abc"));
    expect(shown.textContent).not.toContain("abc");
  });
});
