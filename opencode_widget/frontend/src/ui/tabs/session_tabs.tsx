import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { NEW } from "../../kernel/actions";
import type { Session } from "../../protocol";
import { openSessions, sessionRows, type TreeRow } from "../../store/session_tree";
import { t } from "../../words/words";
import { classNames } from "../lib/class_names";
import { memoRow } from "../lib/controls/memo_row";
import { sessionTitle } from "../lib/format";
import { Icon } from "../lib/icons";
import { openMenuAt } from "../lib/menu/menu";
import { onTabKeys, scrollSideways, showSelectedTab } from "../lib/menu/tablist_keys";
import { RenameField } from "../panels/session/rename";
import { sessionMenu } from "../panels/session/session_menu";
import { StatusDot } from "../panels/session/status_dot";
import { useView } from "../state/context";
import { sidebar } from "../state/options/sidebar";
import { useCalmOrder } from "./calm_order";
import { WaitingBadge } from "./instance_tabs";
import { FoldButton, SidebarEdge } from "./sidebar_edge";
import { useHoveredTab } from "./use_hovered_tab";

/** Rows drawn at first; "more" draws the rest, so that a long list costs little. */
const PAGE = 100;

/** The tab of a session that does not exist yet. */
const DRAFT: TreeRow = {
  session: { id: NEW, title: "", status: "idle", unread: false, waiting: 0, created: 0, updated: 0, closed: false },
  depth: 0,
};

export function SessionList(): JSX.Element {
  const view = useView();
  const instance = view.selection.instance.value;
  const [shown, setShown] = useState(PAGE);
  const selected = view.selection.sessionId.value;
  const made = sessionRows(openSessions(view.selection.sessionsOf(instance?.id), selected));
  const [inside, setInside] = useState(false);
  const rows = useCalmOrder(selected === NEW ? [DRAFT, ...made] : made, inside, instance?.id);
  const { width, folded } = sidebar.value;
  const drawn = rows.slice(0, shown);
  useEffect(() => setShown(PAGE), [instance?.id]);
  return (
    <div
      class={classNames("ocw-sessions", folded && "ocw-folded")}
      style={width === undefined ? undefined : { "--ocw-sidebar": `${width}px` }}
      onPointerEnter={() => setInside(true)}
      onPointerLeave={() => setInside(false)}
    >
      <Tools />
      <div class="ocw-sessions-scroll" onWheel={scrollSideways}>
        <Tabs rows={drawn} selected={selected} />
        <MoreRows hidden={rows.length - drawn.length} onMore={() => setShown(shown + 2 * PAGE)} />
      </div>
      <SidebarEdge />
    </div>
  );
}

function Tools(): JSX.Element {
  const view = useView();
  const instance = view.selection.instance.value;
  return (
    <div class="ocw-sessions-tools">
      {!instance?.replay && (
        <button
          type="button"
          class="ocw-button ocw-new"
          aria-label={t.tabs.newSession}
          disabled={!instance}
          onClick={() => view.newSession()}
        >
          <Icon name="plus" />
          <span class="ocw-wide-only">{t.tabs.newSession}</span>
        </button>
      )}
      <button
        type="button"
        class="ocw-bare"
        aria-label={t.tabs.allSessions}
        title={t.tabs.allSessions}
        aria-expanded={view.panels.panel.value === "sessions"}
        onClick={() => {
          view.panels.toggle("sessions");
        }}
      >
        <Icon name="list" />
      </button>
      <FoldButton />
    </div>
  );
}

function Tabs({ rows, selected }: { rows: TreeRow[]; selected: string | undefined }): JSX.Element {
  const view = useView();
  const instance = view.selection.instanceId;
  const connection = view.selection.instance.value?.connection.state;
  const list = useRef<HTMLDivElement>(null);
  const reachable = rows.some((row) => row.session.id === selected) ? selected : rows[0]?.session.id;
  useEffect(() => showSelectedTab(list.current?.parentElement), [selected]);
  const close = (session: Session | undefined) => {
    if (session === DRAFT.session) view.actions.leaveDraft(instance);
    else if (session) void view.actions.closeSession(instance, session);
  };
  const { hovered, handlers } = useHoveredTab();
  return (
    <div class="ocw-rows" ref={list} {...handlers}>
      <div
        role="tablist"
        aria-label={t.tabs.sessions}
        aria-orientation="vertical"
        class="ocw-tablist"
        onKeyDown={(event) => onTabKeys(event, (index) => close(rows[index]?.session))}
      >
        {rows.map((row, index) => {
          const { session, depth } = row;
          const state = {
            hovered: index === hovered,
            selected: session.id === selected,
            reachable: session.id === reachable,
          };
          return memoRow(session.id, [session, depth, index, instance, ...Object.values(state)], () => (
            <SessionTab key={session.id} row={row} index={index} {...state} />
          ));
        })}
      </div>
      {rows.map(({ session }, index) => {
        const state = { hovered: index === hovered, reachable: session.id === reachable };
        return memoRow(`close ${session.id}`, [session, index, instance, ...Object.values(state)], () => (
          <CloseButton key={session.id} session={session} index={index} onClose={() => close(session)} {...state} />
        ));
      })}
      <RenamedTab rows={rows} instance={instance} />
      {rows.length === 0 && connection === "connected" && <p class="ocw-empty-list">{t.tabs.noSessionsYet}</p>}
      {rows.length === 0 && connection === "connecting" && <ExpectedRows />}
    </div>
  );
}

