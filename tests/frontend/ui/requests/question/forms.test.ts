// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import type { FormField, Question } from "../../../../../opencode_widget/frontend/src/protocol";
import { boundsOf, errorOf } from "../../../../../opencode_widget/frontend/src/ui/requests/question/answer_errors";
import {
  answers,
  firstDrafts,
  shownQuestions,
} from "../../../../../opencode_widget/frontend/src/ui/requests/question/answers";
import { form } from "../../../../gallery/forms.js";
import { settle, WidgetHarness } from "../../harness";

function ask(field: Partial<FormField>, more: Partial<Question> = {}): Question {
  const whole: FormField = { key: "x", kind: "string", required: false, ...field };
  return { question: "?", header: "", options: [], multiple: false, custom: false, field: whole, ...more };
}

const written = (free: string) => ({ chosen: [], free });
const chosen = (...labels: string[]) => ({ chosen: labels, free: "" });

describe("An answer to a field", () => {
  it.each<[string, Question, string, string | undefined]>([
    ["may be left out", ask({}), "", undefined],
    ["must be there where it is required", ask({ required: true }), "  ", "Enter an answer."],
    ["has enough characters", ask({ minimum: 2 }), "x", "It must have at least 2 characters."],
    ["has not too many", ask({ maximum: 2 }), "🐑🐑", undefined],
    ["is within both bounds", ask({ minimum: 2, maximum: 3 }), "four", "It must have between 2 and 3 characters."],
    ["is a number", ask({ kind: "number" }), "many", "Enter a number."],
    ["is a number within its bounds", ask({ kind: "number", maximum: 8 }), "8.5", "It must be at most 8."],
    ["is a whole number", ask({ kind: "integer" }), "1.5", "Enter a whole number."],
    ["may be written in other ways", ask({ kind: "integer" }), "1e3", undefined],
    ["is an email address", ask({ format: "email" }), "a at b", "Enter a valid email address."],
    ["is an address", ask({ format: "uri" }), "shop", "Enter a valid URL, such as https://example.org."],
    ["is a date", ask({ format: "date" }), "someday", "Enter a valid date."],
    ["matches a pattern", ask({ pattern: "^v\\d+$" }), "1", "It must match the pattern ^v\\d+$"],
    ["is not judged by a pattern that is none", ask({ pattern: "(" }), "1", undefined],
    ["is not judged by a pattern that may take for ever", ask({ pattern: "^(a+)+$" }), `${"a".repeat(60)}b`, undefined],
    ["is not judged by a pattern that refers back", ask({ pattern: "^(a*)\\1b$" }), "c", undefined],
    [
      "is judged by a pattern with classes",
      ask({ pattern: "^[a-z+*]+-\\d{1,3}$" }),
      "a-x",
      "It must match the pattern ^[a-z+*]+-\\d{1,3}$",
    ],
    ["is not judged by a format that nobody knows", ask({ format: "constructor" }), "1", undefined],
  ])("%s", (_, question, text, error) => {
    expect(errorOf(question, written(text))).toBe(error);
  });

  it("chooses as many as are allowed", () => {
    const question = ask({ kind: "multiselect", minimum: 2, maximum: 2 }, { multiple: true });
    expect(errorOf(question, chosen("A"))).toBe("Choose exactly 2.");
    expect(errorOf(question, chosen("A", "B"))).toBeUndefined();
    expect(boundsOf(question)).toBe("exactly 2");
  });
});

describe("Fields with conditions", () => {
  const questions = [
    ask({ key: "public", kind: "boolean" }),
    ask({ key: "host", when: [{ key: "public", value: "true", negated: false }] }),
    ask({ key: "why", when: [{ key: "public", value: "true", negated: true }] }),
    ask({ key: "port", when: [{ key: "host", value: "a", negated: false }] }),
  ];
  const no = [written("false"), written("a"), written("b"), written("c")];

  it("are asked if these hold, and a field that is not asked is empty", () => {
    expect(shownQuestions(questions, no)).toEqual([true, false, true, false]);
    expect(shownQuestions(questions, no.with(0, written("true")))).toEqual([true, true, false, true]);
  });

  it("are sent if they were asked", () => {
    expect(answers(questions, no)).toEqual([["false"], [], ["b"], []]);
  });

  it("compare numbers as numbers, and choices by the server's value", () => {
    const pair = [
      ask({ key: "n", kind: "number" }),
      ask({ key: "s", kind: "select" }, { options: [{ label: "Large", value: "l" }] }),
      ask({
        key: "last",
        when: [
          { key: "n", value: "2", negated: false },
          { key: "s", value: "l", negated: false },
        ],
      }),
    ];
    expect(shownQuestions(pair, [written("2.0"), chosen("Large"), written("")])[2]).toBe(true);
  });
});

