import { type Signal, signal } from "@preact/signals";
import type { IconName } from "../lib/icons";
import type { Point } from "../lib/menu/menu_position";

export interface MenuItem {
  label: string;
  icon: IconName;
  run(): void;
  danger?: boolean;
  /** Why it cannot be done now. */
  barred?: string;
}

/** What is open: one menu a view. `anchor` gets the focus back; `at`: where the pointer asked for it, in the window. */
export interface Menu {
  label: string;
  groups: MenuItem[][];
  anchor: HTMLElement;
  at?: Point;
}

/** Something that is better asked twice. */
export interface Confirmation {
  title: string;
  /** What is lost, in paragraphs. */
  text: string[];
  /** Names, for example the files that change. */
  list?: string[];
  /** The word on the button. */
  action: string;
  danger?: boolean;
  run(): void;
}

/** Where a session's name is being changed: one place at a time. */
interface Renaming {
  session: string;
  place: "head" | "tabs" | "panel";
}

type Panel = "open" | "sessions" | "session" | "server" | undefined;

/** What is open in one view. */
export class PanelState {
  readonly panel: Signal<Panel> = signal(undefined);
  readonly menu: Signal<Menu | undefined> = signal(undefined);
  readonly confirmation: Signal<Confirmation | undefined> = signal(undefined);
  readonly renaming: Signal<Renaming | undefined> = signal(undefined);
  /** The search in the conversation is open. */
  readonly searching: Signal<boolean> = signal(false);
  /** What was just done, in a word or two ("Copied"). */
  readonly announcement: Signal<string> = signal("");

  /** Opens a panel, or closes it if it is open. */
  toggle(panel: NonNullable<Panel>): void {
    this.panel.value = this.panel.peek() === panel ? undefined : panel;
  }
}
