// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepFocus } from "../../../../opencode_widget/frontend/src/ui/shell/keep_focus";

const PAGE = `
  <div class="ocw-app">
    <button id="first">First</button>
    <div class="ocw-body">
      <ul><li><input id="field"><button id="menu">Menu</button></li></ul>
      <div class="ocw-main">
        <div class="ocw-log-frame"><div id="log" tabindex="0"></div><button id="jump">Jump</button></div>
        <form class="ocw-composer"><textarea id="prompt"></textarea>
          <div><button id="attach">Attach</button><button id="stop">Stop</button><button id="send">Send</button></div></form>
      </div>
    </div>
  </div>`;
const root = document.createElement("div");
let stop: () => void;

const element = (id: string) => document.getElementById(id) as HTMLButtonElement;
const events = () => new Promise((resolve) => setTimeout(resolve));

describe("The focus, when its element is removed", () => {
  beforeEach(() => {
    root.innerHTML = PAGE;
    document.body.append(root);
    stop = keepFocus(root);
  });
  afterEach(() => stop());

  it.each([
    ["field", "menu"],
    ["jump", "log"],
    ["stop", "prompt"],
  ])("goes from #%s to #%s, the nearest", async (from, to) => {
    element(from).focus();
    element(from).remove();
    await events();
    expect(document.activeElement?.id).toBe(to);
  });

  it("moves on also from a button that is disabled", async () => {
    element("send").focus();
    element("send").disabled = true;
    await events();
    expect(document.activeElement?.id).toBe("prompt");
  });

  it("stays where the user put it", async () => {
    element("field").focus();
    element("first").focus();
    element("field").remove();
    await events();
    expect(document.activeElement?.id).toBe("first");
  });

  it("does not return to a widget that the user has left", async () => {
    element("field").focus();
    element("field").blur();
    await events();
    element("field").remove();
    await events();
    expect(document.activeElement).toBe(document.body);
  });
});
