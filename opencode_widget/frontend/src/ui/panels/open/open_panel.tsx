import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Command, Problem } from "../../../protocol";
import { t } from "../../../words/words";
import { PanelProblem } from "../../lib/problem";
import { useView } from "../../state/context";
import { Panel } from "../panel";
import type { ServerOfFolders } from "./folder_choices";
import { FolderField } from "./folder_field";
import { RecentFolders } from "./recent_folders";

type OpenMode = "folder" | "server";

/** Opens a folder, in which OpenCode is started, or attaches to a server. */
export function OpenPanel(): JSX.Element {
  const view = useView();
  const [kind, setKind] = useState<OpenMode>("folder");
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [folder, setFolder] = useState("");
  const write = (value: string) => {
    setFolder(value);
    setProblem(undefined);
  };
  const choose = (wanted: OpenMode) => {
    setKind(wanted);
    setProblem(undefined);
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    // The button is not `disabled`: it would lose the focus, and the panel would lose its keys.
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    const reply = await view.actions.ask(commandFrom(kind, new FormData(event.target as HTMLFormElement)));
    setBusy(false);
    if (reply.ok) view.panels.panel.value = undefined;
    else setProblem(reply.problem);
  };
  return (
    <Panel title={t.panels.open}>
      <form class="ocw-form" onSubmit={(event) => void submit(event)}>
        <Kinds kind={kind} onKind={choose} />
        {kind === "folder" ? <FolderField value={folder} onValue={write} /> : <ServerFields />}
        {problem && <PanelProblem problem={problem} />}
        <div class="ocw-form-buttons">
          <button type="submit" class="ocw-button ocw-primary" aria-disabled={busy}>
            {busy ? t.panels.opening : kind === "folder" ? t.panels.openFolder : t.panels.attach}
          </button>
        </div>
      </form>
      {kind === "folder" && <RecentFolders onChoose={write} />}
    </Panel>
  );
}

function Kinds({ kind, onKind }: { kind: OpenMode; onKind: (kind: OpenMode) => void }): JSX.Element {
  const kinds: Array<[OpenMode, string]> = [
    ["folder", t.panels.start],
    ["server", t.panels.attach],
  ];
  return (
    <fieldset class="ocw-segments">
      <legend class="ocw-hidden">{t.panels.whatToOpen}</legend>
      {kinds.map(([each, label]) => (
        <label key={each} class={each === kind ? "ocw-segment ocw-on" : "ocw-segment"}>
          <input type="radio" name="kind" value={each} checked={each === kind} onChange={() => onKind(each)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function ServerFields(): JSX.Element {
  const [folder, setFolder] = useState("");
  const place = useRef<HTMLDivElement>(null);
  const server = () => {
    const form = place.current?.closest("form");
    return form ? serverFrom(new FormData(form)) : undefined;
  };
  return (
    <>
      <Field name="url" label={t.panels.serverUrl} hint="http://localhost:4096" required />
      <div ref={place}>
        <FolderField
          value={folder}
          onValue={setFolder}
          label={t.panels.folderOnServer}
          placeholder={t.panels.optional}
          required={false}
          server={server}
        />
      </div>
      <div class="ocw-form-row">
        <Field name="username" label={t.panels.user} hint="opencode" />
        <Field name="password" label={t.panels.password} hint={t.panels.optional} type="password" />
      </div>
      <HeadersField />
    </>
  );
}

interface FieldProps {
  name: string;
  label: string;
  hint: string;
  type?: "text" | "password";
  required?: boolean;
}

function Field({ name, label, hint, type = "text", required = false }: FieldProps): JSX.Element {
  const shared = { name, placeholder: hint, required, spellcheck: false };
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is one of the two below
    <label class="ocw-field">
      <span>{label}</span>
      {type === "password" ? (
        <input type="password" autocomplete="new-password" {...shared} />
      ) : (
        <input type="text" autocomplete="off" {...shared} />
      )}
    </label>
  );
}

/** Headers that a gateway before the server wants, such as its token. */
function HeadersField(): JSX.Element {
  return (
    <label class="ocw-field">
      <span>{t.panels.headers}</span>
      <textarea
        name="headers"
        class="ocw-lines"
        rows={2}
        autocomplete="off"
        spellcheck={false}
        placeholder={t.panels.headersHint}
      />
    </label>
  );
}

function commandFrom(kind: OpenMode, data: FormData): Command {
  const directory = String(data.get("directory") ?? "").trim();
  if (kind === "folder") return { name: "open", args: { directory } };
  return { name: "attach", args: { url: "", ...serverFrom(data), ...(directory === "" ? {} : { directory }) } };
}

/** The server in the form; undefined while its address is not written. */
function serverFrom(data: FormData): ServerOfFolders | undefined {
  const field = (name: string) => String(data.get(name) ?? "").trim();
  const url = field("url");
  if (url === "") return undefined;
  const credentials = {
    username: field("username"),
    password: String(data.get("password") ?? ""),
    headers: field("headers"),
  };
  const given = Object.fromEntries(Object.entries(credentials).filter(([, value]) => value !== ""));
  return { url, ...given };
}
