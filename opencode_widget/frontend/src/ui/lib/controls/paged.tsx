/** Lists of any length: each row costs the page time, so a page of rows is drawn, and the next with "Show more". */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { classNames } from "../class_names";

const PAGE = 100;
/** The class of the button that shows what is earlier. */
export const EARLIER = "ocw-show-earlier";

interface Paged<Item> {
  shown: Item[];
  /** The button that shows more; nothing where all is shown. */
  more: JSX.Element | null;
}

export function usePaged<Item>(items: Item[], page = PAGE): Paged<Item> {
  const [pages, setPages] = useState(1);
  const left = items.length - pages * page;
  const more = left > 0 && <MoreButton words={`Show more (${left})`} onClick={() => setPages(pages + 1)} />;
  return { shown: left > 0 ? items.slice(0, pages * page) : items, more: more || null };
}

/** The end of a list that grows at its end; what is earlier comes with the button above it. */
export function usePagedEnd<Item>(items: Item[], page = PAGE): Paged<Item> {
  const [pages, setPages] = useState(2);
  // In steps of a page: while the list grows, what is being read seldom leaves it.
  const from = Math.max(0, (Math.ceil(items.length / page) - pages) * page);
  const more = from > 0 && (
    <MoreButton words={`Show earlier (${from})`} class={EARLIER} onClick={() => setPages(pages + 1)} />
  );
  return { shown: from > 0 ? items.slice(from) : items, more: more || null };
}

interface ButtonProps {
  words: string;
  class?: string;
  onClick: () => void;
}

function MoreButton({ words, class: extra = "", onClick }: ButtonProps): JSX.Element {
  return (
    <button type="button" class={classNames("ocw-bare ocw-show-more", extra)} onClick={onClick}>
      {words}
    </button>
  );
}
