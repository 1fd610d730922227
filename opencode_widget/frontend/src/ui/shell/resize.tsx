import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../words/words";

const SMALLEST = 240;
const LARGEST = 4_000;
const STEP = 40;
/** The share of the window's height that a double click gives to the widget. */
const FILL = 0.85;

function bounded(height: number): number {
  return Math.round(Math.min(LARGEST, Math.max(SMALLEST, height)));
}

/** The lower edge of the frame: drag it, move it with the arrow keys, or double-click it to fill the window. */
export function ResizeHandle({
  height,
  onHeight,
}: {
  height: number;
  onHeight: (height: number) => void;
}): JSX.Element {
  const drag = useRef<{ y: number; height: number } | undefined>(undefined);
  return (
    <div
      class="ocw-resize"
      role="separator"
      aria-orientation="horizontal"
      aria-label={t.shell.height}
      aria-valuenow={height}
      aria-valuemin={SMALLEST}
      aria-valuemax={LARGEST}
      tabIndex={0}
      onPointerDown={(event) => {
        drag.current = { y: event.clientY, height };
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (drag.current) onHeight(bounded(drag.current.height + event.clientY - drag.current.y));
      }}
      // Fills the window, but for what stands around an output of the notebook.
      onDblClick={() => onHeight(bounded(globalThis.innerHeight * FILL))}
      onPointerUp={() => {
        drag.current = undefined;
      }}
      onKeyDown={(event) => {
        const step = { ArrowDown: STEP, ArrowUp: -STEP }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        onHeight(bounded(height + step));
      }}
    />
  );
}
