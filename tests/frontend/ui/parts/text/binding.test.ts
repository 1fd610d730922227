// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { TextPart } from "../../../../../opencode_widget/frontend/src/protocol";
import { PartCell } from "../../../../../opencode_widget/frontend/src/store/transcript";
import { bindMarkdown } from "../../../../../opencode_widget/frontend/src/ui/parts/text/binding";

const part = (text: string, ended = false) => ({ id: "p", kind: "text", text, ended }) as TextPart;

describe("Markdown of a part", () => {
  it("keeps what is drawn when the server trims the end of the complete text", () => {
    const element = document.createElement("div");
    const cell = new PartCell(part(""));
    bindMarkdown(element, cell);
    cell.append("text", "One.\n\nTwo.\n\n```python\nx = 1\n```\n");
    const [first] = element.children;
    cell.part.value = part("One.\n\nTwo.\n\n```python\nx = 1\n```", true);
    expect(element.children[0]).toBe(first);
    expect(element.querySelectorAll("pre")).toHaveLength(1);
    expect(element.textContent).toContain("x = 1");
  });

  it("draws another text from the start", () => {
    const element = document.createElement("div");
    const cell = new PartCell(part(""));
    bindMarkdown(element, cell);
    cell.append("text", "One.");
    cell.part.value = part("Other.", true);
    expect(element.textContent?.trim()).toBe("Other.");
  });
});
