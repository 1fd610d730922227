import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Session } from "../../../protocol";
import { t } from "../../../words/words";
import { focusInPlace } from "../../lib/controls/focus";
import { focusedNear } from "../../lib/controls/tree_root";
import { isHostKey } from "../../lib/keys/host_keys";
import { useView } from "../../state/context";

interface Props {
  instance: string;
  session: Session;
  style?: Record<string, string | number>;
}

/** Enter and leaving the field save the new name; Escape and an empty name keep the old one. */
export function RenameField({ instance, session, style }: Props): JSX.Element {
  const view = useView();
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useLayoutEffect(() => {
    const input = field.current;
    const before = focusedNear(input);
    focusInPlace(input);
    input?.select();
    return () => {
      const back = focusedNear(input) === input && before?.closest(".ocw") ? before : undefined;
      (back as HTMLElement | undefined)?.focus({ preventScroll: true });
    };
  }, []);
  const finish = (title: string | undefined) => {
    if (done.current) return;
    done.current = true;
    view.panels.renaming.value = undefined;
    if (title === undefined || title === "" || title === session.title) return;
    void view.actions.run({ name: "rename_session", args: { instance, session: session.id, title } });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // The tabs around the field have keys of their own.
    if (!isHostKey(event)) event.stopPropagation();
    if (event.key === "Enter") finish(field.current?.value.trim());
    if (event.key === "Escape") finish(undefined);
  };
  return (
    <input
      type="text"
      class="ocw-rename"
      dir="auto"
      aria-label={t.session.sessionTitle}
      ref={field}
      value={session.title}
      maxLength={200}
      spellcheck={false}
      {...(style ? { style } : {})}
      onKeyDown={onKeyDown}
      onBlur={() => finish(field.current?.value.trim())}
    />
  );
}
