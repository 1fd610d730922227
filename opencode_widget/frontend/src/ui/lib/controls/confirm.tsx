import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../../../words/words";
import { useView } from "../../state/context";
import type { Confirmation } from "../../state/panels";
import { classNames } from "../class_names";

const LISTED = 12;

export function ConfirmHost(): JSX.Element | null {
  const confirmation = useView().panels.confirmation.value;
  return confirmation ? <ConfirmDialog confirmation={confirmation} /> : null;
}

function ConfirmDialog({ confirmation }: { confirmation: Confirmation }): JSX.Element {
  const view = useView();
  const dialog = useRef<HTMLDialogElement>(null);
  const [title, text] = [useId(), useId()];
  useEffect(() => dialog.current?.showModal(), []);
  // `close` returns the focus to where it was.
  const close = () => dialog.current?.close();
  const confirm = () => {
    close();
    confirmation.run();
  };
  return (
    <dialog
      class="ocw-dialog"
      ref={dialog}
      aria-labelledby={title}
      aria-describedby={text}
      onClose={() => {
        view.panels.confirmation.value = undefined;
      }}
    >
      <h2 id={title}>{confirmation.title}</h2>
      <div id={text}>
        {confirmation.text.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <Names names={confirmation.list ?? []} />
      </div>
      <div class="ocw-dialog-buttons">
        <button type="button" class="ocw-button" onClick={close}>
          {t.lib.cancel}
        </button>
        <button
          type="button"
          class={classNames("ocw-button ocw-primary", confirmation.danger && "ocw-danger")}
          onClick={confirm}
        >
          {confirmation.action}
        </button>
      </div>
    </dialog>
  );
}

function Names({ names }: { names: string[] }): JSX.Element | null {
  if (names.length === 0) return null;
  return (
    <ul class="ocw-dialog-list">
      {names.slice(0, LISTED).map((name) => (
        <li key={name}>{name}</li>
      ))}
      {names.length > LISTED && <li>{t.lib.andMore(names.length - LISTED)}</li>}
    </ul>
  );
}
