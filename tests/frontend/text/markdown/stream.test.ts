// @vitest-environment jsdom
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../../../opencode_widget/frontend/src/text/markdown/render";
import { MarkdownStream } from "../../../../opencode_widget/frontend/src/text/markdown/stream";

/** Enough for every day; `RUNS=20000` searches longer. */
const RUNS = Number(import.meta.env.RUNS ?? 300);

function html(node: ParentNode): string {
  const element = document.createElement("div");
  element.append(...Array.from(node.childNodes, (child) => child.cloneNode(true)));
  element.normalize();
  return element.innerHTML;
}

function atOnce(text: string): string {
  return html(renderMarkdown(text.replace(/\r\n?/g, "\n")));
}

function inPieces(pieces: string[]): string {
  const element = document.createElement("div");
  const stream = new MarkdownStream(element);
  for (const piece of pieces) stream.append(piece);
  stream.finish();
  stream.flush();
  return html(element);
}

/** Passes the last piece together with the end of the text. */
function endingWith(pieces: string[]): string {
  const element = document.createElement("div");
  const stream = new MarkdownStream(element);
  for (const piece of pieces.slice(0, -1)) stream.append(piece);
  stream.write(pieces.at(-1) ?? "");
  stream.flush();
  return html(element);
}

/** Cuts `text` before each of these positions. */
function cut(text: string, places: number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((one, two) => one - two);
  return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
}

const BLOCKS = [
  "Energy is $E = mc^2$, or \\(a_1 * b_2\\), not $5 or $6.",
  "$$\n\\int_0^1 x\n+ y\n- z\n$$",
  "where\n\\[\na\n\\]\nand **more**",
  "$$\nopen\n- never closed",
  "A note[^1] and[^two].\n\n[^1]: First *note*\n  goes on\n[^two]: Second",
  "[^1]: One\n[^2]: Two\n\n  [^3]: Three\n[^4]:\nFour",
  "[label] and text\n\t\n[^1]: One\n\n[label]: http://second.example.org",
  "# One\n## Two\n    code\n#Three\n# Four\nwords\n# Five\n\n\n    code\n# [label]",
  "A paragraph with **bold**, *slanted*, `code` and ~~gone~~ words.",
  "Two lines\nin a paragraph",
  "# Headline",
  "Underlined\n===",
  "Underlined\n---",
  "- one\n- two\n  - nested\n\n  second paragraph\n- three",
  "- one\n\n- two, loose",
  "* star\n+ plus\n- minus",
  "1. first\n2. second\n\n   more of it",
  "1) first\n\ntext",
  "- item\n  ```js\n  code\n\n  more\n  ```\n- item",
  "- item\n\n      indented code",
  "```python\ndef f():\n\n    return 1\n```",
  "```\nno language\n\n\n```",
  "~~~~md\n```\ninner\n```\n~~~~",
  "```js title=x\nopen",
  "  ```\n  indented fence\n  ```",
  "    indented code\n\n    more",
  "> quote\n> more\n\n> another",
  "> - list\n>   in quote\nlazy",
  "> ```\n> code\n",
  "| a | b |\n| --- | ---: |\n| 1 | 2 |\n| 3 | `x|y` |",
  "|a|b|\n|-|-|",
  "---",
  "***",
  "[label] and [text][label] and [text](http://example.org 'title')",
  '[label]: http://example.org/x "title"',
  "[label]: http://second.example.org",
  '[other]: <http://example.org> "title\n\nwith a hole"',
  "<div>\nraw\n</div>",
  "<!-- comment\n\nover a line -->",
  "<script>alert(1)</script> Option<T> <br> <kbd>K</kbd> <a href='x'>",
  "- [x] done\n- [ ] open",
  "![image](http://example.org/x.png) https://example.org www.example.org me@example.org",
  "\\*escaped\\* &amp; &lt; \\`",
  "***both* half**",
  "a * b _c_ d__e__",
  "\t tab\n\t\n tab",
  "line with two spaces  \nbreak\\\nbreak",
  "```",
  "- ",
  "1.",
  "#",
  ">",
  "|",
];
const SEPARATORS = ["\n\n", "\n", "\n\n\n", "\n \n", "\n\t\n", "\r\n\r\n", "\n\n  ", "\n\n    ", ""];

