import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { TextPart } from "../../../protocol";
import type { PartCell } from "../../../store/transcript";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { useView } from "../../state/context";
import type { PartProps } from "../part_props";
import { bindMarkdown } from "./binding";

export function TextView({ cell, message }: PartProps): JSX.Element {
  const part = cell.part.value as TextPart;
  // The user's own text is shown as it was written.
  if (message.value.role === "user")
    return (
      <div class="ocw-user-text" dir="auto">
        {part.text}
      </div>
    );
  return (
    <>
      <Markdown cell={cell} />
      {part.gap && !part.ended && <Gap />}
    </>
  );
}

/** Text is written outside the virtual DOM, which never looks into this element. */
export function Markdown({ cell }: { cell: PartCell }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const folder = useView().selection.instance.value?.directory;
  useLayoutEffect(() => (element.current ? bindMarkdown(element.current, cell, folder) : undefined), [cell, folder]);
  return <div class="ocw-md" dir="auto" ref={element} />;
}

export function Gap(): JSX.Element {
  return (
    <p class="ocw-gap">
      <Icon name="clock" /> {t.parts.connectionDropped}
    </p>
  );
}
