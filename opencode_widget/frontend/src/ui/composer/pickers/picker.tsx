import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { lookUp } from "../../../lookup";
import { t } from "../../../words/words";
import { focusInPlace } from "../../lib/controls/focus";
import { focusedNear } from "../../lib/controls/tree_root";
import { Icon } from "../../lib/icons";
import type { PickerName } from "../../state/composer";
import { rank } from "../completion/fuzzy";
import { Highlighted } from "../completion/highlighted";

export interface PickerItem {
  value: string;
  label: string;
  detail?: string;
  /** Items of one group are listed together, the first in their own order. */
  group?: string;
}

interface Props {
  kind: PickerName;
  /** For example "Model". */
  name: string;
  items: PickerItem[];
  value: string;
  /** The text of the button. */
  shown: string;
  open: boolean;
  onOpen(open: boolean): void;
  choose(value: string): void;
  /** What stands below the list, about the active item. */
  foot?(item: PickerItem | undefined): JSX.Element;
  /** True for an item with a star. */
  isStarred?(value: string): boolean;
}

/** A button that shows the current choice and opens the list of options. */
export function Picker(props: Props): JSX.Element {
  const { kind, name, shown, open, onOpen } = props;
  return (
    <>
      <button
        type="button"
        class={`ocw-pick ocw-pick-${kind}`}
        aria-label={`${name}: ${shown}`}
        title={name}
        aria-haspopup="dialog"
        aria-expanded={open}
        // The list closes when it loses the focus, so without this a click on the button would close and reopen it.
        onMouseDown={(event) => open && event.preventDefault()}
        onClick={() => onOpen(!open)}
      >
        <span>{shown}</span>
        <Icon name="chevron" />
      </button>
      {open && <PickerList {...props} />}
    </>
  );
}

interface RankedItem {
  item: PickerItem;
  at: number[];
}

/** The number of items drawn at first; scrolling draws more. */
const PAGE = 60;
const FAR = 400;
const STEPS: Record<string, (at: number, last: number) => number> = {
  ArrowDown: (at, last) => (at === last ? 0 : at + 1),
  ArrowUp: (at, last) => (at === 0 ? last : at - 1),
  PageDown: (at, last) => Math.min(last, at + 10),
  PageUp: (at) => Math.max(0, at - 10),
};

/** The list is ours, not a `<datalist>`. */
const COMBOBOX = { role: "combobox", list: undefined, "aria-expanded": "true" } as const;

function PickerList({ name, items, value, onOpen, choose, foot, isStarred }: Props): JSX.Element {
  const id = useId();
  const words = useSignal("");
  const rows = useMemo(() => rowsOf(words.value, items, value), [words.value, items]);
  const at = useSignal(
    Math.max(
      0,
      rows.findIndex(({ item }) => item.value === value),
    ),
  );
  const drawn = useSignal(PAGE);
  const shown = Math.max(drawn.value, at.value + 10);
  const panel = useRef<HTMLDivElement>(null);
  useFocusWithin(panel, () => onOpen(false));
  useLayoutEffect(() => {
    panel.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: "nearest" });
  }, [at.value, words.value]);
  // An item that moves within the list, as a new favourite does, stays the active one.
  const active = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const moved = rows.findIndex(({ item }) => item.value === active.current);
    if (moved >= 0) at.value = moved;
  }, [items]);
  useLayoutEffect(() => {
    active.current = rows[at.value]?.item.value;
  });
  const take = (item: PickerItem | undefined) => {
    if (item) choose(item.value);
    onOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // The buttons below the list have their own keys.
    const isOfList = (event.target as Element).matches("input") || event.key === "Escape";
    if (!isOfList) return;
    const step = lookUp(STEPS, event.key);
    if (step) at.value = step(at.peek(), Math.min(rows.length, shown) - 1);
    else if (event.key === "Enter") take(rows[at.peek()]?.item);
    else if (event.key === "Escape") onOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class="ocw-picker"
      role="dialog"
      aria-label={t.composer.chooseFrom(name.toLowerCase())}
      ref={panel}
      onKeyDown={onKeyDown}
    >
      <input
        type="search"
        {...COMBOBOX}
        aria-label={t.composer.searchAmong(name.toLowerCase())}
        aria-controls={id}
        aria-activedescendant={rows.length > 0 ? `${id}-${at.value}` : undefined}
        placeholder={t.composer.search}
        value={words.value}
        onInput={(event) => {
          words.value = event.currentTarget.value;
          at.value = 0;
          drawn.value = PAGE;
        }}
      />
      <div
        class="ocw-options"
        role="listbox"
        id={id}
        aria-label={name}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          if (scrollTop + clientHeight > scrollHeight - 200) drawn.value = Math.min(rows.length, shown + PAGE);
        }}
      >
        {rows.slice(0, shown).map((row, index) => (
          <PickerRow
            key={`${row.item.group} ${row.item.value}`}
            id={`${id}-${index}`}
            row={row}
            searched={words.value !== ""}
            first={row.item.group !== rows[index - 1]?.item.group}
            active={index === at.value}
            now={row.item.value === value}
            starred={isStarred?.(row.item.value) ?? false}
            take={() => take(row.item)}
          />
        ))}
        {rows.length === 0 && <p class="ocw-muted">{t.composer.noMatches}</p>}
      </div>
      {foot?.(rows[Math.min(at.value, rows.length - 1)]?.item)}
    </div>
  );
}

