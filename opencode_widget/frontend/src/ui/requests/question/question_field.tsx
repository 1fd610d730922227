import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { lookUp } from "../../../lookup";
import type { Question } from "../../../protocol";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { classNames } from "../../lib/class_names";
import { InlineCode } from "../../parts/text/inline_code";
import { boundsOf, isRequired } from "./answer_errors";
import { type AnswerDraft, type FieldKind, kindOf } from "./answers";
import { Checkbox } from "./checkbox";
import { ChoiceInput } from "./choices";
import type { ControlProps } from "./control";
import { ExternalLink } from "./external_link";
import { LineInput } from "./line_input";

interface Props {
  question: Question;
  draft: AnswerDraft;
  error: string | undefined;
  onDraft(draft: AnswerDraft): void;
  /** Called when the user moves to another field. */
  onLeave(): void;
}

const CONTROLS: Record<FieldKind, (props: ControlProps) => JSX.Element> = {
  string: LineInput,
  number: LineInput,
  integer: LineInput,
  boolean: Checkbox,
  select: ChoiceInput,
  multiselect: ChoiceInput,
  external: ExternalLink,
};

/** A question with its control and its error. */
export function QuestionField({ question, draft, error, onDraft, onLeave }: Props): JSX.Element {
  const id = useId();
  const Control = lookUp(CONTROLS, kindOf(question)) ?? LineInput;
  const hint = hintOf(question);
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <fieldset
      class={classNames("ocw-question", error !== undefined && "ocw-wrong")}
      aria-describedby={about || undefined}
      onFocusOut={(event) => {
        const left = !event.currentTarget.contains(event.relatedTarget as Node | null);
        if (left && (draft.free !== "" || draft.chosen.length > 0)) onLeave();
      }}
    >
      <legend dir="auto" id={`${id}-name`}>
        <Words question={question} />
      </legend>
      <Control
        question={question}
        draft={draft}
        onDraft={onDraft}
        group={id}
        name={`${id}-name`}
        about={about || undefined}
        wrong={error !== undefined}
        required={isRequired(question)}
      />
      {hint && error === undefined && (
        <p class="ocw-field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="ocw-field-hint ocw-bad" id={`${id}-error`}>
          {error}
        </p>
      )}
    </fieldset>
  );
}

function Words({ question }: { question: Question }): JSX.Element {
  const { field, header, multiple } = question;
  const mayBeLeftOut = field && !field.required && field.kind !== "external" && field.kind !== "boolean";
  return (
    <>
      {header && header !== question.question && <span class="ocw-tag">{visible(header)}</span>}{" "}
      <InlineCode text={visible(question.question)} />
      {multiple && <span class="ocw-muted"> {t.requests.selectAllThatApply}</span>}
      {mayBeLeftOut && <span class="ocw-muted"> {t.requests.optional}</span>}
    </>
  );
}

function hintOf(question: Question): string {
  const bounds = boundsOf(question);
  return visible(bounds && bounds.charAt(0).toUpperCase() + bounds.slice(1));
}
