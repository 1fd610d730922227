// @vitest-environment jsdom
import { afterEach, expect, it } from "vitest";
import { instanceOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
afterEach(() => harness.end());

it("A server that is being started is no failure, and its sessions are not said to be none", async () => {
  const starting = instanceOf({ connection: { state: "connecting" }, activeSession: undefined });
  harness = new WidgetHarness({ instance: starting, sessions: [] });
  await settle();
  expect(harness.el.textContent).toContain("Starting OpenCode…");
  expect(harness.el.textContent).toContain("You can already type your first prompt.");
  expect(harness.el.textContent).not.toContain("Not connected");
  expect(harness.el.textContent).not.toContain("No sessions yet");
  expect(harness.el.querySelectorAll(".ocw-sessions .ocw-expected > i")).toHaveLength(3);
  const connected = instanceOf({ activeSession: undefined });
  harness.frame({ op: "instance", instance: connected, after: null });
  await settle();
  expect(harness.el.textContent).not.toContain("Starting OpenCode");
  expect(harness.el.textContent).toContain("No sessions yet");
  expect(harness.el.querySelector(".ocw-expected")).toBeNull();
});
