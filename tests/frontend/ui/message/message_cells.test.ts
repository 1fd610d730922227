// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { Part } from "../../../../opencode_widget/frontend/src/protocol";
import { severalCells } from "../../../../opencode_widget/frontend/src/ui/message/message_cells";

const text = (words: string) => [{ kind: "text", id: "p", text: words } as unknown as Part];

describe("The code of a message as cells", () => {
  afterEach(() => document.body.replaceChildren());

  it("is each block that a Python kernel runs, in order, also within a list", () => {
    const words = [
      "```python\na = 1\n```",
      "Then:\n\n1. this\n\n   ```bash\n   ls\n   ```",
      "```json\n{}\n```",
      "~~~py\n>>> b = 2\n2\n~~~",
      "```\nno language\n```",
    ].join("\n\n");
    expect(severalCells(text(words))).toEqual(["a = 1", "%%bash\nls", "b = 2"]);
  });

  it("is none where there is one block, or none", () => {
    expect(severalCells(text("```python\na = 1\n```"))).toEqual([]);
    expect(severalCells(text("```python\na = 1\n```\n\n```json\n{}\n```"))).toEqual([]);
    expect(severalCells(text("plain ``` words"))).toEqual([]);
    expect(severalCells([])).toEqual([]);
  });
});
