import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../words/words";
import { Icon } from "../lib/icons";
import { boundedWidth, changeSidebar, NARROWEST, sidebar, USUAL, WIDEST } from "../state/options/sidebar";

const STEP = 20;
/** An edge that is dragged below this width in pixels folds the list. */
const FOLDS = 120;

function fold(): void {
  changeSidebar({ folded: !sidebar.peek().folded });
}

export function FoldButton(): JSX.Element {
  const { folded } = sidebar.value;
  const name = folded ? t.tabs.showSessionList : t.tabs.hideSessionList;
  return (
    <button
      type="button"
      class="ocw-bare ocw-fold-sessions"
      aria-label={name}
      title={name}
      aria-pressed={folded}
      onClick={fold}
    >
      <Icon name="sidebar" />
    </button>
  );
}

/** The right edge of the list: drag it, move it with the arrow keys, or double-click it to fold the list. */
export function SidebarEdge(): JSX.Element {
  const drag = useRef<{ x: number; width: number } | undefined>(undefined);
  const { width = USUAL, folded } = sidebar.value;
  const widthOf = (edge: HTMLElement) => edge.parentElement?.getBoundingClientRect().width ?? width;
  const resize = (wanted: number) =>
    changeSidebar(wanted < FOLDS ? { folded: true } : { folded: false, width: boundedWidth(wanted) });
  return (
    <div
      class="ocw-sidebar-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label={t.tabs.sessionListWidth}
      aria-valuenow={folded ? 0 : width}
      aria-valuemin={0}
      aria-valuemax={WIDEST}
      tabIndex={0}
      onPointerDown={(event) => {
        drag.current = { x: event.clientX, width: widthOf(event.currentTarget) };
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (drag.current) resize(drag.current.width + event.clientX - drag.current.x);
      }}
      onPointerUp={() => {
        drag.current = undefined;
      }}
      onDblClick={fold}
      onKeyDown={(event) => {
        if (event.key === "Enter") fold();
        else if (event.key === "ArrowLeft" && width <= NARROWEST) changeSidebar({ folded: true });
        else if (event.key === "ArrowLeft") resize(width - STEP);
        else if (event.key === "ArrowRight") resize(folded ? width : width + STEP);
        else return;
        event.preventDefault();
      }}
    />
  );
}
