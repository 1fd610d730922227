/** Describes for people what a tool was asked to do. Pure. */
import type { ToolPart } from "../../../protocol";
import { yaml } from "../../../text/yaml";

/** The most telling argument, in order of preference. */
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

/** The tool that runs commands, in 1.x and in 2.x. */
export const SHELLS = new Set(["bash", "shell"]);

/** One line about what the tool does. */
export function toolTitle(part: Pick<ToolPart, "title" | "input">): string {
  if (part.title) return part.title;
  for (const key of TELLING) {
    const value = part.input[key];
    if (typeof value === "string" && value !== "") return firstLine(value);
  }
  return "";
}

/** The first line; an ellipsis says that more follow. */
export function firstLine(text: string): string {
  const [first = "", ...rest] = text.trim().split("\n", 2);
  return rest.length > 0 ? `${first} …` : first;
}

/** The arguments as readable lines: a command as typed, anything else as YAML. */
export function inputText(part: Pick<ToolPart, "tool" | "input">): string {
  const entries = Object.entries(part.input).filter(([, value]) => value !== undefined && value !== null);
  const { command } = part.input;
  if (!SHELLS.has(part.tool) || typeof command !== "string") return yaml(Object.fromEntries(entries));
  const others = entries.filter(([key]) => key !== "command" && key !== "description");
  return [`$ ${command}`, yaml(Object.fromEntries(others))].filter(Boolean).join("\n");
}
