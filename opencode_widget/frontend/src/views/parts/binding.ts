/** Ties a part's text to the page: a delta goes from the message's arrival to the DOM within the same call. */
import { effect } from "@preact/signals";
import { MarkdownStream } from "../../markdown/stream";
import type { TextPart } from "../../protocol";
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
  const show = ({ text, ended }: TextPart) => {
    if (text === shown && (ended ? "ended" : "open") === state) return;
    if (state === "ended" || !text.startsWith(shown)) restart();
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

/** Writes a field of a part to `sink`, without what `clean` takes off a text that is stated whole. */
export function bindText(sink: Sink, cell: PartCell, wanted: TextField, clean = (text: string) => text): () => void {
  let shown = "";
  const show = (text: string) => {
    if (!text.startsWith(shown)) {
      sink.clear();
      shown = "";
    }
    if (text.length > shown.length) sink.append(text.slice(shown.length));
    shown = text;
  };
  const stopListening = cell.listen((field, text) => {
    if (field !== wanted) return;
    shown += text;
    sink.append(text);
  });
  const stopEffect = effect(() =>
    show(clean(String((cell.part.value as unknown as Record<string, unknown>)[wanted] ?? ""))),
  );
  return () => {
    stopEffect();
    stopListening();
  };
}
