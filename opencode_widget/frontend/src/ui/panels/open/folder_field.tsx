import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { withoutTail } from "../../../text/text_end";
import { t } from "../../../words/words";
import { classNames } from "../../lib/class_names";
import { Icon } from "../../lib/icons";
import { handleListKey, type ServerOfFolders, useFolders } from "./folder_choices";

interface Props {
  value: string;
  onValue: (value: string) => void;
  label?: string;
  placeholder?: string;
  required?: boolean;
  /** Gives the server whose folder it is; undefined while its address is not written. */
  server?: () => ServerOfFolders | undefined;
}

/** A path field with completion: arrows choose, Tab and Enter take, Escape closes the list. */
export function FolderField(props: Props): JSX.Element {
  const { value, onValue, label = t.panels.folder, placeholder = "../other-project", required = true, server } = props;
  const id = useId();
  const { folders, ask, close } = useFolders(server);
  const [active, setActive] = useState(-1);
  const write = (path: string) => {
    onValue(path);
    setActive(-1);
    if (!server || server()) ask(path);
  };
  const take = (folder: string | undefined) => folder !== undefined && write(`${withoutTail(folder, "/")}/`);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!handleListKey(event.key, { value, folders, active, setActive, take, close })) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="ocw-field ocw-combobox">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        name="directory"
        role="combobox"
        aria-expanded={folders.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(active >= 0 ? { "aria-activedescendant": `${id}-${active}` } : {})}
        autocomplete="off"
        placeholder={placeholder}
        required={required}
        spellcheck={false}
        value={value}
        onInput={({ currentTarget }) => write(currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <FolderList id={id} folders={folders} active={active} onTake={take} />
    </div>
  );
}

interface ListProps {
  id: string;
  folders: string[];
  active: number;
  onTake: (folder: string) => void;
}

function FolderList({ id, folders, active, onTake }: ListProps): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => showActive(list.current), [active]);
  return (
    <div
      id={`${id}-list`}
      role="listbox"
      aria-label={t.panels.folders}
      class="ocw-choices"
      hidden={folders.length === 0}
      ref={list}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
    >
      {folders.map((folder, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
        <div
          key={folder}
          id={`${id}-${index}`}
          role="option"
          class={classNames("ocw-choice", index === active && "ocw-on")}
          aria-selected={index === active}
          onClick={() => onTake(folder)}
        >
          <Icon name="folder" />
          {folder}
        </div>
      ))}
    </div>
  );
}

/** Scrolls the list, and nothing around it. */
function showActive(list: HTMLElement | null): void {
  const option = list?.querySelector<HTMLElement>('[aria-selected="true"]');
  if (!list || !option) return;
  const above = option.offsetTop - list.scrollTop;
  if (above < 0) list.scrollTop += above;
  else if (above + option.offsetHeight > list.clientHeight) {
    list.scrollTop += above + option.offsetHeight - list.clientHeight;
  }
}
