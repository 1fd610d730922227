import { useState } from "preact/hooks";

/**
 * Which tab the pointer is on, counted from 0. A tab and its close button lie over each other without being inside of each
 * other, so `:hover` can't tell.
 */
export function useNear() {
  const [near, setNear] = useState(-1);
  return {
    near,
    handlers: {
      onPointerOver: (event: PointerEvent) => setNear(placeOf(event.target as Element)),
      onPointerLeave: () => setNear(-1),
    },
  };
}

function placeOf(element: Element): number {
  return Number(element.closest<HTMLElement>("[data-place]")?.dataset.place ?? -1);
}
