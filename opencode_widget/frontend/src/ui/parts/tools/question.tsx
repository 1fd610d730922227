import type { JSX } from "preact";
import type { ToolPart } from "../../../protocol";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { useView } from "../../state/context";
import { type Json, object, objects, string, strings } from "./read_json";
import type { ToolKind, ToolProps } from "./tool_kind";

function answersOf(part: ToolPart): string[][] {
  const { answers } = object(part.metadata);
  return Array.isArray(answers) ? answers.map(strings) : [];
}

function Body({ part }: ToolProps): JSX.Element {
  const answers = answersOf(part);
  return (
    <>
      {objects(part.input.questions).map((question, at) => (
        <Asked key={at} question={question} answer={answers[at]} />
      ))}
      {isLeftOpen(part) && <AnswerInPrompt part={part} />}
    </>
  );
}

/** The turn ended before the user answered, so that the agent waits no more. */
function isLeftOpen(part: ToolPart): boolean {
  return (part.state === "error" || part.state === "interrupted") && answersOf(part).length === 0;
}

function AnswerInPrompt({ part }: { part: ToolPart }): JSX.Element {
  const view = useView();
  const quoted = objects(part.input.questions).map(
    ({ question }) => `> ${(string(question) ?? "").replaceAll("\n", "\n> ")}`,
  );
  const content = { text: `${quoted.join("\n>\n")}\n\n`, marks: [], shell: false };
  const { instanceId, sessionId } = view.selection;
  return (
    <p class="ocw-tool-text">
      {t.parts.notAnsweredInTurn}
      <button
        type="button"
        class="ocw-link"
        onClick={() => view.composer.writeAgain(instanceId, sessionId.peek(), { content, files: [] })}
      >
        {t.parts.answerInPrompt}
      </button>
    </p>
  );
}

/** A question with its options, the chosen ones ticked, and the free answer. */
function Asked({ question, answer }: { question: Json; answer: string[] | undefined }): JSX.Element {
  const options = objects(question.options).map((option) => string(option.label) ?? "");
  const free = (answer ?? []).filter((label) => !options.includes(label));
  return (
    <div class="ocw-question-answered">
      <p>{string(question.question)}</p>
      <ul class="ocw-checklist">
        {options.map((label) => (
          <Option key={label} label={label} chosen={answer?.includes(label) ?? false} />
        ))}
        {free.map((words) => (
          <Option key={`free ${words}`} label={words} chosen />
        ))}
      </ul>
      {answer?.length === 0 && <p class="ocw-tool-text">{t.parts.notAnswered}</p>}
    </div>
  );
}

function Option({ label, chosen }: { label: string; chosen: boolean }): JSX.Element {
  return (
    <li class={chosen ? "ocw-chosen" : "ocw-muted"}>
      {chosen ? <Icon name="check" class="ocw-accent" /> : <span class="ocw-box" aria-hidden="true" />}
      <span>{label}</span>
      {chosen && <span class="ocw-hidden"> {t.parts.chosen}</span>}
    </li>
  );
}

function title(part: ToolPart): string {
  const questions = objects(part.input.questions);
  return string(questions[0]?.question) ?? part.title ?? "";
}

function facts(part: ToolPart): string {
  const answers = answersOf(part);
  if (answers.length === 1) return answers[0]?.join(", ") || t.parts.notAnsweredYet;
  return answers.length > 1 ? t.counts.answers(answers.length) : "";
}

export const question: ToolKind = { icon: "question", title, facts, untimed: true, Body };
