/** Keeps the rows of a list where they are while the pointer is on it: what the user is about to click must not move. */
import { useRef } from "preact/hooks";
import type { TreeRow } from "../../store/session_tree";

/** The rows, in the order that they had when the pointer came; rows that are new stand where they belong. */
export function useCalmOrder(rows: TreeRow[], inside: boolean, list: string | undefined): TreeRow[] {
  const before = useRef<{ list: string | undefined; order: string[] }>({ list, order: [] });
  const shown = inside && before.current.list === list ? inOrder(rows, before.current.order) : rows;
  before.current = { list, order: shown.map(({ session }) => session.id) };
  return shown;
}

/** The rows by groups, each a session with its sub-agents: known groups in this order, new ones at their own place. */
export function inOrder(rows: TreeRow[], order: readonly string[]): TreeRow[] {
  const groups = groupsOf(rows);
  const places = new Map(order.map((id, at) => [id, at]));
  const known = groups
    .filter(([first]) => first && places.has(first.session.id))
    .sort(([a], [b]) => (places.get(a?.session.id ?? "") ?? 0) - (places.get(b?.session.id ?? "") ?? 0));
  return groups.flatMap((group) => (group[0] && places.has(group[0].session.id) ? (known.shift() ?? []) : group));
}

function groupsOf(rows: TreeRow[]): TreeRow[][] {
  const groups: TreeRow[][] = [];
  for (const row of rows) {
    if (row.depth === 0 || groups.length === 0) groups.push([row]);
    else groups.at(-1)?.push(row);
  }
  return groups;
}
