import { useState } from "preact/hooks";

/**
 * Which tab the pointer is on, counted from 0. A tab and its close button lie over each other without being inside of each
 * other, so `:hover` can't tell.
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
