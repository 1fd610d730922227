/** The style of text, as set by the escape sequence SGR (`ESC [ ... m`). Pure. */
import { indexed, type Rgb } from "./colour";

export interface Style {
  readonly colour?: Rgb | undefined;
  readonly background?: Rgb | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly inverse?: boolean;
}

export const PLAIN: Style = Object.freeze({});

const CHANGES: Record<number, Style> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { colour: undefined },
  49: { background: undefined },
};
const EXTENDED: Record<number, "colour" | "background"> = { 38: "colour", 48: "background" };
/** Ranges of eight colours: the first code, what it colours, and the first colour's index. */
const ROWS = [
  [30, "colour", 0],
  [40, "background", 0],
  [90, "colour", 8],
  [100, "background", 8],
] as const;

/** The maximum number of parameters read from one sequence. */
const MOST = 64;
const KEPT = 1_000;
const STYLES = new Map<string, Style>([["[]", PLAIN]]);

/** `style` as changed by the parameters: "1;31", "38;5;196", "38:2::255:0:0". Unknown parameters change nothing. */
export function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(";", MOST).reverse();
  let changed: Style = style;
  while (codes.length > 0) {
    const [code = 0, ...more] = (codes.pop() ?? "").split(":").map(Number);
    const target = EXTENDED[code];
    if (code === 0) changed = PLAIN;
    else if (target) changed = { ...changed, [target]: extended(more.length > 0 ? more : takeParameters(codes)) };
    else if (!(code === 4 && more[0] === 0)) changed = { ...changed, ...simple(code) };
    else changed = { ...changed, underline: false };
  }
  return shared(changed);
}

/** Interns styles: equal styles are the same object, so that equally styled text is one run. */
function shared(style: Style): Style {
  const key = JSON.stringify(
    Object.entries(style)
      .filter(([, value]) => value !== undefined && value !== false)
      .sort(),
  );
  const known = STYLES.get(key);
  if (known) return known;
  if (STYLES.size >= KEPT) STYLES.clear();
  STYLES.set(key, style);
  return style;
}

function simple(code: number): Style | undefined {
  for (const [first, target, shift] of ROWS) {
    if (code >= first && code < first + 8) return { [target]: indexed(code - first + shift) };
  }
  return CHANGES[code];
}

/** Takes the arguments of a 38 or 48: "5;n" or "2;r;g;b". The codes are in reverse order. */
function takeParameters(codes: string[]): number[] {
  return codes
    .splice(codes.at(-1) === "2" ? -4 : -2)
    .reverse()
    .map(Number);
}

/** Reads an extended colour. In the colon form a colour space may precede red. */
function extended([kind, ...values]: number[]): Rgb | undefined {
  if (kind === 5 && byte(values[0])) return indexed(values[0]);
  const [red, green, blue] = values.slice(-3);
  return kind === 2 && byte(red) && byte(green) && byte(blue) ? [red, green, blue] : undefined;
}

function byte(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value <= 255;
}
