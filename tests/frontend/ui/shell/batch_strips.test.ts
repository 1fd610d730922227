// @vitest-environment jsdom
import { afterEach, expect, it } from "vitest";
import { settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
afterEach(() => harness.end());

const strips = () => Array.from(harness.el.querySelectorAll<HTMLElement>('section[aria-label="Batch"]'));

it("A strip for each batch says how far it is, stops it, and goes with it", async () => {
  harness = new WidgetHarness();
  await settle();
  expect(strips()).toEqual([]);
  harness.frame({
    op: "batches",
    batches: [
      { id: "b1", total: 100, done: 12, failed: 2, cost: 0.12 },
      { id: "b2", total: 3, done: 0, failed: 0, cost: 0 },
    ],
  });
  await settle();
  const words = strips().map((strip) => strip.querySelector('[role="status"]')?.textContent);
  expect(words).toEqual(["Batch: 12 of 100 done, 2 failed, $0.12", "Batch: 0 of 3 done"]);
  const bar = strips()[0]?.querySelector("progress");
  expect(bar?.getAttribute("aria-label")).toBe("Prompts done");
  expect([bar?.value, bar?.max]).toEqual([12, 100]);
  strips()[1]?.querySelector("button")?.click();
  await settle();
  expect(harness.commands.at(-1)).toMatchObject({ name: "stop_batch", args: { batch: "b2" } });
  harness.frame({ op: "batches", batches: [] });
  await settle();
  expect(strips()).toEqual([]);
});
