import type { JSX } from "preact";
import { Composer } from "./composer";
import { ConnectionBar } from "./connection";
import { useView } from "./context";
import { ConfirmHost } from "./controls/confirm";
import { MenuHost } from "./controls/menu";
import { Said } from "./controls/said";
import { InstanceTabs } from "./instances";
import { RevertedBar } from "./message/reverted";
import { classes } from "./near";
import { OpenPanel } from "./open_panel";
import { Requests } from "./requests";
import { ServerPanel } from "./server/panel";
import { SessionHead } from "./session/head";
import { SessionPanel } from "./session/info";
import { SessionList } from "./sessions";
import { SessionsPanel } from "./sessions_panel";
import { KernelBar } from "./standing";
import { Toasts } from "./toasts";
import { TranscriptView } from "./transcript";

export function App(): JSX.Element {
  const view = useView();
  return (
    <div class={classes("ocw-app", view.store.standing.value === "gone" && "ocw-gone")}>
      <KernelBar />
      <InstanceTabs />
      <ConnectionBar />
      {view.instance.value ? <Workspace /> : <NoInstance />}
      {view.panel.value === "open" && <OpenPanel />}
      {view.panel.value === "sessions" && <SessionsPanel />}
      {view.panel.value === "session" && <SessionPanel />}
      {view.panel.value === "server" && <ServerPanel />}
      <MenuHost />
      <ConfirmHost />
      <Said />
      <Toasts />
    </div>
  );
}

function Workspace(): JSX.Element {
  return (
    <div class="ocw-body">
      <SessionList />
      <div class="ocw-main">
        <SessionHead />
        <TranscriptView />
        <RevertedBar />
        <Requests />
        <Composer />
      </div>
    </div>
  );
}

function NoInstance(): JSX.Element {
  const view = useView();
  const waiting = view.store.standing.value === "waiting";
  return (
    <div class="ocw-blank">
      <p class="ocw-blank-title">{waiting ? "Waiting for the kernel…" : "Nothing is open"}</p>
      {!waiting && (
        <>
          <p>Open a folder to start OpenCode in it, or attach to a server that runs already.</p>
          <button
            type="button"
            class="ocw-button ocw-primary"
            onClick={() => {
              view.panel.value = "open";
            }}
          >
            Open…
          </button>
        </>
      )}
    </div>
  );
}
