/**
 * Tells the user about ended turns and waiting requests while nobody looks at the widget: the page is hidden, or no view
 * of the widget is in the window. The title is marked until somebody looks; a notification and a sound are the user's
 * choice, for which the widget asks once.
 */
import { effect } from "@preact/signals";
import type { Actions } from "../../../kernel/actions";
import { isConfirmed } from "../../../kernel/page_state";
import type { InstanceId, Request, Session } from "../../../protocol";
import type { Store } from "../../../store/store";
import { t } from "../../../words/words";
import { notificationPermission } from "../../state/options/notify";
import { playSound } from "../../state/options/sound";
import { endedTurns, type News, newRequests } from "./news";
import { markTitle, unmarkTitle } from "./title_mark";

/** A policy may answer a request at once, and a turn may go on with the next prompt: news counts after this time, in ms. */
const SETTLES = 1_200;

export class Attention {
  readonly #views = new Map<Element, boolean>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #stop: () => void;
  #sessions: Record<InstanceId, Session[]> = {};
  #requests: Record<InstanceId, Request[]> = {};
  #live = false;

  constructor(
    readonly store: Store,
    readonly actions: Actions,
  ) {
    this.#stop = effect(() => {
      const sessions = store.sessions.value;
      const requests = store.requests.value;
      const live = isConfirmed(store.linkState.value);
      const news = [...endedTurns(this.#sessions, sessions), ...newRequests(this.#requests, requests, sessions)];
      this.#sessions = sessions;
      this.#requests = requests;
      // What a page finds when it opens is no news.
      if (this.#live && live) for (const each of news) this.#tellLater(each);
      this.#live = live;
    });
  }

  /** Watches whether a view is in the window; the result stops it. */
  addView(element: Element): () => void {
    this.#views.set(element, true);
    const observer =
      globalThis.IntersectionObserver &&
      new IntersectionObserver((entries) => {
        this.#views.set(element, entries.at(-1)?.isIntersecting ?? true);
        this.look();
      });
    observer?.observe(element);
    return () => {
      observer?.disconnect();
      this.#views.delete(element);
    };
  }

  /** The page or a view became visible, or hidden. */
  look(): void {
    if (this.#isSeen) unmarkTitle(this);
  }

  dispose(): void {
    this.#stop();
    for (const timer of this.#timers) clearTimeout(timer);
    unmarkTitle(this);
  }

  get #isSeen(): boolean {
    return document.visibilityState === "visible" && [...this.#views.values()].some((inWindow) => inWindow);
  }

  #tellLater(news: News): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#holds(news) && !this.#isSeen) this.#tell(news);
    }, SETTLES);
    this.#timers.add(timer);
  }

  /** Is it still so? */
  #holds({ instance, session, id, kind }: News): boolean {
    if (kind === "waits") return (this.#requests[instance] ?? []).some((each) => each.id === id);
    return (this.#sessions[instance] ?? []).some((each) => each.id === session && each.status === "idle");
  }

  #tell(news: News): void {
    const notify = this.store.notify.peek();
    if (notify === "off") return;
    markTitle(this);
    if (notify === "ask") {
      this.store.offersNotify.value = true;
      return;
    }
    if (this.store.notifySound.peek()) playSound();
    if (notificationPermission() === "granted") this.#show(news);
  }

  #show({ id, instance, session, title, kind }: News): void {
    try {
      const body = kind === "ended" ? t.shell.replyReady : t.shell.agentNeedsYou;
      const shown = new Notification(title, { body, tag: `opencode-widget ${id}`, silent: true });
      shown.onclick = () => {
        window.focus();
        shown.close();
        void this.actions.selectSession(instance, session);
      };
    } catch {
      // Browsers on phones show notifications of service workers only.
    }
  }
}
