import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { QuestionRequest } from "../../../protocol";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { ProblemText } from "../../lib/problem";
import { useView } from "../../state/context";
import { fingerprint } from "../../state/kept";
import { Recorded } from "../permission/recorded";
import { RequestOrigin } from "../request_origin";
import { TruncatedBar } from "../truncated_bar";
import { type FullRequest, useFullRequest } from "../use_full_request";
import { useReply } from "../use_reply";
import { errorOf } from "./answer_errors";
import { type AnswerDraft, answers, firstDrafts, isDrafts, shownQuestions } from "./answers";
import { QuestionField } from "./question_field";
import { QuestionButtons } from "./steps/question_buttons";
import { StepMark, useFocusOfStep, useSteps } from "./steps/step_view";

/** Holds the answers. An error is shown when the user leaves its field; all are shown after an attempt to send. */
function useAnswers({ id, questions }: QuestionRequest) {
  const { kept } = useView();
  const name = `answers ${id} ${fingerprint(JSON.stringify(questions))}`;
  const [drafts, setDrafts] = useState(() => {
    const before = kept.read(name, isDrafts);
    return before?.length === questions.length ? before : firstDrafts(questions);
  });
  const [checked, setChecked] = useState<ReadonlySet<number>>(() => new Set());
  const shown = shownQuestions(questions, drafts);
  const errors = questions.map((question, index) => {
    const draft = drafts[index];
    return draft && shown[index] && !question.field?.hidden ? errorOf(question, draft) : undefined;
  });
  return {
    drafts,
    isAsked: (index: number) => shown[index] === true && !questions[index]?.field?.hidden,
    errorOf: (index: number) => (checked.has(index) ? errors[index] : undefined),
    /** The first question without a valid answer; -1 if there is none. */
    firstWrong: errors.findIndex((error) => error !== undefined),
    isWrong: (index: number) => errors[index] !== undefined,
    change: (index: number, draft: AnswerDraft) => {
      setDrafts((now) => {
        const next = now.with(index, draft);
        kept.write(name, next);
        return next;
      });
    },
    forget: () => kept.write(name, undefined),
    showError: (index: number) => setChecked((now) => new Set([...now, index])),
    showAllErrors: () => setChecked(new Set(questions.keys())),
  };
}

export function QuestionView(props: { request: QuestionRequest }): JSX.Element {
  const whole = useFullRequest(props.request);
  return <Form key={String(whole.loaded)} whole={whole} />;
}

function Form({ whole }: { whole: FullRequest<QuestionRequest> }): JSX.Element {
  const { request } = whole;
  const view = useView();
  const form = useRef<HTMLFormElement>(null);
  const { questions } = request;
  const given = useAnswers(request);
  const steps = useSteps(questions, given.drafts);
  const { busy, problem, send } = useReply();
  const [refused, setRefused] = useState(0);
  useEffect(() => {
    if (refused > 0) form.current?.querySelector<HTMLElement>(".ocw-wrong :is(input, textarea, select)")?.focus();
  }, [refused]);
  useFocusOfStep(form, steps.step);
  const answer = (lists: string[][] | null) => {
    const args = { instance: view.selection.instance.peek()?.id ?? "", request: request.id, answers: lists };
    void send(lists ? "submit" : "dismiss", { name: "answer_question", args }).then((done) => done && given.forget());
  };
  const submit = () => {
    if (request.cut) return;
    given.showAllErrors();
    if (given.firstWrong < 0) return answer(answers(questions, given.drafts));
    steps.goTo(steps.stepped ? given.firstWrong : 0);
    setRefused(refused + 1);
  };
  const next = () => {
    given.showError(steps.step);
    if (given.isWrong(steps.step)) setRefused(refused + 1);
    else steps.goTo(steps.step + 1);
  };
  return (
    <form
      ref={form}
      noValidate
      aria-label={t.requests.question}
      aria-busy={busy !== undefined}
      onSubmit={(event) => {
        event.preventDefault();
        if (steps.isLast) submit();
        else next();
      }}
    >
      <p class="ocw-request-head">
        <Icon name="question" class="ocw-accent" />
        <strong>{titleOf(request)}</strong>
        {steps.stepped && <StepMark step={steps.step} of={questions.length} />}
        <RequestOrigin request={request} />
      </p>
      <TruncatedBar whole={whole} />
      {questions.map((question, index) => {
        const draft = given.drafts[index];
        if (!draft || !given.isAsked(index) || !steps.isOnScreen(index)) return null;
        return (
          <QuestionField
            key={index}
            question={question}
            draft={draft}
            error={given.errorOf(index)}
            onDraft={(changed) => given.change(index, changed)}
            onLeave={() => given.showError(index)}
          />
        );
      })}
      <div class="ocw-answers">
        {view.selection.instance.value?.replay ? (
          <Recorded />
        ) : (
          <QuestionButtons
            steps={steps}
            complete={given.firstWrong < 0}
            blocked={request.cut === true}
            busy={busy}
            onSubmit={submit}
            onDismiss={() => answer(null)}
          />
        )}
        {problem && (
          <p class="ocw-bad" role="alert">
            <ProblemText problem={problem} />
          </p>
        )}
      </div>
    </form>
  );
}

function titleOf({ title, questions }: QuestionRequest): string {
  return visible(title ?? "") || (questions.length > 1 ? t.requests.questions(questions.length) : t.requests.aQuestion);
}
