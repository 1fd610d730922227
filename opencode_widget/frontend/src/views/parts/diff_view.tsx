/** Diffs as they are read: numbered lines, the changed words marked, in one column or side by side. */
import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type FileChange, parseDiff } from "../../diff/parse";
import { countSplit, countUnified } from "../../diff/rows";
import { sideBySide } from "./choices";
import { Rows, split, unified } from "./diff_rows";

/** Lines shown at first, and with each "Show more". */
const FIRST = 300;
const STEP = 1_000;
/** Pixels below which two columns are too narrow to read. */
const WIDE = 620;

/** The kernel cuts long strings so; see `_cut_text` of `model/view.py`. */
const CUT = /… \(\d+ characters\)$/;

/** The first file of a unified diff; undefined where it is none. */
export function useDiff(text: string | undefined): FileChange | undefined {
  return useDiffs(text)[0];
}

/** All its files. */
export function useDiffs(text: string | undefined): FileChange[] {
  return useMemo(() => (text ? parseDiff(text.replace(CUT, "")) : []), [text]);
}

interface Props {
  change: FileChange;
  /** What changed, for who cannot see it. */
  label: string;
}

export function DiffView({ change, label }: Props): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const wide = useWide(element);
  const [shown, setShown] = useState(FIRST);
  const twoColumns = wide && sideBySide.value;
  const layout = useMemo(() => (twoColumns ? split(change) : unified(change)), [change, twoColumns]);
  const count = useMemo(() => (twoColumns ? countSplit : countUnified)(change), [change, twoColumns]);
  const left = count - shown;
  return (
    <div class="ocw-diff" ref={element}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard */}
      <div class="ocw-diff-scroll" role="group" aria-label={`Changes in ${label}`} tabIndex={0}>
        {steps(Math.min(shown, count)).map(([from, to]) => (
          <Rows key={from} layout={layout} from={from} to={to} />
        ))}
      </div>
      <div class="ocw-diff-foot">
        {left > 0 && (
          <button type="button" class="ocw-button ocw-small" onClick={() => setShown(shown + STEP)}>
            Show {Math.min(STEP, left).toLocaleString("en")} more lines of {left.toLocaleString("en")}
          </button>
        )}
        {wide && <LayoutToggle />}
      </div>
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
      Side by side
    </button>
  );
}

/** Blocks of rows whose borders stay where they are when more are shown: what stands is not built again. */
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

/** "+3 −1" in colour, and in words for who cannot see it. */
export function Counts({ additions, deletions }: { additions: number; deletions: number }): JSX.Element {
  return (
    <span class="ocw-counts">
      <span class="ocw-hidden">
        {additions} added, {deletions} removed
      </span>
      <span aria-hidden="true" class="ocw-added">
        +{additions}
      </span>
      <span aria-hidden="true" class="ocw-removed">
        −{deletions}
      </span>
    </span>
  );
}
