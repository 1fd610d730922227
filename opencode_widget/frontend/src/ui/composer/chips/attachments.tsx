import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../../words/words";
import { features } from "../../lib/features";
import { Icon } from "../../lib/icons";
import { findModel, modelName } from "../../lib/models";
import { useView, type View } from "../../state/context";
import type { Draft } from "../../state/drafts";
import { type Attached, attached, bytes } from "../../state/files/attached_files";
import type { PromptMark } from "../../state/mentions";
import { lineCount } from "../box/paste";
import { chosenModel } from "../pickers/chosen_model";

/** Reads files into the draft on screen, one after the other, and reports those that cannot be attached. */
export async function attach(view: View, files: Iterable<File>): Promise<void> {
  const {
    selection: { key },
  } = view;
  const refusals: string[] = [];
  if (!features(view.selection.instance.peek()).has("attachments")) {
    return view.composer.setNote(key, {
      tone: "bad",
      text: t.composer.serverDoesntAcceptAttachments,
    });
  }
  view.composer.setNote(key, undefined);
  for (const file of files) {
    const refusal = await attachOne(view, view.composer.draft(key), file);
    if (refusal) refusals.push(refusal);
  }
  if (refusals.length > 0) view.composer.setNote(key, { tone: "bad", text: refusals.join(" ") });
}

async function attachOne(view: View, { files }: Draft, file: File): Promise<string | undefined> {
  try {
    const read = await attached(file, files.peek(), (unread) => convert(view, unread));
    if (typeof read === "string") return read;
    files.value = [...files.peek(), read];
  } catch {
    return t.composer.couldNotRead(file.name);
  }
}

/** Lets the kernel make text of a file: it has what reads spreadsheets, documents and other encodings. */
async function convert(view: View, file: Attached): Promise<Attached | string> {
  const { mime, name: filename, url } = file;
  const reply = await view.actions.ask({ name: "convert_file", args: { mime, filename, url } });
  if (!reply.ok) return [reply.problem.message, reply.problem.remedy].filter(Boolean).join(" ");
  const text = reply.result;
  if (!text) return t.composer.couldNotRead(filename);
  const size = Math.floor((text.url.length - text.url.indexOf(",") - 1) * 0.75);
  return { ...file, mime: text.mime, url: text.url, size, converted: true };
}

export function AttachButton({ view }: { view: View }): JSX.Element | null {
  const input = useRef<HTMLInputElement>(null);
  if (!features(view.selection.instance.value).has("attachments")) return null;
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t.composer.filesToAttach}
        onChange={(event) => {
          void attach(view, Array.from(event.currentTarget.files ?? []));
          event.currentTarget.value = "";
        }}
      />
      <button
        type="button"
        class="ocw-bare ocw-attach"
        aria-label={t.composer.attachFiles}
        title={t.composer.attachFiles}
        onClick={() => input.current?.click()}
      >
        <Icon name="plus" />
      </button>
    </>
  );
}

interface ChipsProps {
  draft: Draft;
  expand(mark: PromptMark): void;
  remove(mark: PromptMark): void;
}

/** What goes with the text: files, and the long pastes folded in it. */
export function Chips({ draft, expand, remove }: ChipsProps): JSX.Element | null {
  const files = draft.files.value;
  const pastes = draft.content.value.marks.filter((mark) => mark.meaning.kind === "paste");
  if (files.length + pastes.length === 0) return null;
  return (
    <>
      <ul class="ocw-chips" aria-label={t.composer.attached}>
        {files.map((file) => (
          <FileChip key={file.id} file={file} remove={() => (draft.files.value = without(draft.files.peek(), file))} />
        ))}
        {pastes.map((mark) => (
          <PasteChip key={mark.written} mark={mark} expand={() => expand(mark)} remove={() => remove(mark)} />
        ))}
      </ul>
      <NotTaken files={files} />
    </>
  );
}

/** Names the files that the chosen model does not take, before they are sent. */
function NotTaken({ files }: { files: Attached[] }): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  const { model } = chosenModel(view);
  const inputs = findModel(instance, model)?.inputs;
  const left = files.filter(({ mime }) => inputs && !inputs.includes(kindOf(mime)));
  if (!instance || !model || left.length === 0) return null;
  return (
    <p class="ocw-composer-note ocw-bad" role="status">
      <Icon name="alert" />
      {t.composer.modelDoesntAccept(
        modelName(instance, model),
        left.map(({ name }) => name),
      )}
    </p>
  );
}

/** The kind as models name it. */
function kindOf(mime: string): string {
  return mime === "application/pdf" ? "pdf" : (mime.split("/", 1)[0] ?? "");
}

function without(files: Attached[], removed: Attached): Attached[] {
  return files.filter((file) => file !== removed);
}

function FileChip({ file, remove }: { file: Attached; remove(): void }): JSX.Element {
  const picture = file.mime.startsWith("image/");
  return (
    <li class="ocw-chip" title={`${file.name}, ${file.mime}`}>
      {picture ? <img src={file.url} alt="" /> : <Icon name="file" />}
      <span class="ocw-chip-name">{file.name}</span>
      <span class="ocw-muted">{file.converted ? t.composer.asText(bytes(file.size)) : bytes(file.size)}</span>
      <RemoveChip name={file.name} remove={remove} />
    </li>
  );
}

function PasteChip({ mark, expand, remove }: { mark: PromptMark; expand(): void; remove(): void }): JSX.Element | null {
  if (mark.meaning.kind !== "paste") return null;
  const { text } = mark.meaning;
  return (
    <li class="ocw-chip" title={text.slice(0, 400)}>
      <Icon name="note" />
      <span class="ocw-chip-name">{text.trim().split("\n")[0]}</span>
      <span class="ocw-muted">{t.composer.lines(lineCount(text))}</span>
      <button type="button" class="ocw-link" onClick={expand}>
        {t.composer.expand}
      </button>
      <RemoveChip name="the pasted text" remove={remove} />
    </li>
  );
}

function RemoveChip({ name, remove }: { name: string; remove(): void }): JSX.Element {
  return (
    <button
      type="button"
      class="ocw-bare"
      aria-label={t.composer.removeNamed(name)}
      title={t.composer.remove}
      onClick={remove}
    >
      <Icon name="close" />
    </button>
  );
}
