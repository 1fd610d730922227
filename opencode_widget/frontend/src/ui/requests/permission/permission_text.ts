/**
 * Splits a permission request into pieces to draw. The user must see all that they allow, so nothing is left out. Pure.
 */
import { lookUp } from "../../../lookup";
import type { PermissionRequest } from "../../../protocol";
import { hostInAscii } from "../../../text/address";
import { t } from "../../../words/words";
import type { IconName } from "../../lib/icons";
import { firstString, type Json } from "../../parts/tools/read_json";
import { changedFiles, changedPath } from "../../parts/tools/tool_files";
import { SHELLS } from "../../parts/tools/tool_titles";

/** One action or target of the request. `path`: the file of a diff, where the request names it beside the diff. */
export interface Target {
  kind: "command" | "path" | "address" | "diff" | "words";
  text: string;
  path?: string;
}

const QUESTIONS: Record<string, [icon: IconName, question: () => string]> = {
  bash: ["terminal", () => t.requests.runCommand],
  shell: ["terminal", () => t.requests.runCommand],
  edit: ["edit", () => t.requests.changeFile],
  write: ["edit", () => t.requests.writeFile],
  read: ["file", () => t.requests.readFile],
  glob: ["search", () => t.requests.findFiles],
  grep: ["search", () => t.requests.searchFiles],
  list: ["list", () => t.requests.listFolder],
  lsp: ["search", () => t.requests.queryLanguageServer],
  webfetch: ["globe", () => t.requests.fetchPage],
  websearch: ["globe", () => t.requests.searchWeb],
  codesearch: ["globe", () => t.requests.searchCode],
  task: ["agent", () => t.requests.startSubagent],
  subagent: ["agent", () => t.requests.startSubagent],
  skill: ["note", () => t.requests.loadSkill],
  external_directory: ["alert", () => t.requests.accessOutside],
  doom_loop: ["alert", () => t.requests.repeatedCall],
};

export function questionOf(permission: string): [icon: IconName, question: string] {
  const [icon, question] = lookUp(QUESTIONS, permission) ?? [];
  if (icon && question) return [icon, question()];
  return ["tool", t.requests.use(String(permission).replace(/_/g, " "))];
}

const COMMAND = ["command"];
const PATHS = ["filepath", "filePath", "path", "parentDir"];
const ADDRESSES = ["url"];
const DIFF = "diff";

/** What the agent would do, most telling first. Only exact duplicates are left out. */
export function targetsOf(request: PermissionRequest, directory?: string): Target[] {
  const { metadata, patterns } = request;
  const targets: Target[] = [
    ...commands(request).map((text) => ({ kind: "command" as const, text })),
    ...texts(metadata, PATHS).map((text) => ({ kind: "path" as const, text })),
    ...texts(metadata, ADDRESSES).map((text) => ({ kind: "address" as const, text: hostInAscii(text) })),
  ];
  const shown = new Set([...targets.map(({ text }) => text), ...texts(metadata, ADDRESSES), ""]);
  for (const text of [...patterns, ...titles(request), ...filesWithoutPatch(metadata)]) {
    if (shown.has(text) || shown.has(`${directory}/${text}`)) continue;
    shown.add(text);
    targets.push({ kind: "words", text });
  }
  return [...targets, ...diffs(metadata)];
}

/** The title, unless it repeats the rest. */
function titles({ title, patterns, permission, note }: PermissionRequest): string[] {
  const sources = [patterns.join(", "), permission, note ?? ""];
  const begun = title.endsWith("…") ? title.slice(0, -1) : undefined;
  const isMade = sources.some((source) => source === title || (begun !== undefined && source.startsWith(begun)));
  return isMade ? [] : [title];
}

/** 2.x lists each command as its own pattern, and nothing else. */
function commands({ permission, metadata, patterns }: PermissionRequest): string[] {
  const given = texts(metadata, COMMAND);
  return given.length > 0 || !SHELLS.has(permission) ? given : [...new Set(patterns)];
}

/** 1.x sends one text, 2.x one for each file; if both are there, each patch that is not part of the one text. */
function diffs(metadata: Json): Target[] {
  const whole = texts(metadata, [DIFF]).map((text) => ({ kind: "diff" as const, text }));
  const patches = changedFiles({ metadata }).flatMap((file) => {
    const patch = patchOf(file);
    return patch === undefined || whole.some(({ text }) => text.includes(patch))
      ? []
      : [{ kind: "diff" as const, text: patch, path: changedPath(file) }];
  });
  return [...whole, ...patches];
}

function patchOf(file: Json): string | undefined {
  return firstString(file, "patch", "diff");
}

function filesWithoutPatch(metadata: Json): string[] {
  const files = changedFiles({ metadata }).filter((file) => patchOf(file) === undefined);
  return files.map(changedPath);
}

/** The rest of the metadata: everything except the texts that `targetsOf` returns. */
export function detailsOf({ metadata }: PermissionRequest): Json {
  const shown = new Set([...COMMAND, ...PATHS, ...ADDRESSES, DIFF]);
  const left = Object.entries(metadata).flatMap(([key, value]): Array<[string, unknown]> => {
    if (value === "" || (shown.has(key) && typeof value === "string")) return [];
    return key === "files" && Array.isArray(value) ? filesLeft(changedFiles({ metadata })) : [[key, value]];
  });
  return Object.fromEntries(left);
}

/** The files' data except their path and diff. */
function filesLeft(files: Json[]): Array<[string, unknown]> {
  const left = files.map((file) => {
    const named = new Set<unknown>([changedPath(file), patchOf(file)]);
    return Object.fromEntries(Object.entries(file).filter(([, value]) => !named.has(value)));
  });
  return left.some((file) => Object.keys(file).length > 0) ? [["files", left]] : [];
}

function texts(metadata: Json, keys: string[]): string[] {
  const found = keys.map((key) => metadata[key]).filter((value) => typeof value === "string" && value !== "");
  return [...new Set(found as string[])];
}
