// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { completeTail } from "../../../../../opencode_widget/frontend/src/text/markdown/blocks/unfinished";
import { asCell } from "../../../../../opencode_widget/frontend/src/text/markdown/code/notebook_cell";
import { inlineFormula } from "../../../../../opencode_widget/frontend/src/text/markdown/math/formula";
import { renderMarkdown } from "../../../../../opencode_widget/frontend/src/text/markdown/render";
import { MarkdownStream } from "../../../../../opencode_widget/frontend/src/text/markdown/stream";

const formulas = (source: string) =>
  Array.from(renderMarkdown(source).querySelectorAll("math"), (math) => math.getAttribute("alttext"));

describe("A formula", () => {
  it.each([
    ["$x$", "x"],
    ["so $x^2$, and", "x^2"],
    ["$a + b$ and more", "a + b"],
    ["\\(\\frac12\\)", "\\frac12"],
    ["$$a$$", "a"],
    ["**bold $x_1$ words**", "x_1"],
    ["$\\text{if the sum}$", "\\text{if the sum}"],
    ["$2$ of them", "2"],
    ["| a |\n| - |\n| $x$ |", "x"],
  ])("is found in %j", (source, tex) => expect(formulas(source)).toEqual([tex]));

  it.each([
    "It costs $5 and $6.",
    "between $5-$10",
    "$5 a month, $6 a year",
    "from $1,000 to $2,000",
    "US$5 and US$6",
    "set $HOME and $PATH",
    "`$x$` is code",
    "```\n$x$\n```",
    "\\$x\\$",
    "$ x $",
    "one $ alone",
    "a $ b\n\nc $ d",
    "export A=$B:$C",
  ])("is not found in %j", (source) => expect(formulas(source)).toEqual([]));

  it("of its own lines may have lines that look like lists", () => {
    const rendered = renderMarkdown("where\n$$\na\n+ b\n- c\n$$\nand");
    expect(rendered.querySelector("li")).toBeNull();
    expect(rendered.querySelector('.ocw-formula math[display="block"]')).not.toBeNull();
  });

  it("that is invalid is shown as it was written", () => {
    const rendered = renderMarkdown("$\\nonsense{x$");
    expect(rendered.querySelector("math")).toBeNull();
    expect(rendered.querySelector("code")?.textContent).toBe("\\nonsense{x");
  });

  it("contains no link, no class, no style", () => {
    const rendered = renderMarkdown(
      "$$\\href{javascript:alert(1)}{x}$$\n\n$$\\begin{align}a&=b\\\\c&=\\color{red}d\\end{align}$$",
    );
    expect(rendered.querySelector("[href], math [class], math [style]")).toBeNull();
    expect(rendered.querySelector('mtd[columnalign="right"]')).not.toBeNull();
    expect(rendered.querySelector("[mathcolor]")).not.toBeNull();
  });

  it("is shown as its source until its end has come, and never as something else", () => {
    const source = "Let $a_1*b_2 + \\frac{c*d}{e}$ be\n\n$$\nx\n+ y_1*z_2*\n$$\n\ndone";
    const element = document.createElement("div");
    const stream = new MarkdownStream(element);
    for (const sign of source) {
      stream.append(sign);
      stream.append("");
      expect(element.querySelector("em, li, del"), `after ${element.textContent}`).toBeNull();
    }
    stream.finish();
    expect(element.querySelectorAll("math")).toHaveLength(2);
    stream.dispose();
  });

  it("leaves the words after a price alone while they stream", () => {
    expect(completeTail("It costs $5 and **this").text).toBe("It costs $5 and **this**");
    expect(completeTail("so $x_1*y").text).not.toContain("*");
  });

  it("ends where the dollar is", () => {
    expect(inlineFormula("$x$ and $y$")?.raw).toBe("$x$");
  });
});

describe("A footnote", () => {
  it("has a mark in the text and stays where it was written", () => {
    const rendered = renderMarkdown("Words[^1] here.\n\n[^1]: The *note*.");
    expect(rendered.querySelector("sup button")?.getAttribute("aria-label")).toBe("Footnote 1");
    expect((rendered.querySelector(".ocw-footnote") as HTMLElement).dataset.label).toBe("1");
    expect(rendered.querySelector(".ocw-footnote em")?.textContent).toBe("note");
  });

  it("is not a class of characters", () => {
    expect(renderMarkdown("Match [^0-9] here").querySelector("sup")).toBeNull();
  });
});

describe("A copy as a cell", () => {
  it.each([
    ["ls", "bash", "%%bash\nls"],
    ["$ ls\n$ pwd", "console", "%%bash\nls\npwd"],
    [">>> f(1)\n1\n>>> g()", "pycon", "f(1)\ng()"],
    ["x = 1", "python", "x = 1"],
  ])("of %j in %s is %j", (code, language, cell) => expect(asCell(code, language)).toBe(cell));
});
