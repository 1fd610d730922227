// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Queue } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, type Script, sessionOf, settle, WidgetHarness } from "../harness";

const QUEUE: Queue = {
  prompts: [
    { id: "q1", text: "Then rest", files: [] },
    { id: "q2", text: "Then sleep", files: ["bed.csv"] },
    { id: "q3", text: "A long one", files: [], cut: true },
  ],
};
const where = { instance: "i", session: "s" };

let harness: WidgetHarness;
beforeEach(() => sessionStorage.clear());
afterEach(() => harness.end());

async function open(queue?: Queue, script?: Script, status: "busy" | "idle" = "busy"): Promise<void> {
  const session = sessionOf({ status, ...(queue ? { queue } : {}) });
  harness = new WidgetHarness({ instance: instanceOf({}), sessions: [session], ...(script ? { script } : {}) });
  await settle();
}

async function write(text: string): Promise<HTMLTextAreaElement> {
  const box = harness.get("textbox", "Prompt") as HTMLTextAreaElement;
  box.focus();
  await harness.type(text);
  return box;
}

const rows = () => Array.from(harness.el.querySelectorAll('[aria-label="Queued prompts"] > li'));

async function press(row: number, label: string): Promise<void> {
  const buttons = Array.from(rows()[row]?.querySelectorAll("button") ?? []);
  const button = buttons.find((each) => each.textContent === label);
  expect(button, label).toBeDefined();
  button?.click();
  await settle();
}

describe("The queue, where the server has none", () => {
  it("takes a prompt during a turn, by its button and by Alt+Enter; Enter sends as before", async () => {
    await open();
    const box = await write("Then rest");
    await harness.click("button", "Queue");
    expect(harness.sent("queue_prompt")).toEqual([{ ...where, text: "Then rest" }]);
    expect(box.value).toBe("");
    await write("Then sleep");
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", altKey: true, bubbles: true, cancelable: true }));
    await settle();
    expect(harness.sent("queue_prompt")).toHaveLength(2);
    expect(harness.sent("prompt")).toEqual([]);
    await write("Now");
    await harness.press("Enter");
    expect(harness.sent("prompt")).toMatchObject([{ ...where, text: "Now" }]);
  });

  it("ends with the kernel, and its words can be kept as a draft", async () => {
    await open(QUEUE);
    harness.shutDown();
    harness.el.querySelector(".ocw")?.dispatchEvent(new Event("focusin", { bubbles: true }));
    await settle();
    expect(harness.get("region", "Queue").textContent).toContain("ended with the kernel");
    expect(rows()[0]?.querySelector("button")).toBeNull();
    await harness.click("button", "Keep as draft");
    const box = harness.get("textbox", "Prompt") as HTMLTextAreaElement;
    expect(box.value).toBe("Then rest\n\nThen sleep\n\nA long one");
  });

  it("is not offered while the session is at rest", async () => {
    await open(undefined, undefined, "idle");
    await write("Then rest");
    expect(harness.all("button", "Queue")).toEqual([]);
  });

  it("gives the words back if the kernel refuses them", async () => {
    await open(undefined, ({ name }) =>
      name === "queue_prompt" ? { ok: false, problem: { name: "RequestFailed", message: "Too many." } } : undefined,
    );
    const box = await write("Then rest");
    await harness.click("button", "Queue");
    await vi.waitFor(() => expect(box.value).toBe("Then rest"));
    expect(harness.get("alert", "").textContent).toContain("Not queued: Too many.");
  });

  it("lists what waits, with files, and says that it follows or why it stopped", async () => {
    await open(QUEUE);
    expect(rows().map((row) => row.querySelector(".ocw-queued-text")?.textContent)).toEqual([
      "Then rest",
      "Then sleep · bed.csv",
      "A long one",
    ]);
    const region = harness.get("region", "Queue");
    expect(region.textContent).toContain("sent one after the other");
    const session = sessionOf({ status: "idle", queue: { ...QUEUE, stopped: "The turn was stopped." } });
    harness.frame({ op: "session", instance: "i", session });
    await settle();
    expect(harness.get("region", "Queue").textContent).toContain("The turn was stopped. The prompts below are held");
  });

  it("sends, moves and removes a prompt; removed words return to an empty composer", async () => {
    await open(QUEUE);
    await press(1, "Send now");
    expect(harness.sent("send_queued")).toEqual([{ ...where, queued: "q2" }]);
    await press(0, "Move down");
    await press(2, "Move up");
    expect(harness.sent("move_queued")).toEqual([
      { ...where, queued: "q1", to: 1 },
      { ...where, queued: "q3", to: 1 },
    ]);
    await press(0, "Remove");
    expect(harness.sent("remove_queued")).toEqual([{ ...where, queued: "q1" }]);
    const box = harness.get("textbox", "Prompt") as HTMLTextAreaElement;
    await vi.waitFor(() => expect(box.value).toBe("Then rest"));
    await press(1, "Remove");
    expect(box.value).toBe("Then rest");
  });

  it("edits a prompt whose words it has whole", async () => {
    await open(QUEUE);
    await press(0, "Edit");
    expect((document.activeElement as HTMLTextAreaElement).value).toBe("Then rest");
    await harness.type("Then rest a while");
    await harness.press("Enter");
    expect(harness.sent("edit_queued")).toEqual([{ ...where, queued: "q1", text: "Then rest a while" }]);
    expect(rows()[2]?.textContent).not.toContain("Edit");
  });

  it("keeps the new words where the kernel refuses them", async () => {
    await open(QUEUE, ({ name }) =>
      name === "edit_queued" ? { ok: false, problem: { name: "UnknownName", message: "No variable." } } : undefined,
    );
    await press(0, "Edit");
    await harness.type("Why @var:dg?");
    await harness.press("Enter");
    await vi.waitFor(() => expect(harness.el.textContent).toContain("No variable."));
    expect((harness.get("textbox", "Queued prompt") as HTMLTextAreaElement).value).toBe("Why @var:dg?");
  });
});
