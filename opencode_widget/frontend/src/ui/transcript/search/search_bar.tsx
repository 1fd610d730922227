import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Match } from "../../../protocol";
import type { TranscriptCell } from "../../../store/transcript";
import { t } from "../../../words/words";
import { focusInPlace } from "../../lib/controls/focus";
import { focusedNear } from "../../lib/controls/tree_root";
import { Icon } from "../../lib/icons";
import { useView } from "../../state/context";
import type { Scroller } from "../scroll/scroller";
import { countWords, useMatches } from "./matches";
import { unmark } from "./occurrences";
import { reveal } from "./reveal";

interface Props {
  transcript: TranscriptCell;
  scroller: Scroller;
}

/** Searches the whole conversation, including messages that the page does not have. */
export function SearchBar({ transcript, scroller }: Props): JSX.Element {
  const view = useView();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const matches = useMatches(transcript.instance, transcript.session, query);
  const input = useRef<HTMLInputElement>(null);
  const focusedBefore = useRef<Element | null>(null);
  // A layout effect, so that the focus is read before it can move: it returns there when the search closes.
  useLayoutEffect(() => {
    focusedBefore.current = focusedNear(input.current);
    focusInPlace(input.current);
    return () => unmark(scroller.element);
  }, []);
  const latest = useRef<Match | undefined>(undefined);
  const show = (index: number) => {
    const match = matches?.list[index];
    setAt(index);
    latest.current = match;
    if (match) void reveal({ view, transcript, scroller }, match, () => latest.current === match);
  };
  useEffect(() => {
    unmark(scroller.element);
    if (matches) show(0);
  }, [matches]);
  const step = (by: number) => {
    const count = matches?.list.length ?? 0;
    if (count > 0) show((at + by + count) % count);
  };
  const close = () => {
    view.panels.searching.value = false;
    const before = focusedBefore.current;
    if (before instanceof HTMLElement && before.isConnected && before !== document.body) focusInPlace(before);
    else focusInPlace(scroller.element);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search class="ocw-search">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        aria-label={t.transcript.searchConversation}
        dir="auto"
        placeholder={t.transcript.searchConversation}
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <span class="ocw-muted" role="status">
        {countWords(matches, at)}
      </span>
      <Step label={t.transcript.previousMatch} icon="ocw-up" onClick={() => step(1)} />
      <Step label={t.transcript.nextMatch} icon="" onClick={() => step(-1)} />
      <button
        type="button"
        class="ocw-bare"
        aria-label={t.transcript.closeSearch}
        title={t.transcript.closeSearch}
        onClick={close}
      >
        <Icon name="close" />
      </button>
    </search>
  );
}

function Step({ label, icon, onClick }: { label: string; icon: string; onClick: () => void }): JSX.Element {
  return (
    <button type="button" class={`ocw-bare ${icon}`} aria-label={label} title={label} onClick={onClick}>
      <Icon name="down" />
    </button>
  );
}
