import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Instance, Part, Session } from "../../../protocol";
import type { MessageCell } from "../../../store/transcript";
import { t } from "../../../words/words";
import { features } from "../../lib/features";
import * as format from "../../lib/format";
import { Icon } from "../../lib/icons";
import { MenuButton } from "../../lib/menu/menu";
import { filesChangedBy } from "../../parts/changed_files";
import { useView } from "../../state/context";
import { AllowAllMark } from "./allow_all";
import { RenameField } from "./rename";
import { sessionMenu } from "./session_menu";
import { ContextMeter, useUsage } from "./usage/context_meter";
import { allTokens } from "./usage/usage";

/** One line about the session on screen: its title, usage, changes and menu. */
export function SessionHead(): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  const session = view.selection.session.value;
  return instance && session ? <HeadLine instance={instance} session={session} /> : null;
}

interface Props {
  instance: Instance;
  session: Session;
}

function HeadLine({ instance, session }: Props): JSX.Element {
  const view = useView();
  const usage = useUsage();
  const rename = () => {
    view.panels.renaming.value = { session: session.id, place: "head" };
  };
  return (
    <div class="ocw-head">
      <Parent instance={instance} session={session} />
      <Title instance={instance} session={session} onRename={rename} />
      <AllowAllMark />
      {usage && <ContextMeter usage={usage} more={totals(session)} />}
      <ChangesButton instance={instance} session={session} />
      <InfoButton session={session} />
      <button
        type="button"
        class="ocw-bare"
        aria-label={t.session.searchConversation}
        title={t.session.searchConversationKeys}
        onClick={() => {
          view.panels.searching.value = !view.panels.searching.peek();
        }}
      >
        <Icon name="search" />
      </button>
      <MenuButton label={t.session.sessionActions} groups={() => sessionMenu({ view, instance, session }, rename)} />
    </div>
  );
}

/** Leads from a sub-agent's session back to its parent. */
function Parent({ instance, session }: Props): JSX.Element | null {
  const view = useView();
  const parent = view.selection.sessionsOf(instance.id).find((each) => each.id === session.parent);
  if (!parent) return null;
  return (
    <button
      type="button"
      class="ocw-link ocw-head-parent"
      title={t.session.backTo(parent.title)}
      onClick={() => void view.actions.selectSession(instance.id, parent.id)}
    >
      <span class="ocw-tab-title" dir="auto">
        {format.sessionTitle(parent)}
      </span>
      <Icon name="chevron" />
    </button>
  );
}

function Title({ instance, session, onRename }: Props & { onRename: () => void }): JSX.Element {
  const renaming = useView().panels.renaming.value;
  if (renaming?.session === session.id && renaming.place === "head") {
    return <RenameField instance={instance.id} session={session} />;
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a second way; "Rename" of the menu is the first
    <span class="ocw-head-title" dir="auto" title={session.title} onDblClick={onRename}>
      {format.sessionTitle(session)}
    </span>
  );
}

/** What the whole session used, in words. */
function totals({ tokens, cost }: Session): string[] {
  const all = tokens ? allTokens(tokens) : 0;
  return [...(all > 0 ? [t.session.sessionTokens(format.count(all))] : []), ...(cost ? [format.cost(cost)] : [])];
}

function InfoButton({ session }: { session: Session }): JSX.Element {
  const { panels } = useView();
  const facts = [session.archived !== undefined && "archived", session.share !== undefined && "shared"].filter(Boolean);
  return (
    <button
      type="button"
      class="ocw-bare ocw-head-facts"
      title={[t.session.sessionInfo, ...totals(session)].join(" · ")}
      aria-expanded={panels.panel.value === "session"}
      onClick={() => {
        panels.toggle("session");
      }}
    >
      <span class="ocw-unseen">{t.session.sessionInfo}</span> <span class="ocw-wide-only">{facts.join(" · ")}</span>
      <Icon name="info" />
    </button>
  );
}

/** Opens the review of changes, with the lines added and removed where the server counts them. */
function ChangesButton({ instance, session: { changed } }: Props): JSX.Element | null {
  const { panels, store } = useView();
  const seen = useComputed(() => hasChanges(store.transcript.value?.messages.value ?? []));
  if (!features(instance).has("diff") || !(changed?.files || seen.value)) return null;
  return (
    <button
      type="button"
      class="ocw-bare ocw-changed"
      title={t.session.reviewChanges}
      aria-haspopup="dialog"
      aria-expanded={panels.panel.value === "review"}
      onClick={() => panels.review()}
    >
      <Icon name="diff" />
      <span class="ocw-unseen">{t.session.reviewChanges}</span>
      {changed && changed.files > 0 && (
        <span class="ocw-changed-counts">
          <span class="ocw-wide-only">{t.counts.files(changed.files)} </span>
          <span class="ocw-plus">+{changed.additions}</span> <span class="ocw-minus">−{changed.deletions}</span>
        </span>
      )}
    </button>
  );
}

/** True if an answer on the page changed a file. The newest is looked at first. */
function hasChanges(cells: MessageCell[]): boolean {
  return cells.findLast((cell) => filesChangedBy(partsOf(cell)).length > 0) !== undefined;
}

function* partsOf(cell: MessageCell): Iterable<Part> {
  for (const { part } of cell.parts.value) yield part.value;
}
