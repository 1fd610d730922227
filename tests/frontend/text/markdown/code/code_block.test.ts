// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { codeBlock } from "../../../../../opencode_widget/frontend/src/text/markdown/code/code_block";

const nameOf = (block: HTMLElement) => block.querySelector(".ocw-code-bar span")?.textContent;
const buttons = (block: HTMLElement) =>
  Array.from(block.querySelectorAll("button"), (each) => each.getAttribute("aria-label"));

describe("A code block", () => {
  it("is headed by its language", () => {
    const block = codeBlock("x = 1", "python");
    expect(nameOf(block)).toBe("python");
    expect(block.querySelector(".ocw-code-bar-over")).toBeNull();
    expect(buttons(block)).toEqual(["Wrap long lines", "Insert as cell below", "Copy code"]);
  });

  it("has no head without one, but its buttons", () => {
    const block = codeBlock("some words", "");
    expect(nameOf(block)).toBe("");
    expect(block.querySelector(".ocw-code-bar-over")).not.toBeNull();
    expect(buttons(block)).toEqual(["Wrap long lines", "Copy code"]);
    expect(block.querySelector("code")?.textContent).toBe("some words");
  });
});
