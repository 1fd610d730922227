/** A message as Markdown for the clipboard: its text, and for each tool a line and its output. Pure. */
import type { FilePart, Part, ToolPart } from "../../protocol";
import { withoutTail } from "../../text/text_end";
import { t } from "../../words/words";

export function messageMarkdown(parts: Part[]): string {
  return parts
    .map(partMarkdown)
    .filter((text) => text !== "")
    .join("\n\n")
    .replace(/(^- .*)\n\n(?=- )/gm, "$1\n");
}

function partMarkdown(part: Part): string {
  if (part.kind === "text") return part.text.trim();
  if (part.kind === "tool") return [toolLine(part), outputOf(part)].filter((text) => text !== "").join("\n\n");
  return part.kind === "file" ? fileLine(part) : "";
}

/** A tool as a list item; a message's reasoning and the widget's notes are left out. */
function toolLine({ tool, title, state }: ToolPart): string {
  const failed = state === "error" ? t.message.failedSuffix : state === "interrupted" ? t.message.stoppedSuffix : "";
  return `- \`${tool}\`${title ? ` ${title}` : ""}${failed}`;
}

/** The output as a block that belongs to the list item, so that no line of it is read as Markdown. */
function outputOf({ output, error, outputLength, outputEnd }: ToolPart): string {
  const left = (outputLength ?? 0) - output.length - (outputEnd?.length ?? 0);
  const cut = left > 0 ? t.message.charactersOmitted(left) : "";
  const text = [output + cut + (outputEnd ?? ""), error ?? ""].filter((each) => each.trim() !== "").join("\n");
  if (text === "") return "";
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${withoutTail(text, "\n")}\n${fence}`.replace(/^(?=.)/gm, "  ");
}

function fileLine({ filename, path, mime }: FilePart): string {
  return t.message.file(path ?? filename ?? mime);
}
