/** Diffs for reading: numbered lines, changed words marked, in one column or side by side. */

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type FileChange, parseDiff } from "../../../text/diff/parse";
import { countSplit, countUnified } from "../../../text/diff/rows";
import { languageOf } from "../../../text/markdown/code/file_language";
import { t } from "../../../words/words";
import { Missing } from "../../lib/boundary/missing";
import { useUnseen } from "../../lib/boundary/unseen";
import { focusInPlace } from "../../lib/controls/focus";
import { sideBySide } from "../display_options";
import { DiffColours } from "./diff_colours";
import { DiffRows, split, unified } from "./diff_rows";

/** Lines shown at first, and with each "Show more". */
const FIRST = 300;
const STEP = 1_000;
/** Below this width in pixels two columns are too narrow to read. */
const WIDE = 620;

/** The mark of the kernel's truncation of a tool's strings; see `model/text/truncate.py`. */
const CUT = /… \((\d+) characters\)$/;

/** The first file of a unified diff; undefined where the text is not one. */
export function useDiff(text: string | undefined): FileChange | undefined {
  return useMemo(() => (text ? parseDiff(text.replace(CUT, ""))[0] : undefined), [text]);
}

/** How much of a tool's diff the kernel left out, in words. */
function cutWords(text: string | undefined): string | undefined {
  const found = text ? CUT.exec(text) : null;
  const left = Number(found?.[1]) - (found?.index ?? 0);
  return left > 0
    ? t.parts.charactersNotShown(left.toLocaleString("en"), t.counts.characters(Number(found?.[1])))
    : undefined;
}

interface Props {
  change: FileChange;
  /** Names the change for screen readers. */
  label: string;
  /** Shows the rest all at once, as the user decides about it. */
  whole?: boolean;
  /** The diff as it arrived, which the kernel may have truncated. */
  source?: string | undefined;
}

export function DiffView({ change, label, whole = false, source }: Props): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const wide = useWide(element);
  const [shown, setShown] = useState(FIRST);
  const twoColumns = wide && sideBySide.value;
  const layout = useMemo(() => {
    const colours = new DiffColours(languageOf(change.to ?? change.from ?? label));
    return (twoColumns ? split : unified)(change, colours);
  }, [change, twoColumns, label]);
  const count = useMemo(() => (twoColumns ? countSplit : countUnified)(change), [change, twoColumns]);
  const left = count - shown;
  const more = whole ? left : Math.min(STEP, left);
  const cut = cutWords(source);
  const words = t.parts.someOfLines(left.toLocaleString("en"), t.counts.lines(count));
  useUnseen(left > 0 ? t.parts.partOf(words, label) : undefined);
  const showMore = () => {
    setShown(whole ? Infinity : shown + STEP);
    if (more === left) focusInPlace(scroll.current);
  };
  const rest = left > 0 && (
    <Missing words={t.parts.notShown(words)}>
      <button type="button" class="ocw-button ocw-small" onClick={showMore}>
        {more === left ? t.parts.showAll : t.parts.show(t.counts.moreLines(more))}
      </button>
    </Missing>
  );
  return (
    <div class="ocw-diff" ref={element}>
      <div class="ocw-diff-head">{wide && <LayoutToggle />}</div>
      {whole && rest}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard */}
      <div class="ocw-diff-scroll" role="group" aria-label={t.parts.changesIn(label)} tabIndex={0} ref={scroll}>
        {steps(Math.min(shown, count)).map(([from, to]) => (
          <DiffRows key={from} layout={layout} from={from} to={to} />
        ))}
      </div>
      {!whole && rest}
      {cut && left <= 0 && <Missing words={cut} />}
    </div>
  );
}

function LayoutToggle(): JSX.Element {
  return (
    <button
      type="button"
      class="ocw-bare ocw-diff-layout"
      aria-pressed={sideBySide.value}
      onClick={() => {
        sideBySide.value = !sideBySide.peek();
      }}
    >
      {t.parts.sideBySide}
    </button>
  );
}

/** Blocks of rows with fixed borders, so that showing more rebuilds nothing that is on screen. */
function steps(end: number): Array<[number, number]> {
  const result: Array<[number, number]> = [];
  for (let from = 0; from < end; from += from === 0 ? FIRST : STEP) {
    result.push([from, Math.min(end, from === 0 ? FIRST : from + STEP)]);
  }
  return result;
}

function useWide(element: { current: HTMLElement | null }): boolean {
  const [wide, setWide] = useState(false);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => setWide((entry?.contentRect.width ?? 0) >= WIDE));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return wide;
}

/** "+3 −1" in colour, with words for screen readers. */
export function Counts({ additions, deletions }: { additions: number; deletions: number }): JSX.Element {
  return (
    <span class="ocw-counts">
      <span class="ocw-hidden">{t.parts.addedRemoved(additions, deletions)}</span>
      <span aria-hidden="true" class="ocw-added">
        +{additions}
      </span>
      <span aria-hidden="true" class="ocw-removed">
        −{deletions}
      </span>
    </span>
  );
}
