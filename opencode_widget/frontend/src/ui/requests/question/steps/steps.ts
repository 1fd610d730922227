/** Several questions, asked one at a time. Pure. */
import type { Question } from "../../../../protocol";
import { errorOf } from "../answer_errors";
import type { AnswerDraft } from "../answers";

/** True if the questions are asked one at a time. The fields of a form are one task, and are shown together. */
export function isAskedInSteps(questions: Question[]): boolean {
  return questions.length > 1 && questions.every(({ field }) => !field);
}

/** The question to begin with: the first without a valid answer, or the last. */
export function firstStep(questions: Question[], drafts: AnswerDraft[]): number {
  const open = questions.findIndex((question, index) => {
    const draft = drafts[index];
    return !draft || errorOf(question, draft) !== undefined;
  });
  return open < 0 ? questions.length - 1 : open;
}
