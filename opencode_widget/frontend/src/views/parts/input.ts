/** What a tool was asked to do, for people. Pure. */
import type { ToolPart } from "../../protocol";

/** The one argument that says it all, in the order of preference. */
const TELLING = [
  "command",
  "filePath",
  "file_path",
  "path",
  "pattern",
  "url",
  "query",
  "description",
  "name",
  "question",
];

/** One line about what the tool does. */
export function toolTitle(part: Pick<ToolPart, "title" | "input">): string {
  if (part.title) return part.title;
  for (const key of TELLING) {
    const value = part.input[key];
    if (typeof value === "string" && value !== "") return value.split("\n", 1)[0] ?? "";
  }
  return "";
}

/** The arguments as readable lines: a command as it is typed, else "name: value", long texts below their name. */
export function inputText(part: Pick<ToolPart, "tool" | "input">): string {
  const entries = Object.entries(part.input).filter(([, value]) => value !== undefined && value !== null);
  const { command } = part.input;
  if (part.tool === "bash" && typeof command === "string") {
    const others = entries.filter(([key]) => key !== "command" && key !== "description");
    return [`$ ${command}`, ...others.map(line)].join("\n");
  }
  return entries.map(line).join("\n");
}

function line([key, value]: [string, unknown]): string {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return text.includes("\n") ? `${key}:\n${text.replace(/^/gm, "  ")}` : `${key}: ${text}`;
}
