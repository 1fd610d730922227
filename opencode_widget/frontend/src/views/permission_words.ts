/** What a permission is about, in words and pieces to draw. Pure. */
import { hostInAscii } from "../markdown/address";
import type { PermissionRequest } from "../protocol";
import type { IconName } from "./icons";

/** One thing that would be done or touched. */
export interface Target {
  kind: "command" | "path" | "address" | "diff" | "words";
  text: string;
}

const QUESTIONS: Record<string, [icon: IconName, question: string]> = {
  bash: ["terminal", "Run this command?"],
  edit: ["edit", "Change this file?"],
  write: ["edit", "Write this file?"],
  read: ["file", "Read this file?"],
  glob: ["search", "Look for files?"],
  grep: ["search", "Search in files?"],
  list: ["list", "List this folder?"],
  lsp: ["search", "Ask the language server?"],
  webfetch: ["globe", "Fetch this page?"],
  websearch: ["globe", "Search the web?"],
  codesearch: ["globe", "Search for code?"],
  task: ["agent", "Start a sub-agent?"],
  skill: ["note", "Load this skill?"],
  external_directory: ["alert", "Reach outside of the folder?"],
  doom_loop: ["alert", "Go on? The same call was made several times"],
};

export function questionOf(permission: string): [icon: IconName, question: string] {
  return QUESTIONS[permission] ?? ["tool", `Use ${permission.replace(/_/g, " ")}?`];
}

const COMMAND = ["command"];
const PATHS = ["filepath", "filePath", "path", "parentDir"];
const ADDRESSES = ["url"];
const DIFF = "diff";

/** What exactly would be done, the most telling first, nothing twice. */
export function targetsOf(request: PermissionRequest): Target[] {
  const { metadata, patterns, title } = request;
  const targets: Target[] = [
    ...texts(metadata, COMMAND).map((text) => ({ kind: "command" as const, text })),
    ...texts(metadata, PATHS).map((text) => ({ kind: "path" as const, text })),
    ...texts(metadata, ADDRESSES).map((text) => ({ kind: "address" as const, text: hostInAscii(text) })),
  ];
  const said = new Set(targets.map(({ text }) => text));
  const isSaid = (text: string) => text === "" || text === "*" || [...said].some((each) => each.includes(text));
  for (const text of [title, ...patterns]) {
    if (isSaid(text) || targets.some((target) => target.kind !== "words" && text.includes(target.text))) continue;
    said.add(text);
    targets.push({ kind: "words", text });
  }
  return [...targets, ...texts(metadata, [DIFF]).map((text) => ({ kind: "diff" as const, text }))];
}

/** What else was sent with it. */
export function detailsOf({ metadata }: PermissionRequest): Record<string, unknown> {
  const shown = new Set([...COMMAND, ...PATHS, ...ADDRESSES, DIFF, "files"]);
  return Object.fromEntries(Object.entries(metadata).filter(([key, value]) => !shown.has(key) && value !== ""));
}

function texts(metadata: Record<string, unknown>, keys: string[]): string[] {
  const found = keys.map((key) => metadata[key]).filter((value) => typeof value === "string" && value !== "");
  return [...new Set(found as string[])];
}
