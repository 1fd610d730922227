/** One view of the widget: synced state (store), commands (actions), and the state of this screen alone. */
import { type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Actions, NEW } from "../../kernel/actions";
import type { Found, MessageId, Part } from "../../protocol";
import type { Store } from "../../store/store";
import type { PartCell } from "../../store/transcript";
import { features } from "../lib/features";
import { ComposerState } from "./composer";
import { PanelState } from "./panels";
import { conversationKey, Selection } from "./selection";

/** The number of files, folders and symbols requested in a search. */
const FOUND = 50;

export class View {
  readonly selection: Selection;
  readonly panels = new PanelState();
  readonly composer: ComposerState;
  readonly #folds = new WeakMap<PartCell, Signal<boolean | undefined>>();

  constructor(
    readonly store: Store,
    readonly actions: Actions,
  ) {
    this.selection = new Selection(store);
    this.composer = new ComposerState(store);
  }

  /** Whether the user opened or closed a part. It outlives the part's view, which is removed when scrolled far away. */
  foldOf(cell: PartCell): Signal<boolean | undefined> {
    const known = this.#folds.get(cell) ?? signal(undefined);
    this.#folds.set(cell, known);
    return known;
  }

  /** Creates a session. What the user writes meanwhile moves to it. */
  async newSession(): Promise<void> {
    const { selection, composer } = this;
    const instance = selection.instance.peek()?.id;
    if (instance === undefined) return;
    const making = conversationKey(instance, NEW);
    if (selection.sessionId.peek() === undefined) composer.choice(making).value = composer.choice(selection.key).peek();
    const session = await this.actions.newSession(instance);
    const made = conversationKey(instance, session ?? selection.sessionId.peek());
    composer.move(making, made, session !== undefined);
  }

  /** The user's prompts in the conversation on screen, oldest first. */
  prompts(): Array<{ message: MessageId; text: string }> {
    const cells = this.store.transcript.peek()?.messages.peek() ?? [];
    return cells
      .filter((cell) => cell.head.peek().role === "user")
      .map((cell) => ({ message: cell.id, text: textOf(cell.parts.peek().map((part) => part.part.peek())) }));
  }

  /** Searches files, folders and symbols of the project; undefined where the server does not support that. */
  find(query: string): Promise<Found[]> | undefined {
    const instance = this.selection.instance.peek();
    if (!instance || !features(instance).has("find")) return undefined;
    const asked = this.actions.ask({ name: "find", args: { instance: instance.id, query, limit: FOUND } });
    return asked.then((reply) => (reply.ok && reply.result?.found) || []);
  }

  dispose(): void {
    this.composer.dispose();
  }
}

function textOf(parts: Part[]): string {
  return parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n");
}

export const ViewContext = createContext<View | undefined>(undefined);

export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error("A view is outside of <ViewContext.Provider>");
  return view;
}
