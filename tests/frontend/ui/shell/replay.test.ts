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

const PLAYS = { paused: false, speed: 1, ended: false };

it("A replay is marked, and offers nothing that the kernel refuses", async () => {
  harness = new WidgetHarness({ instance: instanceOf({ restricted: true, replay: PLAYS, features: [] }) });
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

function state(): string | null | undefined {
  return harness.el.querySelector('[role="status"].ocw-state')?.textContent;
}

function button(name: string): HTMLButtonElement | undefined {
  return Array.from(harness.el.querySelectorAll("button")).find(({ textContent }) => textContent === name);
}

it("A replay can be paused, and its speed changed, until it has ended", async () => {
  const instance = instanceOf({ restricted: true, replay: PLAYS, features: [] });
  harness = new WidgetHarness({ instance });
  await settle();
  button("Pause")?.click();
  await settle();
  expect(harness.sent("control_replay")).toEqual([{ paused: true }]);
  harness.frame({ op: "instance", instance: { ...instance, replay: { ...PLAYS, paused: true } }, after: null });
  await settle();
  expect(state()).toBe("Replay, paused");
  button("Resume")?.click();
  const speed = harness.el.querySelector<HTMLSelectElement>('[aria-label="Speed of the replay"]');
  if (speed) speed.value = "4";
  speed?.dispatchEvent(new Event("change", { bubbles: true }));
  await settle();
  expect(harness.sent("control_replay").slice(1)).toEqual([{ paused: false }, { speed: 4 }]);
  harness.frame({ op: "instance", instance: { ...instance, replay: { ...PLAYS, ended: true } }, after: null });
  await settle();
  expect(state()).toBe("Replay, ended");
  expect(button("Pause")).toBeUndefined();
});
