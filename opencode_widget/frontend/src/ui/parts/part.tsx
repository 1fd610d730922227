import type { ComponentType, JSX } from "preact";
import { lookUp } from "../../lookup";
import type { Part } from "../../protocol";
import { t } from "../../words/words";
import { Boundary } from "../lib/boundary/boundary";
import { FileView } from "./file";
import { NoteView } from "./note";
import type { PartProps } from "./part_props";
import { ReasoningView } from "./text/reasoning";
import { TextView } from "./text/text";
import { ToolView } from "./tools/tool";

const VIEWS: Record<Part["kind"], ComponentType<PartProps>> = {
  text: TextView,
  reasoning: ReasoningView,
  tool: ToolView,
  file: FileView,
  note: NoteView,
};

/** A part by its kind. A newer kernel's kind is skipped; a part that cannot be drawn is shown as plain words. */
export function PartView(props: PartProps): JSX.Element {
  const { cell, message } = props;
  return (
    <Boundary
      what={t.parts.thisPart}
      raw={() => wordsOf(cell.part.peek())}
      watch={() => [cell.part.value, message.value]}
    >
      <ByKind {...props} />
    </Boundary>
  );
}

function ByKind(props: PartProps): JSX.Element | null {
  const View = lookUp(VIEWS, props.cell.part.value.kind);
  return View ? <View {...props} /> : null;
}

function wordsOf(part: Part): unknown {
  return part.kind === "text" || part.kind === "reasoning" ? part.text : part;
}
