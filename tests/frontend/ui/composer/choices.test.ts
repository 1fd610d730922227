// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Session } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, type Script, sessionOf, settle, WidgetHarness } from "../harness";

const MODELS = ["a", "b"].map((id) => ({
  provider: "p",
  id,
  name: id.toUpperCase(),
  providerName: "P",
  variants: ["high"],
}));
const AGENTS = [
  { name: "build", mode: "primary" as const },
  { name: "review", mode: "primary" as const },
  { name: "explore", mode: "subagent" as const },
];
const script: Script = ({ name }) => (name === "new_session" ? { ok: true, result: { session: "n" } } : undefined);
const shop = (activeSession: string) =>
  instanceOf({ agents: AGENTS, models: MODELS, defaultModel: "p/a", defaultAgent: "build", activeSession });

let harness: WidgetHarness;
beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});
afterEach(() => harness.end());

async function open(session: Partial<Session> = {}): Promise<void> {
  const sessions = [sessionOf(session), sessionOf({ id: "n", title: "New" })];
  harness = new WidgetHarness({ instance: shop("s"), sessions, script });
  await settle();
}

async function choose(picker: string, label: string): Promise<void> {
  await harness.click("button", picker);
  const options = harness.all("option", label);
  (options[0] as HTMLElement).click();
  await settle();
}

async function newSession(): Promise<void> {
  await harness.click("button", "New session");
  harness.frame({ op: "instance", instance: shop("n"), after: null });
  await settle();
}

const shown = () => ["Agent", "Model", "Variant"].map((name) => harness.get("button", name).getAttribute("aria-label"));
const CHOSEN = ["Agent: review", "Model: B", "Variant: high"];

async function chooseAll(): Promise<void> {
  await choose("Agent", "review");
  await choose("Model", "B");
  await choose("Variant", "high");
  expect(shown()).toEqual(CHOSEN);
}

describe("The choices of agent, model and variant", () => {
  it("go along into a new session, before they were sent", async () => {
    await open();
    await chooseAll();
    await newSession();
    expect(shown()).toEqual(CHOSEN);
  });

  it("go along into a new session, after they were sent", async () => {
    await open({ agent: "review", model: "p/b", variant: "high" });
    await newSession();
    expect(shown()).toEqual(CHOSEN);
  });

  it("survive a reload", async () => {
    await open();
    await chooseAll();
    harness.end();
    await open();
    expect(shown()).toEqual(CHOSEN);
  });

  it("of a sub-agent's session name no agent", async () => {
    await open({ agent: "explore", model: "p/b" });
    await newSession();
    expect(shown()).toEqual(["Agent: build", "Model: B", "Variant: default"]);
  });
});