interface RowProps {
  id: string;
  row: RankedItem;
  /** True while the user searches: the best matches come first, without groups. */
  searched: boolean;
  /** True for the first item of its group. */
  first: boolean;
  active: boolean;
  now: boolean;
  starred: boolean;
  take(): void;
}

function PickerRow({ id, row: { item, at }, searched, first, active, now, starred, take }: RowProps): JSX.Element {
  const detail = searched || item.detail !== item.group ? item.detail : undefined;
  return (
    <>
      {first && item.group && !searched && (
        <div class="ocw-option-group" role="presentation">
          {item.group}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search field's, which has the focus */}
      <div
        id={id}
        class="ocw-option"
        role="option"
        tabIndex={-1}
        aria-selected={active}
        onMouseDown={(event) => event.preventDefault()}
        onClick={take}
      >
        <span class="ocw-option-label">
          <Highlighted text={item.label} at={at} />
        </span>
        {detail && <span class="ocw-option-detail">{detail}</span>}
        {starred && <Icon name="starred" class="ocw-star" />}
        {now && <Icon name="check" />}
      </div>
    </>
  );
}

/** The rows to draw. A chosen item far down moves to the top, as all items above it would have to be drawn. */
function rowsOf(words: string, items: PickerItem[], value: string): RankedItem[] {
  if (words === "") {
    const chosen = items.findIndex((item) => item.value === value);
    const inOrder =
      chosen < FAR ? items : [items[chosen] as PickerItem, ...items.slice(0, chosen), ...items.slice(chosen + 1)];
    return inOrder.map((item) => ({ item, at: [] }));
  }
  const distinct = [...new Map(items.map((item) => [item.value, item])).values()];
  const found = rank(words, distinct, (item) => `${item.label} ${item.detail ?? ""}`);
  return found.map(({ item, hit }) => ({ item, at: hit.at.filter((index) => index < item.label.length) }));
}

/**
 * Keeps the focus in the search field while the list is open. The list closes when the focus leaves it; on close the
 * focus returns to where it was.
 */
function useFocusWithin(panel: { current: HTMLElement | null }, close: () => void): void {
  useLayoutEffect(() => {
    const element = panel.current;
    if (!element) return;
    const before = focusedNear(element) as HTMLElement | null;
    element.querySelector("input")?.focus({ preventScroll: true });
    const onFocusOut = (event: FocusEvent) => {
      if (!element.contains(event.relatedTarget as Node | null)) close();
    };
    element.addEventListener("focusout", onFocusOut);
    return () => {
      element.removeEventListener("focusout", onFocusOut);
      const focused = focusedNear(element);
      const lost = focused === document.body || element.contains(focused);
      if (lost && before?.isConnected) focusInPlace(before);
    };
  }, []);
}
