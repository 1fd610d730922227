// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { Message, MessageHead } from "../../../../../opencode_widget/frontend/src/protocol";
import {
  linePoints,
  usageHistory,
} from "../../../../../opencode_widget/frontend/src/ui/panels/session/usage/usage_history";
import { settle, WidgetHarness } from "../../harness";

const NONE = { input: 0, output: 0, reasoning: 0, cacheRead: 0, cacheWrite: 0 };
const answer = (id: string, input: number, cost?: number, change: Partial<MessageHead> = {}): MessageHead => ({
  id,
  role: "assistant",
  state: "complete",
  created: 0,
  tokens: { ...NONE, input },
  ...(cost === undefined ? {} : { cost }),
  ...change,
});

describe("The history of usage", () => {
  it("has the context after each answer, and what was spent so far", () => {
    const prompt = { id: "u", role: "user", state: "complete", created: 0 } as const;
    expect(usageHistory([prompt, answer("a", 100, 0.1), answer("b", 0), answer("c", 300, 0.2)])).toEqual({
      context: [100, 300],
      cost: [0.1, expect.closeTo(0.3)],
    });
  });

  it("falls with a summary", () => {
    const summary = answer("s", 900, 0, { summary: true, tokens: { ...NONE, input: 900, output: 50 } });
    expect(usageHistory([answer("a", 100), summary])).toEqual({ context: [100, 50], cost: [] });
  });

  it.each([
    [[0, 5, 10], "0,24 50,12 100,0"],
    [[4], "0,0"],
    [[0, 0], "0,24 100,24"],
    [[], ""],
  ])("is drawn from the left to the right: %j", (values, points) => expect(linePoints(values)).toBe(points));

  it("is thinned where it is long, and ends with the last answer", () => {
    const points = linePoints(Array.from({ length: 9_999 }, (_, at) => at)).split(" ");
    expect(points.length).toBeLessThanOrEqual(201);
    expect(points.at(-1)).toBe("100,0");
  });
});

describe("The chart of usage", () => {
  let harness: WidgetHarness | undefined;
  afterEach(() => harness?.end());

  async function names(heads: MessageHead[]): Promise<(string | null)[]> {
    harness = new WidgetHarness({ messages: heads.map((head) => ({ head, parts: [] })) as Message[] });
    await settle();
    await harness.click("button", "Session info");
    return [...harness.el.querySelectorAll(".ocw-usage-line svg")].map((each) => each.getAttribute("aria-label"));
  }

  it("says in words what it draws", async () => {
    expect(await names([answer("a", 1_000, 0.25), answer("b", 3_000, 0.25)])).toEqual([
      "Context over 2 answers: from 1k tokens to 3k tokens",
      "Cost over 2 answers: from $0.25 to $0.5",
    ]);
  });

  it("is not there before the second answer", async () => expect(await names([answer("a", 1_000)])).toEqual([]));
});
