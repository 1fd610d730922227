import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Instance, Session } from "../../protocol";
import { type Family, families } from "../../store/families";
import { t } from "../../words/words";
import { classNames } from "../lib/class_names";
import { age, cost, sessionTitle } from "../lib/format";
import { useNow } from "../lib/hooks/use_now";
import { Icon } from "../lib/icons";
import { MenuButton } from "../lib/menu/menu";
import { useView } from "../state/context";
import { Panel } from "./panel";
import { RenameField } from "./session/rename";
import { sessionMenu } from "./session/session_menu";
import { StatusDot } from "./session/status_dot";

/** Families drawn at first; scrolling near the end draws more. */
const PAGE = 60;
const NEAR_END = 300;

/**
 * Every session that the kernel knows, including those without a tab: most recent first, sub-agents under their parent.
 */
export function SessionsPanel(): JSX.Element {
  const view = useView();
  const instance = view.selection.instance.value;
  const [words, setWords] = useState("");
  const { current, archived } = families(view.selection.sessionsOf(instance?.id), words);
  const none = current.length + archived.length === 0;
  return (
    <Panel title={t.panels.allSessions} wide>
      <input
        type="search"
        aria-label={t.panels.filterSessions}
        placeholder={t.panels.filterByTitle}
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      {instance && !none && (
        <FoundSessions
          key={words}
          instance={instance}
          current={current}
          archived={archived}
          searching={words.trim() !== ""}
        />
      )}
      {none && <p class="ocw-muted">{words.trim() ? t.panels.noMatchingSessions : t.panels.noSessionsYet}</p>}
      {instance?.moreSessions && (
        <button
          type="button"
          class="ocw-button ocw-small"
          onClick={() => void view.actions.run({ name: "more_sessions", args: { instance: instance.id } })}
        >
          {t.panels.loadOlderSessions}
        </button>
      )}
    </Panel>
  );
}

interface FoundProps {
  instance: Instance;
  current: Family[];
  archived: Family[];
  searching: boolean;
}

function FoundSessions({ instance, current, archived, searching }: FoundProps): JSX.Element {
  const [shown, setShown] = useState(PAGE);
  const now = useNow();
  const onScroll = ({ currentTarget: list }: { currentTarget: HTMLElement }) => {
    if (list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END) setShown((value) => value + PAGE);
  };
  const rows = (list: Family[], from: number) =>
    list
      .slice(0, Math.max(0, shown - from))
      .map((family) => (
        <FamilyRow key={family.session.id} instance={instance} family={family} now={now} searching={searching} />
      ));
  return (
    <div class="ocw-found" onScroll={onScroll}>
      {current.length > 0 && <ul class="ocw-plain-list">{rows(current, 0)}</ul>}
      {archived.length > 0 && (
        <details class="ocw-archived" open={searching}>
          <summary>{t.panels.archived(archived.length)}</summary>
          <ul class="ocw-plain-list">{rows(archived, searching ? current.length : 0)}</ul>
        </details>
      )}
    </div>
  );
}

interface RowProps {
  instance: Instance;
  family: Family;
  now: number;
  searching: boolean;
}

/** A session; its sub-agents are folded, except during a search. */
function FamilyRow({ instance, family, now, searching }: RowProps): JSX.Element {
  const { session, below } = family;
  const [open, setOpen] = useState(false);
  const unfolded = open || searching;
  return (
    <li>
      <div class="ocw-found-row">
        <Fold count={below.length} open={unfolded} onFold={() => setOpen(!unfolded)} />
        <SessionRow instance={instance} session={session} now={now} />
      </div>
      {unfolded && below.length > 0 && (
        <ul class="ocw-plain-list ocw-below">
          {below.map((each) => (
            <FamilyRow key={each.session.id} instance={instance} family={each} now={now} searching={searching} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Fold({ count, open, onFold }: { count: number; open: boolean; onFold: () => void }): JSX.Element {
  if (count === 0) return <span class="ocw-family-fold" />;
  const words = t.counts.subagents(count);
  return (
    <button
      type="button"
      class={classNames("ocw-bare ocw-family-fold", open && "ocw-unfolded")}
      aria-expanded={open}
      aria-label={words}
      title={words}
      onClick={onFold}
    >
      <Icon name="chevron" />
    </button>
  );
}

function SessionRow({ instance, session, now }: { instance: Instance; session: Session; now: number }): JSX.Element {
  const view = useView();
  const renaming = view.panels.renaming.value;
  if (renaming?.session === session.id && renaming.place === "panel") {
    return <RenameField instance={instance.id} session={session} />;
  }
  const open = () => {
    view.panels.panel.value = undefined;
    void view.actions.selectSession(instance.id, session.id);
  };
  const rename = () => {
    view.panels.renaming.value = { session: session.id, place: "panel" };
  };
  return (
    <>
      <button type="button" class="ocw-bare ocw-row" title={session.title} onClick={open}>
        <StatusDot session={session} />
        <span class="ocw-tab-title">{sessionTitle(session)}</span>
        <span class="ocw-muted">{factsOf(session, now)}</span>
      </button>
      <MenuButton label={t.panels.sessionActions} groups={() => sessionMenu({ view, instance, session }, rename)} />
    </>
  );
}

function factsOf(session: Session, now: number): string {
  const facts = [session.share && "shared", session.cost && cost(session.cost), age(session.updated, now)];
  return facts.filter(Boolean).join(" · ");
}
