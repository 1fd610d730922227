import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Instance } from "../../../protocol";
import { t } from "../../../words/words";
import { onTabKeys } from "../../lib/menu/tablist_keys";
import { useView } from "../../state/context";
import { Panel } from "../panel";
import { EventsTab } from "./events";
import { LogTab } from "./log";
import { OverviewTab } from "./overview";

type PanelTab = "overview" | "log" | "events";

const TABS: Array<[PanelTab, label: () => string, (props: { instance: Instance }) => JSX.Element]> = [
  ["overview", () => t.server.overview, OverviewTab],
  ["log", () => t.server.log, LogTab],
  ["events", () => t.server.events, EventsTab],
];

/** The server of the instance on screen: its facts, its log and its events. */
export function ServerPanel(): JSX.Element | null {
  const instance = useView().selection.instance.value;
  const [shown, setShown] = useState<PanelTab>("overview");
  if (!instance) return null;
  const Shown = TABS.find(([tab]) => tab === shown)?.[2] ?? OverviewTab;
  return (
    <Panel title={t.server.server} wide tall={shown !== "overview"}>
      <div
        role="tablist"
        aria-label={t.server.aboutServer}
        class="ocw-panel-tabs"
        onKeyDown={(event) => onTabKeys(event, () => {})}
      >
        {TABS.map(([tab, label]) => (
          <button
            key={tab}
            type="button"
            role="tab"
            class="ocw-panel-tab"
            aria-selected={tab === shown}
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => setShown(tab)}
          >
            {label()}
          </button>
        ))}
      </div>
      <div role="tabpanel" aria-label={TABS.find(([tab]) => tab === shown)?.[1]()} class="ocw-panel-body">
        <Shown key={instance.id} instance={instance} />
      </div>
    </Panel>
  );
}
