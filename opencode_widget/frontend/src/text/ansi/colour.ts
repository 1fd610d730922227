/** Terminal colours, adjusted so that they are readable on light and on dark. Pure. */

export type Rgb = readonly [red: number, green: number, blue: number];

/** The sixteen named colours, as xterm defines them. */
const NAMED: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [30, 80, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];
const CUBE = [0, 95, 135, 175, 215, 255] as const;

/** Close to the background of output in a light and in a dark host; see `--ocw-code-bg`. */
export const LIGHT: Rgb = [240, 240, 240];
export const DARK: Rgb = [48, 48, 48];
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** The contrast ratio that WCAG requires for text. */
export const READABLE = 4.5;
const STEPS = 20;

/** A colour of the 256-colour palette: the named ones, a cube of 6 by 6 by 6, and greys. */
export function indexed(index: number): Rgb {
  if (index < 16) return NAMED[index] ?? BLACK;
  if (index >= 232) {
    const grey = 8 + 10 * (Math.min(index, 255) - 232);
    return [grey, grey, grey];
  }
  const at = index - 16;
  const level = (step: number): number => CUBE[Math.floor(at / step) % 6] ?? 0;
  return [level(36), level(6), level(1)];
}

export function contrast(first: Rgb, second: Rgb): number {
  const [dark, light] = [luminance(first), luminance(second)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The shade nearest to `colour` that is readable on `background`. */
export function readableOn(colour: Rgb, background: Rgb): Rgb {
  const end = contrast(BLACK, background) > contrast(WHITE, background) ? BLACK : WHITE;
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(colour, end, step / STEPS);
    if (contrast(mixed, background) >= READABLE) return mixed;
  }
  return end;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const first = (at: 0 | 1 | 2): number => Math.round(from[at] + (to[at] - from[at]) * share);
  return [first(0), first(1), first(2)];
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
