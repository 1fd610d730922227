/** How the list of sessions stands beside the conversation, in all views of the page. The browser remembers it. */
import { type Signal, signal } from "@preact/signals";
import { localStorageOrNone } from "../drafts";

const NAME = "opencode-widget:sidebar";

/** In pixels. */
export const NARROWEST = 180;
export const WIDEST = 360;
export const USUAL = 232;

export interface Sidebar {
  /** In pixels; absent: as the widget's width allows. */
  width?: number;
  /** Only the sessions' states are shown. */
  folded: boolean;
}

export const sidebar: Signal<Sidebar> = signal(remembered());

export function changeSidebar(change: Partial<Sidebar>): void {
  sidebar.value = { ...sidebar.peek(), ...change };
  try {
    localStorageOrNone()?.setItem(NAME, JSON.stringify(sidebar.peek()));
  } catch {
    // Storage is full or forbidden: the choice lasts as long as the page.
  }
}

export function boundedWidth(width: number): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}

/** What the browser remembers; anything else that stands there counts as nothing. */
export function remembered(): Sidebar {
  try {
    const kept: unknown = JSON.parse(localStorageOrNone()?.getItem(NAME) ?? "{}");
    const { width, folded } = (kept ?? {}) as Record<string, unknown>;
    return {
      ...(typeof width === "number" && Number.isFinite(width) ? { width: boundedWidth(width) } : {}),
      folded: folded === true,
    };
  } catch {
    return { folded: false };
  }
}
