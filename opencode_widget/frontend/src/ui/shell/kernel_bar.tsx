import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../words/words";
import { useView } from "../state/context";

/** A kernel that has not answered for this time is reported. */
const SILENT_AFTER = 5_000;

/** The link between page and kernel; nothing is shown while it works. */
export function KernelBar(): JSX.Element | null {
  const { store } = useView();
  const linkState = store.linkState.value;
  const silent = useSilence(linkState === "stale");
  if (linkState === "gone") return <Bar alarm>{t.shell.kernelStopped}</Bar>;
  if (linkState === "outdated") return <Bar alarm>{t.shell.upgraded}</Bar>;
  if (linkState === "lost") return <Bar alarm>{t.shell.jupyterServerLost}</Bar>;
  if (linkState === "saved") return <Bar>{t.shell.kernelSilentOrSaved}</Bar>;
  if (silent) return <Bar>{t.shell.kernelSilent}</Bar>;
  if (store.kernelBusy.value) return <Bar>{t.shell.kernelBusy}</Bar>;
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
