import type { JSX } from "preact";
import type { NotePart } from "../../protocol";
import { Icon, type IconName } from "../icons";
import type { PartProps } from "./part";

const ICONS: Record<string, IconName> = { retry: "clock", patch: "edit", subtask: "agent", agent: "agent" };

export function NoteView({ cell }: PartProps): JSX.Element | null {
  const { type, text } = cell.part.value as NotePart;
  if (!text) return null;
  return (
    <p class="ocw-note">
      <Icon name={ICONS[type] ?? "note"} />
      <span>{text}</span>
    </p>
  );
}
