/**
 * Hides the transcript that the notebook saves while the widget, which shows the same, is drawn. A widget that shows what the
 * notebook saved has no messages, and hides nothing.
 */
import { effect } from "@preact/signals";
import { transcriptClass } from "../../kernel/host_document";
import type { Store } from "../../store/store";

/** Hides the transcript of a widget until the result is called. */
export function hideTranscript(outputId: string, { linkState }: Store): () => void {
  if (!/^[\w-]+$/.test(outputId)) return () => undefined;
  const sheet = document.createElement("style");
  const name = transcriptClass(outputId);
  // JupyterLab's row for the output has a margin, too. A browser that does not know `:has` drops only that rule.
  sheet.textContent = `.jp-OutputArea-child:has(> .jp-OutputArea-output > .${name}) { display: none; } .${name} { display: none; }`;
  document.head.append(sheet);
  const stop = effect(() => {
    sheet.media = linkState.value === "saved" ? "not all" : "all";
  });
  return () => {
    stop();
    sheet.remove();
  };
}
