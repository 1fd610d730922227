import type { Question } from "../../../protocol";
import type { AnswerDraft } from "./answers";

/** What every control of a question is given. */
export interface ControlProps {
  question: Question;
  draft: AnswerDraft;
  onDraft(draft: AnswerDraft): void;
  /** Unique in the page. */
  group: string;
  /** The element that names it, and those that say what it must be and what is wrong. */
  name: string;
  about: string | undefined;
  wrong: boolean;
  required: boolean;
}
