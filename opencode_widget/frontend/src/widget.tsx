/** The entry point that anywidget calls. Each model has one store and one link, and any number of views. */
import { type Signal, signal } from "@preact/signals";
import { Actions } from "./kernel/actions";
import { HostDocument } from "./kernel/host_document";
import { drawWaitingOutputs, isBusy, watchKernel } from "./kernel/host_kernel";
import { Link } from "./kernel/link";
import { watchSleep } from "./kernel/sleep";
import { TranscriptKeeper } from "./kernel/transcript_keeper";
import type { FromKernel, ToKernel, Traits } from "./protocol";
import { Store } from "./store/store";
import { Attention } from "./ui/shell/attention/attention";
import { hideTranscript } from "./ui/shell/hide_transcript";
import { mountView } from "./ui/shell/mount";
import type { NotebookHost } from "./ui/state/files/notebook_host";
import { chosenNotify, chosenSound } from "./ui/state/options/notify";
import { chosenSendKey } from "./ui/state/options/send_key";

/** The part of anywidget's model that we use; older hosts lack some events, which then never fire. */
interface WidgetModel {
  get<Name extends keyof Traits>(name: Name): Traits[Name] | undefined;
  on(event: string, handler: (...args: unknown[]) => void): void;
  off(event: string, handler: (...args: unknown[]) => void): void;
  send(message: unknown): void;
  /** JupyterLab's and Notebook 7's; not documented by anywidget. */
  widget_manager?: WidgetManager;
  set<Name extends keyof Traits>(name: Name, value: Traits[Name]): void;
  save_changes(): void;
}

interface WidgetManager {
  context?: { path?: string; localPath?: string };
  rendermime?: { linkHandler?: { handleLink(node: HTMLElement, path: string, id?: string): void } | null };
}

interface Context {
  model: WidgetModel;
  /** Since anywidget 0.11. */
  signal?: AbortSignal;
}

interface Side {
  store: Store;
  actions: Actions;
  attention: Attention;
  height: Signal<number>;
  /**
   * Has the model of a view if marimo is the host. marimo runs the cells that depend on a widget when a page changes a
   * trait, and a selection is a command; so each one is also written into the trait that the kernel has set already.
   */
  marimo: { model?: WidgetModel };
  stop(): void;
}

const DEFAULT_HEIGHT = 600;

function pageId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join("");
}

function connect(model: WidgetModel): Side {
  const store = new Store();
  const send = (message: ToKernel) => model.send(message);
  const link = new Link(store, { send }, pageId(), undefined, () => isBusy(model.widget_manager));
  const height = signal(model.get("height") ?? DEFAULT_HEIGHT);
  const receiveTraits = () =>
    store.receiveTraits({
      tabs: model.get("tabs") ?? [],
      active_instance: model.get("active_instance") ?? null,
      active_session: model.get("active_session") ?? null,
    });
  const readSendKey = () => {
    store.sendKey.value = chosenSendKey() ?? model.get("send_key") ?? "enter";
  };
  const readNotify = () => {
    store.notify.value = chosenNotify() ?? model.get("notify") ?? "ask";
  };
  const readCellError = () => {
    store.cellError.value = model.get("cell_error") ?? undefined;
  };
  readCellError();
  store.notifySound.value = chosenSound();
  readSendKey();
  readNotify();
  const handlers: Record<string, (...args: unknown[]) => void> = {
    "change:send_key": readSendKey,
    "change:notify": readNotify,
    "change:cell_error": readCellError,
    "msg:custom": (message) => link.receive(message as FromKernel),
    "change:height": () => {
      height.value = model.get("height") ?? DEFAULT_HEIGHT;
    },
    "change:tabs": receiveTraits,
    "change:active_instance": receiveTraits,
    destroy: () => link.gone(),
    "comm:close": () => link.gone(),
    comm_live_update: () => link.checkAlive(),
  };
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  const marimo: Side["marimo"] = {};
  const actions = new Actions(store, link, (session) => {
    marimo.model?.set("active_session", session);
    marimo.model?.save_changes();
  });
  const attention = new Attention(store, actions);
  const keeper = new TranscriptKeeper(documentOf(model), async () => {
    const reply = await actions.ask({ name: "transcript", args: {} });
    return reply.ok ? reply.result?.data : undefined;
  });
  const readRevision = () => keeper.changed(model.get("transcript_revision") ?? 0);
  model.on("change:transcript_revision", readRevision);
  readRevision();
  const onVisibility = () => {
    link.visible(document.visibilityState === "visible");
    attention.look();
  };
  document.addEventListener("visibilitychange", onVisibility);
  const onHide = () => link.bye();
  const onShow = ({ persisted }: PageTransitionEvent) => persisted && link.start();
  window.addEventListener("pagehide", onHide);
  window.addEventListener("pageshow", onShow);
  const unwatchKernel = watchKernel(model.widget_manager, {
    gone: () => link.gone(),
    lost: () => link.lost(),
    back: () => link.resume(),
  });
  const unwatchSleep = watchSleep(
    () => document.visibilityState === "visible",
    () => link.resume(),
  );
  receiveTraits();
  link.start();
  if (document.visibilityState !== "visible") onVisibility();
  const stop = () => {
    link.stop();
    unwatchKernel?.();
    unwatchSleep();
    keeper.stop();
    model.off("change:transcript_revision", readRevision);
    attention.dispose();
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("pagehide", onHide);
    window.removeEventListener("pageshow", onShow);
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
  return { store, actions, attention, height, marimo, stop };
}

function documentOf(model: WidgetModel): HostDocument {
  return new HostDocument(model.widget_manager, model.get("output_id") ?? "");
}

function notebookHost(model: WidgetModel): NotebookHost {
  const { widget_manager: manager } = model;
  const host = documentOf(model);
  return {
    takesCells: () => host.takesCells,
    insertCells: (sources, origin) => host.insert(sources, origin),
    path: () => manager?.context?.localPath ?? manager?.context?.path,
    openLink: (path) => {
      const handler = manager?.rendermime?.linkHandler;
      if (!handler) return false;
      const link = document.createElement("a");
      link.hidden = true;
      document.body.append(link);
      handler.handleLink(link, path);
      link.click();
      link.remove();
      return true;
    },
  };
}

/** True if marimo draws the widget: into the shadow root of an element of its own. */
function isInMarimo(element: HTMLElement): boolean {
  const root = element.getRootNode();
  return root instanceof ShadowRoot && root.host.localName === "marimo-anywidget";
}

/**
 * anywidget calls this once for each model. `initialize` and `render` get different wrappers of the model, so they
 * share by closure.
 */
export default function widget() {
  let side: Side | undefined;

  /** Creates the store and the link on first use, as old hosts call `render` without `initialize`. */
  function sideOf(model: WidgetModel): Side {
    side ??= connect(model);
    return side;
  }

  return {
    initialize({ model, signal: ended }: Context): () => void {
      const { stop } = sideOf(model);
      drawWaitingOutputs(model.widget_manager);
      ended?.addEventListener("abort", stop);
      return stop;
    },
    render({ model, el, signal: ended }: Context & { el: HTMLElement }): () => void {
      const { store, actions, attention, height, marimo } = sideOf(model);
      if (isInMarimo(el)) marimo.model = model;
      const unwatch = attention.addView(el);
      const showTranscript = hideTranscript(model.get("output_id") ?? "", store);
      const remove = mountView(el, store, actions, height, notebookHost(model));
      const unmount = () => {
        unwatch();
        remove();
        showTranscript();
      };
      ended?.addEventListener("abort", unmount);
      return unmount;
    },
  };
}
