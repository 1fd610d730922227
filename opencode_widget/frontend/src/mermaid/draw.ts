/**
 * Draws one diagram, in a frame without rights: see `ui/shell/diagrams/sandbox.ts`. The build puts Mermaid before this
 * script. It is not part of the page, which never makes DOM of what Mermaid returns.
 */
import type { DrawReply, DrawRequest, Failed } from "./messages";
import { sourceLine } from "./source_line";

interface Mermaid {
  initialize(config: object): void;
  render(id: string, source: string): Promise<{ svg: string }>;
}

declare const mermaid: Mermaid;

const LONGEST_REASON = 300;
/** Characters that no XML may contain. */
const NOT_XML = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Surrogate}/gu;

async function drawDiagram({ source, theme, font }: DrawRequest): Promise<DrawReply> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    // HTML in an SVG is not drawn by every browser where the SVG is an image.
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    class: { htmlLabels: false },
    suppressErrorRendering: true,
    logLevel: "fatal",
    theme,
    fontFamily: font,
  });
  try {
    const { svg } = await mermaid.render("diagram", source);
    return sized(svg);
  } catch (error) {
    return faultOf(error, source);
  }
}

/** Gives the SVG the size of its drawing, as an image has no box to fill, and makes it well-formed XML. */
function sized(svg: string): DrawReply {
  const box = document.createElement("div");
  box.innerHTML = svg;
  const root = box.querySelector("svg");
  const { width, height } = root?.viewBox.baseVal ?? { width: 0, height: 0 };
  if (!root || !(width > 0 && height > 0)) return { type: "failed", reason: "it has nothing to draw" };
  root.style.removeProperty("max-width");
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  const written = new XMLSerializer().serializeToString(root).replace(NOT_XML, "\ufffd");
  return { type: "drawn", svg: written, width, height };
}

/** The fault in words. Mermaid's parsers say "... on line 3 ...", some with "column 5: <reason>" after it. */
function faultOf(error: unknown, source: string): Failed {
  const message = error instanceof Error ? error.message : String(error);
  const [opening = "", text = ""] = message.split(" for text: ");
  if (opening.startsWith("No diagram type detected")) {
    const kind = short(text.trimStart());
    return { type: "failed", reason: kind ? `“${kind}” begins no diagram that is known here` : "it is empty" };
  }
  const counted = /\bline (\d+)/i.exec(message)?.[1];
  if (counted === undefined) return { type: "failed", reason: short(message) };
  const reason = /column \d+: (.*)/.exec(message)?.[1] ?? "";
  return { type: "failed", reason: short(reason), line: sourceLine(source, Number(counted)) };
}

function short(text: string): string {
  return (text.split("\n", 1)[0] ?? "").trim().slice(0, LONGEST_REASON);
}

Object.assign(globalThis, { drawDiagram });
