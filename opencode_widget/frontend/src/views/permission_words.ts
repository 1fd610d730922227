/** What a permission is about, in words and pieces to draw. Pure. */
import { hostInAscii } from "../markdown/address";
import type { PermissionRequest } from "../protocol";
import type { IconName } from "./icons";
import { SHELLS } from "./parts/input";
import { changedFiles } from "./parts/tools/files";

/** One thing that would be done or touched. */
export interface Target {
  kind: "command" | "path" | "address" | "diff" | "words";
  text: string;
}

const QUESTIONS: Record<string, [icon: IconName, question: string]> = {
  bash: ["terminal", "Run this command?"],
  shell: ["terminal", "Run this command?"],
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
  subagent: ["agent", "Start a sub-agent?"],
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
    ...commands(request).map((text) => ({ kind: "command" as const, text })),
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
  return [...targets, ...diffs(metadata).map((text) => ({ kind: "diff" as const, text }))];
}

/** 2.x names the commands as what is asked for, each by itself, and nothing else. */
function commands({ permission, metadata, patterns }: PermissionRequest): string[] {
  const said = texts(metadata, COMMAND);
  return said.length > 0 || !SHELLS.has(permission) ? said : [...new Set(patterns)];
}

/** 1.x gives one text, 2.x one for each file. */
function diffs(metadata: Record<string, unknown>): string[] {
  const said = texts(metadata, [DIFF]);
  return said.length > 0 ? said : changedFiles({ metadata }).flatMap((file) => texts(file, ["patch"]));
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
