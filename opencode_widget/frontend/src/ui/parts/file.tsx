import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { FilePart, ToolPart } from "../../protocol";
import { shortPath } from "../../text/paths";
import { visible } from "../../text/visible";
import { t } from "../../words/words";
import { byteSize } from "../lib/format";
import { Icon } from "../lib/icons";
import { useView } from "../state/context";
import { SHOWN_IMAGE_TYPES } from "./image_types";
import type { PartProps } from "./part_props";

const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,/i;

/** An image that came as data is shown; any other file is a chip with name, type and size. Nothing is fetched. */
export function FileView({ cell, message, session }: PartProps): JSX.Element {
  const view = useView();
  const [busy, setBusy] = useState(false);
  const part = cell.part.value as FilePart;
  const load = async () => {
    const instance = view.selection.instance.peek()?.id ?? "";
    setBusy(true);
    const args = { instance, session, message: message.peek().id, part: part.id };
    const reply = await view.actions.run({ name: "part", args });
    setBusy(false);
    if (reply.ok && reply.result) cell.part.value = reply.result;
  };
  return (
    <>
      <File file={part} />
      {part.url === undefined && part.size !== undefined && SHOWN_IMAGE_TYPES.has(part.mime) && (
        <button type="button" class="ocw-button ocw-small ocw-file-load" disabled={busy} onClick={() => void load()}>
          {busy ? t.parts.loading : t.parts.showImage(byteSize(part.size))}
        </button>
      )}
    </>
  );
}

/** Files that a tool returned. Large pictures come from the kernel after a click, all at once, and are thumbnails then. */
export function ToolFiles({ cell, message, session, files }: PartProps & { files: FilePart[] }): JSX.Element {
  const view = useView();
  const [busy, setBusy] = useState(false);
  const waiting = files.filter((file) => file.url === undefined && SHOWN_IMAGE_TYPES.has(file.mime));
  const size = waiting.reduce((sum, file) => sum + (file.size ?? 0), 0);
  const load = async () => {
    setBusy(true);
    const args = { instance: view.selection.instanceId, session, message: message.peek().id, part: cell.id };
    const reply = await view.actions.run({ name: "part", args });
    setBusy(false);
    if (reply.ok && reply.result?.kind === "tool" && reply.result.files) {
      cell.part.value = { ...(cell.part.peek() as ToolPart), files: reply.result.files };
    }
  };
  return (
    <div class="ocw-tool-files">
      {files.map((file) => (
        <File key={file.id} file={file} />
      ))}
      {waiting.length > 0 && (
        <button type="button" class="ocw-button ocw-small ocw-file-load" disabled={busy} onClick={() => void load()}>
          {busy ? t.parts.loading : (waiting.length > 1 ? t.parts.showImages : t.parts.showImage)(byteSize(size))}
        </button>
      )}
    </div>
  );
}

function File({ file }: { file: FilePart }): JSX.Element {
  const directory = useView().selection.instance.value?.directory;
  const name = visible(nameOf(file, directory));
  if (file.url && PICTURE.test(file.url)) return <Picture url={file.url} name={name} />;
  const facts = [file.path ? undefined : file.mime, file.size === undefined ? undefined : byteSize(file.size)];
  return (
    <span class="ocw-file" title={file.mime}>
      <Icon name={file.mime.startsWith("image/") ? "image" : "file"} />
      <span class="ocw-file-label">{name}</span>
      <span class="ocw-muted">{facts.filter(Boolean).join(", ")}</span>
    </span>
  );
}

function nameOf({ path, filename, url, mime }: FilePart, directory: string | undefined): string {
  if (path) return `@${shortPath(path, directory)}`;
  return filename ?? (url?.startsWith("file:") ? url.slice(url.lastIndexOf("/") + 1) : mime);
}

/** A thumbnail that opens in full size. */
function Picture({ url, name }: { url: string; name: string }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        class="ocw-thumbnail"
        aria-label={t.parts.openNamed(name)}
        onClick={() => dialog.current?.showModal()}
      >
        <img src={url} alt={name} />
      </button>
      <dialog class="ocw-lightbox" aria-label={name} ref={dialog}>
        <button
          type="button"
          class="ocw-lightbox-close"
          aria-label={t.parts.close}
          onClick={() => dialog.current?.close()}
        >
          <img src={url} alt={name} />
        </button>
      </dialog>
    </>
  );
}
