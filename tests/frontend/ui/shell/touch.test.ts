// @vitest-environment jsdom
/** JupyterLab tells a widget nothing when its kernel is shut down; the widget finds out when the user turns to it. */
import { afterEach, expect, it, vi } from "vitest";
import { settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;

afterEach(() => {
  harness.end();
  vi.useRealTimers();
});

it.each(["pointerenter", "pointermove", "focusin"])("a %s finds out that the kernel was shut down", async (event) => {
  harness = new WidgetHarness();
  await settle();
  harness.shutDown();
  await settle();
  expect(harness.el.textContent).toContain("Connected");
  harness.el.querySelector(".ocw")?.dispatchEvent(new Event(event, { bubbles: true }));
  await settle();
  expect(harness.el.textContent).toContain("The kernel has stopped. Run the cell again");
});
