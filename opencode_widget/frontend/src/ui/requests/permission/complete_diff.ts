/** Checks that the table of a diff shows all of it. Pure. */
import { type FileChange, parseDiff } from "../../../text/diff/parse";

/** A larger diff is shown as text, which costs less to draw. */
const CHARACTERS = 500_000;
const ROWS = 5_000;
const WIDEST = 10_000;
/** Lines of a diff that are not content of a file. */
const FRAME =
  /^(?:$|\\ |@@ -|--- |\+\+\+ |===|diff |[Ii]ndex[: ]|(?:new|deleted) file mode \d+$|(?:old|new) mode \d+$|(?:similarity|dissimilarity) index |(?:rename|copy) (?:from|to) )/;

/** The files of the diff; undefined if a table would leave something out or be too large. */
export function completeDiff(text: string): FileChange[] | undefined {
  if (text.length > CHARACTERS) return undefined;
  const lines = text.split("\n");
  if (lines.length > ROWS || lines.some((line) => line.length > WIDEST)) return undefined;
  const changes = parseDiff(text);
  return changes.length > 0 && restOf(lines, changes).every((line) => FRAME.test(line)) ? changes : undefined;
}

/** The lines that are in none of the hunks. */
function restOf(lines: string[], changes: FileChange[]): string[] {
  const left = new Map<string, number>();
  for (const line of lines) left.set(line, (left.get(line) ?? 0) + 1);
  const take = (line: string) => left.set(line, (left.get(line) ?? 0) - 1);
  for (const { kind, text } of changes.flatMap(({ hunks }) => hunks.flatMap((hunk) => hunk.lines))) {
    const line = `${{ added: "+", removed: "-", same: " " }[kind]}${text}`;
    const written = [line, `${line}\r`, text === "" ? "" : line].find((each) => (left.get(each) ?? 0) > 0);
    take(written ?? line);
  }
  return [...left].filter(([, count]) => count > 0).map(([line]) => line);
}
