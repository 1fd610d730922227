import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../words/words";
import { classNames } from "../lib/class_names";
import { focusInPlace } from "../lib/controls/focus";
import { focusedNear } from "../lib/controls/tree_root";
import { Icon } from "../lib/icons";
import { useView } from "../state/context";

/** The first field gets the focus, as it is what the user came for. */
const FIRST = ":is(input:not([type=radio]), button:not(.ocw-panel-close)):not(:disabled)";

interface PanelProps {
  title: string;
  /** Wider than a form; "most": as wide and high as the frame allows. */
  wide?: boolean | "most";
  tall?: boolean;
  children: ComponentChildren;
}

function comeIntoView(panel: HTMLElement | null): void {
  if (panel && "scrollIntoView" in panel) panel.scrollIntoView({ block: "nearest" });
}

/**
 * A small dialog above the widget's frame. It takes the focus, as the user opened it, and returns it when it closes.
 * Where the host has scrolled its place out of view, it comes into view.
 */
export function Panel({ title, wide = false, tall = false, children }: PanelProps): JSX.Element {
  const view = useView();
  const element = useRef<HTMLDivElement>(null);
  const close = () => {
    view.panels.panel.value = undefined;
  };
  useLayoutEffect(() => {
    const before = focusedNear(element.current) as HTMLElement | null;
    const first = element.current?.querySelector<HTMLElement>(FIRST) ?? element.current;
    focusInPlace(first);
    comeIntoView(element.current);
    return () => before?.isConnected && focusInPlace(before);
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a click beside the panel closes it; Escape and the button do too
    <div class="ocw-panel-back" onMouseDown={(event) => event.target === event.currentTarget && close()}>
      <div
        class={classNames(
          "ocw-panel",
          wide && "ocw-panel-wide",
          wide === "most" && "ocw-panel-most",
          tall && "ocw-panel-tall",
        )}
        role="dialog"
        aria-label={title}
        tabIndex={-1}
        ref={element}
        onKeyDown={(event) => event.key === "Escape" && close()}
      >
        <div class="ocw-panel-head">
          <h2>{title}</h2>
          <button type="button" class="ocw-bare ocw-panel-close" aria-label={t.panels.close} onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </div>
  );
}
