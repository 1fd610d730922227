/** The answers to a question request while they are made. Pure. */
import type { Question } from "../protocol";

export interface Draft {
  chosen: string[];
  free: string;
}

export function emptyDrafts(questions: Question[]): Draft[] {
  return questions.map(() => ({ chosen: [], free: "" }));
}

/** One choice replaces the other, unless several are allowed. */
export function toggle(draft: Draft, label: string, multiple: boolean): Draft {
  if (!multiple) return { chosen: [label], free: "" };
  const chosen = draft.chosen.includes(label)
    ? draft.chosen.filter((each) => each !== label)
    : [...draft.chosen, label];
  return { ...draft, chosen };
}

/** A free answer replaces the choice, unless several are allowed. */
export function write(draft: Draft, free: string, multiple: boolean): Draft {
  return { chosen: multiple || free.trim() === "" ? draft.chosen : [], free };
}

export function answers(drafts: Draft[]): string[][] {
  return drafts.map(({ chosen, free }) => (free.trim() ? [...chosen, free.trim()] : chosen));
}

export function complete(drafts: Draft[]): boolean {
  return answers(drafts).every((answer) => answer.length > 0);
}
