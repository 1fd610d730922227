import { describe, expect, it } from "vitest";
import { foldedWords, isLong } from "../../../../../opencode_widget/frontend/src/ui/composer/box/paste";
import {
  type Attached,
  attached,
  BOUND,
  bytes,
  MESSAGE_BOUND,
  mimeOf,
  refusalOf,
} from "../../../../../opencode_widget/frontend/src/ui/state/files/attached_files";

const utf8 = (text: string) => new TextEncoder().encode(text);

describe("A file", () => {
  it("is text if it can be read as text, whatever its type", () => {
    expect(mimeOf("text/x-python", utf8("print('é')"))).toBe("text/plain");
    expect(mimeOf("", utf8("a"))).toBe("text/plain");
    expect(mimeOf("image/svg+xml", utf8("<svg/>"))).toBe("text/plain");
    expect(mimeOf("image/png", utf8("a"))).toBe("image/png");
    expect(mimeOf("", Uint8Array.of(0xff, 0xfe))).toBe("application/octet-stream");
    expect(mimeOf("audio/wav", utf8("a\0b"))).toBe("audio/wav");
  });

  it("is read by the kernel if it is neither text in UTF-8 nor what models take", async () => {
    const asked: string[] = [];
    const convert = async ({ name, mime }: Attached) => {
      asked.push(`${name} ${mime}`);
      return `No model takes ${name}.`;
    };
    const file = (name: string, type: string, bytes: number[]) =>
      attached(new File([Uint8Array.from(bytes)], name, { type }), [], convert);
    expect(await file("a.xlsx", "application/x-sheet", [0x50, 0x4b, 0])).toBe("No model takes a.xlsx.");
    await file("daten.csv", "text/csv", [0x4d, 0xfc, 0x6c]);
    await file("a.bmp", "image/bmp", [0x42, 0x4d, 0]);
    await file("a.ipynb", "", [0x7b, 0x7d]);
    for (const [name, type] of [
      ["a.png", "image/png"],
      ["a.pdf", "application/pdf"],
      ["a.wav", "audio/wav"],
    ] as const)
      expect(await file(name, type, [1, 0])).toMatchObject({ name, mime: type, size: 2 });
    expect(asked).toEqual([
      "a.xlsx application/x-sheet",
      "daten.csv text/csv",
      "a.bmp image/bmp",
      "a.ipynb text/plain",
    ]);
    expect(await file("folder", "", [])).toMatch(/^folder is empty/);
  });

  it("is attached whole as a data: URL", async () => {
    const content = `${"é".repeat(70_000)}𝄞`;
    const file = await attached(new File([content], "a.txt"), [], () => Promise.reject(new Error("not needed")));
    if (typeof file === "string") throw new Error(file);
    const { url, size, mime } = file;
    expect(mime).toBe("text/plain");
    expect(size).toBe(140_004);
    const [head, body] = url.split(",");
    expect(head).toBe("data:text/plain;base64");
    expect(Buffer.from(body ?? "", "base64").toString()).toBe(content);
  });

  it("is refused with its name and the limit, alone or with others", () => {
    expect(refusalOf("a.txt", 10, [])).toBeUndefined();
    expect(refusalOf("film.mp4", BOUND + 1e6, [])).toMatch(/^film\.mp4 has 8 MB; 7 MB is the limit for one prompt/);
    const other = { id: "f", name: "b", mime: "", url: "", size: BOUND - 5 };
    expect(refusalOf("a.txt", 10, [other])).toMatch(/^With a\.txt the files add up to 7 MB; 7 MB is the limit/);
    expect(refusalOf("folder", 0, [])).toMatch(/^folder is empty/);
  });

  it("of the greatest size passes through Jupyter's socket", () => {
    expect((BOUND / 3) * 4).toBeLessThan(MESSAGE_BOUND);
    expect(MESSAGE_BOUND).toBeLessThan(10 * 1024 * 1024);
  });

  it.each([
    [5, "5 B"],
    [1_234, "1 kB"],
    [999_499, "999 kB"],
    [1_250_000, "1.3 MB"],
    [7_000_000, "7 MB"],
    [12_300_000, "12 MB"],
  ])("of %i bytes has %s", (size, words) => expect(bytes(size)).toBe(words));
});

describe("A paste", () => {
  it("is long beyond 2000 characters or 40 lines", () => {
    expect([isLong("a".repeat(2_000)), isLong("a".repeat(2_001))]).toEqual([false, true]);
    expect([isLong("\n".repeat(39)), isLong("\n".repeat(40))]).toEqual([false, true]);
  });

  it("is folded into words that no other paste has", () => {
    const text = "a\nb";
    const first = foldedWords(text, []);
    const mark = { start: 0, end: first.length, written: first, meaning: { kind: "paste" as const, text } };
    expect(first).toBe("[Pasted 2 lines]");
    expect(foldedWords(text, [mark])).toBe("[Pasted 2 lines, 2]");
    expect(foldedWords("a".repeat(3_000), [])).toBe("[Pasted 3000 characters]");
  });
});
