import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Actions, NEW } from "../../kernel/actions";
import { lookUp } from "../../lookup";
import type { Found, Instance, InstanceId, MessageId, Part, Session, SessionId } from "../../protocol";
import type { Store } from "../../store/store";
import type { PartCell } from "../../store/transcript";
import type { Confirmation } from "../lib/controls/confirm";
import { features } from "../lib/features";
import type { Menu } from "../lib/menu/menu";
import type { Renaming } from "../panels/session/rename";
import { type Draft, Drafts } from "./drafts";
import { type Entry, History } from "./prompt_history";

/** So many places are asked for. */
const FOUND = 50;

export type Panel = "open" | "sessions" | "session" | "server" | undefined;

/** What the person chose for the next prompt; absent: as the server has it. */
export interface Choice {
  agent?: string;
  model?: string;
  variant?: string;
}

/** Which list of the composer is open. */
export type Picker = "agent" | "model" | "variant";

/** A line above the composer. */
export interface Note {
  tone: "bad" | "info";
  text: string;
}

/** One view of the widget: what is synced (store), what can be done (actions), and what belongs to this screen alone. */
export class View {
  readonly panel: Signal<Panel> = signal(undefined);
  readonly menu: Signal<Menu | undefined> = signal(undefined);
  readonly confirmation: Signal<Confirmation | undefined> = signal(undefined);
  readonly renaming: Signal<Renaming | undefined> = signal(undefined);
  /** The search in the conversation is open. */
  readonly searching: Signal<boolean> = signal(false);
  /** What was just done, in a word or two. */
  readonly said: Signal<string> = signal("");
  readonly instance: ReadonlySignal<Instance | undefined>;
  readonly session: ReadonlySignal<Session | undefined>;
  readonly sessionId: ReadonlySignal<SessionId | undefined>;
  readonly picker: Signal<Picker | undefined> = signal(undefined);
  readonly #drafts: Drafts;
  readonly #choices = new Map<string, Signal<Choice>>();
  readonly #histories = new Map<string, History>();
  readonly #folds = new WeakMap<PartCell, Signal<boolean | undefined>>();
  /** What went from this page, oldest first. */
  readonly sent: Array<{ place: string; entry: Entry }> = [];
  /** What is to be said at a place: why a prompt came back, what a command did. */
  readonly notes: Signal<Record<string, Note | undefined>> = signal({});

  constructor(
    readonly store: Store,
    readonly actions: Actions,
  ) {
    this.#drafts = new Drafts((place) => lastingName(store, place));
    this.instance = computed(() => {
      const wanted = store.wanted.value?.instance ?? store.activeInstance.value;
      return store.instances.value.find((each) => each.id === wanted) ?? store.instances.value[0];
    });
    this.sessionId = computed(() => {
      const wanted = store.wanted.value;
      const instance = this.instance.value;
      return wanted?.session !== undefined && wanted.instance === instance?.id
        ? wanted.session
        : instance?.activeSession;
    });
    this.session = computed(() =>
      this.sessionsOf(this.instance.value?.id).find((each) => each.id === this.sessionId.value),
    );
  }

  /** Whether the person opened or closed a part; it outlives the drawing of the part, which ends where that is scrolled far away. */
  foldOf(cell: PartCell): Signal<boolean | undefined> {
    const known = this.#folds.get(cell) ?? signal(undefined);
    this.#folds.set(cell, known);
    return known;
  }

  sessionsOf(instance: InstanceId | undefined): Session[] {
    return lookUp(this.store.sessions.value, instance) ?? [];
  }

  /** Drafts and choices live as long as the page: a look at another tab loses nothing. */
  get place(): string {
    return placeOf(this.instance.value?.id, this.sessionId.value);
  }

  /** What is written while the session is being made goes with it. */
  async newSession(): Promise<void> {
    const instance = this.instance.peek()?.id;
    if (instance === undefined) return;
    if (this.sessionId.peek() === undefined) this.choice(placeOf(instance, NEW)).value = this.choice(this.place).peek();
    const session = await this.actions.newSession(instance);
    this.#move(placeOf(instance, NEW), placeOf(instance, session ?? this.sessionId.peek()), session !== undefined);
  }

  #move(from: string, to: string, made: boolean): void {
    const written = this.draft(from);
    const choice = this.choice(from).peek();
    if (!written.empty) this.draft(to).putBack(written.take());
    if (made) this.choice(to).value = choice;
    for (const each of this.sent) if (each.place === from) each.place = to;
    this.#drafts.forget(from);
    this.#choices.delete(from);
    this.#histories.delete(from);
  }

  draft(place: string): Draft {
    return this.#drafts.at(place);
  }

  /** A prompt that was taken back stands in the composer, to be changed and sent anew. */
  writeAgain(instance: InstanceId, session: SessionId | undefined, text: string): void {
    this.draft(placeOf(instance, session)).putBack({ content: { text, marks: [], shell: false }, files: [] });
  }

  history(place: string): History {
    const found = this.#histories.get(place) ?? new History();
    this.#histories.set(place, found);
    return found;
  }

  /** The person's prompts in the conversation on screen, oldest first. */
  prompts(): Array<{ message: MessageId; text: string }> {
    const cells = this.store.transcript.peek()?.messages.peek() ?? [];
    return cells
      .filter((cell) => cell.head.peek().role === "user")
      .map((cell) => ({ message: cell.id, text: textOf(cell.parts.peek().map((part) => part.part.peek())) }));
  }

  /** Files, folders and symbols of the project; undefined where the server can't look for them. */
  find(query: string): Promise<Found[]> | undefined {
    const instance = this.instance.peek();
    if (!instance || !features(instance).has("find")) return undefined;
    const asked = this.actions.link.command({ name: "find", args: { instance: instance.id, query, limit: FOUND } });
    return asked.then((reply) => (reply.ok ? ((reply.result as { found?: Found[] } | undefined)?.found ?? []) : []));
  }

  say(place: string, note: Note | undefined): void {
    if (note !== lookUp(this.notes.peek(), place)) this.notes.value = { ...this.notes.peek(), [place]: note };
  }

  dispose(): void {
    this.#drafts.dispose();
  }

  choice(place: string): Signal<Choice> {
    return remember(this.#choices, place, {});
  }
}

function textOf(parts: Part[]): string {
  return parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n");
}

/** Ids of instances are made anew with each kernel, and ports with each server of ours; folders and sessions stay. */
function lastingName(store: Store, place: string): string | undefined {
  const [id, session] = place.split(" ");
  const instance = store.instances.peek().find((each) => each.id === id);
  if (!instance || session === NEW) return undefined;
  return [instance.owned ? "" : instance.url, instance.directory, session].join(" ");
}

function placeOf(instance: InstanceId | undefined, session: SessionId | undefined): string {
  return `${instance ?? ""} ${session ?? ""}`;
}

function remember<T>(known: Map<string, Signal<T>>, key: string, first: T): Signal<T> {
  const found = known.get(key) ?? signal(first);
  known.set(key, found);
  return found;
}

export const ViewContext = createContext<View | undefined>(undefined);

export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error("A view stands outside of <ViewContext.Provider>");
  return view;
}
