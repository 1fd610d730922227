/** A settled prompt that the user edits: the server has taken it back, and its words stand in the composer. */
import type { MessageId } from "../../../protocol";
import { isEntry, isFile } from "../drafts";
import type { Written } from "../written";

export interface EditedPrompt {
  message: MessageId;
  /** The draft that the prompt's words replaced. */
  before: Written;
  /** From where on messages were taken back before. */
  earlier?: MessageId;
  /** How many files have their earlier content meanwhile. */
  files: number;
}

export function isEditedPrompt(value: unknown): value is EditedPrompt {
  const edited = value as Partial<EditedPrompt> | null;
  const isNamed = typeof edited?.message === "string" && typeof edited.files === "number";
  const { content, files } = edited?.before ?? {};
  return isNamed && isEntry(content) && Array.isArray(files) && files.every(isFile);
}
