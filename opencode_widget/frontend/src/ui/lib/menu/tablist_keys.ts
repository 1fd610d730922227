/** Roving focus for a tablist: Tab reaches one tab, the arrow keys move between tabs, Delete closes one. */
import { lookUp } from "../../../lookup";
import { focusedNear } from "../controls/tree_root";

interface TabKeys {
  count: number;
  focused: number;
  /** Moves the focus to the tab at this index. */
  focus(index: number): void;
  close?(index: number): void;
}

const STEPS: Record<string, (index: number, last: number) => number> = {
  ArrowRight: (index, last) => (index === last ? 0 : index + 1),
  ArrowDown: (index, last) => (index === last ? 0 : index + 1),
  ArrowLeft: (index, last) => (index === 0 ? last : index - 1),
  ArrowUp: (index, last) => (index === 0 ? last : index - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/** Handles a key; returns true if it means something here. */
export function handleTabKey(key: string, keys: TabKeys): boolean {
  const step = lookUp(STEPS, key);
  if (step) keys.focus(step(keys.focused, keys.count - 1));
  else if (key === "Delete" && keys.close) closeFocused(keys, keys.close);
  else return false;
  return true;
}

/** Moves the focus to a neighbour before the tab closes, so that it is not lost. */
function closeFocused({ count, focused, focus }: TabKeys, close: (index: number) => void): void {
  if (count > 1) focus(focused + 1 < count ? focused + 1 : focused - 1);
  close(focused);
}

/** The key handler of a tablist element; it finds the tabs in the DOM. */
export function onTabKeys(event: KeyboardEvent, close: (index: number) => void): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const list = event.currentTarget as HTMLElement;
  const tabs = Array.from(list.querySelectorAll<HTMLElement>('[role="tab"]'));
  const focused = tabs.indexOf(focusedNear(list) as HTMLElement);
  if (focused < 0) return;
  const known = handleTabKey(event.key, { count: tabs.length, focused, focus: (index) => tabs[index]?.focus(), close });
  if (known) event.preventDefault();
}

/** Scrolls the list, never the notebook, to the selected tab. */
export function showSelectedTab(scroller: HTMLElement | null | undefined): void {
  const tab = scroller?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]');
  if (!tab || !scroller) return;
  const outer = scroller.getBoundingClientRect();
  const inner = tab.getBoundingClientRect();
  if (inner.top < outer.top) scroller.scrollTop += inner.top - outer.top;
  else if (inner.bottom > outer.bottom) scroller.scrollTop += inner.bottom - outer.bottom;
  if (inner.left < outer.left) scroller.scrollLeft += inner.left - outer.left;
  else if (inner.right > outer.right) scroller.scrollLeft += inner.right - outer.right;
}

/**
 * Turns vertical scrolling of the wheel into horizontal scrolling of an overflowing tab row; at its ends the notebook
 * scrolls.
 */
export function scrollSideways(event: WheelEvent): void {
  const list = event.currentTarget as HTMLElement;
  const isRow = list.scrollWidth > list.clientWidth && list.scrollHeight <= list.clientHeight;
  if (!isRow || event.shiftKey || Math.abs(event.deltaX) >= Math.abs(event.deltaY)) return;
  const before = list.scrollLeft;
  list.scrollLeft += event.deltaY;
  if (list.scrollLeft !== before) event.preventDefault();
}
