/**
 * `list` with `item` placed after the item with id `after` (null: first). An item already in the list is moved; the
 * same array is returned if nothing moves. If `after` is unknown the item goes last, until the next snapshot corrects
 * it.
 */
export function insertAfter<T extends { id: string }>(list: T[], item: T, after: string | null): T[] {
  const at = list.findIndex((each) => each.id === item.id);
  const before = at > 0 ? (list[at - 1]?.id ?? null) : null;
  if (at >= 0 && before === after) return list[at] === item ? list : list.with(at, item);
  const rest = at < 0 ? list : list.filter((each) => each.id !== item.id);
  const found = after === null ? -1 : rest.findLastIndex((each) => each.id === after);
  const to = after !== null && found < 0 ? rest.length : found + 1;
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}
