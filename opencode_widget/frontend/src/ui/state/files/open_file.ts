/**
 * Opens a file of the project in the host: JupyterLab and Notebook 7 by their own command, VS Code by a link of its
 * webview. Elsewhere its path is copied. The kernel says first whether there is such a file in the project.
 */
import type { Instance } from "../../../protocol";
import { type Place, placeOf } from "../../../text/paths";
import { t } from "../../../words/words";
import { copyAndAnnounce } from "../../lib/controls/clipboard";
import type { View } from "../context";

export async function openFile(view: View, near: HTMLElement, written: string): Promise<void> {
  const instance = view.selection.instance.peek();
  if (!instance) return;
  const place = placeOf(written);
  const reply = await view.actions.ask({ name: "locate_file", args: { instance: instance.id, path: place.path } });
  if (!reply.ok || !reply.result) {
    const words = reply.ok ? t.state.fileNotFound : reply.problem.message;
    view.panels.announcement.value = words;
    return;
  }
  const { absolute, path, notebook } = reply.result;
  const inJupyter = jupyterPath(absolute, notebook, view.notebook?.path());
  if (inJupyter !== undefined && (await openInJupyter(view, inJupyter, place))) {
    view.panels.announcement.value = t.state.opened(positioned(path, place));
  } else if (near.closest<HTMLElement>(".ocw")?.dataset.host === "vscode") openInVsCode(near, absolute, place);
  else await copyAndAnnounce(view, positioned(path, place), t.state.copiedInstead(positioned(path, place)));
}

/** The file's path from the root of the Jupyter server, which the notebook's two paths tell. */
export function jupyterPath(
  absolute: string,
  notebook: string | undefined,
  shown: string | undefined,
): string | undefined {
  if (!notebook || !shown || !notebook.endsWith(`/${shown}`)) return undefined;
  const root = notebook.slice(0, -shown.length);
  return absolute.startsWith(root) ? absolute.slice(root.length) : undefined;
}

function positioned(path: string, { line, column }: Place): string {
  return [path, line, column].filter((each) => each !== undefined).join(":");
}

/** JupyterLab's application, where its settings expose it to the page. */
interface JupyterApp {
  commands?: { execute(command: string, args: Record<string, unknown>): Promise<OpenedDocument | undefined> };
}

/** A document's widget. One of an editor has an editor, which counts from 0. */
interface OpenedDocument {
  context?: { ready?: Promise<void> };
  content?: { editor?: { setCursorPosition?(position: { line: number; column: number }): void; focus?(): void } };
}

/** Opens a document by the application's commands if the page has it, else as a click on a local link of an output does. */
async function openInJupyter(view: View, path: string, { line, column }: Place): Promise<boolean> {
  const { jupyterapp, jupyterlab } = globalThis as { jupyterapp?: JupyterApp; jupyterlab?: JupyterApp };
  const commands = (jupyterapp ?? jupyterlab)?.commands;
  if (!commands) return view.notebook?.openLink(path) ?? false;
  const opened = await commands.execute("docmanager:open", { path });
  if (line === undefined) return true;
  // Before that the editor is empty. JupyterLab's own command would move the cursor of whichever editor is the current one.
  await opened?.context?.ready;
  opened?.content?.editor?.setCursorPosition?.({ line: line - 1, column: (column ?? 1) - 1 });
  opened?.content?.editor?.focus?.();
  return true;
}

/** The webview of a notebook opens what a link without a scheme names. */
function openInVsCode(near: HTMLElement, absolute: string, { line, column }: Place): void {
  const link = document.createElement("a");
  const at = line === undefined ? "" : `#L${line}${column === undefined ? "" : `,${column}`}`;
  link.setAttribute("href", encodeURI(absolute) + at);
  link.hidden = true;
  near.append(link);
  link.click();
  link.remove();
}

/** The picture of the project that a button names; undefined if the kernel cannot read it, which the view says. */
export async function projectPicture(view: View, instance: Instance, path: string): Promise<string | undefined> {
  const reply = await view.actions.run({ name: "read_picture", args: { instance: instance.id, path } });
  return reply.ok ? reply.result?.url : undefined;
}
