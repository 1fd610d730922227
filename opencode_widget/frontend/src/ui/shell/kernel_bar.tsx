import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useView } from "../state/context";

/** A kernel that has not answered for this time is reported. */
const SILENT_AFTER = 5_000;

const SAVED =
  "The kernel isn't responding. If a cell is running, this continues when it finishes. Otherwise this is the saved state; run the cell to use it.";

const LOST =
  "The connection to the Jupyter server is lost. The page keeps trying to reconnect; what you do here waits until then.";

/** The link between page and kernel; nothing is shown while it works. */
export function KernelBar(): JSX.Element | null {
  const { store } = useView();
  const linkState = store.linkState.value;
  const silent = useSilence(linkState === "stale");
  if (linkState === "gone") return <Bar alarm>The kernel has stopped. Run the cell again to reconnect.</Bar>;
  if (linkState === "outdated")
    return <Bar alarm>opencode_widget was upgraded after this page was loaded. Reload the page.</Bar>;
  if (linkState === "lost") return <Bar alarm>{LOST}</Bar>;
  if (linkState === "saved") return <Bar>{SAVED}</Bar>;
  if (silent) return <Bar>The kernel isn't responding. If it has restarted, run the cell again.</Bar>;
  if (store.kernelBusy.value)
    return <Bar>Kernel busy – what you do here continues when the running cell finishes.</Bar>;
  return null;
}

function Bar({ alarm = false, children }: { alarm?: boolean; children: string }): JSX.Element {
  return (
    <div class={`ocw-kernel ${alarm ? "ocw-alarm" : ""}`} role="alert">
      {children}
    </div>
  );
}

function useSilence(waiting: boolean): boolean {
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    setSilent(false);
    if (!waiting) return;
    const timer = setTimeout(() => setSilent(true), SILENT_AFTER);
    return () => clearTimeout(timer);
  }, [waiting]);
  return waiting && silent;
}
