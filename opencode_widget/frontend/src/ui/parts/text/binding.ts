/** Binds a part's text to the DOM: a delta reaches it within the call that received the frame. */
import { effect } from "@preact/signals";
import type { TextPart, ToolPart } from "../../../protocol";
import type { PartCell, TextField } from "../../../store/transcript";
import { MarkdownStream } from "../../../text/markdown/stream";
import { PacedSink, type Sink } from "../../../text/paced_sink";
import { TextSink } from "../../../text/text_sink";
import { t } from "../../../words/words";
import { reportError } from "../../lib/boundary/report_error";

type State = "open" | "ended";

/**
 * Runs `draw` and passes its errors to `onError`. A thrown error would abort the signal batch in which it runs, and
 * with it the updates of other views.
 */
function guarded<Args extends unknown[]>(draw: (...args: Args) => void, onError: (error: unknown) => void) {
  return (...args: Args): void => {
    try {
      draw(...args);
    } catch (error) {
      onError(error);
    }
  };
}

/** Shows the Markdown of a text part in `element`, as plain text if it cannot be drawn; the result stops it. */
export function bindMarkdown(element: HTMLElement, cell: PartCell, folder?: string): () => void {
  let stream = new MarkdownStream(element, folder);
  let shown = "";
  let state: State = "open";
  /** Replaces a stream that has failed, until the kernel states the whole text again. */
  let plain: TextSink | undefined;

  const restart = () => {
    stream.dispose();
    element.replaceChildren();
    stream = new MarkdownStream(element, folder);
    shown = "";
    state = "open";
    plain = undefined;
  };
  // The server trims the end of a completed text, which is no reason to draw everything again.
  const show = ({ text, ended }: TextPart) => {
    if (!plain && text === shown && (ended ? "ended" : "open") === state) return;
    const same = text.startsWith(shown) || (ended && shown.trimEnd() === text);
    if (plain || state === "ended" || !same) restart();
    const more = text.slice(shown.length);
    shown = text;
    if (!ended) return stream.append(more);
    stream.write(more);
    state = "ended";
  };
  const showPlain = (error: unknown) => {
    reportError(t.parts.thisText, error);
    restart();
    plain = new TextSink(element);
    plain.append(String((cell.part.peek() as TextPart).text));
  };
  const add = (field: TextField, text: string) => {
    if (field !== "text") return;
    if (plain) return plain.append(text);
    if (state === "ended") return show(cell.part.peek() as TextPart);
    shown += text;
    stream.append(text);
  };
  const stopListening = cell.listen(guarded(add, showPlain));
  const stopEffect = effect(() => guarded(show, showPlain)(cell.part.value as TextPart));
  return () => {
    stopEffect();
    stopListening();
    stream.dispose();
  };
}

/** The number of characters at the new text's start that are looked up in the old one. */
const PROBE = 200;

/**
 * What `now` adds to `before`, also if `before` has lost its start: of a running command's output a server repeats only
 * the last 30,000 characters. Undefined if it is another text.
 */
function added(before: string, now: string): string | undefined {
  if (now.startsWith(before)) return now.slice(before.length);
  const at = now.length < PROBE ? -1 : before.indexOf(now.slice(0, PROBE));
  const kept = at < 0 ? "" : before.slice(at);
  return kept !== "" && now.startsWith(kept) ? now.slice(kept.length) : undefined;
}

/**
 * Writes a field of a part to `sink`, without what `clean` removes from a whole text. While a tool runs, the start of
 * its output stays on screen even after the server has dropped it.
 */
export function bindText(target: Sink, cell: PartCell, wanted: TextField, clean = (text: string) => text): () => void {
  const sink = new PacedSink(target);
  let shown = "";
  let whole = true;
  const show = (text: string, running: boolean) => {
    const more = running || (whole && text.startsWith(shown)) ? added(shown, text) : undefined;
    if (more === undefined) sink.clear();
    whole = more === undefined || (whole && text.startsWith(shown));
    if (more !== "") sink.append(more ?? text);
    shown = text;
  };
  const add = (field: TextField, text: string) => {
    if (field !== wanted) return;
    shown += text;
    sink.append(text);
  };
  const showWhole = (part: ToolPart) =>
    show(clean(String((part as unknown as Record<string, unknown>)[wanted] ?? "")), part.state === "running");
  const onError = (error: unknown) => reportError(t.parts.thisOutput, error);
  const stopListening = cell.listen(guarded(add, onError));
  const stopEffect = effect(() => guarded(showWhole, onError)(cell.part.value as ToolPart));
  return () => {
    stopEffect();
    stopListening();
    sink.clear();
  };
}
