// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Request } from "../../../../opencode_widget/frontend/src/protocol";
import { instanceOf, sessionOf, settle, WidgetHarness } from "../harness";

const option = (label: string) => ({ label, description: "" });
const QUESTION: Request = {
  kind: "question",
  id: "que_1",
  session: "s",
  questions: [
    { question: "Size?", header: "Size", multiple: false, custom: false, options: [option("Big"), option("Small")] },
    { question: "Milk?", header: "Milk", multiple: true, custom: false, options: [option("Yes"), option("No")] },
    { question: "Why?", header: "Why", multiple: false, custom: true, options: [option("Any")] },
  ],
};
const PERMISSION = {
  kind: "permission",
  id: "per_1",
  session: "s",
  permission: "bash",
  title: "ls",
  patterns: [],
  always: [],
  metadata: {},
} as never as Request;

let harness: WidgetHarness;
beforeEach(() => sessionStorage.clear());
afterEach(() => harness.end());

async function open(request: Request): Promise<void> {
  harness = new WidgetHarness({
    instance: instanceOf({ features: ["reject_message"] }),
    sessions: [sessionOf(), sessionOf({ id: "t", title: "Other" })],
    requests: [request],
  });
  await settle();
}

const input = (label: string) =>
  Array.from(harness.el.querySelectorAll("label"))
    .find((each) => each.textContent?.trim() === label)
    ?.querySelector("input") as HTMLInputElement;
const field = (name: string) => harness.get("textbox", name) as HTMLTextAreaElement;

async function choose(label: string): Promise<void> {
  input(label).click();
  await settle();
}

async function write(name: string, text: string): Promise<void> {
  field(name).focus();
  await harness.type(text);
}

async function show(session: string): Promise<void> {
  harness.frame({
    op: "instance",
    instance: instanceOf({ features: ["reject_message"], activeSession: session }),
    after: null,
  });
  await settle();
}

const next = () => harness.click("button", "Next");
const back = () => harness.click("button", "Back");

async function fill(): Promise<void> {
  await choose("Big");
  await next();
  await choose("Yes");
  await next();
  await write("Own answer", "because\nof it");
}

/** Of three answered questions the last is shown. */
async function expectFilled(): Promise<void> {
  expect(field("Own answer").value).toBe("because\nof it");
  await back();
  expect(input("Yes").checked).toBe(true);
  await back();
  expect(input("Big").checked).toBe(true);
}

describe("A half-answered question keeps its answers", () => {
  it("while another session is looked at, and folded there", async () => {
    await open(QUESTION);
    await fill();
    await show("t");
    (harness.el.querySelector("details.ocw-elsewhere") as HTMLDetailsElement).open = true;
    await expectFilled();
    await choose("Small");
    await show("s");
    await back();
    await back();
    expect(input("Small").checked).toBe(true);
  });

  it("over a reload, until it is answered", async () => {
    await open(QUESTION);
    await fill();
    harness.end();
    await open(QUESTION);
    await expectFilled();
    await harness.click("button", "Submit");
    expect(harness.sent("answer_question")).toMatchObject([{ answers: [["Big"], ["Yes"], ["because\nof it"]] }]);
    harness.end();
    await open(QUESTION);
    expect(input("Big").checked).toBe(false);
  });

  it("but not for another question under the same id", async () => {
    await open(QUESTION);
    await fill();
    harness.end();
    await open({
      ...QUESTION,
      questions: QUESTION.questions.map((each) => ({ ...each, question: `${each.question}!` })),
    } as Request);
    expect(input("Big").checked).toBe(false);
  });
});

describe("A reason for rejecting", () => {
  it("is kept over a look elsewhere and a reload, and sent", async () => {
    await open(PERMISSION);
    await harness.click("button", "Say why");
    await write("Reason for rejecting", "use\nls -l");
    await show("t");
    await show("s");
    expect(field("Reason for rejecting").value).toBe("use\nls -l");
    harness.end();
    await open(PERMISSION);
    expect(field("Reason for rejecting").value).toBe("use\nls -l");
    field("Reason for rejecting").focus();
    await harness.press("Enter");
    expect(harness.sent("answer_permission")).toMatchObject([{ reply: "reject", message: "use\nls -l" }]);
  });
});

describe("Lines in an answer", () => {
  it("stay; Shift+Enter and Ctrl+J make one, and Enter submits", async () => {
    await open({
      ...QUESTION,
      questions: [{ question: "Steps?", header: "S", multiple: false, custom: true, options: [option("Skip")] }],
    } as Request);
    await write("Own answer", '1. a\n2. b\n{"x": 1}');
    const key = (init: KeyboardEventInit) =>
      field("Own answer").dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
    expect(key({ key: "Enter", shiftKey: true })).toBe(true);
    field("Own answer").setSelectionRange(0, 0);
    key({ key: "j", ctrlKey: true });
    await settle();
    expect(harness.sent("answer_question")).toEqual([]);
    key({ key: "Enter" });
    await settle();
    expect(harness.sent("answer_question")).toMatchObject([{ answers: [['1. a\n2. b\n{"x": 1}']] }]);
  });
});
