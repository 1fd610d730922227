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
  sidebar: "M2.5 3h11v10h-11zM6.5 3v10",
  diff: "M8 2.5v6M5 5.5h6M5 12.5h6",
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
  more: "M3 7.6v.8M8 7.6v.8M13 7.6v.8",
  info: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 7.4v3.6M8 5v.01",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  fork: "M4.5 5a1.5 1.5 0 1 1 0-3 1.5 1.5 0 0 1 0 3zM4.5 14a1.5 1.5 0 1 1 0-3 1.5 1.5 0 0 1 0 3zM11.5 6.5a1.5 1.5 0 1 1 0-3 1.5 1.5 0 0 1 0 3zM4.5 5v6M11.5 6.5c0 2.5-3 3-7 3",
  undo: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.8 3.5L2.8 6.5l3 3",
  redo: "M13 6.5H6.5a3.5 3.5 0 0 0 0 7H10M10.2 3.5l3 3-3 3",
  trash: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9M6.8 7v4M9.2 7v4",
  archive: "M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.5h3",
  share: "M8 9.5v-7M5.2 5L8 2.2 10.8 5M4.5 7.5h-1v6h9v-6h-1",
  download: "M8 2.5v7.2M4.8 6.8L8 10l3.2-3.2M3 13.2h10",
  compact: "M8 1.8v4M6 4l2 2 2-2M8 14.2v-4M6 12l2-2 2 2M3 8h10",
  server: "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01",
  refresh: "M13 8a5 5 0 1 1-1.6-3.7M13 2.2v3h-3",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.2l7.5 4.8L5 12.8z",
  open: "M9 3h4v4M13 3L7.5 8.5M6.5 4H3v9h9V9.5",
  star: "M8 2.2l1.8 3.7 4 .6-2.9 2.9.7 4L8 11.5l-3.6 1.9.7-4L2.2 6.5l4-.6z",
  starred: "M8 2.2l1.8 3.7 4 .6-2.9 2.9.7 4L8 11.5l-3.6 1.9.7-4L2.2 6.5l4-.6zM8 5v4M6.6 7h2.8",
  bell: "M4 11.5V7a4 4 0 0 1 8 0v4.5l1 1H3zM6.8 14h2.4",
  keys: "M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M11.8 7h.01M5 9.5h6",
  folder: "M2.5 3.5h4l1.5 2h5.5v7.5h-11z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, class: extra = "" }: { name: IconName; class?: string }): JSX.Element {
  return (
    <svg class={`ocw-icon ${extra}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
