/** Ties a part's text to the page: a delta goes from the message's arrival to the DOM within the same call. */
import { effect } from "@preact/signals";
import { MarkdownStream } from "../../markdown/stream";
import type { TextPart, ToolPart } from "../../protocol";
import type { PartCell, TextField } from "../../store/cells";

type State = "open" | "ended";

/** Shows the Markdown of a text part in `element`; the result stops it. */
export function bindMarkdown(element: HTMLElement, cell: PartCell, folder?: string): () => void {
  let stream = new MarkdownStream(element, folder);
  let shown = "";
  let state: State = "open";

  const restart = () => {
    stream.dispose();
    element.replaceChildren();
    stream = new MarkdownStream(element, folder);
    shown = "";
    state = "open";
  };
  // A server takes white space off a text's end when that is complete: no reason to draw it all again.
  const show = ({ text, ended }: TextPart) => {
    if (text === shown && (ended ? "ended" : "open") === state) return;
    const same = text.startsWith(shown) || (ended && shown.trimEnd() === text);
    if (state === "ended" || !same) restart();
    const more = text.slice(shown.length);
    shown = text;
    if (!ended) return stream.append(more);
    stream.write(more);
    state = "ended";
  };
  const stopListening = cell.listen((field, text) => {
    if (field !== "text") return;
    if (state === "ended") return show(cell.part.peek() as TextPart);
    shown += text;
    stream.append(text);
  });
  const stopEffect = effect(() => show(cell.part.value as TextPart));
  return () => {
    stopEffect();
    stopListening();
    stream.dispose();
  };
}

/** What takes text that grows: `TextSink`, `AnsiSink`. */
export interface Sink {
  append: (text: string) => void;
  clear: () => void;
}

/** So much of a text's beginning is looked for in what stands. */
const PROBE = 200;

/**
 * What `now` adds to `before`: also where its beginning has left, as of a running command's output, of which a server states the
 * last 30,000 characters again and again. Undefined where it is another text.
 */
export function added(before: string, now: string): string | undefined {
  if (now.startsWith(before)) return now.slice(before.length);
  const at = now.length < PROBE ? -1 : before.indexOf(now.slice(0, PROBE));
  const kept = at < 0 ? "" : before.slice(at);
  return kept !== "" && now.startsWith(kept) ? now.slice(kept.length) : undefined;
}

/**
 * Writes a field of a part to `sink`, without what `clean` takes off a text that is stated whole. What a running tool's output has
 * lost at its beginning stays until the tool has ended.
 */
export function bindText(sink: Sink, cell: PartCell, wanted: TextField, clean = (text: string) => text): () => void {
  let shown = "";
  let whole = true;
  const show = (text: string, running: boolean) => {
    const more = running || (whole && text.startsWith(shown)) ? added(shown, text) : undefined;
    if (more === undefined) sink.clear();
    whole = more === undefined || (whole && text.startsWith(shown));
    if (more !== "") sink.append(more ?? text);
    shown = text;
  };
  const stopListening = cell.listen((field, text) => {
    if (field !== wanted) return;
    shown += text;
    sink.append(text);
  });
  const stopEffect = effect(() => {
    const part = cell.part.value as ToolPart;
    show(clean(String((part as unknown as Record<string, unknown>)[wanted] ?? "")), part.state === "running");
  });
  return () => {
    stopEffect();
    stopListening();
  };
}
