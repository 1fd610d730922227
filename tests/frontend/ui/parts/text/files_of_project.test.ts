// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Command, Message } from "../../../../../opencode_widget/frontend/src/protocol";
import { jupyterPath } from "../../../../../opencode_widget/frontend/src/ui/state/files/open_file";
import { instanceOf, type Reply, settle, WidgetHarness } from "../../harness";

const DATA = "data:image/png;base64,iVBORw0KGgo=";

const answer = (text: string): Message[] => [
  {
    head: { id: "a1", role: "assistant", state: "complete", created: 0 },
    parts: [{ kind: "text", id: "t", text, ended: true }],
  },
];

const kernel = ({ name, args }: Command): Reply | undefined => {
  const path = "path" in args ? args.path : "";
  if (path.includes("none")) return { ok: false, problem: { name: "NotFound", message: "There is no file here." } };
  if (name === "locate_file") {
    return { ok: true, result: { path, absolute: `/root/p/${path}`, notebook: "/root/nb/n.ipynb" } };
  }
  return name === "read_picture" ? { ok: true, result: { url: DATA } } : undefined;
};

/** The root of the Jupyter server is the project, as the notebook's two paths say. */
const kernelAtRoot = ({ name, args }: Command): Reply | undefined => {
  if (name !== "locate_file" || !("path" in args)) return undefined;
  return { ok: true, result: { path: args.path, absolute: `/root/${args.path}`, notebook: "/root/nb/n.ipynb" } };
};

describe("Files of the project in an answer", () => {
  let harness: WidgetHarness;
  const copied = vi.fn(async () => {});
  const set = async (text: string) => {
    harness = new WidgetHarness({
      messages: answer(text),
      instance: instanceOf({ directory: "/root/p" }),
      script: kernel,
    });
    await settle();
  };
  const element = (selector: string) => harness.el.querySelector<HTMLElement>(selector);
  const announced = () => harness.el.querySelector(".ocw-announcement, [role=status]")?.textContent;
  beforeEach(() => {
    copied.mockClear();
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: copied } });
  });
  afterEach(() => harness.end());

  it("open by mouse and by keyboard; a host that opens nothing gets the path on the clipboard", async () => {
    await set("See `src/a.py:12:5`, `np.array` and [the parser](src/my%20parser.py#L3).");
    expect(harness.el.querySelectorAll(".ocw-file-link").length).toBe(2);
    const code = element("code.ocw-file-link");
    code?.focus();
    await harness.press("Enter");
    await harness.click("button", "the parser");
    expect(harness.sent("locate_file").map((args) => (args as { path: string }).path)).toEqual([
      "src/a.py",
      "src/my parser.py",
    ]);
    expect(copied.mock.calls).toEqual([["src/a.py:12:5"], ["src/my parser.py:3"]]);
  });

  it("open at their line where JupyterLab exposes its application, once the document is loaded", async () => {
    const steps: unknown[] = [];
    let load = () => {};
    const loaded = new Promise<void>((resolve) => {
      load = resolve;
    });
    const editor = { setCursorPosition: (position: unknown) => steps.push(position), focus: () => steps.push("focus") };
    const execute = async (command: string, args: unknown) => {
      steps.push([command, args]);
      return { context: { ready: loaded.then(() => steps.push("loaded")) }, content: { editor } };
    };
    harness = new WidgetHarness({
      messages: answer("See `nb/a.py:12:5`."),
      instance: instanceOf({ directory: "/root" }),
      script: kernelAtRoot,
      notebook: "nb/n.ipynb",
    });
    vi.stubGlobal("jupyterapp", { commands: { execute } });
    await settle();
    element("code.ocw-file-link")?.click();
    await settle();
    expect(steps).toEqual([["docmanager:open", { path: "nb/a.py" }]]);
    load();
    await settle();
    expect(steps.slice(1)).toEqual(["loaded", { line: 11, column: 4 }, "focus"]);
    expect(copied).not.toHaveBeenCalled();
  });

  it("are opened only if the kernel finds them", async () => {
    await set("See `src/none.py`.");
    element("code.ocw-file-link")?.click();
    await settle();
    expect(copied).not.toHaveBeenCalled();
    expect(harness.el.textContent).toContain("There is no file here.");
    expect(announced).toBeDefined();
  });

  it("a picture is shown after a click, with its words and its path before that", async () => {
    await set(`![loss](plots/loss.png) ![dot](${DATA}) ![gone](none.png)`);
    expect(harness.el.querySelectorAll("img").length).toBe(0);
    await harness.click("button", "Show image “loss” from plots/loss.png");
    expect(harness.sent("read_picture")).toEqual([{ instance: "i", path: "plots/loss.png" }]);
    await harness.click("button", "Show image “dot”");
    const images = Array.from(harness.el.querySelectorAll<HTMLImageElement>("img"), ({ src, alt }) => [src, alt]);
    expect(images).toEqual([
      [DATA, "loss"],
      [DATA, "dot"],
    ]);
    await harness.click("button", "Show image “gone”");
    expect(harness.all("button", "Show image “gone”").length).toBe(1);
  });

  it("other addresses stay what they were", async () => {
    await set(
      "[web](https://a.example/b.py) [note](#part) ![far](https://a.example/x.png) ![bad](data:text/html,x) [js](javascript:x)",
    );
    expect(harness.el.querySelectorAll(".ocw-file-link, .ocw-picture-waits").length).toBe(0);
    expect(harness.el.querySelectorAll(".ocw-image-waits").length).toBe(1);
  });
});

describe("The path for Jupyter", () => {
  it("is told by the two paths of the notebook, and is absent outside of the server's root", () => {
    expect(jupyterPath("/root/p/a.py", "/root/nb/n.ipynb", "nb/n.ipynb")).toBe("p/a.py");
    expect(jupyterPath("/elsewhere/a.py", "/root/nb/n.ipynb", "nb/n.ipynb")).toBeUndefined();
    expect(jupyterPath("/root/p/a.py", undefined, "nb/n.ipynb")).toBeUndefined();
    expect(jupyterPath("/root/p/a.py", "/root/nb/n.ipynb", "other.ipynb")).toBeUndefined();
  });
});
