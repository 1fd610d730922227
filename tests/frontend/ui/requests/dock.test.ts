// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PermissionRequest } from "../../../../opencode_widget/frontend/src/protocol";
import { sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
beforeEach(() => sessionStorage.clear());
afterEach(() => harness.end());

const request = (more: Partial<PermissionRequest> = {}): PermissionRequest => ({
  kind: "permission",
  id: "r",
  session: "s",
  permission: "bash",
  patterns: ["rm a"],
  always: ["rm *"],
  metadata: { command: "rm a" },
  title: "rm a",
  ...more,
});

async function shown(): Promise<void> {
  const sessions = [sessionOf({ status: "busy" }), sessionOf({ id: "t", title: "Other" })];
  harness = new WidgetHarness({ sessions });
  await settle();
}

async function ask(more: Partial<PermissionRequest> = {}): Promise<void> {
  harness.frame({ op: "request", instance: "i", request: request(more) });
  await settle();
}

async function answered(): Promise<void> {
  harness.frame({ op: "request-", instance: "i", id: "r" });
  await settle();
}

const prompts = () => harness.all("textbox", "Prompt");

describe("A request of the conversation on screen", () => {
  it("takes the composer's place, with a way to stop, and gives it back", async () => {
    await shown();
    await ask();
    expect(prompts()).toEqual([]);
    expect(harness.all("button", "Stop")).toHaveLength(1);
    await answered();
    expect(prompts()).toHaveLength(1);
    expect(harness.all("button", "Stop")).toHaveLength(1);
  });

  it("lets the user write a message instead", async () => {
    await shown();
    await ask();
    await harness.click("button", "Write a message instead");
    expect(harness.focused()).toBe(prompts()[0]);
    expect(harness.all("button", "Allow once")).toHaveLength(1);
    expect(harness.all("button", "Write a message instead")).toEqual([]);
  });

  it("interrupts nobody who is writing", async () => {
    await shown();
    harness.get("textbox", "Prompt").focus();
    await harness.type("One mo");
    await ask();
    expect(harness.focused()).toBe(prompts()[0]);
  });

  it("takes the focus of an empty prompt to where no key can answer it", async () => {
    await shown();
    harness.get("textbox", "Prompt").focus();
    await ask();
    expect(harness.focused()).toBe(harness.get("button", "Write a message instead"));
    await answered();
    expect(harness.focused()).toBe(prompts()[0]);
  });

  it("takes no focus from elsewhere", async () => {
    await shown();
    const outside = document.createElement("input");
    document.body.append(outside);
    outside.focus();
    await ask();
    expect(document.activeElement).toBe(outside);
    await answered();
    expect(document.activeElement).toBe(outside);
  });

  it("is stopped with Escape twice", async () => {
    await shown();
    await ask();
    harness.get("button", "Write a message instead").focus();
    await harness.press("Escape");
    await harness.press("Escape");
    expect(harness.sent("abort")).toHaveLength(1);
  });
});

describe("A request of another conversation", () => {
  it("leaves the composer where it is", async () => {
    await shown();
    await ask({ session: "t" });
    expect(prompts()).toHaveLength(1);
  });
});
