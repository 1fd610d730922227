// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DEMO_PROMPTS,
  recentSessions,
  suggestedPrompts,
} from "../../../../opencode_widget/frontend/src/ui/transcript/suggestions";
import { english } from "../../../../opencode_widget/frontend/src/words/english";
import { instanceOf, sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness;
beforeEach(() => sessionStorage.clear());
afterEach(() => harness?.end());

const models = (...providers: string[]) => providers.map((provider) => ({ provider, id: "m" })) as never;

describe("What an empty conversation offers", () => {
  it.each([
    [models("demo"), DEMO_PROMPTS],
    [models("demo", "anthropic"), english.transcript.suggestions],
    [models("anthropic"), english.transcript.suggestions],
    [models(), []],
  ])("is what the models can do: %j", (known, prompts) =>
    expect(suggestedPrompts(instanceOf({ models: known }))).toEqual(prompts),
  );

  it("is to continue the latest sessions, but none of a sub-agent", () => {
    const sessions = [
      sessionOf({ id: "old", title: "Old", updated: 1 }),
      sessionOf({ id: "here", title: "Here", updated: 9 }),
      sessionOf({ id: "child", title: "Child", parent: "old", updated: 8 }),
      sessionOf({ id: "none", title: "", updated: 7 }),
      sessionOf({ id: "gone", title: "Gone", archived: 1, updated: 6 }),
      sessionOf({ id: "late", title: "Late", updated: 5 }),
      sessionOf({ id: "mid", title: "Mid", updated: 3 }),
    ];
    expect(recentSessions(sessions, "here").map(({ id }) => id)).toEqual(["late", "mid"]);
  });
});

describe("The empty conversation", () => {
  const open = async () => {
    harness = new WidgetHarness({
      instance: instanceOf({ directory: "/home/ada/shop", models: models("anthropic") }),
      sessions: [sessionOf(), sessionOf({ id: "t", title: "Write the README" })],
    });
    await settle();
  };
  const prompt = () => harness.get("textbox", "Prompt") as HTMLTextAreaElement;

  it("names the folder, with its whole path as a tooltip", async () => {
    await open();
    const name = harness.el.querySelector(".ocw-blank [title]");
    expect([name?.textContent, name?.getAttribute("title")]).toEqual(["in shop", "/home/ada/shop"]);
  });

  it("writes a suggestion into the prompt, and sends nothing", async () => {
    await open();
    await harness.click("button", english.transcript.suggestions[0] as string);
    expect(prompt().value).toBe(english.transcript.suggestions[0]);
    expect(harness.focused()).toBe(prompt());
    expect(harness.sent("prompt")).toEqual([]);
  });

  it("writes over nothing that the user wrote", async () => {
    await open();
    prompt().focus();
    await harness.type("My own");
    await harness.click("button", english.transcript.suggestions[0] as string);
    expect(prompt().value).toBe("My own");
  });

  it("leads to the latest session", async () => {
    await open();
    await harness.click("button", "Continue: Write the README");
    expect(harness.sent("select_session")).toEqual([{ instance: "i", session: "t" }]);
  });
});
