import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Drafts, type TextStorage } from "../../../../opencode_widget/frontend/src/ui/state/drafts";

class MemoryShelf implements TextStorage {
  readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

const nameOf = (place: string) => (place === "nowhere" ? undefined : `lasting ${place}`);
const file = { id: "f", name: "a.txt", mime: "text/plain", url: "data:,", size: 1 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Drafts", () => {
  it("return after a reload, with the meanings of their words", () => {
    const shelf = new MemoryShelf();
    const before = new Drafts(nameOf, shelf);
    before.at("s").write("See @a.py");
    before.at("s").mark(4, "@a.py", { kind: "file", path: "a.py" });
    vi.advanceTimersByTime(1_000);
    const after = new Drafts(nameOf, shelf).at("s");
    expect(after.text).toBe("See @a.py");
    expect(after.content.value.marks).toMatchObject([{ start: 4, end: 9 }]);
    expect(new Drafts(nameOf, shelf).at("other").text).toBe("");
  });

  it("are stored when they end, however soon that is", () => {
    const shelf = new MemoryShelf();
    const drafts = new Drafts(nameOf, shelf);
    drafts.at("s").write("Hi");
    drafts.dispose();
    expect(new Drafts(nameOf, shelf).at("s").text).toBe("Hi");
  });

  it("leave nothing behind when they are sent", () => {
    const shelf = new MemoryShelf();
    const drafts = new Drafts(nameOf, shelf);
    drafts.at("s").write("Hi");
    vi.advanceTimersByTime(1_000);
    expect(drafts.at("s").drain().content.text).toBe("Hi");
    vi.advanceTimersByTime(1_000);
    expect(shelf.items.size).toBe(0);
  });

  it("of a conversation without a lasting name live as long as the page", () => {
    const shelf = new MemoryShelf();
    const drafts = new Drafts(nameOf, shelf);
    drafts.at("nowhere").write("Hi");
    vi.advanceTimersByTime(1_000);
    expect(drafts.at("nowhere").text).toBe("Hi");
    expect(shelf.items.size).toBe(0);
  });

  it("work also if the browser stores nothing, or nonsense", () => {
    const full = new MemoryShelf();
    full.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    full.getItem = () => '{"text": 1}';
    for (const shelf of [full, undefined]) {
      const draft = new Drafts(nameOf, shelf).at("s");
      draft.write("Hi");
      vi.advanceTimersByTime(1_000);
      expect(draft.text).toBe("Hi");
    }
  });

  it("take back what could not be sent, before the text written since", () => {
    const draft = new Drafts(nameOf, undefined).at("s");
    draft.write("first");
    draft.files.value = [file];
    const taken = draft.drain();
    expect([draft.text, draft.files.value]).toEqual(["", []]);
    draft.write("second");
    draft.putBack(taken);
    expect([draft.text, draft.files.value]).toEqual(["first\n\nsecond", [file]]);
  });

  it("are not empty with a file alone", () => {
    const draft = new Drafts(nameOf, undefined).at("s");
    expect(draft.empty).toBe(true);
    draft.files.value = [file];
    expect(draft.empty).toBe(false);
  });
});
