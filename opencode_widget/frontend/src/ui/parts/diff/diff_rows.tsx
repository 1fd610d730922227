import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { DiffLine, FileChange, Hunk } from "../../../text/diff/parse";
import { type SplitRow, splitRows, type UnifiedRow, unifiedRows } from "../../../text/diff/rows";
import { type WordPiece, wordDiff } from "../../../text/diff/words";
import { visible } from "../../../text/visible";

/** A diff laid out; returns the rows in a range. */
type DrawRows = (from: number, to: number) => JSX.Element[];

export function unified(change: FileChange): DrawRows {
  return layout(unifiedRows(change), unifiedRow);
}

export function split(change: FileChange): DrawRows {
  return layout(splitRows(change), splitRow);
}

function layout<Row>(rows: Generator<Row>, draw: (row: Row, at: number) => JSX.Element): DrawRows {
  const known: Row[] = [];
  return (from, to) => {
    while (known.length < to) {
      const { done, value } = rows.next();
      if (done) break;
      known.push(value);
    }
    return known.slice(from, to).map(draw);
  };
}

/** A range of rows, not redrawn while it stays the same. */
export function DiffRows({ layout, from, to }: { layout: DrawRows; from: number; to: number }): JSX.Element {
  return useMemo(() => <div class="ocw-diff-rows">{layout(from, to)}</div>, [layout, from, to]);
}

function unifiedRow(row: UnifiedRow, at: number): JSX.Element {
  if ("hunk" in row) return <HunkRow key={at} hunk={row.hunk} />;
  return (
    <div key={at} class={`ocw-diff-row ocw-diff-${row.line.kind}`}>
      <LineNumber line={row.line.before} />
      <LineNumber line={row.line.after} />
      <LineText line={row.line} partner={row.partner} />
    </div>
  );
}

function splitRow(row: SplitRow, at: number): JSX.Element {
  if ("hunk" in row) return <HunkRow key={at} hunk={row.hunk} />;
  return (
    <div key={at} class="ocw-diff-pair">
      <Half line={row.left} partner={row.right} lineNumber={row.left?.before} />
      <Half line={row.right} partner={row.left} lineNumber={row.right?.after} />
    </div>
  );
}

/** The header of a hunk: the file goes on here at another place. */
function HunkRow({ hunk }: { hunk: Hunk }): JSX.Element {
  return <div class="ocw-diff-hunk">{hunk.section && <span>{visible(hunk.section)}</span>}</div>;
}

interface HalfProps {
  line: DiffLine | undefined;
  partner: DiffLine | undefined;
  lineNumber: number | undefined;
}

function Half({ line, partner, lineNumber }: HalfProps): JSX.Element {
  if (!line) return <div class="ocw-diff-half ocw-diff-none" />;
  return (
    <div class={`ocw-diff-half ocw-diff-${line.kind}`}>
      <LineNumber line={lineNumber} />
      <LineText line={line} partner={partner} />
    </div>
  );
}

/** The style sheet draws the number, so that copied lines do not contain it. */
function LineNumber({ line }: { line: number | undefined }): JSX.Element {
  return <span class="ocw-diff-place" data-line={line} />;
}

/** A longer line, as minified files have, is cut here. */
const LONGEST = 10_000;
const ELEMENTS = { same: "span", added: "ins", removed: "del" } as const;

function LineText({ line, partner }: { line: DiffLine; partner: DiffLine | undefined }): JSX.Element {
  const Element = ELEMENTS[line.kind];
  const more = line.text.length - LONGEST;
  if (more <= 0) return <Element class="ocw-diff-text">{marked(line, partner)}</Element>;
  return (
    <Element class="ocw-diff-text">
      {visible(line.text.slice(0, LONGEST))}
      <span class="ocw-muted"> … {more.toLocaleString("en")} more characters</span>
    </Element>
  );
}

function marked(line: DiffLine, partner: DiffLine | undefined): ComponentChildren {
  if (line.kind === "same" || !partner) return visible(line.text);
  const [old, fresh] = line.kind === "removed" ? [line, partner] : [partner, line];
  const words = wordDiff(old.text, fresh.text);
  if (!words) return visible(line.text);
  return words[line.kind === "removed" ? "before" : "after"].map(piece);
}

function piece({ text, changed }: WordPiece, at: number): ComponentChildren {
  return changed ? (
    <mark key={at} class="ocw-diff-word">
      {visible(text)}
    </mark>
  ) : (
    visible(text)
  );
}
