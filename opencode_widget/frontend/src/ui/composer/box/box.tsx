import { useComputed } from "@preact/signals";
import type { JSX, RefObject } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo } from "preact/hooks";
import { t } from "../../../words/words";
import { focusInPlace } from "../../lib/controls/focus";
import { useView, type View } from "../../state/context";
import { attach, Chips } from "../chips/attachments";
import { NameChips } from "../chips/name_chips";
import { Completion } from "../completion/completion";
import { CompletionList, optionId } from "../completion/completion_list";
import { canChoose } from "../send";
import { offeredCommands } from "../widget_commands";
import { BoxHandlers } from "./box_handlers";
import { pastedFiles } from "./clipboard_files";

/** The composer's text box, with its completions and attachments. */
export function Box({ box }: { box: RefObject<HTMLTextAreaElement | null> }): JSX.Element {
  const view = useView();
  const list = useId();
  const draft = view.composer.draft(view.selection.key);
  const { text, shell } = draft.content.value;
  const busy = useComputed(() => view.selection.busy).value;
  const joins = useComputed(() => canChoose(view)).value;
  const completion = useMemo(() => new Completion(sourceOf(view)), []);
  const handlers = useMemo(() => new BoxHandlers(view, completion, box), []);
  const open = completion.options.value.length > 0;
  useLayoutEffect(() => growToText(box.current), [text]);
  useEffect(() => () => completion.dispose(), [draft]);
  const requests = view.composer.focusRequests.value;
  useEffect(() => {
    if (requests === view.composer.focusesServed || !box.current) return;
    view.composer.focusesServed = requests;
    focusInPlace(box.current);
    box.current.setSelectionRange(text.length, text.length);
  }, [requests]);
  return (
    <>
      <CompletionList id={list} completion={completion} accept={(option) => handlers.accept(option, "accept")} />
      <Chips
        draft={draft}
        expand={(mark) => handlers.replace(mark, mark.meaning.kind === "paste" ? mark.meaning.text : mark.written)}
        remove={(mark) => handlers.replace(mark, "")}
      />
      <NameChips draft={draft} />
      {/* The role of a text box does not allow `aria-expanded`, so the count is announced below. */}
      <textarea
        ref={box}
        aria-label={t.composer.prompt}
        dir="auto"
        aria-autocomplete="list"
        aria-controls={open ? list : undefined}
        aria-activedescendant={open ? optionId(list, completion.active.value) : undefined}
        class={shell ? "ocw-shell-text" : undefined}
        rows={1}
        spellcheck={shell ? false : undefined}
        placeholder={placeholder(shell, busy, joins)}
        value={text}
        onInput={handlers.onInput}
        onSelect={handlers.onSelect}
        onKeyDown={handlers.onKeyDown}
        onPaste={(event) => {
          const files = pastedFiles(event.clipboardData);
          if (files.length === 0) return handlers.onPaste(event);
          event.preventDefault();
          void attach(view, files);
        }}
        onBlur={() => completion.dismiss()}
      />
      <span class="ocw-hidden" aria-live="polite">
        {open && t.composer.suggestions(completion.options.value.length)}
      </span>
    </>
  );
}

function sourceOf(view: View) {
  return {
    commands: () => offeredCommands(view.selection.instance.value),
    agents: () => view.selection.instance.value?.agents ?? [],
    find: (query: string) => view.find(query),
    names: (query: string) => view.findNames(query),
  };
}

/** `joins`: a prompt sent while the agent works joins its answer, unless the user queues it. */
function placeholder(shell: boolean, busy: boolean, joins: boolean): string {
  if (shell) return t.composer.shellCommand;
  if (joins) return t.composer.addToReply;
  return busy ? t.composer.addFollowUp : t.composer.askAnything;
}

/** Grows the box to its text where the style sheet can't; `max-height` in the style sheet bounds it. */
function growToText(box: HTMLTextAreaElement | null): void {
  if (!box || globalThis.CSS?.supports?.("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}
