import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { isOver } from "../../kernel/page_state";
import { lookUp } from "../../lookup";
import { t } from "../../words/words";
import { classNames } from "../lib/class_names";
import { Icon } from "../lib/icons";
import { AllowAllBar } from "../panels/session/allow_all";
import type { Note } from "../state/composer";
import { useView } from "../state/context";
import { Box } from "./box/box";
import { ReadOnlyComposer } from "./box/read_only";
import { AttachButton, attach } from "./chips/attachments";
import { Selectors } from "./pickers/selectors";
import { QueueList } from "./queue_list";
import { canQueue, send } from "./send";
import { StopButton } from "./stop_button";

export function Composer(): JSX.Element {
  return useView().selection.instance.value?.replay ? <ReadOnlyComposer /> : <LiveComposer />;
}

/** The place to write and send a prompt. Nothing in it is redrawn while an answer streams. */
function LiveComposer(): JSX.Element {
  const view = useView();
  const box = useRef<HTMLTextAreaElement>(null);
  const over = useSignal(false);
  const note = lookUp(view.composer.notes.value, view.selection.key);
  const shell = useComputed(() => view.composer.draft(view.selection.key).content.value.shell).value;
  return (
    <form
      class="ocw-composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send(view);
      }}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) over.value = false;
      }}
      onDrop={(event) => {
        over.value = false;
        if (!carriesFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        void attach(view, Array.from(event.dataTransfer?.files ?? []));
      }}
    >
      <AllowAllBar />
      <QueueList />
      {note && <NoteLine note={note} dismiss={() => view.composer.setNote(view.selection.key, undefined)} />}
      <div class={classNames("ocw-box", shell && "ocw-shell")}>
        <Box box={box} />
        <div class="ocw-box-row">
          <div class="ocw-box-tools">
            {shell ? <ShellMark /> : <AttachButton view={view} />}
            <Selectors />
          </div>
          <div class="ocw-box-buttons">
            <StopButton within={box} />
            <SendButtons />
          </div>
        </div>
        {over.value && <p class="ocw-drop">{t.composer.dropToAttach}</p>}
      </div>
    </form>
  );
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

function NoteLine({ note, dismiss }: { note: Note; dismiss(): void }): JSX.Element {
  const bad = note.tone === "bad";
  return (
    <div class={classNames("ocw-composer-note", bad && "ocw-bad")}>
      <Icon name={bad ? "alert" : "check"} />
      <p role={bad ? "alert" : "status"}>{note.text}</p>
      <button
        type="button"
        class="ocw-bare"
        aria-label={t.composer.dismiss}
        title={t.composer.dismiss}
        onClick={dismiss}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function ShellMark(): JSX.Element {
  return (
    <span class="ocw-shell-mark" title={t.composer.escapeLeavesShell}>
      <Icon name="terminal" /> {t.composer.shell}
    </span>
  );
}

function SendButtons(): JSX.Element {
  const view = useView();
  const empty = useComputed(() => {
    const draft = view.composer.draft(view.selection.key);
    return draft.content.value.text.trim() === "" && draft.files.value.length === 0;
  }).value;
  const gone = isOver(view.store.linkState.value);
  const choice = useComputed(
    () => canQueue(view) && !view.composer.draft(view.selection.key).content.value.shell,
  ).value;
  return (
    <>
      {choice && (
        <button
          type="button"
          class="ocw-button"
          title={t.composer.sendAfterReply}
          disabled={empty || gone}
          onClick={() => void send(view, "queue")}
        >
          {t.composer.queue}
        </button>
      )}
      <button
        type="submit"
        class="ocw-button ocw-primary ocw-send"
        title={choice ? t.composer.sendAtNextStep : undefined}
        disabled={empty || gone}
      >
        <Icon name="send" />
        {t.composer.send}
      </button>
    </>
  );
}
