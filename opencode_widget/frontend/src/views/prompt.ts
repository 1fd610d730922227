/** What a prompt carries. Pure. */
import type { PromptArguments } from "../protocol";
import type { Choice } from "./context";

export function promptArguments(
  instance: string,
  session: string | undefined,
  text: string,
  choice: Choice,
): Omit<PromptArguments, "key"> {
  return { instance, ...(session === undefined ? {} : { session }), text, ...choice };
}

/** A prompt that came back stands before what was written since. */
export function withReturned(returned: string, written: string): string {
  return written.trim() === "" ? returned : `${returned}\n\n${written}`;
}
