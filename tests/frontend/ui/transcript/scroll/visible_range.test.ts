import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  nextRange,
  type RowOrGap,
  rowAt,
  rowsAndGaps,
  tops,
} from "../../../../../opencode_widget/frontend/src/ui/transcript/scroll/visible_range";

const heights = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 200 });
const stack = (list: number[]) => tops(list.length, (row) => list[row] ?? 0);
const heightOf = (piece: RowOrGap, list: number[]) => ("gap" in piece ? piece.gap : (list[piece.row] ?? 0));
const rowsOf = (list: RowOrGap[]) => list.flatMap((piece) => ("row" in piece ? [piece.row] : []));

describe("The window of a long list", () => {
  it("finds the row at a height", () => {
    const made = stack([10, 20, 30]);
    expect([-5, 0, 9, 10, 29, 30, 59, 99].map((y) => rowAt(made, y))).toEqual([0, 0, 0, 1, 1, 2, 2, 2]);
  });

  it("draws nothing for an empty list", () => {
    expect(nextRange(stack([]), { top: 0, bottom: 600 })).toEqual({ from: 0, to: 0 });
    expect(rowsAndGaps(stack([]), { from: 0, to: 0 }, new Set())).toEqual([]);
  });

  it("is as high as all rows together, wherever the reader is and whichever rows are kept", () => {
    fc.assert(
      fc.property(heights, fc.nat(), fc.uniqueArray(fc.nat(199)), (list, place, keep) => {
        const made = stack(list);
        const total = made.at(-1) ?? 0;
        const top = place % total;
        const kept = new Set(keep.filter((row) => row < list.length));
        const drawn = rowsAndGaps(made, nextRange(made, { top, bottom: top + 600 }), kept);
        expect(drawn.reduce((sum, piece) => sum + heightOf(piece, list), 0)).toBe(total);
        const rows = rowsOf(drawn);
        expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
        for (const row of kept) expect(rows).toContain(row);
      }),
    );
  });

  it("draws every row that touches the view", () => {
    fc.assert(
      fc.property(heights, fc.nat(), (list, place) => {
        const made = stack(list);
        const top = place % (made.at(-1) ?? 1);
        const { from, to } = nextRange(made, { top, bottom: top + 600 });
        list.forEach((height, row) => {
          const begins = made[row] ?? 0;
          if (begins < top + 600 && begins + height > top) expect(row >= from && row < to).toBe(true);
        });
      }),
    );
  });

  it("leaves the drawn rows alone while they reach far enough", () => {
    const made = stack(Array.from({ length: 500 }, () => 100));
    const first = nextRange(made, { top: 10_000, bottom: 10_600 });
    expect(nextRange(made, { top: 10_300, bottom: 10_900 }, first)).toBe(first);
    expect(nextRange(made, { top: 11_000, bottom: 11_600 }, first)).not.toBe(first);
  });

  it("draws only a few of many rows", () => {
    const made = stack(Array.from({ length: 2750 }, () => 100));
    const { from, to } = nextRange(made, { top: 200_000, bottom: 200_600 });
    expect(to - from).toBeLessThan(30);
  });
});
