import type { Question } from "../../../protocol";
import type { Draft } from "./answers";

/** What every control of a question is given. */
export interface ControlProps {
  question: Question;
  draft: Draft;
  onDraft(draft: Draft): void;
  /** Unique in the page. */
  group: string;
  /** The element that names it, and those that say what it must be and what is wrong. */
  name: string;
  about: string | undefined;
  wrong: boolean;
  required: boolean;
}
