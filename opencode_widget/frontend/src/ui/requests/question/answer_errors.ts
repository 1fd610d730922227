/** What is wrong with an answer, in words; and what an answer must be, before it is given. Pure. */
import { lookUp } from "../../../lookup";
import type { Question } from "../../../protocol";
import { type AnswerDraft, type FieldKind, isNumber, kindOf, wordsOf } from "./answers";

/** Undefined: nothing is. */
export function errorOf(question: Question, draft: AnswerDraft): string | undefined {
  const kind = kindOf(question);
  const words = wordsOf(question, draft);
  const [word] = words;
  if (kind === "external") return undefined;
  if (word === undefined) return isRequired(question) ? lookUp(MISSING, kind) : undefined;
  if (isNumber(kind)) return numberError(question, Number(word));
  if (kind === "multiselect") return boundsError(question, words.length);
  if (kind === "string") return boundsError(question, [...word].length) ?? formatError(question, word);
  return undefined;
}

/** A question that is no field of a form wants an answer. */
export function isRequired({ field }: Question): boolean {
  return field?.required ?? true;
}

const MISSING: Record<FieldKind, string> = {
  string: "Write an answer.",
  number: "Write a number.",
  integer: "Write a whole number.",
  boolean: "Choose an answer.",
  select: "Choose an answer.",
  multiselect: "Choose at least one.",
  external: "",
};

function numberError(question: Question, value: number): string | undefined {
  if (!Number.isFinite(value)) return "This is no number.";
  if (kindOf(question) === "integer" && !Number.isInteger(value)) return "This is no whole number.";
  return boundsError(question, value);
}

function boundsError(question: Question, size: number): string | undefined {
  const { minimum = -Infinity, maximum = Infinity } = question.field ?? {};
  return size < minimum || size > maximum
    ? `${lookUp(MUST, kindOf(question)) ?? "It must have"} ${boundsOf(question)}.`
    : undefined;
}

const MUST: Record<string, string> = { multiselect: "Choose", string: "It must have" };
MUST.number = MUST.integer = "It must be";

/** "between 2 and 9 characters"; "" where there are none. */
export function boundsOf(question: Question): string {
  const { minimum, maximum } = question.field ?? {};
  if (minimum === undefined && maximum === undefined) return "";
  const unit = kindOf(question) === "string" ? " characters" : "";
  if (maximum === undefined) return `at least ${minimum}${unit}`;
  if (minimum === undefined) return `at most ${maximum}${unit}`;
  return minimum === maximum ? `exactly ${minimum}${unit}` : `between ${minimum} and ${maximum}${unit}`;
}

const FORMATS = new Map<string, [fits: (text: string) => boolean, error: string]>(
  Object.entries({
    email: [(text) => /^[^\s@]+@[^\s@]+$/.test(text), "This is no email address."],
    uri: [(text) => URL.canParse(text), "This is no address; it begins with https://, for example."],
    date: [(text) => !Number.isNaN(Date.parse(text)), "This is no date."],
    "date-time": [(text) => !Number.isNaN(Date.parse(text)), "This is no date with a time."],
  }),
);

function formatError({ field }: Question, text: string): string | undefined {
  const [fits, error] = FORMATS.get(field?.format ?? "") ?? [];
  if (fits && !fits(text)) return error;
  if (field?.pattern && isCheap(field.pattern, text) && !matches(field.pattern, text))
    return `It must match the pattern ${field.pattern}`;
  return undefined;
}

/** Characters of an answer, and signs of repetition in a pattern, up to which it is looked for here. */
const LOOKED_AT = 200;
const REPEATS = 3;

/** A pattern comes from whoever asks, and may be made to take for ever: one that repeats a group, or refers back, is the server's to judge. */
function isCheap(pattern: string, text: string): boolean {
  const plain = pattern.replace(/\\[^1-9k]/g, "x");
  const repeats = plain.replace(/\[[^[\]]*\]/g, "x").match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
  return text.length <= LOOKED_AT && repeats <= REPEATS && !/\)[*+?{]|\\/.test(plain);
}

/** A pattern that is none holds nobody up: the server judges. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}
