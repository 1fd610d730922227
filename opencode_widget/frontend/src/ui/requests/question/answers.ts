/** The draft answers to a question request. Pure. */
import type { FormField, Question } from "../../../protocol";

export interface AnswerDraft {
  chosen: string[];
  free: string;
}

/** True for drafts that the browser's storage returned. */
export function isDrafts(value: unknown): value is AnswerDraft[] {
  return Array.isArray(value) && value.every((each) => Array.isArray(each?.chosen) && typeof each.free === "string");
}

export type FieldKind = FormField["kind"];

/** The kind of field: as the server's form says; a question outside a form is a choice or free text. */
export function kindOf({ field, options, multiple }: Question): FieldKind {
  if (field) return field.kind;
  if (multiple) return "multiselect";
  return options.length > 0 ? "select" : "string";
}

/** The initial answers: the server's defaults, if any. */
export function firstDrafts(questions: Question[]): AnswerDraft[] {
  return questions.map(firstDraft);
}

function firstDraft(question: Question): AnswerDraft {
  const given = question.field?.default ?? [];
  const kind = kindOf(question);
  if (kind === "boolean") return { chosen: [], free: given[0] === "true" ? "true" : "false" };
  const offered = question.options.filter(({ value, label }) => given.includes(value ?? label));
  const known = offered.map(({ value, label }) => value ?? label);
  const free = given.filter((each) => !known.includes(each)).join(", ");
  return { chosen: offered.map(({ label }) => label), free: isMoment(question) ? toLocal(free) : free };
}

/** Selects or deselects a choice. A new choice replaces the old one unless several are allowed. */
export function toggle(draft: AnswerDraft, label: string, multiple: boolean): AnswerDraft {
  if (!multiple) return { chosen: [label], free: "" };
  const chosen = draft.chosen.includes(label)
    ? draft.chosen.filter((each) => each !== label)
    : [...draft.chosen, label];
  return { ...draft, chosen };
}

/** Sets the free answer, which replaces the choice unless several are allowed. */
export function withFreeText(draft: AnswerDraft, free: string, multiple: boolean): AnswerDraft {
  return { chosen: multiple || free.trim() === "" ? draft.chosen : [], free };
}

/** An answer as it is sent: labels and free text. */
export function wordsOf(question: Question, { chosen, free }: AnswerDraft): string[] {
  const written = free.trim();
  if (kindOf(question) === "external" || (written === "" && chosen.length === 0)) return [];
  if (written === "") return chosen;
  return [...chosen, isMoment(question) ? toMoment(written) : written];
}

/** Which questions to ask: those whose conditions hold for the answers before them. */
export function shownQuestions(questions: Question[], drafts: AnswerDraft[]): boolean[] {
  const given = new Map<string, string>();
  return questions.map((question, index) => {
    const { field } = question;
    if (!field) return true;
    const holds = (field.when ?? []).every(({ key, value, negated }) => (given.get(key) === value) !== negated);
    if (holds) given.set(field.key, valueIn(question, drafts[index] ?? NOTHING));
    return holds;
  });
}

const NOTHING: AnswerDraft = { chosen: [], free: "" };

/** The answer as the server's conditions name it; "" for several answers at once. */
function valueIn(question: Question, draft: AnswerDraft): string {
  const words = wordsOf(question, draft);
  const [word] = words;
  if (word === undefined || words.length > 1 || kindOf(question) === "multiselect") return "";
  if (isNumber(kindOf(question))) return String(Number(word));
  return question.options.find(({ label }) => label === word)?.value ?? word;
}

/** One list for each question; an empty list for a question that is not asked. */
export function answers(questions: Question[], drafts: AnswerDraft[]): string[][] {
  const shown = shownQuestions(questions, drafts);
  return questions.map((question, index) => (shown[index] ? wordsOf(question, drafts[index] ?? NOTHING) : []));
}

export function isNumber(kind: FieldKind): boolean {
  return kind === "number" || kind === "integer";
}

// ---- date-times: local in the input, ISO for the server
// ---------------------------------------------------------------

function isMoment({ field }: Question): boolean {
  return field?.kind === "string" && field.format === "date-time";
}

function toMoment(local: string): string {
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) ? local : moment.toISOString();
}

function toLocal(moment: string): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
