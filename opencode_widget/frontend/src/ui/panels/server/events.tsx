import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Instance, LoggedEvent, Problem } from "../../../protocol";
import { t } from "../../../words/words";
import { CopyButton } from "../../lib/controls/copy_button";
import { memoRow } from "../../lib/controls/memo_row";
import { clockWithSeconds } from "../../lib/format";
import { usePolling } from "../../lib/hooks/use_polling";
import { Icon } from "../../lib/icons";
import { PanelProblem } from "../../lib/problem";
import { useView } from "../../state/context";
import { addEvents, asLines, counted, type Filter, shownEvents } from "./event_filter";

const EVERY = 1_000;

/** The server's events, latest first, for tracing a fault. */
export function EventsTab({ instance }: { instance: Instance }): JSX.Element {
  const view = useView();
  const [filter, setFilter] = useState<Filter>({ name: "", session: "" });
  const [paused, setPaused] = useState(false);
  const { events, problem } = useEvents(instance.id, paused);
  const shown = shownEvents(events, filter);
  const titleOf = (id: string) =>
    view.selection.sessionsOf(instance.id).find((session) => session.id === id)?.title || id;
  return (
    <>
      <div class="ocw-panel-buttons">
        <Filters events={events} filter={filter} titleOf={titleOf} onFilter={setFilter} />
        <button type="button" class="ocw-button ocw-small" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          <Icon name={paused ? "play" : "pause"} />
          {paused ? t.server.resume : t.server.pause}
        </button>
        <CopyButton text={() => asLines(shown)} announcement={t.server.eventsCopied(shown.length)} />
      </div>
      {problem && <PanelProblem problem={problem} />}
      <Events events={shown} any={events.length > 0} titleOf={titleOf} />
    </>
  );
}

function useEvents(instance: string, paused: boolean): { events: LoggedEvent[]; problem: Problem | undefined } {
  const { actions } = useView();
  const [events, setEvents] = useState<LoggedEvent[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const ask = async () => {
    if (paused) return;
    const after = events.at(-1)?.number ?? -1;
    const reply = await actions.ask({ name: "events", args: { instance, after } });
    setProblem(reply.ok ? undefined : reply.problem);
    const fresh = (reply.ok && reply.result?.events) || [];
    setEvents((before) => addEvents(before, fresh));
  };
  usePolling(ask, EVERY, instance);
  return { events, problem };
}

interface FiltersProps {
  events: LoggedEvent[];
  filter: Filter;
  titleOf: (session: string) => string;
  onFilter: (filter: Filter) => void;
}

function Filters({ events, filter, titleOf, onFilter }: FiltersProps): JSX.Element {
  return (
    <>
      <FilterSelect
        label={t.server.type}
        all={t.server.allButHeartbeats}
        value={filter.name}
        choices={counted(events.map(({ name }) => name)).map(([name, count]) => [name, `${name} (${count})`])}
        onChoose={(name) => onFilter({ ...filter, name })}
      />
      <FilterSelect
        label={t.server.session}
        all={t.server.allSessions}
        value={filter.session}
        choices={counted(events.map(({ session }) => session)).map(([id]) => [id, titleOf(id)])}
        onChoose={(session) => onFilter({ ...filter, session })}
      />
    </>
  );
}

interface SelectProps {
  label: string;
  all: string;
  value: string;
  choices: Array<[value: string, label: string]>;
  onChoose: (value: string) => void;
}

function FilterSelect({ label, all, value, choices, onChoose }: SelectProps): JSX.Element {
  return (
    <select
      class="ocw-select"
      aria-label={label}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      <option value="">{all}</option>
      {choices.map(([each, words]) => (
        <option key={each} value={each}>
          {words}
        </option>
      ))}
    </select>
  );
}

interface EventsProps {
  events: LoggedEvent[];
  any: boolean;
  titleOf: (session: string) => string;
}

function Events({ events, any, titleOf }: EventsProps): JSX.Element {
  if (events.length === 0) {
    return <p class="ocw-muted">{any ? t.server.noMatchingEvents : t.server.noEventsYet}</p>;
  }
  return (
    <ul class="ocw-plain-list ocw-events">
      {events.toReversed().map((event) => {
        const title = event.session && titleOf(event.session);
        return memoRow(String(event.number), [title], () => (
          <EventRow key={event.number} event={event} title={title} />
        ));
      })}
    </ul>
  );
}

/** An event; its JSON is made when the user opens it. */
function EventRow({ event, title }: { event: LoggedEvent; title: string | undefined }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span class="ocw-muted">{clockWithSeconds(event.at)}</span>
          <span class="ocw-event-name">{event.name}</span>
          {title && <span class="ocw-event-session ocw-muted">{title}</span>}
        </summary>
        {open && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: long data scrolls, also by keyboard
          <pre tabIndex={0}>{JSON.stringify(event.data, null, 2)}</pre>
        )}
      </details>
    </li>
  );
}
