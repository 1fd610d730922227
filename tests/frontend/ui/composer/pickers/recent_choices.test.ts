import { describe, expect, it } from "vitest";
import { modelItems } from "../../../../../opencode_widget/frontend/src/ui/composer/pickers/model_items";
import { RecentChoices } from "../../../../../opencode_widget/frontend/src/ui/composer/pickers/recent_choices";

class OneShelf {
  constructor(public kept: string | null = null) {}

  getItem(): string | null {
    return this.kept;
  }

  setItem(_: string, value: string): void {
    this.kept = value;
  }

  removeItem(): void {
    this.kept = null;
  }
}

describe("Recent choices", () => {
  it("are five, the latest first, each once", () => {
    const recent = new RecentChoices("models", new OneShelf());
    for (const each of ["a", "b", "c", "d", "e", "f", "c"]) recent.add(each);
    expect(recent.all).toEqual(["c", "f", "e", "d", "b"]);
  });

  it("are empty if the browser stores nothing, or nonsense", () => {
    const refusing = {
      getItem: () => {
        throw new Error("SecurityError");
      },
      setItem: () => {
        throw new Error("SecurityError");
      },
      removeItem: () => {},
    };
    for (const each of [new OneShelf("{"), new OneShelf('{"a": 1}'), refusing, undefined]) {
      const recent = new RecentChoices("models", each);
      expect(recent.all).toEqual([]);
      recent.add("a");
    }
  });
});

describe("The list of models", () => {
  const model = (id: string, providerName: string) => ({ provider: "p", id, name: id, providerName, variants: [] });
  const many = Array.from({ length: 10 }, (_, index) => model(`m${index}`, index % 2 ? "Odd" : "Even"));

  it("has recent ones first and each once, then the providers", () => {
    const items = modelItems(many, ["p/m3", "p/gone", "p/m0"]);
    expect(items.map(({ label, group }) => `${group} ${label}`).slice(0, 4)).toEqual([
      "Recent m3",
      "Recent m0",
      "Even m2",
      "Even m4",
    ]);
    expect(items.length).toBe(10);
  });

  it("has no recent group if there are few models", () => {
    expect(modelItems(many.slice(0, 3), ["p/m1"]).map(({ group }) => group)).toEqual(["Even", "Even", "Odd"]);
  });
});
