// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { Delivery, Feature, Session } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
afterEach(() => harness.end());

async function shown(features: Feature[], status: Session["status"], delivery?: Delivery): Promise<void> {
  const head = { id: "m", role: "user", state: "queued", created: 1, ...(delivery ? { delivery } : {}) } as const;
  const parts = [{ kind: "text", id: "p", text: "And then?", ended: true } as const];
  harness = new WidgetHarness({
    instance: instanceOf({ features }),
    sessions: [sessionOf({ status })],
    messages: delivery ? [{ head, parts }] : [],
  });
  await settle();
}

async function write(text: string): Promise<HTMLTextAreaElement> {
  const box = harness.el.querySelector<HTMLTextAreaElement>(".ocw-composer textarea") as HTMLTextAreaElement;
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
  return box;
}

async function press(box: HTMLTextAreaElement, key: string, altKey = false): Promise<void> {
  box.dispatchEvent(new KeyboardEvent("keydown", { key, altKey, bubbles: true, cancelable: true }));
  await settle();
}

const sent = () => harness.commands.filter(({ name }) => name === "prompt").map(({ args }) => args);

describe("A prompt during an answer", () => {
  it("joins it with Enter, and waits for its end with Alt+Enter or the button", async () => {
    await shown(["delivery"], "busy");
    await press(await write("Steer"), "Enter");
    await press(await write("Queue"), "Enter", true);
    await write("Button");
    harness.get("button", "Queue").click();
    await settle();
    expect(sent()).toMatchObject([
      { text: "Steer", delivery: "steer" },
      { text: "Queue", delivery: "queue" },
      { text: "Button", delivery: "queue" },
    ]);
  });

  it.each<[string, Feature[], Session["status"], number]>([
    ["at rest", ["delivery"], "idle", 0],
    ["where the server cannot; the kernel queues then", [], "busy", 1],
  ])("names no delivery %s", async (_, features, status, buttons) => {
    await shown(features, status);
    expect(harness.all("button", "Queue")).toHaveLength(buttons);
    await press(await write("Hello"), "Enter");
    expect(sent()[0]).not.toHaveProperty("delivery");
  });
});

describe("A queued prompt", () => {
  it.each<[Delivery, string, string, Delivery]>([
    ["steer", "read at the next step", "Send after reply", "queue"],
    ["queue", "sent after this reply", "Send at next step", "steer"],
  ])("and is to %s can be told otherwise", async (delivery, words, button, other) => {
    await shown(["delivery", "redeliver"], "busy", delivery);
    expect(harness.el.textContent).toContain(words);
    harness.get("button", button).click();
    await settle();
    expect(harness.commands.at(-1)).toEqual({
      name: "deliver_prompt",
      args: { instance: "i", session: "s", message: "m", delivery: other },
    });
  });

  it("offers that only if the server supports it", async () => {
    await shown(["delivery"], "busy", "steer");
    expect(harness.all("button", "Send after reply")).toEqual([]);
  });
});
