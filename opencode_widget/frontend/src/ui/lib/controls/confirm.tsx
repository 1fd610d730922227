import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useView } from "../../state/context";
import type { Confirmation } from "../../state/panels";
import { classes } from "../class_names";

const LISTED = 12;

export function ConfirmHost(): JSX.Element | null {
  const asked = useView().panels.confirmation.value;
  return asked ? <ConfirmDialog asked={asked} /> : null;
}

function ConfirmDialog({ asked }: { asked: Confirmation }): JSX.Element {
  const view = useView();
  const dialog = useRef<HTMLDialogElement>(null);
  const [title, text] = [useId(), useId()];
  useEffect(() => dialog.current?.showModal(), []);
  // `close` gives the focus back to where it was.
  const close = () => dialog.current?.close();
  const confirm = () => {
    close();
    asked.run();
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
      <h2 id={title}>{asked.title}</h2>
      <div id={text}>
        {asked.text.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <Names names={asked.list ?? []} />
      </div>
      <div class="ocw-dialog-buttons">
        <button type="button" class="ocw-button" onClick={close}>
          Cancel
        </button>
        <button type="button" class={classes("ocw-button ocw-primary", asked.danger && "ocw-danger")} onClick={confirm}>
          {asked.action}
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
      {names.length > LISTED && <li>and {names.length - LISTED} more</li>}
    </ul>
  );
}
