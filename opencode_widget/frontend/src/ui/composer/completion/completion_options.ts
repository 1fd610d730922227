/** Which completions the text at the caret offers. Pure. */
import type { Agent, Found, NamedObject } from "../../../protocol";
import { t } from "../../../words/words";
import { type MarkedText, type Meaning, markAt } from "../../state/mentions";
import { rank } from "./fuzzy";

/** The word being typed: `/…` at the start of the text, `@…` anywhere. */
export interface Trigger {
  kind: "command" | "mention";
  /** The word without its sign. */
  query: string;
  start: number;
  /** The caret's position. */
  end: number;
}

export interface Option {
  /** Unique within the list. */
  id: string;
  kind: "command" | "agent" | "name" | Found["kind"];
  label: string;
  detail?: string;
  /** Positions of the label's letters that match the query. */
  at: number[];
  /** The text to insert, without the space after it. */
  written: string;
  /** What the inserted text stands for; absent for commands and names, which the kernel finds in the text. */
  meaning?: Meaning;
}

/** A command as the list offers it, the server's or the widget's. */
export interface Offered {
  name: string;
  description?: string;
  /** The argument it takes, in words: "title". */
  argument?: string;
}

const MOST = 50;
const COMMAND = /^\/(\S*)$/;
const MENTION = /(?:^|[\s("'`[{])@([^\s@]*)$/;

export function triggerAt(written: MarkedText, caret: number, shell: boolean): Trigger | undefined {
  if (shell || markAt(written, caret)) return undefined;
  const before = written.text.slice(0, caret);
  const command = COMMAND.exec(before);
  if (command) return { kind: "command", query: command[1] ?? "", start: 0, end: caret };
  const mention = MENTION.exec(before);
  if (!mention) return undefined;
  const query = mention[1] ?? "";
  return { kind: "mention", query, start: caret - query.length - 1, end: caret };
}

export function commandOptions(query: string, commands: Offered[]): Option[] {
  const options = rank(query, commands, (command) => command.name).map(({ item, hit }) => ({
    id: `/${item.name}`,
    kind: "command" as const,
    label: `/${item.name}${item.argument ? ` ${item.argument}` : ""}`,
    detail: item.description,
    at: hit.at.map((place) => place + 1),
    written: `/${item.name}`,
  }));
  return options.slice(0, MOST);
}

/** Offers agents first, then what the kernel holds and what the server found, the best match first. */
export function mentionOptions(query: string, agents: Agent[], found: Found[], names: NamedObject[] = []): Option[] {
  const named = rank(query, agents, (agent) => agent.name).map(({ item, hit }) => agentOption(item, hit.at));
  const others = [...names.map(nameOption), ...found.map(foundOption)];
  const ranked = rank(query, others, (option) => option.label).map(({ item, hit }) => ({ ...item, at: hit.at }));
  return [...named, ...ranked].slice(0, MOST);
}

/** The option's label is the name without its "@", as the user's words are matched with it. */
function nameOption({ name, detail }: NamedObject): Option {
  return {
    id: `name ${name}`,
    kind: "name",
    label: name.slice(1),
    detail: detail ?? "",
    at: [],
    written: name,
  };
}

function agentOption({ name, description }: Agent, at: number[]): Option {
  const meaning: Meaning = { kind: "agent", name };
  return {
    id: `agent ${name}`,
    kind: "agent",
    label: name,
    detail: description ?? t.composer.anAgent,
    at,
    written: `@${name}`,
    meaning,
  };
}

function foundOption(found: Found): Option {
  const { kind, path, line } = found;
  const place = line === undefined ? path : `${path}:${line}`;
  return {
    id: `${kind} ${place} ${found.name ?? ""}`,
    kind,
    label: labelOf(found),
    detail: kind === "symbol" ? place : undefined,
    at: [],
    written: `@${place}`,
    meaning: { kind: "file", path },
  };
}

function labelOf({ name, path }: Found): string {
  return name ?? path;
}

/** Agents that a prompt may mention. */
export function mentionedAgents(agents: Agent[]): Agent[] {
  return agents.filter((agent) => agent.mode !== "primary");
}

/** Parses "/name arguments". */
export function parsedCommand(text: string): { name: string; argument: string } | undefined {
  const found = /^\/(\S+)(?:\s+([\s\S]*))?$/.exec(text.trim());
  return found ? { name: found[1] ?? "", argument: found[2] ?? "" } : undefined;
}
