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

/** An agent that has a model of its own, and what the server says of the session. */
async function openChecker(session: Partial<Session> = {}, models = MODELS): Promise<void> {
  const agents = [...AGENTS, { name: "checker", mode: "primary" as const, model: "p/b", variant: "high" }];
  const instance = { ...shop("s"), agents, models };
  harness = new WidgetHarness({ instance, sessions: [sessionOf(session)], script });
  await settle();
}

/** What the next prompt names. */
async function sent() {
  harness.get("textbox", "Prompt").focus();
  await harness.type("Hello");
  await harness.click("button", "Send");
  const { agent, model, variant } = harness.sent("prompt").at(-1) as Record<string, string>;
  return { agent, model, variant };
}

async function choose(picker: string, label: string): Promise<void> {
  await harness.click("button", picker);
  const options = harness.all("option", label);
  (options[0] as HTMLElement).click();
  await settle();
}

async function newSession(): Promise<void> {
  await harness.click("button", "New session");
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

describe("An agent with a model of its own", () => {
  const OWN = ["Agent: checker", "Model: B", "Variant: high"];

  it("shows that model, and its prompt names it or none", async () => {
    await openChecker();
    expect(shown()).toEqual(["Agent: build", "Model: A", "Variant: default"]);
    await choose("Agent", "checker");
    expect(shown()).toEqual(OWN);
    expect(await sent()).toEqual({ agent: "checker", model: "p/b", variant: "high" });
  });

  it("makes an earlier choice of a model void", async () => {
    await openChecker();
    await choose("Model", "A");
    await choose("Agent", "checker");
    expect(shown()).toEqual(OWN);
    expect((await sent()).model).toBe("p/b");
  });

  it("gives way to a later choice of a model, and of a variant", async () => {
    await openChecker();
    await choose("Agent", "checker");
    await choose("Variant", "default");
    expect(shown()).toEqual(["Agent: checker", "Model: B", "Variant: default"]);
    expect((await sent()).variant).toBe("default");
    await choose("Model", "A");
    expect(shown()).toEqual(["Agent: checker", "Model: A", "Variant: default"]);
    expect(await sent()).toEqual({ agent: "checker", model: "p/a", variant: undefined });
  });

  it("leaves the model to the agent that is chosen after it", async () => {
    await openChecker();
    await choose("Agent", "checker");
    await choose("Agent", "build");
    expect(shown()).toEqual(["Agent: build", "Model: A", "Variant: default"]);
  });

  it("goes on with the model that the session used last under it, until it is chosen again", async () => {
    await openChecker({ agent: "checker", model: "p/a" });
    expect(shown()).toEqual(["Agent: checker", "Model: A", "Variant: default"]);
    expect((await sent()).model).toBe("p/a");
    await choose("Agent", "checker");
    expect(shown()).toEqual(OWN);
    expect((await sent()).model).toBe("p/b");
  });

  it("shows its model although the server does not say which one is its default", async () => {
    await openChecker();
    harness.frame({ op: "catalogue", instance: "i", agents: shop("s").agents, models: MODELS, commands: [] });
    await settle();
    expect(harness.get("button", "Model").getAttribute("aria-label")).toBe("Model: Server default");
    expect(harness.all("button", "Variant")).toEqual([]);
    expect(await sent()).toEqual({ agent: undefined, model: undefined, variant: undefined });
  });
});

describe("The choice of the session", () => {
  it("is named by the next prompt, for a server may go on with its defaults", async () => {
    await open({ agent: "review", model: "p/b", variant: "high" });
    expect(await sent()).toEqual({ agent: "review", model: "p/b", variant: "high" });
  });
});
