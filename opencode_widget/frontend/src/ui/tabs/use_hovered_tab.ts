import { useState } from "preact/hooks";

/**
 * The index of the tab under the pointer. A tab and its close button overlap but are not nested, so `:hover` cannot
 * tell.
 */
export function useHoveredTab() {
  const [hovered, setHovered] = useState(-1);
  return {
    hovered,
    handlers: {
      onPointerOver: (event: PointerEvent) => setHovered(indexOf(event.target as Element)),
      onPointerLeave: () => setHovered(-1),
    },
  };
}

function indexOf(element: Element): number {
  return Number(element.closest<HTMLElement>("[data-place]")?.dataset.place ?? -1);
}
