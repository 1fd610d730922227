/**
 * Runs the program that draws diagrams in a frame without rights. A diagram is hostile input for a program of two and a half
 * megabytes, so whatever it makes that program do must harm nothing: the frame has an origin of its own (it reaches neither
 * the page nor the kernel), its policy lets it load nothing, it draws one diagram and is removed. Only a string comes back,
 * on a port that no other frame has.
 */
import type { Drawn, DrawReply, DrawRequest, Failed } from "../../../mermaid/messages";
import { t } from "../../../words/words";

/** Milliseconds in which the frame must start, and then draw. */
const LIMIT = 10_000;
/** Characters of an SVG. */
const LARGEST = 2_000_000;
/** Characters of a reason. */
const LONGEST = 300;

/** Draws a diagram in a frame that stands in `place` meanwhile. Rejects with the reason in words. */
export async function drawInFrame(place: Element, request: DrawRequest): Promise<Drawn | Failed> {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.srcdoc = documentOf(nonce());
  frame.className = "ocw-diagram-frame";
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  try {
    return await answerOf(frame, request, place);
  } finally {
    frame.remove();
  }
}

function nonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The nonce lets in our two scripts, and none that a diagram writes into an attribute or an element. */
function documentOf(nonce: string): string {
  return `<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<script nonce="${nonce}">
addEventListener("message", async ({ data, ports: [port] }) => {
  port.postMessage({ type: "started" });
  try {
    const script = document.createElement("script");
    script.nonce = "${nonce}";
    script.textContent = data.program;
    document.head.append(script);
    port.postMessage(await drawDiagram(data));
  } catch (error) {
    port.postMessage({ type: "broken", reason: String(error) });
  }
}, { once: true });
</script></head><body></body></html>`;
}

function answerOf(frame: HTMLIFrameElement, request: DrawRequest, place: Element): Promise<Drawn | Failed> {
  const { port1: port, port2: theirs } = new MessageChannel();
  let timer: ReturnType<typeof setTimeout>;
  return new Promise<Drawn | Failed>((resolve, reject) => {
    const limit = (words: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new Error(words)), LIMIT);
    };
    let isStarted = false;
    port.onmessage = ({ data }: MessageEvent<unknown>) => {
      const reply = checked(data);
      // Only the first one extends the time.
      if (reply?.type === "started" && !isStarted) limit(t.shell.diagramTooSlow(LIMIT / 1_000));
      else if (reply?.type === "drawn" || reply?.type === "failed") resolve(reply);
      else reject(new Error(reply?.type === "broken" ? t.shell.diagramBroken(reply.reason) : t.shell.diagramUnusable));
      isStarted = true;
    };
    // A frame that another document has taken over gets nothing: only the first one to load is ours.
    frame.addEventListener("load", () => frame.contentWindow?.postMessage(request, "*", [theirs]), { once: true });
    limit(t.shell.hostBarsDiagrams);
    place.append(frame);
  }).finally(() => {
    clearTimeout(timer);
    port.close();
  });
}

/** The frame's reply; undefined if it is none that a frame of ours would send. */
function checked(data: unknown): DrawReply | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { type, svg, width, height, reason, line } = data as Record<string, unknown>;
  if (type === "started") return { type };
  if (type === "drawn") {
    const isSvg = typeof svg === "string" && svg.length <= LARGEST && svg.startsWith("<svg");
    return isSvg && isSize(width) && isSize(height) ? { type, svg, width, height } : undefined;
  }
  if ((type !== "failed" && type !== "broken") || typeof reason !== "string") return undefined;
  const words = reason.slice(0, LONGEST);
  return type === "failed" && Number.isSafeInteger(line)
    ? { type, reason: words, line: line as number }
    : { type, reason: words };
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY;
}
