/**
 * Pages for lists of any length: drawing a row costs time, so one page of rows is drawn, and "Show more" draws the
 * next.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../../words/words";
import { classNames } from "../class_names";

const PAGE = 100;
/** The class of the button that shows earlier rows. */
export const EARLIER = "ocw-show-earlier";
/** The class of a button that shows the whole of what is cut off visually. */
export const EXPANDS = "ocw-expands";

interface Paged<Item> {
  shown: Item[];
  /** The button that shows more; null if everything is shown. */
  more: JSX.Element | null;
}

export function usePaged<Item>(items: Item[], page = PAGE): Paged<Item> {
  const [pages, setPages] = useState(1);
  const left = items.length - pages * page;
  const more = left > 0 && <MoreButton words={t.lib.showMore(left)} onClick={() => setPages(pages + 1)} />;
  return { shown: left > 0 ? items.slice(0, pages * page) : items, more: more || null };
}

/** The end of a list that grows at its end; a button above it shows earlier rows. */
export function usePagedEnd<Item>(items: Item[], page = PAGE): Paged<Item> {
  const [pages, setPages] = useState(2);
  // The start moves in steps of a page, so that rows being read seldom disappear while the list grows.
  const from = Math.max(0, (Math.ceil(items.length / page) - pages) * page);
  const more = from > 0 && (
    <MoreButton words={t.lib.showEarlier(from)} class={EARLIER} onClick={() => setPages(pages + 1)} />
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
