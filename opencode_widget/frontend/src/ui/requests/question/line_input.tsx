import type { JSX } from "preact";
import { lookUp } from "../../../lookup";
import type { Question } from "../../../protocol";
import { isNumber } from "./answers";
import type { ControlProps } from "./control";

const FORMATS = {
  email: { type: "email" },
  uri: { type: "url" },
  date: { type: "date" },
  "date-time": { type: "datetime-local" },
} as const;
const TEXT = { type: "text" } as const;
/** Stands for what a browser does not give out, as it is no number. */
const NO_NUMBER = "?";

/**
 * A text, a number, a date. The box keeps its own value: while a number is being written ("1e") a browser says it has none, and
 * to write that back would wipe it.
 */
export function LineInput({ question, draft, onDraft, name, about, wrong, required }: ControlProps): JSX.Element {
  return (
    <input
      class="ocw-free"
      {...typeOf(question)}
      aria-labelledby={name}
      aria-describedby={about}
      aria-invalid={wrong}
      aria-required={required}
      placeholder={question.field ? question.field.placeholder : "Your answer"}
      defaultValue={draft.free}
      onInput={({ currentTarget: { value, validity } }) =>
        onDraft({ chosen: [], free: validity?.badInput ? NO_NUMBER : value })
      }
    />
  );
}

function typeOf({ field }: Question) {
  const { kind = "string", format = "", minimum, maximum } = field ?? {};
  if (isNumber(kind)) {
    const step = kind === "integer" ? 1 : "any";
    return { type: "number", min: minimum, max: maximum, step } as const;
  }
  return lookUp<(typeof FORMATS)[keyof typeof FORMATS] | typeof TEXT>(FORMATS, format) ?? TEXT;
}
