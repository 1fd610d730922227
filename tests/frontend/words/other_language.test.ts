// @vitest-environment jsdom
/** Every scene of the gallery in another language: what is still English has escaped the module of words. */
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import widget from "../../../opencode_widget/frontend/src/widget";
import { english, type Words } from "../../../opencode_widget/frontend/src/words/english";
import { speak } from "../../../opencode_widget/frontend/src/words/words";
import { FakeKernel, FakeModel } from "../../gallery/model";
import { type State, scenes } from "../../gallery/scenes";
import { turnScenes } from "../../gallery/turns";
import { settle } from "../ui/harness";

const READ = ["aria-label", "aria-description", "aria-valuetext", "title", "placeholder", "alt"];

/** Marks each word of a message: "Send" becomes "⟦Send⟧". */
function marked(message: unknown): unknown {
  if (typeof message === "string") return `⟦${message}⟧`;
  if (typeof message === "function") return (...values: unknown[]) => marked(message(...values));
  if (Array.isArray(message)) return message.map((each) => (typeof each === "string" ? marked(each) : each));
  return Object.fromEntries(Object.entries(message as object).map(([key, value]) => [key, marked(value)]));
}

/** The messages that have no holes. */
const ENGLISH = new Set(
  Object.values(english).flatMap((area) => Object.values(area).filter((each) => typeof each === "string")),
);
/** Everything that a person reads or hears below an element. */
function* readIn(root: Element): Generator<string> {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) yield texts.currentNode.textContent ?? "";
  for (const element of root.querySelectorAll("*"))
    for (const name of READ) if (element.hasAttribute(name)) yield element.getAttribute(name) ?? "";
}

let end = () => {};
beforeAll(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  HTMLDialogElement.prototype.show ??= () => {};
  HTMLDialogElement.prototype.showModal ??= () => {};
});
afterEach(() => {
  end();
  speak(english);
});

const all: Record<string, () => State> = { ...scenes, ...turnScenes(scenes.calm) };

describe("In another language", () => {
  it.each(Object.keys(all))("the scene %s has no English left", async (name) => {
    speak(marked(english) as Words);
    const state = (all[name] as () => State)();
    const model = new FakeModel({
      tabs: state.instances.map((each) => ({ ...each, sessions: state.sessions[each.id] ?? [] })),
      active_session: null,
      height: 600,
    });
    new FakeKernel(model, state);
    const el = document.createElement("div");
    document.body.append(el);
    const side = widget() as { initialize(of: object): unknown; render(of: object): (() => void) | undefined };
    const stop = side.initialize({ model }) as (() => void) | undefined;
    const undraw = side.render({ model, el });
    end = () => {
      undraw?.();
      stop?.();
      el.remove();
    };
    await settle();
    await settle();
    const words = [...readIn(el)].map((text) => text.trim());
    expect(words.filter((text) => text.includes("⟦")).length).toBeGreaterThan(5);
    expect(words.filter((text) => ENGLISH.has(text))).toEqual([]);
  });
});