const document_ = fc
  .array(fc.tuple(fc.constantFrom(...BLOCKS), fc.constantFrom(...SEPARATORS)), { minLength: 1, maxLength: 7 })
  .map((pairs) => pairs.flat().join(""));
const noise = fc.string({
  unit: fc.constantFrom(..."ab \n\n*_`~[]()!<>#|-+=:.1\\\t&>\r\"'"),
  maxLength: 60,
});

describe("Markdown in pieces", () => {
  it("is the same however it is cut: documents", () => {
    fc.assert(
      fc.property(document_, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
        expect(inPieces(cut(text, places))).toBe(atOnce(text));
      }),
      { numRuns: RUNS },
    );
  });

  it("is the same however it is cut: noise", () => {
    fc.assert(
      fc.property(noise, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
        expect(inPieces(cut(text, places))).toBe(atOnce(text));
      }),
      { numRuns: 3 * RUNS },
    );
  });

  it("is the same letter by letter", () => {
    fc.assert(
      fc.property(document_, (text) => {
        expect(inPieces(text.split(""))).toBe(atOnce(text));
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it("is the same when the rest comes at once, through `write`", () => {
    fc.assert(
      fc.property(fc.oneof(document_, noise), fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
        expect(endingWith(cut(text, places))).toBe(atOnce(text));
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps code in its block when the rest comes at once", () => {
    const whole = "Look:\n\n```python\ndef count(): ...\n```\n";
    for (let at = 0; at <= whole.length; at += 1) {
      expect(endingWith([whole.slice(0, at), whole.slice(at)])).toBe(atOnce(whole));
    }
  });

  it("is the same for the whole text at once, through `write`", () => {
    const element = document.createElement("div");
    const stream = new MarkdownStream(element);
    stream.write(BLOCKS.join("\n\n"));
    stream.flush();
    expect(html(element)).toBe(atOnce(BLOCKS.join("\n\n")));
  });

  it("never touches a finished block again", () => {
    const element = document.createElement("div");
    const stream = new MarkdownStream(element);
    stream.append("First **block**.\n\n| a |\n| - |\n| 1 |\n\n```js\nlet x;\n```\n\nlast");
    const finished = Array.from(element.childNodes).slice(0, 3);
    const observer = new MutationObserver(() => {});
    for (const node of finished) observer.observe(node, { childList: true, characterData: true, subtree: true });
    stream.append(" words and *more*\n\nAnd another paragraph. `x`");
    stream.finish();
    expect(Array.from(element.childNodes).slice(0, 3)).toEqual(finished);
    expect(observer.takeRecords()).toEqual([]);
  });

  it("puts plain words into the existing text node", () => {
    const element = document.createElement("div");
    const stream = new MarkdownStream(element);
    stream.append("Some words");
    const node = element.querySelector("p")?.firstChild;
    stream.append(" and more words,");
    stream.append(" at once");
    expect(element.querySelector("p")?.firstChild).toBe(node);
    expect(element.textContent).toBe("Some words and more words, at once");
  });

  it("shows words inside of an emphasis that is still open", () => {
    const element = document.createElement("div");
    const stream = new MarkdownStream(element);
    stream.append("This is **bold");
    stream.append(" and still");
    expect(element.innerHTML).toBe("<p>This is <strong>bold and still</strong></p>");
  });

  it("colours and closes a block of code when its fence closes", () => {
    const element = document.createElement("div");
    const stream = new MarkdownStream(element);
    stream.append("```python\nreturn 1");
    expect(element.querySelector("code")?.textContent).toBe("return 1");
    stream.append("\n``");
    expect(element.querySelector("code")?.textContent).toBe("return 1\n");
    stream.append("`\n\nAfter");
    expect(element.querySelector("code")?.textContent).toBe("return 1");
    expect(element.querySelector("code .hljs-keyword")?.textContent).toBe("return");
    expect(element.lastElementChild?.textContent).toBe("After");
  });

  it("resolves a link whose definition comes after its block", () => {
    const element = document.createElement("div");
    const stream = new MarkdownStream(element);
    stream.append("See [the docs][d].\n\nMore.\n\n");
    expect(element.querySelector("a")).toBeNull();
    stream.append("[d]: https://example.org\n\nEnd.");
    stream.finish();
    expect(element.querySelector("a")?.getAttribute("href")).toBe("https://example.org");
  });
});
