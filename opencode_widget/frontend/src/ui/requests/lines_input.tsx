import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { focusInPlace } from "../lib/controls/focus";
import { isSendKey } from "../lib/keys/field_keys";
import { useView } from "../state/context";

interface Props {
  label: { "aria-label": string } | { "aria-labelledby": string };
  about?: string | undefined;
  wrong?: boolean;
  required?: boolean;
  placeholder: string | undefined;
  value: string;
  /** True if the field gets the focus when it is drawn. */
  focused?: boolean;
  onValue(value: string): void;
  /** Sends the answer; absent: the form around is submitted. */
  onSend?(): void;
}

/** An answer in words, of any number of lines. The key that sends a prompt sends it; Shift+Enter starts a line. */
export function LinesInput(props: Props): JSX.Element {
  const { label, about, wrong, required, placeholder, value, focused, onValue, onSend } = props;
  const { sendKey } = useView().store;
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (focused) focusInPlace(field.current);
  }, []);
  return (
    <textarea
      ref={field}
      class="ocw-free"
      rows={1}
      dir="auto"
      {...label}
      aria-describedby={about}
      aria-invalid={wrong}
      aria-required={required}
      placeholder={placeholder}
      value={value}
      onInput={(event) => onValue(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (!isSendKey(event, sendKey.peek())) return;
        event.preventDefault();
        if (onSend) onSend();
        else event.currentTarget.form?.requestSubmit();
      }}
    />
  );
}