/** In the place of what the server has not sent yet; the state of the connection says so in words. */
function ExpectedRows(): JSX.Element {
  return (
    <div class="ocw-expected" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}

/** The name field is placed over the tab, since a tab may not contain another control. */
function RenamedTab({ rows, instance }: { rows: TreeRow[]; instance: string }): JSX.Element | null {
  const renaming = useView().panels.renaming.value;
  if (renaming?.place !== "tabs") return null;
  const index = rows.findIndex((row) => row.session.id === renaming.session);
  const session = rows[index]?.session;
  return session ? <RenameField instance={instance} session={session} style={{ "--ocw-place": index + 1 }} /> : null;
}

interface CloseProps {
  session: Session;
  index: number;
  hovered: boolean;
  reachable: boolean;
  onClose: () => void;
}

function CloseButton({ session, index, hovered, reachable, onClose }: CloseProps): JSX.Element {
  return (
    <button
      type="button"
      class={classNames("ocw-tab-close", hovered && "ocw-hovered")}
      data-place={index}
      aria-label={t.tabs.closeSession}
      title={t.tabs.closeSessionStays(sessionTitle(session))}
      tabIndex={reachable ? 0 : -1}
      style={{ "--ocw-place": index + 1 }}
      onClick={onClose}
    >
      <Icon name="close" />
    </button>
  );
}

interface TabProps {
  row: TreeRow;
  index: number;
  hovered: boolean;
  selected: boolean;
  reachable: boolean;
}

function SessionTab({ row: { session, depth }, index, hovered, selected, reachable }: TabProps): JSX.Element {
  const view = useView();
  const instance = view.selection.instanceId;
  const showMenu = (event: MouseEvent) => {
    const known = view.selection.instance.peek();
    if (!known || session === DRAFT.session) return;
    const rename = () => {
      view.panels.renaming.value = { session: session.id, place: "tabs" };
    };
    openMenuAt(event, view, t.tabs.sessionActions, sessionMenu({ view, instance: known, session }, rename));
  };
  return (
    <button
      type="button"
      role="tab"
      onContextMenu={showMenu}
      class={classNames("ocw-tab", session.unread && "ocw-unread", depth > 0 && "ocw-child", hovered && "ocw-hovered")}
      data-place={index}
      aria-selected={selected}
      tabIndex={reachable ? 0 : -1}
      title={session.statusText ? `${session.title}\n${session.statusText}` : session.title}
      style={{ "--ocw-place": index + 1, "--ocw-depth": Math.min(depth, 6) }}
      onClick={(event) => {
        if (session !== DRAFT.session) void view.actions.selectSession(instance, session.id);
        // By the keyboard the focus stays, so that the arrows go on.
        if (event.detail > 0) view.composer.focusPrompt();
      }}
    >
      <StatusDot session={session} />
      <span class="ocw-tab-title" dir="auto">
        {sessionTitle(session)}
      </span>
      {session.waiting > 0 && <WaitingBadge count={session.waiting} />}
    </button>
  );
}

function MoreRows({ hidden, onMore }: { hidden: number; onMore: () => void }): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  if (hidden <= 0 && !instance?.moreSessions) return null;
  const more = () => {
    onMore();
    if (hidden <= 0 && instance) void view.actions.run({ name: "more_sessions", args: { instance: instance.id } });
  };
  return (
    <button type="button" class="ocw-bare ocw-show-more" onClick={more}>
      {hidden > 0 ? t.tabs.showMoreCount(hidden) : t.tabs.showMore}
    </button>
  );
}
