import type { View } from "../../state/context";
import { effectiveChoice, type PromptChoice } from "../../state/options/effective_choice";

/** The user's choice for the next prompt, and the model that it leads to; undefined where the server chooses it. */
export function chosenModel(view: View): { choice: PromptChoice; model: string | undefined } {
  const choice = view.composer.choice(view.selection.key).value;
  const { session, instance } = view.selection;
  return { choice, model: effectiveChoice(choice, session.value, instance.value).model };
}
