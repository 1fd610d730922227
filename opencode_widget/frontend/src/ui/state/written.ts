/** A prompt as the user wrote it, made again from what was sent. Pure. */
import type { Outgoing } from "../../kernel/pending";
import type { FilePart, Part } from "../../protocol";
import { withoutTail } from "../../text/text_end";
import type { Attached } from "./files/attached_files";
import { isNamedFile, type MarkedText, type Meaning, type PromptMark, withMark } from "./mentions";
import type { PromptEntry } from "./prompt_history";

export interface Written {
  content: PromptEntry;
  files: Attached[];
}

/** The text of a prompt, as the user wrote it. */
export function promptText(parts: Part[]): string {
  return parts
    .map((part) => (part.kind === "text" ? part.text : ""))
    .filter((words) => words !== "")
    .join("\n\n")
    .trim();
}

/** The text with its mentions; a mention whose words are not in the text is added to it. */
export function contentOf(parts: Part[], directory?: string): PromptEntry {
  const mentions = parts.flatMap((part) => mentionIn(part, directory));
  const marked = mentions.reduce(withMention, { text: promptText(parts), marks: [] } as MarkedText);
  return { ...marked, shell: false };
}

/** The files that were attached: not mentioned, and not made of a name in the text, which is described anew. */
export function attachedParts(parts: Part[]): FilePart[] {
  return parts.filter(
    (part): part is FilePart => part.kind === "file" && pathOf(part) === undefined && !isNamedFile(part.filename ?? ""),
  );
}

/** A file of a message as an attachment of the next one; undefined while its content is not in the page. */
export function attachmentOf({ id, filename, mime, url, size }: FilePart): Attached | undefined {
  if (!url?.startsWith("data:")) return undefined;
  return { id: `again ${id}`, name: filename ?? mime, mime, url, size: size ?? url.length };
}

/** What was written for a command that has not left the page. */
export function writtenIn({ name, args }: Outgoing): Written {
  if (name === "shell") return { content: { text: args.command, marks: [], shell: true }, files: [] };
  const text = name === "prompt" ? args.text : `/${args.command} ${args.arguments}`.trimEnd();
  const marks = ((name === "prompt" && args.mentions) || []).map((mention): PromptMark => {
    const { start, end, ...meaning } = mention;
    return { start, end, written: text.slice(start, end), meaning: meaning as Meaning };
  });
  const files = (args.files ?? []).map(({ mime, filename, url }, index) => {
    return {
      id: `again ${index} ${filename}`,
      name: filename ?? mime,
      mime,
      url,
      size: Math.floor((url.length - url.indexOf(",") - 1) * 0.75),
    };
  });
  return { content: { text, marks, shell: false }, files };
}

/** Words that a mention may be written as, the likeliest first. */
interface WrittenMention {
  words: [string, ...string[]];
  meaning: Meaning;
}

function mentionIn(part: Part, directory: string | undefined): WrittenMention[] {
  if (part.kind === "note" && part.type === "agent") {
    const name = part.data?.name;
    return typeof name === "string" ? [{ words: [`@${name}`], meaning: { kind: "agent", name } }] : [];
  }
  const path = part.kind === "file" ? pathOf(part) : undefined;
  if (path === undefined) return [];
  const root = directory && `${withoutTail(directory, "/")}/`;
  const short = root && path.startsWith(root) ? path.slice(root.length) : path;
  return [{ words: [`@${short}`, `@${path}`], meaning: { kind: "file", path: short } }];
}

function pathOf({ path, url }: FilePart): string | undefined {
  if (path) return path;
  if (!url?.startsWith("file://")) return undefined;
  const [named = ""] = url.slice("file://".length).split(/[?#]/, 1);
  try {
    return decodeURIComponent(named);
  } catch {
    return named;
  }
}

function withMention(marked: MarkedText, { words, meaning }: WrittenMention): MarkedText {
  for (const each of words) {
    const at = placeOf(marked, each);
    if (at >= 0) return withMark(marked, at, each, meaning);
  }
  const [first] = words;
  const text = marked.text === "" ? first : `${marked.text} ${first}`;
  return withMark({ ...marked, text }, text.length - first.length, first, meaning);
}

/** The first place of these words that no mark covers and no longer name goes on from. */
function placeOf({ text, marks }: MarkedText, words: string): number {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const end = at + words.length;
    const isTaken = marks.some((mark) => mark.start < end && mark.end > at);
    if (!isTaken && !/^[\p{L}\p{N}_/-]|^\.[\p{L}\p{N}]/u.test(text.slice(end, end + 2))) return at;
  }
  return -1;
}
