import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Actions } from "../actions";
import type { Instance, InstanceId, Session, SessionId } from "../protocol";
import type { Store } from "../store/store";

export type Panel = "open" | "sessions" | undefined;

/** What the person chose for the next prompt; absent: as the server has it. */
export interface Choice {
  agent?: string;
  model?: string;
  variant?: string;
}

/** One view of the widget: what is synced (store), what can be done (actions), and what belongs to this screen alone. */
export class View {
  readonly panel: Signal<Panel> = signal(undefined);
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
    return `${this.instance.value?.id ?? ""} ${this.sessionId.value ?? ""}`;
  }

  draft(place: string): Signal<string> {
    return remember(this.#drafts, place, "");
  }

  refuse(place: string, reason: string): void {
    this.refusals.value = { ...this.refusals.peek(), [place]: reason };
  }

  choice(place: string): Signal<Choice> {
    return remember(this.#choices, place, {});
  }
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
