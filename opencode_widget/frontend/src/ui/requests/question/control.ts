import type { Question } from "../../../protocol";
import type { AnswerDraft } from "./answers";

/** The props of every control of a question. */
export interface ControlProps {
  question: Question;
  draft: AnswerDraft;
  onDraft(draft: AnswerDraft): void;
  /** Unique in the page. */
  group: string;
  /** Ids of the elements that name the control, and that describe its bounds and error. */
  name: string;
  about: string | undefined;
  wrong: boolean;
  required: boolean;
}
