import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { TextPart } from "../../protocol";
import * as format from "../format";
import { Icon, Spinner } from "../icons";
import type { PartProps } from "./part";
import { Gap, Markdown } from "./text";

/** Open while the model thinks, then folded; the person's own choice stays. */
export function ReasoningView({ cell, message }: PartProps): JSX.Element | null {
  const part = cell.part.value as TextPart;
  const [chosen, setChosen] = useState<boolean>();
  const thinking = !part.ended && message.value.state === "streaming";
  const open = chosen ?? thinking;
  if (!thinking && part.text.trim() === "") return null;
  const time = format.between(part.started, part.finished);
  return (
    <details
      class="ocw-fold ocw-reasoning"
      open={open}
      onToggle={(event) => event.currentTarget.open !== open && setChosen(event.currentTarget.open)}
    >
      <summary>
        {thinking ? <Spinner /> : <Icon name="chevron" class="ocw-chevron" />}
        <span>{thinking ? "Thinking" : time ? `Thought for ${time}` : "Thoughts"}</span>
      </summary>
      <Markdown cell={cell} />
      {part.gap && !part.ended && <Gap />}
    </details>
  );
}
