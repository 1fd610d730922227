/**
 * Whether the page tells the user that an answer is ready, or that the agent waits, while nobody looks at the widget.
 * The user's own choice, which the browser remembers, goes before what Python set.
 */
import type { Notify } from "../../../protocol";
import { localStorageOrNone } from "../drafts";

const NOTIFY = "opencode-widget:notify";
const SOUND = "opencode-widget:notify-sound";

export function chosenNotify(): Notify | undefined {
  const kept = read(NOTIFY);
  return kept === "on" || kept === "off" ? kept : undefined;
}

export function chooseNotify(notify: Notify): void {
  write(NOTIFY, notify);
}

export function chosenSound(): boolean {
  return read(SOUND) === "on";
}

export function chooseSound(sound: boolean): void {
  write(SOUND, sound ? "on" : "off");
}

/** Whether the browser shows notifications of this page: a host may have none, or bar them. */
export type Permission = "granted" | "denied" | "default" | "missing";

export function notificationPermission(): Permission {
  return globalThis.Notification?.permission ?? "missing";
}

/** Asks the browser, which asks the user. Frames of other origins are refused without a question. */
export async function askPermission(): Promise<Permission> {
  if (notificationPermission() !== "default") return notificationPermission();
  try {
    return await Notification.requestPermission();
  } catch {
    return "denied";
  }
}

function read(name: string): string | null {
  try {
    return localStorageOrNone()?.getItem(name) ?? null;
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorageOrNone()?.setItem(name, value);
  } catch {
    // Storage is full or forbidden: the choice lasts as long as the page.
  }
}
