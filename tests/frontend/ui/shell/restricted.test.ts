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

async function shown(restricted: boolean): Promise<string[]> {
  harness = new WidgetHarness({ instance: instanceOf(restricted ? { restricted, features: ["rename"] } : {}) });
  await settle();
  harness.frame({ op: "requests", instance: "i", requests: [request] });
  await settle();
  return Array.from(harness.el.querySelectorAll("button"), (button) => button.ariaLabel ?? button.textContent ?? "");
}

const OWN = ["Open an instance", "Close instance", "Server", "Allow once", "Always allow"];

it("A visitor is offered nothing that the kernel refuses", async () => {
  const names = await shown(true);
  expect(OWN.filter((name) => names.includes(name))).toEqual([]);
  expect(names).toContain("Reject");
  expect(harness.el.textContent).toContain("Only the author of this app can allow this.");
  const tab = harness.el.querySelector<HTMLElement>('[aria-label="Instances"] [role="tab"]');
  tab?.dispatchEvent(new KeyboardEvent("keydown", { key: "Delete", bubbles: true }));
  await settle();
  expect(harness.commands.map(({ name }) => name)).not.toContain("close_instance");
});

it("The user of the kernel is offered everything", async () => {
  const names = await shown(false);
  expect(OWN.filter((name) => names.includes(name))).toEqual(OWN);
});
