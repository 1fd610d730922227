/** Above this many comparisons no alignment is attempted. */
const DEAREST = 250_000;

/**
 * Pairs the equal items of two lists, in order: the longest common subsequence, as pairs of positions. A common prefix
 * and suffix cost nothing; if the rest would cost too much, only prefix and suffix are paired.
 */
export function align(before: readonly string[], after: readonly string[]): Array<[number, number]> {
  const head = commonHead(before, after);
  const tail = commonTail(before, after, head);
  const middle = longest(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  const pairs: Array<[number, number]> = [];
  for (let at = 0; at < head; at += 1) pairs.push([at, at]);
  for (const [left, right] of middle) pairs.push([head + left, head + right]);
  for (let at = tail; at > 0; at -= 1) pairs.push([before.length - at, after.length - at]);
  return pairs;
}

function commonHead(before: readonly string[], after: readonly string[]): number {
  const most = Math.min(before.length, after.length);
  let at = 0;
  while (at < most && before[at] === after[at]) at += 1;
  return at;
}

function commonTail(before: readonly string[], after: readonly string[], head: number): number {
  const most = Math.min(before.length, after.length) - head;
  let at = 0;
  while (at < most && before[before.length - 1 - at] === after[after.length - 1 - at]) at += 1;
  return at;
}

function longest(before: readonly string[], after: readonly string[]): Array<[number, number]> {
  const [rows, columns] = [before.length, after.length];
  if (rows * columns === 0 || rows * columns > DEAREST) return [];
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  const length = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        before[row] === after[column]
          ? length(row + 1, column + 1) + 1
          : Math.max(length(row + 1, column), length(row, column + 1));
    }
  }
  const pairs: Array<[number, number]> = [];
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (before[row] === after[column]) pairs.push([row++, column++]);
    else if (length(row + 1, column) >= length(row, column + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}
