/**
 * What the host tells of its kernel. JupyterLab and Notebook 7 say nothing to a widget when its kernel is shut down, dies
 * or restarts, but their widget manager has the connection to the kernel. Other hosts have none, and tell by the comm.
 */

/** A signal of Lumino. */
interface HostSignal {
  connect(slot: (sender: unknown, value: unknown) => void): unknown;
  disconnect(slot: (sender: unknown, value: unknown) => void): unknown;
}

interface HostKernel {
  readonly statusChanged?: HostSignal;
  readonly disposed?: HostSignal;
}

/** With these, the Python that made the widget has ended. */
const ENDED: ReadonlySet<unknown> = new Set(["dead", "terminating", "restarting", "autorestarting"]);

/**
 * Calls `gone` when the kernel ends or starts again.
 *
 * @param manager the widget manager of the host, or whatever is in its place.
 * @returns stops watching; undefined if the host tells nothing of its kernel.
 */
export function watchKernel(manager: unknown, gone: () => void): (() => void) | undefined {
  const kernel = (manager as { kernel?: HostKernel | null } | undefined)?.kernel;
  const { statusChanged, disposed } = kernel ?? {};
  if (!isSignal(statusChanged) || !isSignal(disposed)) return;
  const onStatus = (_: unknown, status: unknown) => {
    if (ENDED.has(status)) gone();
  };
  const onDisposed = () => gone();
  statusChanged.connect(onStatus);
  disposed.connect(onDisposed);
  return () => {
    statusChanged.disconnect(onStatus);
    disposed.disconnect(onDisposed);
  };
}

function isSignal(value: unknown): value is HostSignal {
  const { connect, disconnect } = (value ?? {}) as Partial<HostSignal>;
  return typeof connect === "function" && typeof disconnect === "function";
}
