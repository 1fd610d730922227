/** The instance and session that one view shows. */

import { computed, type ReadonlySignal } from "@preact/signals";
import { lookUp } from "../../lookup";
import type { Instance, InstanceId, Session, SessionId } from "../../protocol";
import type { Store } from "../../store/store";

export class Selection {
  readonly instance: ReadonlySignal<Instance | undefined>;
  readonly session: ReadonlySignal<Session | undefined>;
  readonly sessionId: ReadonlySignal<SessionId | undefined>;

  /** The user's selection counts at once; the kernel confirms it later. */
  constructor(readonly store: Store) {
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
    return lookUp(this.store.sessions.value, instance) ?? [];
  }

  /** "" if there is no instance. */
  get instanceId(): InstanceId {
    return this.instance.value?.id ?? "";
  }

  /** True if the agent of the session on screen is at work, or waits to try again. */
  get busy(): boolean {
    return (this.session.value?.status ?? "idle") !== "idle";
  }

  /** The key of the conversation on screen, for its draft and choices. */
  get key(): string {
    return conversationKey(this.instance.value?.id, this.sessionId.value);
  }
}

export function conversationKey(instance: InstanceId | undefined, session: SessionId | undefined): string {
  return `${instance ?? ""} ${session ?? ""}`;
}
