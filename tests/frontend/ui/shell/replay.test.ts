// @vitest-environment jsdom
import { afterEach, expect, it } from "vitest";
import type { PermissionRequest } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
afterEach(() => harness.end());

const request: PermissionRequest = {
  kind: "permission",
  id: "p1",
  session: "s",
  permission: "bash",
  patterns: ["ls"],
  always: [],
  metadata: {},
  title: "ls",
};

it("A replay is marked, and offers nothing that the kernel refuses", async () => {
  harness = new WidgetHarness({ instance: instanceOf({ restricted: true, replay: true, features: [] }) });
  await settle();
  expect(harness.el.querySelector('[role="status"].ocw-state')?.textContent).toBe("Replay");
  const prompt = harness.el.querySelector<HTMLTextAreaElement>('[aria-label="Prompt"]');
  expect(prompt?.disabled).toBe(true);
  expect(prompt?.placeholder).toBe("This is a replay; nothing can be sent.");
  harness.frame({ op: "requests", instance: "i", requests: [request] });
  await settle();
  expect(harness.el.textContent).toContain("This is a replay; nothing can be answered here.");
  const names = Array.from(harness.el.querySelectorAll("button"), (button) => button.ariaLabel ?? button.textContent);
  const refused = ["New session", "Allow once", "Always allow", "Reject", "Reconnect", "Stop", "Server"];
  expect(refused.filter((name) => names.includes(name))).toEqual([]);
});
