/** One view of the widget: synced state (store), commands (actions), and the state of this screen alone. */
import { type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Actions, NEW } from "../../kernel/actions";
import type { FilePart, Found, NamedObject, Part, SessionId } from "../../protocol";
import type { Store } from "../../store/store";
import type { MessageCell, PartCell } from "../../store/transcript";
import { t } from "../../words/words";
import { features } from "../lib/features";
import { ComposerState } from "./composer";
import type { Attached } from "./files/attached_files";
import type { NotebookHost } from "./files/notebook_host";
import { Kept } from "./kept";
import { namesIn } from "./mentions";
import { namedChoice, type PromptChoice } from "./options/effective_choice";
import { PanelState } from "./panels";
import type { PromptEntry } from "./prompt_history";
import { Rewind } from "./rewind/rewind";
import { conversationKey, Selection } from "./selection";
import { attachedParts, attachmentOf, contentOf, type Written } from "./written";

/** The number of files, folders and symbols requested in a search. */
const FOUND = 50;

type Folds = WeakMap<PartCell, Signal<boolean | undefined>>;

function foldIn(folds: Folds, cell: PartCell): Signal<boolean | undefined> {
  const known = folds.get(cell) ?? signal(undefined);
  folds.set(cell, known);
  return known;
}

export class View {
  readonly selection: Selection;
  readonly panels = new PanelState();
  readonly kept = new Kept();
  readonly composer: ComposerState;
  readonly rewind: Rewind;
  /** Increments when the user sends a prompt from this view; the conversation then shows its end. */
  readonly sends: Signal<number> = signal(0);
  /** Why the server was waiting when the user stopped it, by session. */
  readonly stops: Signal<Record<SessionId, string>> = signal({});
  readonly #folds: Folds = new WeakMap();
  readonly #groupFolds: Folds = new WeakMap();

  constructor(
    readonly store: Store,
    readonly actions: Actions,
    readonly notebook?: NotebookHost,
  ) {
    this.selection = new Selection(store);
    this.composer = new ComposerState(store, this.kept);
    this.rewind = new Rewind(store, actions, this.composer);
  }

  /** Whether the user opened or closed a part. It outlives the part's view, which is removed when scrolled far away. */
  foldOf(cell: PartCell): Signal<boolean | undefined> {
    return foldIn(this.#folds, cell);
  }

  /** The same of a row that several parts share; `first` is the first of them. */
  groupFoldOf(first: PartCell): Signal<boolean | undefined> {
    return foldIn(this.#groupFolds, first);
  }

  /** Shows the place of a new session and puts the cursor into the prompt; the first prompt makes the session. */
  newSession(): void {
    const instance = this.selection.instance.peek()?.id;
    if (instance === undefined) return;
    if (this.selection.sessionId.peek() !== NEW) {
      this.composer.choice(conversationKey(instance, NEW)).value = this.#lastChoice();
      this.actions.draftSession(instance);
    }
    this.composer.focusPrompt();
  }

  /** Creates the session whose place is shown. What the user writes meanwhile moves to it. */
  async makeSession(): Promise<void> {
    const { selection, composer } = this;
    const instance = selection.instance.peek()?.id;
    if (instance === undefined) return;
    const making = conversationKey(instance, NEW);
    if (selection.sessionId.peek() !== NEW) composer.choice(making).value = this.#lastChoice();
    const session = await this.actions.newSession(instance);
    const made = conversationKey(instance, session ?? selection.sessionId.peek());
    if (made !== making) composer.move(making, made, session !== undefined);
  }

  /** What a new session starts with: the choices of the session on screen, made or already sent. */
  #lastChoice(): PromptChoice {
    const { session, instance, key } = this.selection;
    return namedChoice(this.composer.choice(key).peek(), session.peek(), instance.peek());
  }

  /** The user's prompts in the conversation on screen, oldest first. */
  prompts(): MessageCell[] {
    const cells = this.store.transcript.peek()?.messages.peek() ?? [];
    return cells.filter((cell) => cell.head.peek().role === "user");
  }

  /** The text of a prompt of the conversation on screen, with its mentions. */
  contentOf(prompt: MessageCell): PromptEntry {
    return contentOf(partsOf(prompt), this.selection.instance.peek()?.directory);
  }

  /** A prompt of the conversation on screen as the user wrote it, to be changed and sent again. */
  async written(prompt: MessageCell): Promise<Written> {
    return { content: this.contentOf(prompt), files: await this.filesOf(prompt) };
  }

  /** The files attached to a prompt of the conversation on screen; the kernel is asked for what the page does not have. */
  async filesOf(prompt: MessageCell): Promise<Attached[]> {
    const { instance = "", session = "" } = this.store.transcript.peek() ?? {};
    const load = async (part: FilePart): Promise<Attached[]> => {
      const here = attachmentOf(part);
      if (here) return [here];
      const args = { instance, session, message: prompt.id, part: part.id };
      const reply = await this.actions.run({ name: "part", args });
      const file = reply.ok && reply.result?.kind === "file" ? attachmentOf(reply.result) : undefined;
      return file ? [file] : [];
    };
    return (await Promise.all(attachedParts(partsOf(prompt)).map(load))).flat();
  }

  /** Searches files, folders and symbols of the project; undefined where the server does not support that. */
  find(query: string): Promise<Found[]> | undefined {
    const instance = this.selection.instance.peek();
    if (!instance || !features(instance).has("find")) return undefined;
    const asked = this.actions.ask({ name: "find", args: { instance: instance.id, query, limit: FOUND } });
    return asked.then((reply) => (reply.ok && reply.result?.found) || []);
  }

  /** Puts code of an answer below the widget's cell, marked with where it comes from; returns whether it is there. */
  insertCells(sources: string[], message?: string): boolean {
    const session = this.selection.sessionId.peek();
    const origin = { ...(session === undefined ? {} : { session }), ...(message === undefined ? {} : { message }) };
    const done = this.notebook?.insertCells(sources, origin) ?? false;
    if (done) this.panels.announcement.value = sources.length === 1 ? t.state.insertedCell : t.state.insertedCells;
    return done;
  }

  /** Searches what the notebook's kernel holds; undefined where a prompt may not name it. */
  findNames(query: string): Promise<NamedObject[]> | undefined {
    if (this.selection.instance.peek()?.restricted) return undefined;
    const asked = this.actions.ask({ name: "find_names", args: { query } });
    return asked.then((reply) => (reply.ok && reply.result?.names) || []);
  }

  /** What the names in a text stand for; undefined where a prompt may have none, or where nobody answers. */
  async checkNames(text: string): Promise<NamedObject[] | undefined> {
    if (namesIn(text).length === 0 || this.selection.instance.peek()?.restricted) return undefined;
    const reply = await this.actions.ask({ name: "check_names", args: { text } });
    return reply.ok ? reply.result?.names : undefined;
  }

  dispose(): void {
    this.composer.dispose();
  }
}

function partsOf(cell: MessageCell): Part[] {
  return cell.parts.peek().map((part) => part.part.peek());
}

export const ViewContext = createContext<View | undefined>(undefined);

export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error("A view is outside of <ViewContext.Provider>");
  return view;
}