describe("Defaults", () => {
  it("are chosen, ticked or written", () => {
    const options = [{ label: "Small", value: "s" }];
    const questions = [
      ask({ kind: "select", default: ["s"] }, { options }),
      ask({ kind: "multiselect", default: ["s", "own"] }, { options, multiple: true, custom: true }),
      ask({ kind: "boolean", default: ["true"] }),
      ask({ kind: "number", default: ["1.5"] }),
      ask({ hidden: true, default: ["kept"] }),
      ask({ format: "date-time", default: ["2026-01-02T03:04:00.000Z"] }),
    ];
    expect(answers(questions, firstDrafts(questions))).toEqual([
      ["Small"],
      ["Small", "own"],
      ["true"],
      ["1.5"],
      ["kept"],
      ["2026-01-02T03:04:00.000Z"],
    ]);
  });
});

describe("A form on the page", () => {
  let harness: WidgetHarness;
  afterEach(() => harness.end());

  async function shown(): Promise<HTMLFormElement> {
    harness = new WidgetHarness();
    await settle();
    harness.frame({ op: "requests", instance: "i", requests: [{ ...form, session: "s" }] });
    await settle();
    return harness.el.querySelector<HTMLFormElement>('form[aria-label="Question"]') as HTMLFormElement;
  }

  const fieldsets = (element: HTMLElement) => Array.from(element.querySelectorAll("fieldset"));
  const named = (element: HTMLElement, words: string) =>
    fieldsets(element).find((each) => each.querySelector("legend")?.textContent?.includes(words)) as HTMLElement;

  async function type(element: HTMLElement, words: string, value: string): Promise<void> {
    const input = named(element, words).querySelector("input, textarea") as HTMLInputElement;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
  }

  async function submit(element: HTMLFormElement): Promise<void> {
    element.querySelector<HTMLButtonElement>('button[type="submit"]')?.click();
    await settle();
  }

  it("has the control of each kind, named by its legend", async () => {
    const element = await shown();
    const kinds = fieldsets(element).map((each) => {
      const control = each.querySelector("input, textarea, select, a") as HTMLInputElement;
      return control.localName === "input" ? control.type : control.localName;
    });
    expect(kinds).toEqual([
      "textarea",
      "email",
      "date",
      "radio",
      "select",
      "number",
      "number",
      "checkbox",
      "checkbox",
      "a",
    ]);
    expect(element.querySelector(".ocw-request-head")?.textContent).toContain("Deploy the shop");
    expect(named(element, "Mail").querySelector("legend")?.textContent).toContain("(optional)");
    expect(named(element, "Name").textContent).not.toContain("(optional)");
    expect(element.querySelector("a")?.rel).toBe("noopener noreferrer");
  });

  it("shows what is missing, and moves there, before it sends anything", async () => {
    const element = await shown();
    await submit(element);
    expect(harness.commands.filter(({ name }) => name === "answer_question")).toEqual([]);
    expect(named(element, "Name").querySelector(".ocw-bad")?.textContent).toBe("Enter an answer.");
    const input = named(element, "Name").querySelector("textarea") as HTMLTextAreaElement;
    expect(document.activeElement).toBe(input);
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const about = document.getElementById(input.getAttribute("aria-describedby")?.split(" ").at(-1) ?? "");
    expect(about?.textContent).toBe("Enter an answer.");
  });

  it("asks the follow-up of an answer, and sends all in order", async () => {
    const element = await shown();
    expect(named(element, "Host")).toBeUndefined();
    (named(element, "Public").querySelector("input") as HTMLInputElement).click();
    await settle();
    await type(element, "Name", "Shop");
    await type(element, "Replicas", "3");
    await type(element, "Host", "https://shop.example");
    (named(element, "Zones").querySelector("input") as HTMLInputElement).click();
    await settle();
    await submit(element);
    const sent = harness.commands.find(({ name }) => name === "answer_question");
    expect(sent?.args).toEqual({
      instance: "i",
      request: "f1",
      answers: [["Shop"], [], [], ["Small"], [], ["1.5"], ["3"], ["true"], ["https://shop.example"], ["Europe"], []],
    });
  });
});
