import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useView, type View } from "../../state/context";
import type { Menu, MenuItem } from "../../state/panels";
import { classNames } from "../class_names";
import { focusInPlace } from "../controls/focus";
import { focusedNear, onPressOutside } from "../controls/tree_root";
import { Icon } from "../icons";
import { itemAfterKey } from "./menu_keys";
import { type Point, placeMenu } from "./menu_position";

/** Opens a menu at the pointer, or at the focused element, in place of the host's own menu. */
export function openMenuAt(event: MouseEvent, { panels: { menu } }: View, label: string, groups: MenuItem[][]): void {
  event.preventDefault();
  event.stopPropagation();
  const anchor = event.currentTarget as HTMLElement;
  menu.value = { label, groups, anchor, at: { x: event.clientX, y: event.clientY } };
}

interface ButtonProps {
  label: string;
  title?: string;
  class?: string;
  tabIndex?: number;
  groups(): MenuItem[][];
}

/** A button that opens a menu; `groups` is called when it opens. */
export function MenuButton({ label, title, class: extra = "ocw-bare", tabIndex, groups }: ButtonProps): JSX.Element {
  const {
    panels: { menu },
  } = useView();
  const button = useRef<HTMLButtonElement>(null);
  const open = menu.value !== undefined && menu.value.anchor === button.current;
  const toggle = () => {
    const anchor = button.current;
    menu.value = open || !anchor ? undefined : { label, groups: groups(), anchor };
  };
  return (
    <button
      type="button"
      ref={button}
      class={extra}
      aria-label={label}
      title={title ?? label}
      aria-haspopup="menu"
      aria-expanded={open}
      {...(tabIndex === undefined ? {} : { tabIndex })}
      onClick={toggle}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        event.stopPropagation();
        if (!open) toggle();
      }}
    >
      <Icon name="more" />
    </button>
  );
}

/** Draws the view's open menu above everything else. */
export function MenuHost(): JSX.Element | null {
  const menu = useView().panels.menu.value;
  return menu && menu.groups.length > 0 ? <MenuView key={menu.label} menu={menu} /> : null;
}

function MenuView({ menu }: { menu: Menu }): JSX.Element {
  const view = useView();
  const element = useRef<HTMLDivElement>(null);
  const [position, setPosition] = useState<Point>();
  const close = (refocus: boolean) => {
    view.panels.menu.value = undefined;
    if (refocus && menu.anchor.isConnected) focusInPlace(menu.anchor);
  };
  useLayoutEffect(() => setPosition(positionIn(element.current, menu)), [menu]);
  // The menu is hidden until it has its position, and a hidden element cannot take the focus.
  useLayoutEffect(() => {
    if (position) itemsOf(element.current)[0]?.focus({ preventScroll: true });
  }, [position]);
  useOutside(element, menu.anchor, () => close(false));
  const choose = (item: MenuItem) => {
    if (item.barred) return;
    close(true);
    item.run();
  };
  return (
    <div
      class="ocw-menu"
      role="menu"
      aria-label={menu.label}
      tabIndex={-1}
      ref={element}
      style={position ? { left: `${position.x}px`, top: `${position.y}px` } : { visibility: "hidden" }}
      onKeyDown={(event) => onMenuKey(event, () => close(true))}
    >
      {menu.groups.map((group, index) => (
        <div key={group[0]?.label} role="group" class={index > 0 ? "ocw-menu-next" : undefined}>
          {group.map((item) => (
            <ItemView key={item.label} item={item} onChoose={() => choose(item)} />
          ))}
        </div>
      ))}
    </div>
  );
}

function ItemView({ item, onChoose }: { item: MenuItem; onChoose: () => void }): JSX.Element {
  return (
    <button
      type="button"
      role="menuitem"
      class={classNames("ocw-menu-item", item.danger && "ocw-danger")}
      tabIndex={-1}
      aria-disabled={item.barred !== undefined}
      title={item.barred}
      onClick={onChoose}
    >
      <Icon name={item.icon} />
      {item.label}
    </button>
  );
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return Array.from(menu?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? []);
}

function onMenuKey(event: KeyboardEvent, close: () => void): void {
  event.stopPropagation();
  const items = itemsOf(event.currentTarget as HTMLElement);
  if (event.key === "Escape" || event.key === "Tab") close();
  const labels = items.map((item) => item.textContent ?? "");
  const next = itemAfterKey(event.key, labels, items.indexOf(focusedNear(items[0]) as HTMLElement));
  if (next !== undefined) items[next]?.focus();
  if (next !== undefined || event.key === "Escape" || event.key === "Tab") event.preventDefault();
}

function positionIn(element: HTMLElement | null, { anchor, at }: Menu): Point | undefined {
  const frame = element?.closest(".ocw-frame")?.getBoundingClientRect();
  if (!element || !frame) return undefined;
  const from = at ? new DOMRect(at.x, at.y, 0, 0) : anchor.getBoundingClientRect();
  return placeMenu(from, element.getBoundingClientRect(), frame);
}

/** Closes on a click elsewhere, but not on the anchor, which handles its own clicks. */
function useOutside(element: { current: HTMLElement | null }, anchor: HTMLElement, close: () => void): void {
  useEffect(() => onPressOutside(() => [element.current, anchor], close), [anchor]);
}
