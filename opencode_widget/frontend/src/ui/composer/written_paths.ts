/** Paths that the user wrote by hand after "@", without the list of options: those that exist are mentions, too. */
import type { View } from "../state/context";
import { type MarkedText, namesIn, withMark } from "../state/mentions";

/** Paths of one prompt that are looked up, and milliseconds for which sending waits for that. */
const MOST = 5;
const PATIENCE = 1_500;

interface WrittenPath {
  start: number;
  path: string;
}

/** The words after "@" that no mark covers. Marks of a sentence at their end do not belong to them. */
export function writtenPaths({ text, marks }: MarkedText): WrittenPath[] {
  const found: WrittenPath[] = [];
  for (const match of text.matchAll(/(?<![\p{L}\p{N}_@.])@([^\s@]+)/gu)) {
    const path = withoutEnd(match[1] ?? "");
    const isName = namesIn(`@${path}`).length > 0;
    const isMarked = marks.some((mark) => mark.start <= match.index && match.index < mark.end);
    if (path !== "" && !isMarked && !isName) found.push({ start: match.index, path });
  }
  return found.slice(0, MOST);
}

const AT_END = new Set(".,;:!?)]}\"'`>»”’，。；：！？）");

function withoutEnd(words: string): string {
  let end = words.length;
  while (end > 0 && AT_END.has(words[end - 1] ?? "")) end -= 1;
  return words.slice(0, end);
}

/** The content with a mention for each path that the project has. */
export async function withWrittenPaths<Content extends MarkedText>(view: View, content: Content): Promise<Content> {
  let marked: Content = content;
  await Promise.all(
    writtenPaths(content).map(async ({ start, path }) => {
      const found = await soon(view.find(path));
      const file = found?.find((each) => each.kind !== "symbol" && bare(each.path) === bare(path));
      if (!file) return;
      const meaning = { kind: "file", path: file.path } as const;
      marked = { ...marked, ...withMark(marked, start, `@${path}`, meaning) };
    }),
  );
  return marked;
}

function bare(path: string): string {
  const inside = path.startsWith("./") ? path.slice(2) : path;
  return inside.endsWith("/") ? inside.slice(0, -1) : inside;
}

/** The value, or undefined if it does not come while sending may wait. */
export function soon<Value>(value: Promise<Value> | undefined): Promise<Value | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
  return value === undefined ? Promise.resolve(undefined) : Promise.race([value, late]);
}
