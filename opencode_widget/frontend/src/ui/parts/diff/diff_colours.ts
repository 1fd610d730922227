/**
 * Syntax colours of a diff. Each side of a hunk is coloured as one text, since a string or a comment may go over many
 * lines, and is taken apart into lines.
 */
import type { DiffLine, Hunk } from "../../../text/diff/parse";
import type { WordPiece } from "../../../text/diff/words";
import { COLOURED, highlight } from "../../../text/markdown/code/highlight";
import { knows } from "../../../text/markdown/code/languages";

/** A run of text of the same colour; the class is empty where it has none. */
export interface ColouredRun {
  text: string;
  class: string;
}

/** The colours of one diff, hunk by hunk as it is drawn. Beyond `COLOURED` characters a diff has none. */
export class DiffColours {
  readonly #lines = new WeakMap<DiffLine, ColouredRun[]>();
  #left = COLOURED;

  constructor(readonly language: string) {}

  add({ lines }: Hunk): void {
    this.#left -= lines.reduce((sum, { text }) => sum + text.length + 1, 0);
    if (this.#left < 0 || !knows(this.language)) return;
    if (lines.some(({ kind }) => kind === "removed")) this.#addSide(lines.filter(({ kind }) => kind !== "added"));
    this.#addSide(lines.filter(({ kind }) => kind !== "removed"));
  }

  /** The runs of a line; undefined if it has no colours. */
  of(line: DiffLine): ColouredRun[] | undefined {
    return this.#lines.get(line);
  }

  #addSide(lines: DiffLine[]): void {
    const coloured = runsByLine(highlight(lines.map(({ text }) => text).join("\n"), this.language));
    for (const [at, line] of lines.entries()) this.#lines.set(line, coloured[at] ?? []);
  }
}

/** The runs of coloured nodes, line by line. */
export function runsByLine(nodes: Node): ColouredRun[][] {
  const lines: ColouredRun[][] = [[]];
  const visit = (node: Node, classes: string): void => {
    if (node.nodeType === Node.TEXT_NODE) {
      for (const [at, text] of (node as Text).data.split("\n").entries()) {
        if (at > 0) lines.push([]);
        if (text) lines.at(-1)?.push({ text, class: classes });
      }
      return;
    }
    const own = node instanceof Element ? `${classes} ${node.className}`.trim() : classes;
    for (const child of node.childNodes) visit(child, own);
  };
  visit(nodes, "");
  return lines;
}

/** Gives each piece of a line the colours of its text. */
export function colourPieces(pieces: readonly WordPiece[], runs: readonly ColouredRun[]): ColouredRun[][] {
  const left = runs.map((run) => ({ ...run }));
  return pieces.map(({ text }) => {
    const found: ColouredRun[] = [];
    let missing = text.length;
    while (missing > 0 && left[0]) {
      const run = left[0];
      const taken = run.text.slice(0, missing);
      found.push({ text: taken, class: run.class });
      missing -= taken.length;
      run.text = run.text.slice(taken.length);
      if (!run.text) left.shift();
    }
    return found;
  });
}
