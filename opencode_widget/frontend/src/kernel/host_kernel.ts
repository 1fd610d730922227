/**
 * What the host tells of its kernel. JupyterLab and Notebook 7 say nothing to a widget when its kernel is shut down, dies
 * or restarts, or when the connection to the Jupyter server is lost, but their widget manager has the connection to the
 * kernel. Other hosts have none, and tell by the comm.
 */

/** A signal of Lumino. */
export interface HostSignal {
  connect(slot: (sender: unknown, value: unknown) => void): unknown;
  disconnect(slot: (sender: unknown, value: unknown) => void): unknown;
}

interface HostKernel {
  readonly status?: unknown;
  readonly statusChanged?: HostSignal;
  readonly connectionStatusChanged?: HostSignal;
  readonly disposed?: HostSignal;
}

interface HostManager {
  readonly kernel?: HostKernel | null;
  /** Emitted when the outputs of a notebook that was opened may draw their widgets. */
  readonly restored?: { emit?(value: unknown): void };
  readonly restoredStatus?: unknown;
}

/** What can happen to the kernel, or to the way to it. */
export interface KernelEvents {
  /** The Python that made the widget has ended. */
  gone(): void;
  /** The page has lost the Jupyter server, and tries to reach it again. */
  lost(): void;
  /** The page has reached the Jupyter server again. Messages of the kernel may be missing. */
  back(): void;
}

/** With these, the Python that made the widget has ended. */
const ENDED: ReadonlySet<unknown> = new Set(["dead", "terminating", "restarting", "autorestarting"]);

/**
 * Watches the kernel and the way to it.
 *
 * @param manager the widget manager of the host, or whatever is in its place.
 * @returns stops watching; undefined if the host tells nothing of its kernel.
 */
export function watchKernel(manager: unknown, events: KernelEvents): (() => void) | undefined {
  const { statusChanged, connectionStatusChanged, disposed } = kernelOf(manager) ?? {};
  if (!isSignal(statusChanged) || !isSignal(disposed)) return;
  let isLost = false;
  const onStatus = (_: unknown, status: unknown) => {
    if (ENDED.has(status)) events.gone();
  };
  const onConnection = (_: unknown, status: unknown) => {
    const isAway = status !== "connected";
    if (isAway === isLost) return;
    isLost = isAway;
    if (isAway) events.lost();
    else events.back();
  };
  const onDisposed = () => events.gone();
  const slots: [HostSignal, (sender: unknown, value: unknown) => void][] = [
    [statusChanged, onStatus],
    [disposed, onDisposed],
  ];
  if (isSignal(connectionStatusChanged)) slots.push([connectionStatusChanged, onConnection]);
  for (const [signal, slot] of slots) signal.connect(slot);
  return () => {
    for (const [signal, slot] of slots) signal.disconnect(slot);
  };
}

/** True if the host knows that the kernel runs a cell: it lives, and answers when the cell ends. */
export function isBusy(manager: unknown): boolean {
  return kernelOf(manager)?.status === "busy";
}

/**
 * Has the host draw the outputs whose widgets it did not find. It draws them once it has asked the kernel for all
 * widgets, and a kernel that a cell blocks answers after the cell. Our kernel opens the comm of a page that was reloaded
 * meanwhile, so the widget is there, and nothing is to be waited for.
 */
export function drawWaitingOutputs(manager: unknown): void {
  const { restored, restoredStatus } = (manager ?? {}) as HostManager;
  if (restoredStatus === false && typeof restored?.emit === "function") restored.emit(undefined);
}

function kernelOf(manager: unknown): HostKernel | null | undefined {
  return (manager as HostManager | null | undefined)?.kernel;
}

export function isSignal(value: unknown): value is HostSignal {
  const { connect, disconnect } = (value ?? {}) as Partial<HostSignal>;
  return typeof connect === "function" && typeof disconnect === "function";
}
