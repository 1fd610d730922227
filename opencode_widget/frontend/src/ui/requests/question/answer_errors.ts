/** Validates answers, and describes in words what an answer must be. Pure. */
import { lookUp } from "../../../lookup";
import type { Question } from "../../../protocol";
import { t } from "../../../words/words";
import { type AnswerDraft, type FieldKind, isNumber, kindOf, wordsOf } from "./answers";

/** The error of an answer, in words; undefined if it is valid. */
export function errorOf(question: Question, draft: AnswerDraft): string | undefined {
  const kind = kindOf(question);
  const words = wordsOf(question, draft);
  const [word] = words;
  if (kind === "external") return undefined;
  if (word === undefined) return isRequired(question) ? lookUp(MISSING, kind)?.() : undefined;
  if (isNumber(kind)) return numberError(question, Number(word));
  if (kind === "multiselect") return boundsError(question, words.length);
  if (kind === "string") return boundsError(question, [...word].length) ?? formatError(question, word);
  return undefined;
}

/** True if an answer is required, as for every question outside a form. */
export function isRequired({ field }: Question): boolean {
  return field?.required ?? true;
}

const MISSING: Record<FieldKind, () => string> = {
  string: () => t.requests.enterAnswer,
  number: () => t.requests.enterNumber,
  integer: () => t.requests.enterWholeNumber,
  boolean: () => t.requests.chooseAnswer,
  select: () => t.requests.chooseAnswer,
  multiselect: () => t.requests.chooseAtLeastOne,
  external: () => "",
};

function numberError(question: Question, value: number): string | undefined {
  if (!Number.isFinite(value)) return t.requests.enterNumber;
  if (kindOf(question) === "integer" && !Number.isInteger(value)) return t.requests.enterWholeNumber;
  return boundsError(question, value);
}

function boundsError(question: Question, size: number): string | undefined {
  const { minimum = -Infinity, maximum = Infinity } = question.field ?? {};
  if (size >= minimum && size <= maximum) return undefined;
  const bounds = boundsOf(question);
  const kind = kindOf(question);
  if (kind === "multiselect") return t.requests.chooseBounded(bounds);
  return isNumber(kind) ? t.requests.mustBe(bounds) : t.requests.mustHave(bounds);
}

/** "between 2 and 9 characters"; "" if there are no bounds. */
export function boundsOf(question: Question): string {
  const { minimum, maximum } = question.field ?? {};
  const isText = kindOf(question) === "string";
  if (minimum !== undefined && minimum === maximum) return t.requests.exactly(minimum, isText);
  if (minimum !== undefined && maximum !== undefined) return t.requests.between(minimum, maximum, isText);
  if (minimum !== undefined) return t.requests.atLeast(minimum, isText);
  return maximum === undefined ? "" : t.requests.atMost(maximum, isText);
}

const FORMATS = new Map<string, [fits: (text: string) => boolean, error: () => string]>(
  Object.entries({
    email: [(text) => /^[^\s@]+@[^\s@]+$/.test(text), () => t.requests.enterEmail],
    uri: [(text) => URL.canParse(text), () => t.requests.enterUrl],
    date: [(text) => !Number.isNaN(Date.parse(text)), () => t.requests.enterDate],
    "date-time": [(text) => !Number.isNaN(Date.parse(text)), () => t.requests.enterDateAndTime],
  }),
);

function formatError({ field }: Question, text: string): string | undefined {
  const [fits, error] = FORMATS.get(field?.format ?? "") ?? [];
  if (fits && !fits(text)) return error?.();
  if (field?.pattern && isCheap(field.pattern, text) && !matches(field.pattern, text))
    return t.requests.mustMatch(field.pattern);
  return undefined;
}

/** The page checks a pattern only up to this many characters of an answer, and repetition signs in the pattern. */
const LOOKED_AT = 200;
const REPEATS = 3;

/**
 * The pattern comes from the requester and may be built to run forever. The server checks patterns that repeat a group
 * or refer back.
 */
function isCheap(pattern: string, text: string): boolean {
  const plain = pattern.replace(/\\[^1-9k]/g, "x");
  const repeats = plain.replace(/\[[^[\]]*\]/g, "x").match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
  return text.length <= LOOKED_AT && repeats <= REPEATS && !/\)[*+?{]|\\/.test(plain);
}

/** An invalid pattern accepts everything; the server decides. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}
