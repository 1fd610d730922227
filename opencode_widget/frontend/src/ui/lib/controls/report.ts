import { t } from "../../../words/words";
import type { View } from "../../state/context";
import { copyAndAnnounce } from "./clipboard";

/** Copies a problem report; the kernel writes it, without secrets. */
export async function copyReport(view: View, instance?: string): Promise<void> {
  const reply = await view.actions.run({ name: "report", args: instance === undefined ? {} : { instance } });
  const text = reply.ok ? reply.result?.text : undefined;
  if (text !== undefined) await copyAndAnnounce(view, text, t.lib.reportCopied);
}
