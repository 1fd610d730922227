import { useEffect, useRef, useState } from "preact/hooks";
import { lookUp } from "../../../lookup";
import { useView } from "../../state/context";

/** Milliseconds to wait for another key before the kernel is asked. */
const PAUSE = 120;

interface FolderChoices {
  folders: string[];
  ask: (prefix: string) => void;
  close: () => void;
}

/** The server whose folders are asked for. */
export interface ServerOfFolders {
  url: string;
  username?: string;
  password?: string;
  headers?: string;
}

/**
 * Asks the kernel shortly after the last key. A reply that a newer question has overtaken is dropped.
 *
 * @param server gives the server whose folders they are; without it they are those of the kernel's machine.
 */
export function useFolders(server?: () => ServerOfFolders | undefined): FolderChoices {
  const { actions } = useView();
  const [folders, setFolders] = useState<string[]>([]);
  const asked = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const forget = () => {
    asked.current += 1;
    clearTimeout(timer.current);
  };
  const find = async (prefix: string) => {
    const turn = asked.current;
    const reply = await actions.ask({ name: "complete_folder", args: { prefix, ...server?.() } });
    const found = reply.ok ? reply.result?.folders : undefined;
    if (asked.current === turn) setFolders(found && !isWhole(prefix, found) ? found : []);
  };
  useEffect(() => forget, []);
  const close = () => {
    forget();
    setFolders([]);
  };
  const ask = (prefix: string) => {
    if (prefix.trim() === "") return close();
    forget();
    timer.current = setTimeout(() => void find(prefix), PAUSE);
  };
  return { folders, ask, close };
}

/**
 * True if the only folder found is the one already written: a list would add nothing and cover the button that opens
 * it.
 */
function isWhole(written: string, found: string[]): boolean {
  const bare = (path: string | undefined) => path?.trim().replace(/\/$/, "");
  return found.length === 1 && bare(found[0]) === bare(written);
}

/** The state that the field's keys act on while its list is open. */
interface ListKeys {
  value: string;
  folders: string[];
  active: number;
  setActive: (index: number) => void;
  take: (folder: string | undefined) => void;
  close: () => void;
}

/**
 * Returns true if the list handled the key. Tab takes the first folder, but after a complete path it moves to the next
 * field.
 */
export function handleListKey(key: string, { value, folders, active, setActive, take, close }: ListKeys): boolean {
  if (folders.length === 0) return false;
  const last = folders.length - 1;
  const chosen = active >= 0;
  const table: Record<string, (() => void) | false> = {
    ArrowDown: () => setActive(active >= last ? 0 : active + 1),
    ArrowUp: () => setActive(active <= 0 ? last : active - 1),
    Tab: (chosen || !value.endsWith("/")) && (() => take(folders[Math.max(0, active)])),
    Enter: chosen && (() => take(folders[active])),
    Escape: close,
  };
  const act = lookUp(table, key);
  if (act) act();
  return Boolean(act);
}
