// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Question, QuestionRequest } from "../../../../../opencode_widget/frontend/src/protocol";
import { form } from "../../../../gallery/forms.js";
import { settle, WidgetHarness } from "../../harness";

const ask = (question: string, labels: string[], more: Partial<Question> = {}): Question => ({
  question,
  header: question,
  options: labels.map((label) => ({ label, description: `what ${label} means` })),
  multiple: false,
  custom: false,
  ...more,
});
const SIZE = ask("Size?", ["Big", "Small"]);
const EXTRAS = ask("Extras?", ["Milk", "Sugar"], { multiple: true });
const WHY = ask("Why?", [], { custom: true });

let harness: WidgetHarness;
beforeEach(() => sessionStorage.clear());
afterEach(() => harness.end());

async function open(...questions: Question[]): Promise<void> {
  const request: QuestionRequest = { kind: "question", id: "q", session: "s", questions };
  harness = new WidgetHarness({ requests: [request] });
  await settle();
}

const legends = () => Array.from(harness.el.querySelectorAll("fieldset legend"), (each) => each.textContent?.trim());
const input = (label: string) =>
  Array.from(harness.el.querySelectorAll<HTMLLabelElement>("label.ocw-answer-option"))
    .find((each) => each.textContent?.startsWith(label))
    ?.querySelector("input") as HTMLInputElement;
async function choose(...labels: string[]): Promise<void> {
  for (const label of labels) {
    input(label).click();
    await settle();
  }
}

const isChosen = (...labels: string[]) => labels.map((label) => input(label).checked);
const hasButton = (name: string) => harness.all("button", name).length > 0;
const submitted = () => harness.sent("answer_question") as Array<{ answers: string[][] | null }>;

async function submitByEnter(): Promise<void> {
  harness.el.querySelector<HTMLFormElement>('form[aria-label="Question"]')?.requestSubmit();
  await settle();
}

describe("Several questions", () => {
  it("are asked one at a time, and sent together", async () => {
    await open(SIZE, EXTRAS);
    expect(legends()).toEqual(["Size?"]);
    expect(harness.el.querySelector(".ocw-request")?.textContent).toContain("1 of 2");
    expect([hasButton("Back"), hasButton("Submit")]).toEqual([false, false]);
    await choose("Small");
    await harness.click("button", "Next");
    expect(legends()[0]).toContain("Extras?");
    expect(harness.el.querySelector(".ocw-request")?.textContent).toContain("2 of 2");
    expect(hasButton("Next")).toBe(false);
    await choose("Milk", "Sugar");
    await harness.click("button", "Submit");
    expect(submitted()).toMatchObject([{ answers: [["Small"], ["Milk", "Sugar"]] }]);
  });

  it("want an answer before the next", async () => {
    await open(SIZE, EXTRAS);
    await harness.click("button", "Next");
    expect(legends()).toEqual(["Size?"]);
    expect(harness.el.querySelector(".ocw-wrong .ocw-bad")?.textContent).toBe("Choose an answer.");
    expect(harness.focused()).toBe(input("Big"));
  });

  it("lose nothing when the user goes back", async () => {
    await open(SIZE, EXTRAS, WHY);
    await choose("Big");
    await harness.click("button", "Next");
    await choose("Sugar");
    await harness.click("button", "Back");
    expect(isChosen("Big", "Small")).toEqual([true, false]);
    expect(harness.focused()).toBe(input("Big"));
    await harness.click("button", "Next");
    expect(isChosen("Milk", "Sugar")).toEqual([false, true]);
  });

  it("can be sent from an earlier one once all are answered", async () => {
    await open(SIZE, EXTRAS);
    await choose("Big");
    await harness.click("button", "Next");
    await choose("Milk");
    await harness.click("button", "Back");
    await choose("Small");
    await harness.click("button", "Submit");
    expect(submitted()).toMatchObject([{ answers: [["Small"], ["Milk"]] }]);
  });

  it("go on with Enter, and are sent with it at the last", async () => {
    await open(SIZE, EXTRAS);
    await choose("Big");
    await submitByEnter();
    expect(legends()[0]).toContain("Extras?");
    await choose("Milk");
    await submitByEnter();
    expect(submitted()).toMatchObject([{ answers: [["Big"], ["Milk"]] }]);
  });

  it("are dismissed together, from any of them", async () => {
    await open(SIZE, EXTRAS);
    await harness.click("button", "Dismiss");
    expect(submitted()).toMatchObject([{ answers: null }]);
  });
});

describe("What is shown at once", () => {
  it("is a single question, without steps", async () => {
    await open(SIZE);
    expect([hasButton("Submit"), hasButton("Next"), hasButton("Back")]).toEqual([true, false, false]);
    expect(harness.el.querySelector(".ocw-request")?.textContent).not.toContain("1 of 1");
  });

  it("is a server's form, whose fields belong together", async () => {
    harness = new WidgetHarness({ requests: [{ ...form, session: "s" }] });
    await settle();
    expect(legends().length).toBeGreaterThan(5);
    expect([hasButton("Submit"), hasButton("Next")]).toEqual([true, false]);
  });
});

describe("A digit", () => {
  it("chooses the option at its place, from wherever the focus is in the request", async () => {
    await open(SIZE, EXTRAS);
    harness.get("button", "Write a message instead").focus();
    await harness.press("2");
    expect(isChosen("Big", "Small")).toEqual([false, true]);
    expect(harness.focused()).toBe(input("Small"));
    await harness.press("1");
    expect(isChosen("Big", "Small")).toEqual([true, false]);
  });

  it("takes a choice back where several are possible", async () => {
    await open(EXTRAS);
    input("Milk").focus();
    await harness.press("2");
    await harness.press("1");
    await harness.press("2");
    expect(isChosen("Milk", "Sugar")).toEqual([true, false]);
  });

  it("is written in a field, and does nothing where no option has its place", async () => {
    await open({ ...SIZE, custom: true });
    harness.get("textbox", "Own answer").focus();
    await harness.press("1");
    input("Big").focus();
    await harness.press("3");
    expect(isChosen("Big", "Small")).toEqual([false, false]);
  });

  it("answers the question in which it was pressed, where several are on screen", async () => {
    const second: QuestionRequest = { kind: "question", id: "r", session: "s", questions: [EXTRAS] };
    const first: QuestionRequest = { kind: "question", id: "q", session: "s", questions: [SIZE] };
    harness = new WidgetHarness({ requests: [first, second] });
    await settle();
    harness.get("button", "Write a message instead").focus();
    await harness.press("1");
    expect(isChosen("Big", "Small", "Milk", "Sugar")).toEqual([false, false, false, false]);
    input("Milk").focus();
    await harness.press("2");
    expect(isChosen("Big", "Small", "Milk", "Sugar")).toEqual([false, false, false, true]);
  });
});
