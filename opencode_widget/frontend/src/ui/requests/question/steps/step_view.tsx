import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Question } from "../../../../protocol";
import { t } from "../../../../words/words";
import { classNames } from "../../../lib/class_names";
import { focusInPlace } from "../../../lib/controls/focus";
import type { AnswerDraft } from "../answers";
import { firstStep, isAskedInSteps } from "./steps";

/** Which questions are on screen: all, or one of several. */
export interface Steps {
  /** True if the questions are asked one at a time. */
  stepped: boolean;
  step: number;
  isLast: boolean;
  isOnScreen(index: number): boolean;
  goTo(step: number): void;
}

export function useSteps(questions: Question[], drafts: AnswerDraft[]): Steps {
  const stepped = isAskedInSteps(questions);
  const [step, goTo] = useState(() => (stepped ? firstStep(questions, drafts) : 0));
  return {
    stepped,
    step,
    isLast: !stepped || step === questions.length - 1,
    isOnScreen: (index) => !stepped || index === step,
    goTo,
  };
}

/** When the user goes to another question, the focus goes to its answer: the chosen one, or the first. */
export function useFocusOfStep(form: RefObject<HTMLFormElement | null>, step: number): void {
  const before = useRef(step);
  useLayoutEffect(() => {
    if (before.current === step) return;
    before.current = step;
    const fields = "fieldset :is(input:checked, input, textarea, select)";
    const all = Array.from(form.current?.querySelectorAll<HTMLElement>(fields) ?? []);
    focusInPlace(all.find((each) => each.matches(":checked")) ?? all[0]);
  }, [step]);
}

/** More questions than this have no bars: they would be too many to tell apart. */
const BARS = 12;

/** Which of several questions is on screen, in words and as a bar for each. */
export function StepMark({ step, of }: { step: number; of: number }): JSX.Element {
  return (
    <>
      <span class="ocw-muted">{t.requests.stepOf(step + 1, of)}</span>
      {of <= BARS && (
        <span class="ocw-steps" aria-hidden="true">
          {Array.from({ length: of }, (_, index) => (
            <i key={index} class={classNames(index <= step && "ocw-step-reached")} />
          ))}
        </span>
      )}
    </>
  );
}
