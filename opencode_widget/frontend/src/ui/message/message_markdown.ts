/** A message as Markdown for the clipboard: its text, and a line for each tool. Pure. */
import type { FilePart, Part, ToolPart } from "../../protocol";

export function messageMarkdown(parts: Part[]): string {
  return parts
    .map(partMarkdown)
    .filter((text) => text !== "")
    .join("\n\n")
    .replace(/(^- .*)\n\n(?=- )/gm, "$1\n");
}

function partMarkdown(part: Part): string {
  if (part.kind === "text") return part.text.trim();
  if (part.kind === "tool") return toolLine(part);
  return part.kind === "file" ? fileLine(part) : "";
}

/** A tool as a list item; a message's reasoning and the widget's notes are left out. */
function toolLine({ tool, title, state }: ToolPart): string {
  const failed = state === "error" ? " (failed)" : state === "interrupted" ? " (stopped)" : "";
  return `- \`${tool}\`${title ? ` ${title}` : ""}${failed}`;
}

function fileLine({ filename, path, mime }: FilePart): string {
  return `- file: ${path ?? filename ?? mime}`;
}
