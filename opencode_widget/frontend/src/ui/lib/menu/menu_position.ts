/** Positions a menu in the widget's frame. Pure. */
export interface Point {
  x: number;
  y: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const GAP = 4;

/**
 * The position relative to the frame: below the anchor, above it where there is no room, and always inside the frame.
 */
export function placeMenu(anchor: Box, size: { width: number; height: number }, frame: Box): Point {
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - size.height;
  const top = below + size.height <= frame.bottom - GAP || above < frame.top ? below : above;
  const left = anchor.left + size.width <= frame.right - GAP ? anchor.left : anchor.right - size.width;
  return {
    x: clamp(left - frame.left, GAP, frame.right - frame.left - size.width - GAP),
    y: clamp(top - frame.top, GAP, frame.bottom - frame.top - size.height - GAP),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
