// @vitest-environment jsdom
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DrawRequest } from "../../../../../opencode_widget/frontend/src/mermaid/messages";
import type { Command, Message } from "../../../../../opencode_widget/frontend/src/protocol";
import { unfold } from "../../../../../opencode_widget/frontend/src/ui/transcript/search/occurrences";
import { type Reply, type Scene, settle, WidgetHarness } from "../../harness";

const PROGRAM = "globalThis.drawDiagram = () => {};";
const PACKED = gzipSync(PROGRAM);
const PIECE = 20;
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><text>A</text></svg>';
const DRAWN = { type: "drawn", svg: SVG, width: 80, height: 40 };
const STARTED = { type: "started" };
const SOURCE = "graph TD\n  A --> B";

const saying = (text: string, ended = true): Message[] => [
  {
    head: { id: "a1", role: "assistant", state: ended ? "complete" : "streaming", created: 0 },
    parts: [{ kind: "text", id: "t", text, ended }],
  },
];
const fenced = (source = SOURCE) => `Look:\n\n\`\`\`mermaid\n${source}\n\`\`\`\n`;

const kernel = ({ name, args }: Command): Reply | undefined => {
  if (name !== "read_mermaid") return undefined;
  const { offset } = args as { offset: number };
  const base64 = PACKED.subarray(offset, offset + PIECE).toString("base64");
  return { ok: true, result: { base64, size: PACKED.length } };
};

type Answer = (request: DrawRequest) => unknown[];

