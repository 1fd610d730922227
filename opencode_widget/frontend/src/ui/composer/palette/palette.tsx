import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { lookUp } from "../../../lookup";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { Panel } from "../../panels/panel";
import { useView } from "../../state/context";
import { rank } from "../completion/fuzzy";
import { Highlighted } from "../completion/highlighted";
import { type Act, actsOf } from "./acts";

/** More rows than this are found by writing. */
const DRAWN = 80;

/** The command palette, while it is open. An act runs after the palette has gone, so that the focus is the act's. */
export function PaletteHost(): JSX.Element | null {
  const { panels } = useView();
  const open = panels.panel.value === "palette";
  const chosen = useRef<Act | undefined>(undefined);
  useEffect(() => {
    if (open) return;
    const act = chosen.current;
    chosen.current = undefined;
    act?.run();
  }, [open]);
  if (!open) return null;
  return (
    <Palette
      onChoose={(act) => {
        chosen.current = act;
        panels.panel.value = undefined;
      }}
    />
  );
}

interface Row {
  act: Act;
  at: number[];
}

const STEPS: Record<string, (at: number, last: number) => number> = {
  ArrowDown: (at, last) => (at >= last ? 0 : at + 1),
  ArrowUp: (at, last) => (at <= 0 ? last : at - 1),
  PageDown: (at, last) => Math.min(last, at + 8),
  PageUp: (at) => Math.max(0, at - 8),
};

/** The list is ours, not a `<datalist>`. */
const COMBOBOX = { role: "combobox", list: undefined, "aria-expanded": "true" } as const;

function Palette({ onChoose }: { onChoose: (act: Act) => void }): JSX.Element {
  const view = useView();
  const id = useId();
  const acts = useMemo(() => actsOf(view), []);
  const words = useSignal("");
  const at = useSignal(0);
  const list = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(words.value, acts), [words.value]);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: "nearest" });
  }, [at.value, words.value]);
  const choose = (row: Row | undefined) => {
    if (row && row.act.barred === undefined) onChoose(row.act);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = lookUp(STEPS, event.key);
    if (step) at.value = step(at.peek(), rows.length - 1);
    else if (event.key === "Enter") choose(rows[at.peek()]);
    else return;
    event.preventDefault();
  };
  return (
    <Panel title={t.composer.commands}>
      <input
        type="search"
        {...COMBOBOX}
        aria-label={t.composer.searchCommands}
        aria-controls={id}
        aria-activedescendant={rows.length > 0 ? `${id}-${at.value}` : undefined}
        placeholder={t.composer.whatToDo}
        value={words.value}
        onInput={(event) => {
          words.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <div class="ocw-options ocw-palette" role="listbox" id={id} aria-label={t.composer.commands} ref={list}>
        {rows.map((row, index) => (
          <ActRow
            key={`${row.act.group} ${index}`}
            id={`${id}-${index}`}
            row={row}
            heading={words.value === "" && row.act.group !== rows[index - 1]?.act.group}
            active={index === at.value}
            onChoose={() => choose(row)}
          />
        ))}
        {rows.length === 0 && <p class="ocw-muted">{t.composer.noMatches}</p>}
      </div>
    </Panel>
  );
}

interface RowProps {
  id: string;
  row: Row;
  /** True if the name of its group stands above it. */
  heading: boolean;
  active: boolean;
  onChoose: () => void;
}

function ActRow({ id, row: { act, at }, heading, active, onChoose }: RowProps): JSX.Element {
  const { group, label, detail, icon, keys, barred } = act;
  const beside = barred ?? detail;
  return (
    <>
      {heading && (
        <div class="ocw-option-group" role="presentation">
          {group}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search field's, which has the focus */}
      <div
        id={id}
        class="ocw-option"
        role="option"
        tabIndex={-1}
        aria-selected={active}
        aria-disabled={barred !== undefined}
        onMouseDown={(event) => event.preventDefault()}
        onClick={onChoose}
      >
        <Icon name={icon} />
        <span class="ocw-option-label" dir="auto">
          <Highlighted text={visible(label)} at={at} />
        </span>
        {beside && <span class="ocw-option-detail">{visible(beside)}</span>}
        {keys && <kbd class="ocw-palette-keys">{keys}</kbd>}
      </div>
    </>
  );
}

function rowsOf(words: string, acts: Act[]): Row[] {
  if (words.trim() === "") return acts.slice(0, DRAWN).map((act) => ({ act, at: [] }));
  const found = rank(words.trim(), acts, ({ label, detail, group }) => `${label} ${detail ?? group}`);
  return found
    .slice(0, DRAWN)
    .map(({ item, hit }) => ({ act: item, at: hit.at.filter((at) => at < item.label.length) }));
}
