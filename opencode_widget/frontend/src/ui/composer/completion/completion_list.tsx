import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { lookUp } from "../../../lookup";
import { t } from "../../../words/words";
import { Icon, type IconName } from "../../lib/icons";
import type { Completion } from "./completion";
import type { Option } from "./completion_options";
import { Highlighted } from "./highlighted";

const ICONS: Record<Option["kind"], IconName> = {
  command: "terminal",
  agent: "agent",
  file: "file",
  folder: "folder",
  symbol: "tool",
  name: "list",
};

interface Props {
  id: string;
  completion: Completion;
  accept(option: Option): void;
}

export function optionId(list: string, index: number): string {
  return `${list}-${index}`;
}

/** The list of completions above the box. The focus stays in the box. */
export function CompletionList({ id, completion, accept }: Props): JSX.Element | null {
  const list = useRef<HTMLDivElement>(null);
  const options = completion.options.value;
  const active = completion.active.value;
  useLayoutEffect(() => list.current?.children[active]?.scrollIntoView?.({ block: "nearest" }), [active, options]);
  if (options.length === 0) return null;
  const label = completion.trigger.value?.kind === "command" ? t.composer.commands : t.composer.mentions;
  return (
    <div class="ocw-options ocw-completions" role="listbox" id={id} aria-label={label} ref={list}>
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the box's, which has the focus
        <div
          key={option.id}
          id={optionId(id, index)}
          class="ocw-option"
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => accept(option)}
        >
          <Icon name={lookUp(ICONS, option.kind) ?? "file"} />
          <span class="ocw-option-label">
            <Highlighted text={option.label} at={option.at} />
          </span>
          {option.detail && <span class="ocw-option-detail">{option.detail}</span>}
        </div>
      ))}
    </div>
  );
}
