import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { DiffLine, FileChange, Hunk } from "../../../text/diff/parse";
import { type SplitRow, splitRows, type UnifiedRow, unifiedRows } from "../../../text/diff/rows";
import { type WordPiece, wordDiff } from "../../../text/diff/words";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { type ColouredRun, colourPieces, type DiffColours } from "./diff_colours";

/** A diff laid out; returns the rows in a range. */
type DrawRows = (from: number, to: number) => JSX.Element[];

export function unified(change: FileChange, colours: DiffColours): DrawRows {
  return layout(unifiedRows(change), colours, unifiedRow);
}

export function split(change: FileChange, colours: DiffColours): DrawRows {
  return layout(splitRows(change), colours, splitRow);
}

type Draw<Row> = (row: Row, at: number, colours: DiffColours) => JSX.Element;

function layout<Row extends object>(rows: Generator<Row>, colours: DiffColours, draw: Draw<Row>): DrawRows {
  const known: Row[] = [];
  return (from, to) => {
    while (known.length < to) {
      const { done, value } = rows.next();
      if (done) break;
      // A hunk comes before its lines.
      if ("hunk" in value) colours.add(value.hunk as Hunk);
      known.push(value);
    }
    return known.slice(from, to).map((row, at) => draw(row, at, colours));
  };
}

/** A range of rows, not redrawn while it stays the same. */
export function DiffRows({ layout, from, to }: { layout: DrawRows; from: number; to: number }): JSX.Element {
  return useMemo(() => <div class="ocw-diff-rows">{layout(from, to)}</div>, [layout, from, to]);
}

function unifiedRow(row: UnifiedRow, at: number, colours: DiffColours): JSX.Element {
  if ("hunk" in row) return <HunkRow key={at} hunk={row.hunk} />;
  return (
    <div key={at} class={`ocw-diff-row ocw-diff-${row.line.kind}`}>
      <LineNumber line={row.line.before} />
      <LineNumber line={row.line.after} />
      <LineText line={row.line} partner={row.partner} colours={colours} />
    </div>
  );
}

function splitRow(row: SplitRow, at: number, colours: DiffColours): JSX.Element {
  if ("hunk" in row) return <HunkRow key={at} hunk={row.hunk} />;
  return (
    <div key={at} class="ocw-diff-pair">
      <Half line={row.left} partner={row.right} lineNumber={row.left?.before} colours={colours} />
      <Half line={row.right} partner={row.left} lineNumber={row.right?.after} colours={colours} />
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
  colours: DiffColours;
}

function Half({ line, partner, lineNumber, colours }: HalfProps): JSX.Element {
  if (!line) return <div class="ocw-diff-half ocw-diff-none" />;
  return (
    <div class={`ocw-diff-half ocw-diff-${line.kind}`}>
      <LineNumber line={lineNumber} />
      <LineText line={line} partner={partner} colours={colours} />
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

interface LineTextProps {
  line: DiffLine;
  partner: DiffLine | undefined;
  colours: DiffColours;
}

function LineText({ line, partner, colours }: LineTextProps): JSX.Element {
  const Element = ELEMENTS[line.kind];
  const more = line.text.length - LONGEST;
  if (more <= 0) return <Element class="ocw-diff-text">{marked(line, partner, colours.of(line))}</Element>;
  return (
    <Element class="ocw-diff-text">
      {visible(line.text.slice(0, LONGEST))}
      <span class="ocw-muted"> {t.parts.moreCharacters(more.toLocaleString("en"))}</span>
    </Element>
  );
}

/** The line with the words marked that changed, in its colours. */
function marked(line: DiffLine, partner: DiffLine | undefined, runs: ColouredRun[] | undefined): ComponentChildren {
  const words = changedWords(line, partner);
  if (!words) return runs ? runs.map(coloured) : visible(line.text);
  const pieces = runs && colourPieces(words, runs);
  return words.map((word, at) => piece(word, at, pieces?.[at]));
}

function changedWords(line: DiffLine, partner: DiffLine | undefined): WordPiece[] | undefined {
  if (line.kind === "same" || !partner) return undefined;
  const [old, fresh] = line.kind === "removed" ? [line, partner] : [partner, line];
  return wordDiff(old.text, fresh.text)?.[line.kind === "removed" ? "before" : "after"];
}

function piece({ text, changed }: WordPiece, at: number, runs: ColouredRun[] | undefined): ComponentChildren {
  const shown = runs ? runs.map(coloured) : visible(text);
  return changed ? (
    <mark key={at} class="ocw-diff-word">
      {shown}
    </mark>
  ) : (
    shown
  );
}

function coloured({ text, class: name }: ColouredRun, at: number): ComponentChildren {
  return name ? (
    <span key={at} class={name}>
      {visible(text)}
    </span>
  ) : (
    visible(text)
  );
}
