import { type Signal, signal } from "@preact/signals";
import { render } from "preact";
import type { Actions } from "../../kernel/actions";
import type { Store } from "../../store/store";
import { warmUp } from "../../text/markdown/render";
import { t } from "../../words/words";
import { isPaletteKey } from "../composer/palette/palette_key";
import { allOf, Boundary } from "../lib/boundary/boundary";
import { isInField } from "../lib/keys/host_keys";
import { routeKeys } from "../lib/keys/key_routing";
import { View, ViewContext } from "../state/context";
import type { NotebookHost } from "../state/files/notebook_host";
import { isSearchKey } from "../transcript/search/search_key";
import { App } from "./app";
import { followDiagramTheme } from "./diagrams/diagram";
import { keepFocus } from "./keep_focus";
import { handleClick, handleKey } from "./markdown_clicks";
import { ResizeHandle } from "./resize";
import { followTheme } from "./theme";

/** Draws a view of the widget into `element`; the result removes it. `height`: the wanted height in pixels. */
export function mountView(
  element: HTMLElement,
  store: Store,
  actions: Actions,
  height: Signal<number>,
  notebook?: NotebookHost,
): () => void {
  const view = new View(store, actions, notebook);
  const root = document.createElement("div");
  root.className = notebook?.takesCells() ? "ocw ocw-takes-cells" : "ocw";
  root.addEventListener("keydown", (event) => onShortcut(event, view, root));
  const stopKeys = routeKeys(root);
  root.addEventListener("click", (event) => handleClick(event, view));
  root.addEventListener("keydown", (event) => handleKey(event, view));
  // Not only when the pointer enters: it may rest here while the kernel is shut down.
  for (const name of ["pointerenter", "pointermove", "focusin"]) root.addEventListener(name, () => actions.probe());
  const stopTheme = followTheme(root);
  const stopDiagrams = followDiagramTheme(root, view);
  const stopFocus = keepFocus(root);
  /** The height that the user dragged, which later changes of the option do not override. */
  const chosenHeight = signal<number | undefined>(undefined);
  element.append(root);
  const warming = setTimeout(warmUp, 50);
  render(<Frame view={view} height={height} chosenHeight={chosenHeight} />, root);
  return () => {
    clearTimeout(warming);
    stopKeys();
    stopTheme();
    stopDiagrams();
    stopFocus();
    render(null, root);
    view.dispose();
    root.remove();
  };
}

/** The shortcuts that work everywhere in the widget. */
function onShortcut(event: KeyboardEvent, view: View, root: HTMLElement): void {
  if (isSearchKey(event) && view.store.transcript.peek()) {
    view.panels.searching.value = true;
    root.querySelector<HTMLElement>(".ocw-search input")?.focus({ preventScroll: true });
  } else if (isPaletteKey(event)) {
    view.panels.toggle("palette");
  } else if (event.key === "?" && !event.ctrlKey && !event.metaKey && !event.altKey && !isInField(event)) {
    view.panels.panel.value = "shortcuts";
  } else return;
  event.preventDefault();
}

interface FrameProps {
  view: View;
  height: Signal<number>;
  chosenHeight: Signal<number | undefined>;
}

function Frame({ view, height, chosenHeight }: FrameProps) {
  const now = chosenHeight.value ?? height.value;
  return (
    <ViewContext.Provider value={view}>
      <div class="ocw-frame" style={{ height: `${now}px` }}>
        <Boundary what={t.shell.theWidget} watch={allOf(view.store)}>
          <App />
        </Boundary>
      </div>
      <ResizeHandle
        height={now}
        onHeight={(wanted) => {
          chosenHeight.value = wanted;
        }}
      />
    </ViewContext.Provider>
  );
}
