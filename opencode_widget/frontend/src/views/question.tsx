import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Question, QuestionOption, QuestionRequest } from "../protocol";
import { answers, complete, type Draft, emptyDrafts, toggle, write } from "./answers";
import { useView } from "./context";
import { Icon, Spinner } from "./icons";
import { ProblemText } from "./problem";
import { useReply } from "./reply";
import { From } from "./requests";

export function QuestionView({ request }: { request: QuestionRequest }): JSX.Element {
  const view = useView();
  const [drafts, setDrafts] = useState(() => emptyDrafts(request.questions));
  const { busy, problem, send } = useReply();
  const answer = (given: string[][] | null) => {
    const args = { instance: view.instance.peek()?.id ?? "", request: request.id, answers: given };
    void send(given ? "submit" : "dismiss", { name: "answer_question", args });
  };
  const change = (index: number, draft: Draft) => setDrafts(drafts.with(index, draft));
  return (
    <form
      aria-label="Question"
      aria-busy={busy !== undefined}
      onSubmit={(event) => {
        event.preventDefault();
        if (complete(drafts)) answer(answers(drafts));
      }}
    >
      <p class="ocw-request-head">
        <Icon name="question" class="ocw-accent" />
        <strong>{request.questions.length > 1 ? `${request.questions.length} questions` : "A question"}</strong>
        <From request={request} />
      </p>
      {request.questions.map((question, index) => (
        <Ask
          key={index}
          question={question}
          group={`${request.id} ${index}`}
          draft={drafts[index] ?? { chosen: [], free: "" }}
          onDraft={(draft) => change(index, draft)}
        />
      ))}
      <div class="ocw-request-buttons">
        <button
          type="submit"
          class="ocw-button ocw-primary"
          disabled={!complete(drafts)}
          aria-disabled={busy !== undefined}
        >
          {busy === "submit" && <Spinner />}
          Submit
        </button>
        <button type="button" class="ocw-button" aria-disabled={busy !== undefined} onClick={() => answer(null)}>
          {busy === "dismiss" && <Spinner />}
          Dismiss
        </button>
      </div>
      {problem && (
        <p class="ocw-bad" role="alert">
          <ProblemText problem={problem} />
        </p>
      )}
    </form>
  );
}

interface AskProps {
  question: Question;
  group: string;
  draft: Draft;
  onDraft: (draft: Draft) => void;
}

function Ask({ question, group, draft, onDraft }: AskProps): JSX.Element {
  const { multiple } = question;
  return (
    <fieldset class="ocw-question">
      <legend>
        {question.header && <span class="ocw-tag">{question.header}</span>} {question.question}
        {multiple && <span class="ocw-muted"> (several possible)</span>}
      </legend>
      {question.options.map((option) => (
        <Option
          key={option.label}
          option={option}
          group={group}
          multiple={multiple}
          checked={draft.chosen.includes(option.label)}
          onToggle={() => onDraft(toggle(draft, option.label, multiple))}
        />
      ))}
      {question.custom && (
        <input
          class="ocw-free"
          type="text"
          aria-label="Own answer"
          placeholder={question.options.length ? "Or your own answer" : "Your answer"}
          value={draft.free}
          onInput={(event) => onDraft(write(draft, event.currentTarget.value, multiple))}
        />
      )}
    </fieldset>
  );
}

interface OptionProps {
  option: QuestionOption;
  group: string;
  multiple: boolean;
  checked: boolean;
  onToggle: () => void;
}

function Option({ option, group, multiple, checked, onToggle }: OptionProps): JSX.Element {
  return (
    <label class="ocw-option">
      <input type={multiple ? "checkbox" : "radio"} name={group} checked={checked} onChange={onToggle} />
      <span>
        {option.label}
        {option.description && <span class="ocw-muted"> {option.description}</span>}
      </span>
    </label>
  );
}
