import type { PromptChoice } from "../../state/composer";
import type { View } from "../../state/context";

/** The user's choice for the next prompt, and the model that it leads to. */
export function chosenModel(view: View): { choice: PromptChoice; model: string | undefined } {
  const choice = view.composer.choice(view.selection.key).value;
  const model = choice.model ?? view.selection.session.value?.model ?? view.selection.instance.value?.defaultModel;
  return { choice, model };
}
