/** What the page, and the frame in which a diagram is drawn, send each other. */

/** To the frame, with the port on which it answers. */
export interface DrawRequest {
  /** JavaScript that defines `drawDiagram`: the frame has nothing of its own. */
  program: string;
  source: string;
  theme: "default" | "dark";
  /** A CSS list of fonts. */
  font: string;
}

export interface Drawn {
  type: "drawn";
  svg: string;
  /** In pixels. */
  width: number;
  height: number;
}

/** The diagram's own fault. */
export interface Failed {
  type: "failed";
  reason: string;
  /** Of the source, counted from 1; absent if Mermaid names none. */
  line?: number;
}

/** From the frame, whose code may be a hostile diagram's by then: the page checks what it gets. */
export type DrawReply = { type: "started" } | Drawn | Failed | { type: "broken"; reason: string };
