/** Diagnostics that a language server reported after a change. */
import type { JSX } from "preact";
import { shortPath } from "../../../text/paths";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { type Json, number, object, objects, string } from "./read_json";

/** The LSP severities that are shown: 1 error, 2 warning. */
const WORDS = new Map([
  [1, "error"],
  [2, "warning"],
]);
const SHOWN = 20;

interface Diagnostic {
  path: string;
  severity: number;
  /** Counted from 1, as editors show it. */
  line: number;
  column: number;
  message: string;
}

/** The diagnostics of these files, errors first; a server lists those of the whole project. */
export function diagnosticsOf(metadata: Json, files: readonly string[]): Diagnostic[] {
  const all = Object.entries(object(metadata.diagnostics)).flatMap(([path, list]) =>
    objects(list).map((found) => diagnostic(path, found)),
  );
  return all
    .filter(({ path, severity }) => WORDS.has(severity) && files.some((file) => path.endsWith(file)))
    .sort((found, two) => found.severity - two.severity || found.line - two.line);
}

function diagnostic(path: string, found: Json): Diagnostic {
  const start = object(object(found.range).start);
  return {
    path,
    severity: number(found.severity) ?? 1,
    line: (number(start.line) ?? 0) + 1,
    column: (number(start.character) ?? 0) + 1,
    message: string(found.message) ?? "",
  };
}

interface Props {
  metadata: Json;
  files: readonly string[];
  directory: string | undefined;
}

export function Diagnostics({ metadata, files, directory }: Props): JSX.Element | null {
  const found = diagnosticsOf(metadata, files);
  if (found.length === 0) return null;
  return (
    <ul class="ocw-diagnostics" aria-label={t.parts.diagnostics}>
      {found.slice(0, SHOWN).map((found) => (
        <li key={`${found.path} ${found.line} ${found.column} ${found.message}`}>
          <Icon name="alert" class={found.severity === 1 ? "ocw-bad" : "ocw-warn"} />
          <span class="ocw-muted">{WORDS.get(found.severity)}</span>
          <code>
            {shortPath(found.path, directory)}:{found.line}:{found.column}
          </code>
          <span>{found.message}</span>
        </li>
      ))}
      {found.length > SHOWN && <li class="ocw-muted">{t.parts.andOthers(t.counts.others(found.length - SHOWN))}</li>}
    </ul>
  );
}
