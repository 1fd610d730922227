import { type Signal, signal } from "@preact/signals";
import type { MessageId } from "../../protocol";
import type { IconName } from "../lib/icons";
import type { Point } from "../lib/menu/menu_position";

export interface MenuItem {
  label: string;
  icon: IconName;
  run(): void;
  danger?: boolean;
  /** Why the action is unavailable now. */
  barred?: string;
  /** The keys that do the same, as they are shown. */
  keys?: string;
}

/** The open menu: one a view. `anchor` gets the focus back; `at`: the pointer's position in the window. */
export interface Menu {
  label: string;
  groups: MenuItem[][];
  anchor: HTMLElement;
  at?: Point;
}

/** An action that asks for confirmation. */
export interface Confirmation {
  title: string;
  /** What the user would lose, in paragraphs. */
  text: string[];
  /** Names, for example the files that change. */
  list?: string[];
  /** The label of the button. */
  action: string;
  danger?: boolean;
  run(): void;
}

/** The place where the user renames a session; only one at a time. */
interface Renaming {
  session: string;
  place: "head" | "tabs" | "panel";
}

type Panel = "open" | "sessions" | "session" | "server" | "shortcuts" | "palette" | "review" | "preview" | undefined;

/** Which panels, menus and dialogs are open in one view. */
export class PanelState {
  readonly panel: Signal<Panel> = signal(undefined);
  /** The name in the prompt whose preview the panel shows. */
  readonly previewed: Signal<string> = signal("");
  readonly menu: Signal<Menu | undefined> = signal(undefined);
  readonly confirmation: Signal<Confirmation | undefined> = signal(undefined);
  readonly renaming: Signal<Renaming | undefined> = signal(undefined);
  /** The prompt of the turn whose changes are reviewed; undefined: those of the whole session. */
  readonly reviewedTurn: Signal<MessageId | undefined> = signal(undefined);
  /** True while the search in the conversation is open. */
  readonly searching: Signal<boolean> = signal(false);
  /** True while the user writes although a request stands in the composer's place. */
  readonly writing: Signal<boolean> = signal(false);
  /** What was just done, in a word or two ("Copied"). */
  readonly announcement: Signal<string> = signal("");

  /** Opens the review of a turn's changes, or of the whole session's. */
  review(turn?: MessageId): void {
    this.reviewedTurn.value = turn;
    this.panel.value = "review";
  }

  /** Opens a panel, or closes it if it is open. */
  toggle(panel: NonNullable<Panel>): void {
    this.panel.value = this.panel.peek() === panel ? undefined : panel;
  }
}
