import type { ComponentChildren, JSX } from "preact";
import type { Instance } from "../../../protocol";
import { connectionText } from "../../connection/connection_text";
import { copyReport } from "../../lib/controls/report";
import { features } from "../../lib/features";
import { plural } from "../../lib/format";
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
    ["State", connectionText(instance.connection, instance.connection.retryIn ?? 0)],
    ["Version", instance.version ?? "not known yet"],
    ["API version", instance.dialect],
    ["Folder", instance.directory && <CopyableText text={instance.directory} what="Folder" />],
    ["Address", instance.url && <CopyableText text={instance.url} what="Address" />],
    ["Managed by", instance.owned ? "this kernel (stops with it)" : "external (stays running)"],
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
          Restart
        </button>
      )}
      <button type="button" class="ocw-button ocw-small" onClick={() => void copyReport(view, instance.id)}>
        <Icon name="copy" />
        Copy report
      </button>
    </div>
  );
}

/** Events and fields that the widget does not know, as from a newer server. */
function Oddities({ instance: { oddities = [] } }: Props): JSX.Element | null {
  if (oddities.length === 0) return null;
  return (
    <details class="ocw-more">
      <summary>{plural(oddities.length, "unknown event type")}</summary>
      <ul class="ocw-plain-list">
        {oddities.map(({ name, count, reason }) => (
          <li key={name}>
            <code>{name}</code> <span class="ocw-muted">{[`${count} times`, reason].filter(Boolean).join(": ")}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
