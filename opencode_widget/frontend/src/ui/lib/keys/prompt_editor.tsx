import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { SendKey } from "../../../protocol";
import { t } from "../../../words/words";
import { focusInPlace } from "../controls/focus";
import { isSendKey } from "./field_keys";

interface Props {
  /** What saves the text, as it sends a prompt. */
  sendKey: SendKey;
  words: string;
  onWords(text: string): void;
  onSave(text: string): void;
  onCancel(): void;
}

/** The keys are those of the composer: what sends there saves here. Escape cancels. */
export function PromptEditor({ sendKey, words, onWords, onSave, onCancel }: Props): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => focusInPlace(field.current), []);
  const save = () => onSave(field.current?.value.trim() ?? "");
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.preventDefault();
      return onCancel();
    }
    if (!isSendKey(event, sendKey)) return;
    event.preventDefault();
    save();
  };
  return (
    <div class="ocw-edit-queued">
      <textarea
        ref={field}
        aria-label={t.lib.queuedPrompt}
        dir="auto"
        rows={3}
        value={words}
        onInput={(event) => onWords(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="ocw-request-buttons">
        <button type="button" class="ocw-button ocw-small ocw-primary" onClick={save}>
          {t.lib.save}
        </button>
        <button type="button" class="ocw-button ocw-small" onClick={onCancel}>
          {t.lib.cancel}
        </button>
      </div>
    </div>
  );
}
