import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ToolPart } from "../../../protocol";
import { languageOf } from "../../../text/markdown/code/file_language";
import { shortPath } from "../../../text/paths";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Code, Live } from "./io_blocks";
import { number, object, objects, string, strings } from "./read_json";
import { pathOf } from "./tool_files";
import type { ToolKind, ToolProps } from "./tool_kind";

const CONTENT = /<(?:content|file|entries)>\n?([\s\S]*?)(?:\n?<\/(?:content|file|entries)>|$)/;
/** "  12: " of today's servers, "00012| " of earlier ones. */
const NUMBERED = /^[ 0]{0,12}(\d{1,12})(?:: |\| )/;
/** OpenCode's remark to the model is looked for in this many characters at the end. */
const CLOSING_LENGTH = 500;
const CLOSING =
  /[([](?:End of file|File has more lines|Showing|Output capped|Output truncated|\d+ entries)[^\n]*[)\]]\s*$/;
/** "Read file a.py, lines 1-9", "Read directory src, 0 entries" */
const HEAD = /^Read (?:file|directory) [^\n]*, (?:lines|entries|\d+) ?[^\n]*(?:\n|$)/;

interface FileContent {
  text: string;
  /** The number of the first line. */
  first: number;
}

/** The lines of a file, without what OpenCode adds for the model; undefined if the output is not a file's. */
export function contentOf(output: string): FileContent | undefined {
  const inside = headed(output) ?? CONTENT.exec(output)?.[1];
  if (inside === undefined) return undefined;
  const lines = inside.slice(0, endOf(inside)).split("\n");
  const first = Number(NUMBERED.exec(lines[0] ?? "")?.[1] ?? 1);
  return { text: lines.map((line) => line.replace(NUMBERED, "")).join("\n"), first };
}

/** The text below the heading that 2.x writes. */
function headed(output: string): string | undefined {
  const head = HEAD.exec(output)?.[0];
  return head === undefined ? undefined : output.slice(head.length);
}

/** The content where a server sends it only as data. */
function contentAsData(part: ToolPart): FileContent | undefined {
  const { content, entries, offset } = object(part.metadata);
  const text =
    string(content) ??
    objects(entries)
      .map((entry) => string(entry.path))
      .join("\n");
  return text && part.output === "" ? { text: text.replace(/\n$/, ""), first: number(offset) ?? 1 } : undefined;
}

/** The position where the file ends and OpenCode's remark starts. */
function endOf(inside: string): number {
  const from = Math.max(0, inside.length - CLOSING_LENGTH);
  const found = inside.slice(from).search(CLOSING);
  if (found < 0) return inside.length;
  let end = from + found;
  while (inside[end - 1] === "\n") end -= 1;
  return end;
}

function readIn(part: ToolPart): FileContent | undefined {
  return contentOf(part.output) ?? contentAsData(part);
}

function Body({ cell, part }: ToolProps): JSX.Element {
  const content = useMemo(() => (part.state === "completed" ? readIn(part) : undefined), [part]);
  if (!content) return <Live cell={cell} field="output" label={t.parts.output} />;
  return (
    <div class="ocw-numbered">
      <pre class="ocw-line-numbers" aria-hidden="true">
        {numbers(content)}
      </pre>
      <Code label={t.parts.content} language={languageOf(pathOf(part))}>
        {visible(content.text)}
      </Code>
    </div>
  );
}

function numbers({ text, first }: FileContent): string {
  const count = text.split("\n").length;
  return Array.from({ length: count }, (_, at) => first + at).join("\n");
}

/** "lines 10–49" if the arguments limit them, "of 200" if the total is known. */
function range(part: ToolPart): string {
  const display = object(object(part.metadata).display);
  const offset = number(part.input.offset);
  const limit = number(part.input.limit);
  const [from, to] = [number(display.lineStart) ?? offset, number(display.lineEnd) ?? end(offset, limit)];
  const total = number(display.totalLines);
  const entries = number(display.totalEntries);
  if (entries !== undefined) return t.counts.entries(entries);
  if (total !== undefined && from === 1 && to === total) return t.counts.lines(total);
  if (from === undefined || to === undefined) return from === undefined ? "" : t.parts.fromLine(from);
  return t.parts.lines(from, to, total);
}

function end(offset: number | undefined, limit: number | undefined): number | undefined {
  return limit === undefined ? undefined : (offset ?? 1) + limit - 1;
}

function facts(part: ToolPart): string {
  const loaded = strings(object(part.metadata).loaded).length;
  return [range(part), loaded ? t.parts.withInstructions(loaded) : ""].filter(Boolean).join(", ");
}

export const readFile: ToolKind = {
  icon: "file",
  mono: true,
  title: (part, directory) => shortPath(pathOf(part), directory) || string(part.title) || "",
  facts,
  Body,
};
