// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Model } from "../../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, settle, WidgetHarness } from "../../harness";

const model = (id: string): Model => ({
  provider: "p",
  id,
  name: `Model ${id}`,
  providerName: "Provider",
  variants: [],
});
const MODELS = ["a", "b", "c"].map(model);

describe("Marked models", () => {
  let harness: WidgetHarness;
  const set = async () => {
    harness = new WidgetHarness({ instance: instanceOf({ models: MODELS, defaultModel: "p/a" }) });
    await settle();
    await harness.click("button", "Model: ");
  };
  const groups = () => Array.from(harness.el.querySelectorAll(".ocw-option-group"), (group) => group.textContent);
  const names = () => harness.all("option", "").map((option) => option.textContent);
  beforeEach(() => localStorage.clear());
  afterEach(() => harness.end());

  it("are favourites first, and the browser remembers them", async () => {
    await set();
    await harness.press("ArrowDown");
    await harness.press("ArrowDown");
    await harness.click("button", "Add to favorites: Model c");
    expect([groups(), names()]).toEqual([
      ["Favorites", "Provider"],
      ["Model c", "Model a", "Model b"].map((name) => expect.stringContaining(name)),
    ]);
    expect(JSON.parse(localStorage.getItem("opencode-widget:recent:favourite-models") ?? "")).toEqual(["p/c"]);
    await harness.click("button", "Remove from favorites");
    expect(groups()).toEqual(["Provider"]);
  });

  it("are hidden until asked for, but not the one in use", async () => {
    await set();
    await harness.click("button", "Hide: Model a");
    expect(names().length).toBe(3);
    await harness.click("button", "Unhide: Model a");
    harness.el.querySelector<HTMLElement>(".ocw-picker input")?.focus();
    await harness.press("ArrowDown");
    await harness.click("button", "Hide: Model b");
    expect(names().length).toBe(2);
    await harness.click("button", "Show hidden (1)");
    expect(names().length).toBe(3);
    await harness.click("button", "Show hidden (1)");
  });

  it("stand with what signs in to a provider, copyable, and a refresh after it", async () => {
    const copied = vi.fn(async () => {});
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: copied } });
    await set();
    await harness.click("button", "Copy command");
    expect(copied).toHaveBeenCalledWith("opencode auth login");
    await harness.click("button", "Refresh");
    expect(harness.sent("restart")).toEqual([{ instance: "i" }]);
  });
});
