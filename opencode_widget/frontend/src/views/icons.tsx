import type { JSX } from "preact";

/** Strokes on a 16 by 16 grid. */
const PATHS = {
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  chevron: "M6 3.5L10.5 8 6 12.5",
  down: "M8 3v9.5M4 8.7L8 12.7l4-4",
  send: "M8 13V3.3M4 7.2L8 3.2l4 4",
  terminal: "M2.5 4.5L6 8l-3.5 3.5M8 12h5.5",
  file: "M4 1.8h5L12.5 5.3v8.9H4zM9 1.8v3.5h3.5",
  edit: "M3 13l.6-2.8L10.8 3 13 5.2 5.8 12.4 3 13zM9.4 4.4l2.2 2.2",
  search: "M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4zM10.2 10.2l3.3 3.3",
  globe: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM2.2 8h11.6M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  agent:
    "M5 7.5h6a1.5 1.5 0 0 1 1.5 1.5v3A1.5 1.5 0 0 1 11 13.5H5A1.5 1.5 0 0 1 3.5 12V9A1.5 1.5 0 0 1 5 7.5zM8 7.5v-3M8 3.2v.01M6.3 10.3v.6M9.7 10.3v.6",
  question: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM6.3 6.4c0-2.2 3.4-2.2 3.4 0 0 1.4-1.7 1.4-1.7 2.8M8 11.2v.01",
  tool: "M9.9 2.6a3.4 3.4 0 0 0-3.8 4.7L2.6 10.8a1.7 1.7 0 1 0 2.5 2.5l3.5-3.5a3.4 3.4 0 0 0 4.7-3.8L11 8.2 8.6 7.4 7.8 5z",
  check: "M3.2 8.6l3.1 3.1 6.5-7",
  alert: "M8 2.4l6 10.8H2zM8 6.6v3M8 11.4v.01",
  cut: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM3.9 3.9l8.2 8.2",
  clock: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.8V8l2.2 1.6",
  note: "M3 3.5h10M3 6.5h10M3 9.5h6",
  image: "M2.5 3.5h11v9h-11zM2.5 11l3-3 2.5 2.5L10.5 8l3 3M6 6.2v.01",
  arrow: "M4 8h8M8.6 4.4L12.2 8l-3.6 3.6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, class: extra = "" }: { name: IconName; class?: string }): JSX.Element {
  return (
    <svg class={`ocw-icon ${extra}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Spinner(): JSX.Element {
  return <span class="ocw-spinner" aria-hidden="true" />;
}
