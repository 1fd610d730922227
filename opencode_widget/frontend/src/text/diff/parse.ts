/** Parses unified diffs, as `diff -u`, git and OpenCode write them. Pure. */

export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
  /** The line's number, counted from 1, in the old and in the new file. */
  before?: number;
  after?: number;
}

export interface Hunk {
  /** The text after the second `@@`: often the enclosing function. */
  section: string;
  /** The number of the first line, in the old and in the new file. */
  before: number;
  after: number;
  lines: DiffLine[];
}

export interface FileChange {
  /** Absent where the diff names no file; `/dev/null` counts as no name. */
  from?: string;
  to?: string;
  hunks: Hunk[];
  additions: number;
  deletions: number;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;
/** Lines that start the next file or hunk even if the hunk's counts disagree, since the counts may be wrong. */
const NEXT = /^(?:diff --git |Index: |@@ -)/;

const KINDS: Record<string, DiffLine["kind"]> = { "+": "added", "-": "removed", " ": "same", "": "same" };

/** The files of a diff. A truncated diff yields the files it has; a text that is not a diff yields none. */
export function parseDiff(text: string): FileChange[] {
  return new DiffParser(text.split("\n")).files.filter((file) => file.hunks.length > 0);
}

class DiffParser {
  readonly files: FileChange[] = [];
  #at = 0;

  constructor(readonly lines: readonly string[]) {
    while (this.#at < lines.length) this.#step(lines[this.#at] ?? "");
  }

  #step(line: string): void {
    this.#at += 1;
    const next = this.lines[this.#at] ?? "";
    if (line.startsWith("--- ") && next.startsWith("+++ ")) {
      this.#at += 1;
      this.files.push({ ...named("from", line), ...named("to", next), hunks: [], additions: 0, deletions: 0 });
      return;
    }
    const hunk = HUNK.exec(line);
    if (hunk) this.#hunk(hunk);
  }

  #hunk([, before, old, after, fresh, section]: RegExpExecArray): void {
    if (this.files.length === 0) this.files.push({ hunks: [], additions: 0, deletions: 0 });
    const file = this.files.at(-1) as FileChange;
    const hunk: Hunk = { section: section ?? "", before: Number(before), after: Number(after), lines: [] };
    const next = { before: hunk.before, after: hunk.after };
    const end = { before: next.before + Number(old ?? 1), after: next.after + Number(fresh ?? 1) };
    file.hunks.push(hunk);
    while ((next.before < end.before || next.after < end.after) && this.#at < this.lines.length) {
      const text = this.lines[this.#at] ?? "";
      const kind = KINDS[text.charAt(0)];
      if (kind === undefined && NEXT.test(text)) return;
      this.#at += 1;
      const cutOff = text === "" && this.#at === this.lines.length;
      if (kind !== undefined && !cutOff)
        add(file, hunk, next, { kind, text: text.slice(1, text.endsWith("\r") ? -1 : undefined) });
    }
  }
}

/** Adds a numbered line to its hunk; `next` holds the counters. */
function add(file: FileChange, hunk: Hunk, next: { before: number; after: number }, line: DiffLine): void {
  if (line.kind !== "added") line.before = next.before++;
  if (line.kind !== "removed") line.after = next.after++;
  if (line.kind === "added") file.additions += 1;
  if (line.kind === "removed") file.deletions += 1;
  hunk.lines.push(line);
}

/** The name in "--- a/src/parser.py\t2026-01-01", without prefix, quotes and date. */
function nameIn(line: string): string {
  const [words = ""] = line.slice("--- ".length).split("\t", 1);
  const quoted = words.startsWith('"') && words.endsWith('"') && words.length > 1;
  return (quoted ? words.slice(1, -1) : words).replace(/^[ab]\//, "");
}

function named(key: "from" | "to", line: string): Partial<FileChange> {
  const name = nameIn(line);
  return name === "/dev/null" ? {} : { [key]: name };
}
