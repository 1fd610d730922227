// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../../../opencode_widget/frontend/src/text/markdown/render";
import { sanitize } from "../../../../opencode_widget/frontend/src/text/markdown/sanitize";

function html(fragment: DocumentFragment): string {
  const element = document.createElement("div");
  element.append(fragment);
  return element.innerHTML;
}

const shown = (text: string) => html(renderMarkdown(text));

describe("The sanitiser", () => {
  it.each([
    ["script", "<p>x<script>alert(1)</script></p>", "<p>x</p>"],
    ["event handlers", '<p onclick="alert(1)">x</p>', "<p>x</p>"],
    ["images", '<p><img src=x onerror="alert(1)">x</p>', "<p>x</p>"],
    ["Jupyter's command links", '<a data-commandlinker-command="x" data-commandlinker-args="{}">x</a>', "<a>x</a>"],
    ["style, class, id and name", '<p style="position:fixed" class="jp" id="x" name="y">x</p>', "<p>x</p>"],
    ["forms", '<form action="/x"><input name="a"><button>x</button></form>', "x"],
    ["SVG", "<svg><a href='javascript:1'>x</a></svg>", ""],
    [
      "links in formulas",
      '<math href="https://x.org"><mi href="javascript:1">x</mi></math>',
      "<math><mi>x</mi></math>",
    ],
    [
      "style and actions in formulas",
      '<math><mi style="x" onclick="y" id="z">x</mi></math>',
      "<math><mi>x</mi></math>",
    ],
    [
      "HTML inside of formulas",
      '<math><mtext><img src=x onerror=alert(1)></mtext><annotation-xml encoding="text/html"><p>x</p></annotation-xml></math>',
      "<math><mtext></mtext></math>",
    ],
    [
      "maction",
      '<math><maction actiontype="statusline" xlink:href="javascript:1"><mi>x</mi></maction></math>',
      "<math><mi>x</mi></math>",
    ],
    ["frames", '<iframe src="https://example.org"></iframe><object data="x"></object>', ""],
    ["aria and role", '<p role="button" aria-label="x">x</p>', "<p>x</p>"],
  ])("takes out %s", (_, dirty, clean) => {
    expect(html(sanitize(dirty))).toBe(clean);
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "/lab/api/kernels",
    "//example.org",
    "#heading",
  ])("takes the address %s off a link", (address) => {
    const link = sanitize(`<a href="${address}">x</a>`).querySelector("a");
    expect(link?.hasAttribute("href")).toBe(false);
  });

  it.each(["https://example.org/x?y=1", "http://example.org", "mailto:me@example.org"])("leaves %s", (address) => {
    const link = sanitize(`<a href="${address}">x</a>`).querySelector("a");
    expect(link?.getAttribute("href")).toBe(address);
    expect(link?.getAttribute("target")).toBe("_blank");
    expect(link?.getAttribute("rel")).toBe("noopener noreferrer");
  });

  it("leaves the alignment of cells and the start of lists", () => {
    expect(shown("| a |\n| -: |\n| 1 |")).toContain('<td align="right">1</td>');
    expect(shown("3. x")).toContain('<ol start="3">');
  });
});

describe("Markdown of an agent", () => {
  it("shows raw HTML as it was written", () => {
    expect(shown("An Option<T> and <img src=x onerror=alert(1)> here")).toBe(
      "<p>An Option&lt;T&gt; and &lt;img src=x onerror=alert(1)&gt; here</p>",
    );
  });

  it("keeps harmless inline tags", () => {
    expect(shown("Press <kbd>K</kbd><br>now")).toBe("<p>Press <kbd>K</kbd><br>now</p>");
  });

  it("loads no image: a button says where it is", () => {
    const fragment = renderMarkdown("![a chart](https://example.org/x.png)");
    expect(fragment.querySelector("img")).toBeNull();
    expect(fragment.querySelector("button")?.textContent).toBe("Show image “a chart” from example.org");
  });

  it("says where a link goes, and shows the host where the words name another", () => {
    const link = (source: string) => renderMarkdown(source).querySelector("a");
    expect(link("[docs](https://example.org/a?b=1)")?.title).toBe("https://example.org/a?b=1");
    expect(link("[docs](https://example.org/a)")?.textContent).toBe("docs");
    expect(link("[https://good.org](https://evil.org/x)")?.textContent).toBe("https://good.org (evil.org)");
    expect(link("[good.org](https://evil.org)")?.textContent).toBe("good.org (evil.org)");
    expect(link("https://example.org/x")?.textContent).toBe("https://example.org/x");
    expect(link("[docs](https://аpple.com/x)")?.textContent).toBe("docs (xn--pple-43d.com)");
  });

  it("has no address in a link to anything but the web or mail", () => {
    expect(renderMarkdown("[x](javascript:alert(1))").querySelector("[href]")).toBeNull();
    expect(renderMarkdown("![x](data:image/svg+xml,x)").querySelector("[href]")).toBeNull();
  });

  it("does not let the language of code out of its place", () => {
    const block = renderMarkdown('```"><script>x</script>\ncode\n```');
    expect(block.querySelector("script")).toBeNull();
    expect(block.querySelector("code")?.textContent).toBe("code");
  });
});
