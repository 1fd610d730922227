// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../../../opencode_widget/frontend/src/text/markdown/render";
import { MarkdownStream } from "../../../../opencode_widget/frontend/src/text/markdown/stream";

function drawn(source: string): string {
  const element = document.createElement("div");
  element.append(renderMarkdown(source));
  return element.innerHTML;
}

/** What a reader sees when so much has arrived. */
function streamed(source: string): HTMLElement {
  const element = document.createElement("div");
  const stream = new MarkdownStream(element);
  stream.append(source);
  stream.dispose();
  return element;
}

const marked = (element: HTMLElement) => element.querySelector("strong, em")?.textContent ?? "";

describe("A single tilde means about", () => {
  it.each([
    "Runs took 2~3 s, 10~20 MB",
    "大约3~5天，价格100~200元",
    "A~B~C",
    "~5 minutes, ~3 s",
    "~/a and ~/b",
    "~ x ~",
    "v~1.0~rc",
  ])("%s", (source) => expect(drawn(source)).toBe(`<p>${source}</p>`));

  it.each([
    ["~~x~~", "<del>x</del>"],
    ["a ~~b~c~~ d", "a <del>b~c</del> d"],
    ["旧~~价格：~~新", "旧<del>价格：</del>新"],
    ["**~~x~~**", "<strong><del>x</del></strong>"],
    ["~~**x**~~", "<del><strong>x</strong></del>"],
  ])("%s strikes", (source, html) => expect(drawn(source)).toBe(`<p>${html}</p>`));
});

const EMPHASISED: Array<[string, string]> = [
  ["含**「重点」**内容", "含<strong>「重点」</strong>内容"],
  ["**注意：**请先备份", "<strong>注意：</strong>请先备份"],
  ["这是**“引号”**吗", "这是<strong>“引号”</strong>吗"],
  ["他说**很好**。", "他说<strong>很好</strong>。"],
  ["用*（斜体）*写", "用<em>（斜体）</em>写"],
  ["***（都）***有", "<em><strong>（都）</strong></em>有"],
  ["**《书名》**和**「篇名」**。", "<strong>《书名》</strong>和<strong>「篇名」</strong>。"],
  ["これは**「重要」**です", "これは<strong>「重要」</strong>です"],
  ["**注意。**次に", "<strong>注意。</strong>次に"],
  ['**"인용"**은', '<strong>"인용"</strong>은'],
  ["**파일(`a`)**을", "<strong>파일(<code>a</code>)</strong>을"],
  ["**ชื่อ:**ข้อความ", "<strong>ชื่อ:</strong>ข้อความ"],
  ["在**`code`**里", "在<strong><code>code</code></strong>里"],
  ["𠮷**（字）**𠮷", "𠮷<strong>（字）</strong>𠮷"],
  ["**bold:**text", "<strong>bold:</strong>text"],
  ["**Note.**Then", "<strong>Note.</strong>Then"],
];

describe("Emphasis beside scripts without spaces", () => {
  it.each(EMPHASISED)("%s", (source, html) => expect(drawn(source)).toBe(`<p>${html}</p>`));

  it.each(EMPHASISED)("shows no mark that nobody wrote while it streams, and no bold too much: %s", (source, html) => {
    const plain = source.replace(/[*`]/g, "");
    const characters = [...source];
    const whole = document.createElement("div");
    whole.innerHTML = html;
    for (let length = 1; length <= characters.length; length += 1) {
      const shown = streamed(characters.slice(0, length).join(""));
      expect(plain.startsWith(shown.textContent ?? ""), `${shown.innerHTML} of ${source}`).toBe(true);
      expect(marked(whole).startsWith(marked(shown)), `${shown.innerHTML} of ${source}`).toBe(true);
    }
    expect(drawn(source)).toBe(`<p>${html}</p>`);
  });

  it.each([
    ["2**(3) + 4**(5)", "2**(3) + 4**(5)"],
    ["f(**a) or g(**b)", "f(**a) or g(**b)"],
    ["a * b * c", "a * b * c"],
    ["snake_case_name", "snake_case_name"],
    [
      "**Gomphocarpus (*G. physocarpus*, syn. *A. physocarpa*)**",
      "<strong>Gomphocarpus (<em>G. physocarpus</em>, syn. <em>A. physocarpa</em>)</strong>",
    ],
    ['**foo "*bar*" foo**', '<strong>foo "<em>bar</em>" foo</strong>'],
    ["*(**foo**)*", "<em>(<strong>foo</strong>)</em>"],
    ["**a**b", "<strong>a</strong>b"],
  ])("leaves others as CommonMark reads them: %s", (source, html) => expect(drawn(source)).toBe(`<p>${html}</p>`));
});

describe("An address in prose", () => {
  const link = (source: string) => {
    const element = document.createElement("div");
    element.innerHTML = drawn(source);
    return [element.querySelector("a")?.getAttribute("href"), element.textContent];
  };
  it.each([
    ["见https://example.com/a，然后", "https://example.com/a"],
    ["（见 https://example.com/a）", "https://example.com/a"],
    ["https://example.com/a。下一句", "https://example.com/a"],
    ["“https://example.com/a”", "https://example.com/a"],
    ["See https://example.com/a.", "https://example.com/a"],
    ["[https://example.com/a]", "https://example.com/a"],
    ["[see https://example.com/a?x[]=1], then", "https://example.com/a?x%5B%5D=1"],
    ["(https://example.com/a_(b))", "https://example.com/a_(b)"],
    ["https://zh.wikipedia.org/wiki/中文", "https://zh.wikipedia.org/wiki/%E4%B8%AD%E6%96%87"],
    ["「https://example.com/?q=1&b=2」を", "https://example.com/?q=1&b=2"],
    ["http://localhost:8888/lab…", "http://localhost:8888/lab"],
  ])("%s", (source, address) => {
    const [href, text] = link(source);
    expect(new URL(href ?? "").href).toBe(address);
    expect(text).toBe(source);
  });

  it("ends at emphasis", () => {
    expect(drawn("**https://example.com/a**看")).toContain("<strong><a ");
    expect(link("**https://example.com/a**看")[0]).toBe("https://example.com/a");
  });
});
