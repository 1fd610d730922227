import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { isConfirmed, isOver } from "../../kernel/page_state";
import { t } from "../../words/words";
import { ErrorOffer } from "../composer/chips/error_offer";
import { PreviewPanel } from "../composer/chips/preview_panel";
import { Composer } from "../composer/composer";
import { PaletteHost } from "../composer/palette/palette";
import { StopButton } from "../composer/stop_button";
import { ConnectionBar } from "../connection/connection_bar";
import { allOf, Boundary } from "../lib/boundary/boundary";
import { classNames } from "../lib/class_names";
import { ConfirmHost } from "../lib/controls/confirm";
import { focusInPlace } from "../lib/controls/focus";
import { MenuHost } from "../lib/menu/menu";
import { RevertedBar } from "../message/reverted_bar";
import { OpenPanel } from "../panels/open/open_panel";
import { ReviewPanel } from "../panels/review/review_panel";
import { ServerPanel } from "../panels/server/server_panel";
import { SessionHead } from "../panels/session/session_head";
import { SessionPanel } from "../panels/session/session_panel";
import { SessionsPanel } from "../panels/sessions_panel";
import { ShortcutsPanel } from "../panels/shortcuts_panel";
import { Requests, useComposerReplaced, useIsAsked } from "../requests/request_list";
import { useView } from "../state/context";
import { InstanceTabs } from "../tabs/instance_tabs";
import { SessionList } from "../tabs/session_tabs";
import { TranscriptView } from "../transcript/transcript";
import { Announcement } from "./attention/announcement";
import { NotifyOffer } from "./attention/notify_offer";
import { Toasts } from "./attention/toasts";
import { BatchStrips } from "./batch_strips";
import { KernelBar } from "./kernel_bar";

export function App(): JSX.Element {
  const view = useView();
  const linkState = view.store.linkState.value;
  return (
    <div class={classNames("ocw-app", isOver(linkState) && "ocw-gone", !isConfirmed(linkState) && "ocw-unconfirmed")}>
      <SkipButton />
      <KernelBar />
      <div class="ocw-top">
        <Area what={t.shell.instanceList}>
          <InstanceTabs />
        </Area>
        <Area what={t.shell.connectionState}>
          <ConnectionBar />
        </Area>
      </div>
      <BatchStrips />
      {view.selection.instance.value ? <Workspace /> : <NoInstance />}
      <Area what={t.shell.thisPanel}>
        <Panels />
        <PaletteHost />
      </Area>
      <MenuHost />
      <ConfirmHost />
      <Announcement />
      <Toasts />
    </div>
  );
}

/** The first Tab stop: past the tabs and the conversation to where the user writes or answers. */
function SkipButton(): JSX.Element {
  return (
    <button
      type="button"
      class="ocw-button ocw-skip"
      onClick={({ currentTarget }) => {
        const app = currentTarget.closest(".ocw-app");
        focusInPlace(app?.querySelector<HTMLElement>(".ocw-composer textarea, .ocw-instead button"));
      }}
    >
      {t.shell.skipToPrompt}
    </button>
  );
}

/** An area that cannot be drawn leaves the others working. */
function Area({ what, children }: { what: string; children: ComponentChildren }): JSX.Element {
  const {
    store,
    panels: { panel },
  } = useView();
  const all = allOf(store);
  return (
    <Boundary what={what} watch={() => [all(), panel.value]}>
      {children}
    </Boundary>
  );
}

function Panels(): JSX.Element | null {
  const panel = useView().panels.panel.value;
  if (panel === "open") return <OpenPanel />;
  if (panel === "sessions") return <SessionsPanel />;
  if (panel === "shortcuts") return <ShortcutsPanel />;
  if (panel === "session") return <SessionPanel />;
  if (panel === "review") return <ReviewPanel />;
  if (panel === "preview") return <PreviewPanel />;
  return panel === "server" ? <ServerPanel /> : null;
}

function Workspace(): JSX.Element {
  return (
    <div class="ocw-body">
      <Area what={t.shell.sessionList}>
        <SessionList />
      </Area>
      <Area what={t.shell.sessionHead}>
        <SessionHead />
      </Area>
      <div class="ocw-main">
        <Area what={t.shell.theConversation}>
          <TranscriptView />
          <RevertedBar />
        </Area>
        <Area what={t.shell.requestList}>
          <Requests stop={StopButton} />
        </Area>
        <Area what={t.shell.thePrompt}>
          <NotifyOffer />
          <ErrorOffer />
          <ComposerPlace />
        </Area>
      </div>
    </div>
  );
}

/** The composer, unless a request of the conversation stands in its place. What the user has begun to write stays. */
function ComposerPlace(): JSX.Element | null {
  const view = useView();
  const { writing } = view.panels;
  const replaced = useComposerReplaced();
  const isAsked = useIsAsked();
  useLayoutEffect(() => {
    writing.value = isAsked && !view.composer.draft(view.selection.key).empty;
  }, [isAsked, view.selection.key]);
  return replaced ? null : <Composer />;
}

function NoInstance(): JSX.Element {
  const view = useView();
  const waiting = !isConfirmed(view.store.linkState.value);
  return (
    <div class="ocw-blank">
      <p class="ocw-blank-title">{waiting ? t.shell.waitingKernel : t.shell.noProjectOpen}</p>
      {!waiting && (
        <>
          <p>{t.shell.openOrConnect}</p>
          <button
            type="button"
            class="ocw-button ocw-primary"
            onClick={() => {
              view.panels.panel.value = "open";
            }}
          >
            {t.shell.open}
          </button>
        </>
      )}
    </div>
  );
}
