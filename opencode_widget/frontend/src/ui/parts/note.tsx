import type { ComponentType, JSX } from "preact";
import { lookUp } from "../../lookup";
import type { NotePart, Part } from "../../protocol";
import { shortPath } from "../../text/paths";
import { visible } from "../../text/visible";
import { yaml } from "../../text/yaml";
import { t } from "../../words/words";
import { Icon, type IconName } from "../lib/icons";
import { useView } from "../state/context";
import type { PartProps } from "./part_props";
import { firstString, number, object, string, strings } from "./tools/read_json";

interface NoteProps {
  note: NotePart;
  directory: string | undefined;
}

/** Parts that a server keeps for its own use. */
const HIDDEN = new Set(["snapshot", "step-start", "step-finish"]);

/** True for a note that is not drawn. */
export function isHiddenNote(part: Part): boolean {
  return part.kind === "note" && HIDDEN.has(part.type);
}

const VIEWS: Record<string, ComponentType<NoteProps>> = {
  retry: RetryNote,
  compaction: CompactionNote,
  patch: PatchNote,
  agent: AgentNote,
  subtask: SubtaskNote,
};

/** Any part that is not text, tool or file, as one line; an unknown kind is named. */
export function NoteView({ cell }: PartProps): JSX.Element | null {
  const directory = useView().selection.instance.value?.directory;
  const note = cell.part.value as NotePart;
  if (isHiddenNote(note)) return null;
  const View = lookUp(VIEWS, note.type) ?? UnknownNote;
  return <View note={note} directory={directory} />;
}

function Line({ icon, children }: { icon: IconName; children: JSX.Element | string }): JSX.Element {
  return (
    <p class="ocw-note">
      <Icon name={icon} />
      <span>{children}</span>
    </p>
  );
}

function RetryNote({ note }: NoteProps): JSX.Element {
  return <Line icon="clock">{retryWords(note)}</Line>;
}

/** "Attempt 2, again in 4 s, because the provider is overloaded", as far as the facts are known. */
export function retryWords({ text, data = {} }: NotePart): string {
  const attempt = number(data.attempt);
  if (attempt === undefined) return text;
  const error = object(data.error);
  const reason = string(object(error.data).message) ?? string(error.message) ?? string(data.message);
  const [at, next] = [number(object(data.time).created), number(data.next)];
  const seconds = at === undefined || next === undefined ? undefined : Math.round((next - at) / 1_000);
  const parts = [
    t.parts.attempt(attempt),
    seconds && seconds > 0 && t.parts.againIn(seconds),
    reason && t.parts.because(reason),
  ];
  return parts.filter(Boolean).join(", ");
}

function CompactionNote({ note }: NoteProps): JSX.Element {
  const { auto, overflow } = note.data ?? {};
  return (
    <p class="ocw-note ocw-compaction">
      <Icon name="note" />
      <span>
        {overflow === true
          ? t.parts.compactedAsFull
          : auto === true
            ? t.parts.compactedAutomatically
            : t.parts.conversationCompacted}
      </span>
    </p>
  );
}

function PatchNote({ note, directory }: NoteProps): JSX.Element | null {
  const files = strings(note.data?.files);
  if (files.length === 0) return note.text ? <Line icon="edit">{note.text}</Line> : null;
  return (
    <details class="ocw-note ocw-note-files">
      <summary>
        <Icon name="edit" />
        <span>{t.parts.filesChanged(files.length)}</span>
      </summary>
      <ul>
        {files.map((file) => (
          <li key={file}>{visible(shortPath(file, directory))}</li>
        ))}
      </ul>
    </details>
  );
}

function AgentNote({ note }: NoteProps): JSX.Element {
  const name = string(note.data?.name);
  return (
    <span class="ocw-file">
      <Icon name="agent" />
      <span class="ocw-file-label">{name ? `@${name}` : note.text}</span>
    </span>
  );
}

function SubtaskNote({ note }: NoteProps): JSX.Element {
  const data = note.data ?? {};
  const [agent, command] = [string(data.agent), string(data.command)];
  return (
    <p class="ocw-note" title={string(data.prompt)}>
      <Icon name="agent" />
      <span>
        {command && <code>/{command}</code>} {firstString(data, "description", "prompt") ?? note.text}
        {agent && <span class="ocw-muted"> {t.parts.byAgent(agent)}</span>}
      </span>
    </p>
  );
}

function UnknownNote({ note }: NoteProps): JSX.Element | null {
  const data = yaml(note.data ?? {});
  if (!data) return note.text ? <Line icon="note">{note.text}</Line> : null;
  return (
    <details class="ocw-note ocw-note-files">
      <summary>
        <Icon name="note" />
        <span>{note.text || t.parts.unsupportedPart(note.type)}</span>
      </summary>
      <pre class="ocw-io">{visible(data)}</pre>
    </details>
  );
}
