// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { AnsiSink } from "../../../../opencode_widget/frontend/src/text/ansi/sink";

let element: HTMLElement;
let sink: AnsiSink;

beforeEach(() => {
  element = document.createElement("pre");
  sink = new AnsiSink(element);
});

describe("Terminal output in the page", () => {
  it("has spans where it has a style, and text nodes where not", () => {
    sink.append("plain \x1b[1;31mbold red\x1b[0m plain");
    const [span] = element.querySelectorAll<HTMLElement>(".ocw-chunk > span");
    expect(span?.textContent).toBe("bold red");
    expect(span?.className).toBe("ocw-t-bold ocw-t-ink");
    expect(span?.style.getPropertyValue("--ocw-t-light")).toMatch(/^rgb/);
    expect(element.textContent).toBe("plain bold red plain");
  });

  it("is text, whatever a program writes", () => {
    sink.append("<img src=x onerror=alert(1)>\x1b[31m<b>red</b>");
    expect(element.querySelector("img, b")).toBeNull();
    expect(element.textContent).toBe("<img src=x onerror=alert(1)><b>red</b>");
  });

  it("takes away only the open line", () => {
    sink.append("done\n\x1b[32mok\x1b[0m 10%");
    sink.append("\r\x1b[2K\x1b[32mok\x1b[0m 100%\nnext");
    expect(element.textContent).toBe("done\nok 100%\nnext");
  });

  it("is the same in one piece and letter by letter", () => {
    const written = `${"line\n".repeat(450)}\x1b[31mred\x1b[0m\rREAD\n\x1b[7minverse\x1b[0m`;
    for (const letter of written) sink.append(letter);
    const other = document.createElement("pre");
    new AnsiSink(other).append(written);
    expect(element.textContent).toBe(other.textContent);
    expect(element.querySelectorAll(".ocw-chunk")).toHaveLength(3);
  });

  it("grows in the node that is there", () => {
    sink.append("a");
    const node = element.firstChild?.firstChild;
    for (let at = 0; at < 1000; at += 1) sink.append("b");
    expect(element.firstChild?.firstChild).toBe(node);
    expect(element.firstChild?.childNodes).toHaveLength(1);
  });

  it("begins anew", () => {
    sink.append("\x1b[31mred");
    sink.clear();
    sink.append("plain");
    expect(element.innerHTML).toBe('<span class="ocw-chunk">plain</span>');
  });

  it("has inverse text with a colour on that colour", () => {
    sink.append("\x1b[7;31mred\x1b[0;7mplain");
    const [red, plain] = element.querySelectorAll<HTMLElement>(".ocw-chunk > span");
    expect(red?.className).toBe("ocw-t-on ocw-t-ink");
    expect(plain?.className).toBe("ocw-t-inverse");
  });
});
