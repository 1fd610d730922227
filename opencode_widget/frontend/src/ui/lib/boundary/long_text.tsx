/**
 * Plain text of any length, shown in full. It is drawn piece by piece, so that the page stays responsive, and laid out
 * only where it is visible.
 */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { TextSink } from "../../../text/text_sink";
import { exact } from "../../../text/visible";
import { t } from "../../../words/words";
import { useUnseen } from "./unseen";

/** Characters drawn at once, and with each later step. */
const STEP = 50_000;
/** From this many lines on, the size of the text is shown. */
const LINES = 20;
const CHARACTERS = 2_000;

interface Props {
  /** Names the text for screen readers. */
  label: string;
  text: string;
  class?: string;
}

export function LongText({ label, text, class: extra = "" }: Props): JSX.Element {
  const element = useRef<HTMLPreElement>(null);
  const [drawn, setDrawn] = useState(0);
  useLayoutEffect(() => (element.current ? drawSlowly(element.current, text, setDrawn) : undefined), [text]);
  const left = text.length - drawn;
  useUnseen(left > 0 && text.length > STEP ? t.lib.notLoadedYet(t.counts.characters(left)) : undefined);
  return (
    <>
      <pre
        class={extra}
        role="group"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard
        tabIndex={0}
        ref={element}
      />
      <Size text={text} />
    </>
  );
}

/** Draws the text in steps; the result stops it. */
function drawSlowly(element: HTMLElement, text: string, onDrawn: (characters: number) => void): () => void {
  const sink = new TextSink(element);
  sink.clear();
  let at = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const step = () => {
    const end = endOfStep(text, at);
    sink.append(exact(text.slice(at, end)));
    at = end;
    onDrawn(at);
    timer = at < text.length ? setTimeout(step) : undefined;
  };
  step();
  return () => clearTimeout(timer);
}

/** The end of the step; it never splits a surrogate pair. */
function endOfStep(text: string, from: number): number {
  const end = from + STEP;
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end + 1 : end;
}

/** Shows the size of a text, as a scrolling box does not show at once how much is in it. */
function Size({ text }: { text: string }): JSX.Element | null {
  const lines = text.replace(/\n$/, "").split("\n").length;
  if (lines <= LINES && text.length <= CHARACTERS) return null;
  return <p class="ocw-size">{t.lib.boxScrolls(t.counts.lines(lines), t.counts.characters(text.length))}</p>;
}
