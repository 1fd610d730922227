import type { JSX } from "preact";
import { lookUp } from "../../../lookup";
import type { Question } from "../../../protocol";
import { t } from "../../../words/words";
import { LinesInput } from "../lines_input";
import { isNumber } from "./answers";
import type { ControlProps } from "./control";

const FORMATS = {
  email: { type: "email" },
  uri: { type: "url" },
  date: { type: "date" },
  "date-time": { type: "datetime-local" },
} as const;
const TEXT = { type: "text" } as const;
/** Stands for input that the browser does not return because it is not a number. */
const NO_NUMBER = "?";

/**
 * A text, number or date. The input of a number or date keeps its own value: while the user types a number ("1e") the browser reports an
 * empty value, and writing that back would erase the input.
 */
export function LineInput({ question, draft, onDraft, name, about, wrong, required }: ControlProps): JSX.Element {
  const placeholder = question.field ? question.field.placeholder : t.requests.yourAnswer;
  const type = typeOf(question);
  if (type === TEXT) {
    return (
      <LinesInput
        label={{ "aria-labelledby": name }}
        about={about}
        wrong={wrong}
        required={required}
        placeholder={placeholder}
        value={draft.free}
        onValue={(free) => onDraft({ chosen: [], free })}
      />
    );
  }
  return (
    <input
      class="ocw-free"
      {...type}
      aria-labelledby={name}
      aria-describedby={about}
      aria-invalid={wrong}
      aria-required={required}
      placeholder={placeholder}
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
