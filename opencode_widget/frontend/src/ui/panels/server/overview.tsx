import type { ComponentChildren, JSX } from "preact";
import type { Instance } from "../../../protocol";
import { t } from "../../../words/words";
import { connectionText } from "../../connection/connection_text";
import { copyReport } from "../../lib/controls/report";
import { features } from "../../lib/features";
import { Icon } from "../../lib/icons";
import { useView } from "../../state/context";
import { CopyableText, FactList } from "../session/session_panel";
import { askToRestart } from "./instance_menu";
import { Services } from "./services";

interface Props {
  instance: Instance;
}

export function OverviewTab({ instance }: Props): JSX.Element {
  return (
    <>
      <Facts instance={instance} />
      <Buttons instance={instance} />
      {features(instance).has("status") && <Services instance={instance} />}
      <Oddities instance={instance} />
    </>
  );
}

function Facts({ instance }: Props): JSX.Element {
  const facts: Array<[string, ComponentChildren]> = [
    [t.server.state, connectionText(instance.connection, instance.connection.retryIn ?? 0)],
    [t.server.version, instance.version ?? t.server.notKnownYet],
    [t.server.apiVersion, instance.dialect],
    [t.server.folder, instance.directory && <CopyableText text={instance.directory} what={t.server.folder} />],
    [t.server.address, instance.url && <CopyableText text={instance.url} what={t.server.address} />],
    [t.server.managedBy, instance.owned ? t.server.managedByKernel : t.server.managedElsewhere],
  ];
  return <FactList facts={facts} />;
}

function Buttons({ instance }: Props): JSX.Element {
  const view = useView();
  return (
    <div class="ocw-panel-buttons">
      {instance.owned && (
        <button type="button" class="ocw-button ocw-small" onClick={() => askToRestart(view, instance)}>
          <Icon name="refresh" />
          {t.server.restart}
        </button>
      )}
      <button type="button" class="ocw-button ocw-small" onClick={() => void copyReport(view, instance.id)}>
        <Icon name="copy" />
        {t.server.copyReport}
      </button>
    </div>
  );
}

/** Events and fields that the widget does not know, as from a newer server. */
function Oddities({ instance: { oddities = [] } }: Props): JSX.Element | null {
  if (oddities.length === 0) return null;
  return (
    <details class="ocw-more">
      <summary>{t.counts.unknownEventTypes(oddities.length)}</summary>
      <ul class="ocw-plain-list">
        {oddities.map(({ name, count, reason }) => (
          <li key={name}>
            <code>{name}</code>{" "}
            <span class="ocw-muted">{[t.counts.times(count), reason].filter(Boolean).join(": ")}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
