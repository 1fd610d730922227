import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { QuestionOption } from "../../../protocol";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { usePaged } from "../../lib/controls/paged";
import { LinesInput } from "../lines_input";
import { toggle, withFreeText } from "./answers";
import type { ControlProps } from "./control";

/** More options than this go into a list that opens, unless several may be chosen. */
const IN_SIGHT = 8;
/** Entries of that list that are drawn in one task: more would keep the page from answering. */
const AT_ONCE = 1_000;

/** One or several options, and free text where the question takes it. */
export function ChoiceInput(props: ControlProps): JSX.Element {
  const { question, draft, onDraft, group, about, wrong } = props;
  const { multiple, options } = question;
  const { shown, more } = usePaged(options);
  return (
    <>
      {!multiple && options.length > IN_SIGHT ? (
        <List {...props} />
      ) : (
        <div class="ocw-options-all">
          {shown.map((option) => (
            <Option
              key={option.label}
              option={option}
              group={group}
              multiple={multiple}
              about={wrong ? about : undefined}
              checked={draft.chosen.includes(option.label)}
              onToggle={() => onDraft(toggle(draft, option.label, multiple))}
            />
          ))}
          {more}
        </div>
      )}
      {!multiple && !props.required && draft.chosen.length > 0 && options.length <= IN_SIGHT && (
        <button type="button" class="ocw-link" onClick={() => onDraft({ chosen: [], free: "" })}>
          {t.requests.clear}
        </button>
      )}
      {question.custom && (
        <LinesInput
          label={{ "aria-label": t.requests.ownAnswer }}
          about={about}
          placeholder={options.length ? t.requests.typeOwnAnswer : t.requests.yourAnswer}
          value={draft.free}
          onValue={(free) => onDraft(withFreeText(draft, free, multiple))}
        />
      )}
    </>
  );
}

function List({ question, draft, onDraft, name, about, wrong, required }: ControlProps): JSX.Element {
  const options = useDrawnSlowly(question.options, draft.chosen[0]);
  return (
    <select
      class="ocw-free"
      aria-labelledby={name}
      aria-describedby={about}
      aria-invalid={wrong}
      aria-required={required}
      value={draft.chosen[0] ?? ""}
      onChange={({ currentTarget: { value } }) => onDraft({ chosen: value ? [value] : [], free: "" })}
    >
      <option value="">{required ? t.requests.choosePlaceholder : t.requests.noAnswer}</option>
      {options.map(({ label, description }) => (
        <option key={label} value={label}>
          {visible(description ? `${label}: ${description}` : label)}
        </option>
      ))}
    </select>
  );
}

/** The first options, more with each task until all are there; the chosen one is there from the start. */
function useDrawnSlowly(options: QuestionOption[], chosen: string | undefined): QuestionOption[] {
  const [count, setCount] = useState(AT_ONCE);
  const left = options.length - count;
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setCount(count + AT_ONCE));
    return () => clearTimeout(timer);
  }, [count, left]);
  if (left <= 0) return options;
  return [...options.slice(0, count), ...options.slice(count).filter(({ label }) => label === chosen)];
}

interface OptionProps {
  option: QuestionOption;
  group: string;
  multiple: boolean;
  about: string | undefined;
  checked: boolean;
  onToggle: () => void;
}

function Option({ option, group, multiple, about, checked, onToggle }: OptionProps): JSX.Element {
  return (
    <label class="ocw-answer-option">
      <input
        type={multiple ? "checkbox" : "radio"}
        name={group}
        checked={checked}
        aria-describedby={about}
        onChange={onToggle}
      />
      <span class="ocw-option-words">
        <span dir="auto">{visible(option.label)}</span>
        {option.description && (
          <span class="ocw-muted" dir="auto">
            {" "}
            {visible(option.description)}
          </span>
        )}
      </span>
    </label>
  );
}
