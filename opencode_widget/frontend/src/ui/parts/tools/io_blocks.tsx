/** Blocks that show a tool's input and output. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ToolPart } from "../../../protocol";
import type { PartCell, TextField } from "../../../store/transcript";
import { AnsiSink } from "../../../text/ansi/sink";
import { highlight } from "../../../text/markdown/code/highlight";
import { TextSink } from "../../../text/text_sink";
import { t } from "../../../words/words";
import * as format from "../../lib/format";
import { useView } from "../../state/context";
import { SHOWN_IMAGE_TYPES } from "../image_types";
import { bindText } from "../text/binding";
import type { ToolProps } from "./tool_kind";

/** Longer code is not coloured. */
const COLOURED = 20_000;

interface LiveProps {
  cell: PartCell;
  field: Extract<TextField, "raw" | "output">;
  label: string;
  as?: "text" | "terminal";
  clean?: (text: string) => string;
}

/** Text that grows outside the virtual DOM. While empty it takes no room (`:empty` in the style sheet). */
export function Live({ cell, field, label, as = "text", clean }: LiveProps): JSX.Element {
  const element = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (!element.current) return;
    const sink = as === "terminal" ? new AnsiSink(element.current) : new TextSink(element.current);
    return bindText(sink, cell, field, clean);
  }, [cell, field, as, clean]);
  // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard
  return <pre class={`ocw-io ocw-io-${field}`} role="group" aria-label={label} tabIndex={0} ref={element} />;
}

interface CodeProps {
  label: string;
  /** The language to colour; absent: no colours. */
  language?: string;
  class?: string;
  children: string;
}

/** A complete text. */
export function Code({ label, language, class: extra = "", children }: CodeProps): JSX.Element {
  const element = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (!element.current) return;
    const sink = new TextSink(element.current);
    sink.clear();
    if (language && children.length <= COLOURED) element.current.append(highlight(children, language));
    else sink.append(children);
  }, [language, children]);
  return (
    <pre
      class={`ocw-io ${extra}`}
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard
      tabIndex={0}
      ref={element}
    />
  );
}

/** True if the kernel sent only a part of it. */
function isCut(part: ToolPart): boolean {
  const withheld = part.files?.some((file) => file.url === undefined && SHOWN_IMAGE_TYPES.has(file.mime));
  return part.cut === true || withheld === true || (part.outputLength ?? 0) > part.output.length;
}

/** The end of a long output, where its error or its result stands. */
function OutputEnd({ part, end }: { part: ToolPart; end: string }): JSX.Element {
  const element = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (!element.current) return;
    element.current.replaceChildren();
    new AnsiSink(element.current).append(end);
    element.current.scrollTop = element.current.scrollHeight;
  }, [end]);
  const left = (part.outputLength ?? 0) - part.output.length - end.length;
  return (
    <>
      {left > 0 && <p class="ocw-tool-text">{t.parts.charactersOmitted(format.count(left))}</p>}
      <pre
        class="ocw-io"
        role="group"
        aria-label={t.parts.endOfOutput}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard
        tabIndex={0}
        ref={element}
      />
    </>
  );
}

/** Fetches the whole of a truncated part. */
export function ShowAll({ cell, part, message, session }: ToolProps): JSX.Element | null {
  const view = useView();
  const [busy, setBusy] = useState(false);
  if (!isCut(part)) return null;
  const load = async () => {
    const instance = view.selection.instance.peek()?.id ?? "";
    setBusy(true);
    const reply = await view.actions.run({ name: "part", args: { instance, session, message, part: part.id } });
    setBusy(false);
    if (reply.ok && reply.result) cell.part.value = reply.result;
  };
  const label = part.outputLength ? t.parts.showAllCharacters(format.count(part.outputLength)) : t.parts.showAll;
  return (
    <>
      {part.outputEnd && <OutputEnd part={part} end={part.outputEnd} />}
      <button type="button" class="ocw-button ocw-small" disabled={busy} onClick={() => void load()}>
        {busy ? t.parts.loading : label}
      </button>
    </>
  );
}
