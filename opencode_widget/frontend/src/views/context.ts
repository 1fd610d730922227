import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Actions, NEW } from "../actions";
import type { Instance, InstanceId, Session, SessionId } from "../protocol";
import type { Store } from "../store/store";
import type { Confirmation } from "./controls/confirm";
import type { Menu } from "./controls/menu";
import { withReturned } from "./prompt";
import type { Renaming } from "./session/rename";

export type Panel = "open" | "sessions" | "session" | "server" | undefined;

/** What the person chose for the next prompt; absent: as the server has it. */
export interface Choice {
  agent?: string;
  model?: string;
  variant?: string;
}

/** One view of the widget: what is synced (store), what can be done (actions), and what belongs to this screen alone. */
export class View {
  readonly panel: Signal<Panel> = signal(undefined);
  readonly menu: Signal<Menu | undefined> = signal(undefined);
  readonly confirmation: Signal<Confirmation | undefined> = signal(undefined);
  readonly renaming: Signal<Renaming | undefined> = signal(undefined);
  /** What was just done, in a word or two. */
  readonly said: Signal<string> = signal("");
  readonly instance: ReadonlySignal<Instance | undefined>;
  readonly session: ReadonlySignal<Session | undefined>;
  readonly sessionId: ReadonlySignal<SessionId | undefined>;
  readonly #drafts = new Map<string, Signal<string>>();
  readonly #choices = new Map<string, Signal<Choice>>();
  /** Why a prompt came back. */
  readonly refusals: Signal<Record<string, string>> = signal({});

  constructor(
    readonly store: Store,
    readonly actions: Actions,
  ) {
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

  sessionsOf(instance: InstanceId | undefined): Session[] {
    return (instance !== undefined && this.store.sessions.value[instance]) || [];
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
    const from = placeOf(instance, NEW);
    const to = placeOf(instance, session ?? this.sessionId.peek());
    const written = this.draft(from).peek();
    const choice = this.choice(from).peek();
    this.#drafts.delete(from);
    this.#choices.delete(from);
    if (written !== "") this.draft(to).value = withReturned(written, this.draft(to).peek());
    if (session !== undefined) this.choice(to).value = choice;
  }

  draft(place: string): Signal<string> {
    return remember(this.#drafts, place, "");
  }

  /** A prompt that was taken back stands in the composer, to be changed and sent anew. */
  writeAgain(instance: InstanceId, session: SessionId, text: string): void {
    const draft = this.draft(placeOf(instance, session));
    draft.value = withReturned(text, draft.peek());
  }

  refuse(place: string, reason: string): void {
    this.refusals.value = { ...this.refusals.peek(), [place]: reason };
  }

  choice(place: string): Signal<Choice> {
    return remember(this.#choices, place, {});
  }
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
