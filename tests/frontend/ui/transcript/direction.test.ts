// @vitest-environment jsdom
import { afterEach, expect, it } from "vitest";
import type { Message } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, sessionOf, settle, WidgetHarness } from "../harness";

const ARABIC = "مرحبا، شغّل `pytest` الآن";
const message = (id: string, role: "user" | "assistant"): Message => ({
  head: { id, role, state: "complete", created: 1 },
  parts: [{ kind: "text", id: `${id}t`, text: ARABIC, ended: true }],
});

let harness: WidgetHarness;
afterEach(() => harness.end());

it("Words have the direction of their own first letter, wherever they are written and shown", async () => {
  harness = new WidgetHarness({
    instance: instanceOf(),
    sessions: [sessionOf({ title: ARABIC })],
    messages: [message("m", "user"), message("n", "assistant")],
  });
  await settle();
  const all = [".ocw-user-text", ".ocw-md", ".ocw-tab-title", ".ocw-head-title", 'textarea[aria-label="Prompt"]'];
  for (const selector of all) expect(harness.el.querySelector(selector)?.getAttribute("dir"), selector).toBe("auto");
});