describe("A diagram", () => {
  let harness: WidgetHarness;
  let answer: Answer;
  /** What the frames were asked to draw, with the frame's attributes. */
  let frames: Array<{ sandbox: string | null; document: string; target: string; request: DrawRequest }>;

  const set = async (text: string, scene: Scene = {}) => {
    harness = new WidgetHarness({ messages: saying(text), script: kernel, ...scene });
    await settle();
  };
  const until = (condition: () => boolean) => vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000 });
  const image = () => harness.el.querySelector<HTMLImageElement>(".ocw-diagram img");
  const fault = () => harness.el.querySelector('.ocw-code [role="alert"]')?.textContent ?? "";
  const draw = async () => {
    await harness.click("button", "Draw diagram");
    if (harness.el.getRootNode() instanceof ShadowRoot) {
      // jsdom loads no frames in shadow roots.
      await until(() => harness.el.querySelector("iframe") !== null);
      harness.el.querySelector("iframe")?.dispatchEvent(new Event("load"));
    }
    await until(() => image() !== null || fault() !== "");
  };
  const named = (name: string) => harness.all("button", name).length;

  beforeEach(() => {
    frames = [];
    answer = () => [STARTED, DRAWN];
    Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", {
      configurable: true,
      get(this: HTMLIFrameElement) {
        return {
          postMessage: (request: DrawRequest, target: string, [port]: [MessagePort]) => {
            frames.push({ sandbox: this.getAttribute("sandbox"), document: this.srcdoc, target, request });
            for (const each of answer(request)) port.postMessage(each);
          },
        };
      },
    });
  });
  afterEach(() => {
    harness.end();
    Reflect.deleteProperty(HTMLIFrameElement.prototype, "contentWindow");
  });

  it.each([false, true])("is drawn on demand, as an image (in a shadow root: %s)", async (shadow) => {
    await set(fenced(), { shadow });
    expect([frames.length, harness.sent("read_mermaid").length, image()]).toEqual([0, 0, null]);
    await draw();
    const [{ request } = { request: undefined }] = frames;
    expect([request?.program, request?.source, request?.theme]).toEqual([PROGRAM, SOURCE, "default"]);
    expect(image()?.src).toBe(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(SVG)}`);
    expect([image()?.alt, image()?.width, image()?.height]).toEqual(["Diagram: graph TD", 80, 40]);
    expect(harness.el.querySelectorAll("iframe, svg text").length).toBe(0);
  });

  it("is drawn in a frame that reaches nothing and loads nothing", async () => {
    await set(fenced());
    await draw();
    const [{ sandbox, document: text, target } = { sandbox: "", document: "", target: "" }] = frames;
    expect([sandbox, target]).toEqual(["allow-scripts", "*"]);
    const policy = /content="([^"]*)"/.exec(text)?.[1] ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-[\da-f]{32}'; style-src 'unsafe-inline'; base-uri/);
    expect(text).not.toContain(SOURCE);
  });

  it("goes back to its source and again to the drawing, without another one", async () => {
    await set(fenced());
    await draw();
    const block = harness.el.querySelector(".ocw-code");
    expect(block?.classList.contains("ocw-drawn")).toBe(true);
    await harness.click("button", "Show source");
    expect(block?.classList.contains("ocw-drawn")).toBe(false);
    await harness.click("button", "Show diagram");
    expect([block?.classList.contains("ocw-drawn"), frames.length]).toEqual([true, 1]);
  });

  it("fetches the program once, in pieces, and draws one after the other", async () => {
    await set(fenced() + fenced("pie\n  title Costs\n  a: 1"));
    for (const button of harness.all("button", "Draw diagram")) button.click();
    await until(() => harness.el.querySelectorAll(".ocw-diagram img").length === 2);
    const offsets = Array.from({ length: Math.ceil(PACKED.length / PIECE) }, (_, index) => ({ offset: index * PIECE }));
    expect(harness.sent("read_mermaid")).toEqual(offsets);
    expect(Array.from(harness.el.querySelectorAll("img"), ({ alt }) => alt)).toEqual([
      "Diagram: graph TD",
      "Diagram: Costs",
    ]);
  });

  it.each([
    [{ line: 2, reason: "" }, "This diagram has an error: line 2 (“A --> B”) cannot be read."],
    [
      { line: 2, reason: "Expecting `]`." },
      "This diagram has an error: line 2 (“A --> B”) cannot be read. Expecting `]`.",
    ],
    [{ reason: "it is\u202e empty" }, "This diagram has an error: it is⟨U+202E⟩ empty."],
    [{ line: 99, reason: "" }, "This diagram has an error: line 99 (“”) cannot be read."],
  ])("that has an error says so in a line, and can be drawn again (%j)", async (failed, words) => {
    answer = () => [STARTED, { type: "failed", ...failed }];
    await set(fenced());
    await draw();
    expect([fault(), image(), named("Draw diagram")]).toEqual([words, null, 1]);
    answer = () => [STARTED, DRAWN];
    await harness.click("button", "Draw diagram");
    await until(() => image() !== null);
    expect(fault()).toBe("");
  });

  it.each([
    ["no SVG", { ...DRAWN, svg: "<html><script>x</script></html>" }],
    ["no text", { ...DRAWN, svg: 7 }],
    ["a huge SVG", { ...DRAWN, svg: `<svg>${"x".repeat(2_000_000)}</svg>` }],
    ["a size that is none", { ...DRAWN, width: Number.POSITIVE_INFINITY }],
    ["a second start", STARTED],
    ["nothing", null],
    ["another kind", { type: "constructor" }],
  ])("shows nothing of a frame that answers with %s", async (_, reply) => {
    answer = () => [STARTED, reply];
    await set(fenced());
    await draw();
    expect([fault(), image()]).toEqual(["The diagram could not be drawn: its drawing is unusable or too large.", null]);
    expect(harness.el.querySelectorAll("iframe").length).toBe(0);
  });

  it("is scaled if it is wider than a page can be", async () => {
    answer = () => [STARTED, { ...DRAWN, width: 400_000, height: 1_000 }];
    await set(fenced());
    await draw();
    expect([image()?.width, image()?.height]).toEqual([20_000, 50]);
  });

  it.each([
    ["the host bars the frame", [], "This host does not let the widget draw diagrams."],
    ["the drawing takes too long", [STARTED], "The diagram could not be drawn within 10 seconds."],
  ])("is given up after ten seconds if %s", async (_, replies, words) => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const limits = () => timers.mock.calls.filter(([, delay]) => delay === 10_000);
    answer = () => replies;
    await set(fenced());
    harness.get("button", "Draw diagram").click();
    await until(() => frames.length === 1 && limits().length === 1 + replies.length);
    limits().at(-1)?.[0]();
    timers.mockRestore();
    await until(() => fault() === words);
    expect([image(), harness.el.querySelectorAll("iframe").length]).toEqual([null, 0]);
  });

  it("that is too large is not drawn", async () => {
    await set(fenced(`graph TD\n${"A-->B\n".repeat(10_000)}`));
    await draw();
    expect(fault()).toMatch(/^This diagram is too large to draw: it has 60,00\d characters; the limit is 50,000\.$/);
    expect(frames).toEqual([]);
  });

  it("says what the kernel says if it has no program, and asks again at the next click", async () => {
    const problem = { name: "NotSupported", message: "It was installed without Mermaid.", remedy: "Install it again." };
    let isThere = false;
    await set(fenced(), { script: (command) => (isThere ? kernel(command) : { ok: false, problem }) });
    await draw();
    expect(fault()).toBe("It was installed without Mermaid. Install it again.");
    isThere = true;
    await harness.click("button", "Draw diagram");
    await until(() => image() !== null);
  });

  it("is given up if the kernel does not answer, and asked for again at the next click", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    await set(fenced());
    harness.set.silent = true;
    harness.get("button", "Draw diagram").click();
    await settle();
    timers.mock.calls.find(([, delay]) => delay === 30_000)?.[0]();
    timers.mockRestore();
    await until(() => fault().startsWith("The kernel did not send the program"));
    harness.set.silent = false;
    await harness.click("button", "Draw diagram");
    await until(() => image() !== null);
  });

  it("shows its source if the words that are searched stand there", async () => {
    await set(fenced());
    await draw();
    const words = document.createRange();
    words.selectNodeContents(harness.el.querySelector("code")?.firstChild ?? harness.el);
    unfold(words);
    await settle();
    expect([harness.el.querySelector(".ocw-drawn"), named("Show diagram")]).toEqual([null, 1]);
  });

  it("is drawn again in the colours of another theme", async () => {
    await set(fenced());
    await draw();
    answer = ({ theme }) => [STARTED, { ...DRAWN, svg: SVG.replace("A", theme) }];
    document.body.dataset.jpThemeLight = "false";
    await until(() => image()?.src.includes("dark") ?? false);
    expect(frames.map(({ request }) => request.theme)).toEqual(["default", "dark"]);
    document.body.removeAttribute("data-jp-theme-light");
  });

  it("keeps its drawing if it cannot be drawn again", async () => {
    await set(fenced());
    await draw();
    answer = () => [STARTED, { type: "broken", reason: "x" }];
    document.body.dataset.jpThemeLight = "false";
    await until(() => frames.length === 2);
    await settle();
    expect([image()?.src.includes("svg"), fault()]).toEqual([true, ""]);
    document.body.removeAttribute("data-jp-theme-light");
  });

  it("is not drawn before it is complete, also inside of a list", async () => {
    const isBarred = () => (harness.get("button", "Draw diagram") as HTMLButtonElement).disabled;
    const add = async (text: string) => {
      harness.frame({ op: "text", session: "s", message: "a1", part: "t", field: "text", text });
      await settle();
    };
    await set("", { messages: saying("```mermaid\ngraph TD\n", false) });
    expect(isBarred()).toBe(true);
    await add("A-->B\n");
    expect(isBarred()).toBe(true);
    await add("```\n\nThen");
    await until(() => !isBarred());
    await draw();
    await add(" more words.\n\n");
    expect(image()).not.toBeNull();
    harness.end();
    await set("", { messages: saying("- A list:\n\n  ```mermaid\n  graph TD\n", false) });
    expect(isBarred()).toBe(true);
    await add("  ```\n\nA paragraph after it.\n\n");
    await until(() => !isBarred());
  });

  it("is offered for no other language", async () => {
    await set("```python\ngraph = 1\n```\n\n```mermaid-js-like\nx\n```\n");
    expect(named("Draw")).toBe(0);
  });
});
