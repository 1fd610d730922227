/** A message as Markdown, for the clipboard: its words, and a line for each tool. Pure. */
import type { FilePart, Part, ToolPart } from "../../protocol";

export function messageMarkdown(parts: Part[]): string {
  return parts
    .map(partMarkdown)
    .filter((text) => text !== "")
    .join("\n\n")
    .replace(/(^- .*)\n\n(?=- )/gm, "$1\n");
}

/** The words of a prompt, as they were written. */
export function promptText(parts: Part[]): string {
  return parts
    .map((part) => (part.kind === "text" ? part.text : ""))
    .filter((words) => words !== "")
    .join("\n\n")
    .trim();
}

function partMarkdown(part: Part): string {
  if (part.kind === "text") return part.text.trim();
  if (part.kind === "tool") return toolLine(part);
  return part.kind === "file" ? fileLine(part) : "";
}

/** What it thought is not what it said; notes are ours. */
function toolLine({ tool, title, state }: ToolPart): string {
  const failed = state === "error" ? " (failed)" : state === "interrupted" ? " (stopped)" : "";
  return `- \`${tool}\`${title ? ` ${title}` : ""}${failed}`;
}

function fileLine({ filename, path, mime }: FilePart): string {
  return `- file: ${path ?? filename ?? mime}`;
}
