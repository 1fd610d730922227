import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Instance } from "../../protocol";
import { t } from "../../words/words";
import { classNames } from "../lib/class_names";
import { Icon } from "../lib/icons";
import { openMenuAt } from "../lib/menu/menu";
import { onTabKeys, scrollSideways, showSelectedTab } from "../lib/menu/tablist_keys";
import { connectionState } from "../lib/statuses";
import { instanceMenu } from "../panels/server/instance_menu";
import { useView } from "../state/context";
import { useHoveredTab } from "./use_hovered_tab";

export function InstanceTabs(): JSX.Element {
  const view = useView();
  const instances = view.store.instances.value;
  const selected = view.selection.instance.value?.id;
  // A visitor can neither open nor close instances.
  const own = instances.some((instance) => instance.restricted) ? [] : instances;
  const close = (instance: Instance | undefined) =>
    instance && !instance.restricted && view.actions.run({ name: "close_instance", args: { instance: instance.id } });
  const { hovered, handlers } = useHoveredTab();
  const tabs = useRef<HTMLDivElement>(null);
  useEffect(() => showSelectedTab(tabs.current), [selected, instances.length]);
  return (
    <div class="ocw-instances">
      <div class="ocw-tabs" ref={tabs} onWheel={scrollSideways} {...handlers}>
        <div
          role="tablist"
          aria-label={t.tabs.instances}
          class="ocw-tablist"
          onKeyDown={(event) => onTabKeys(event, (index) => void close(instances[index]))}
        >
          {instances.map((instance, index) => (
            <InstanceTab key={instance.id} instance={instance} selected={instance.id === selected} index={index} />
          ))}
        </div>
        {own.map((instance, index) => (
          <button
            type="button"
            key={instance.id}
            class={classNames("ocw-tab-close", index === hovered && "ocw-hovered")}
            data-place={index}
            aria-label={t.tabs.closeInstance}
            title={t.tabs.close(instance.title)}
            tabIndex={instance.id === selected ? 0 : -1}
            style={{ gridColumn: index + 1 }}
            onClick={() => void close(instance)}
          >
            <Icon name="close" />
          </button>
        ))}
      </div>
      {own.length === instances.length && <AddButton />}
    </div>
  );
}

function AddButton(): JSX.Element {
  const {
    panels: { panel },
  } = useView();
  return (
    <button
      type="button"
      class="ocw-bare ocw-add"
      aria-label={t.tabs.openAnInstance}
      title={t.tabs.openAnotherProject}
      aria-expanded={panel.value === "open"}
      onClick={() => {
        panel.value = panel.peek() === "open" ? undefined : "open";
      }}
    >
      <Icon name="plus" />
    </button>
  );
}

interface TabProps {
  instance: Instance;
  selected: boolean;
  index: number;
}

function InstanceTab({ instance, selected, index }: TabProps): JSX.Element {
  const view = useView();
  const { actions } = view;
  return (
    <button
      type="button"
      role="tab"
      onContextMenu={(event) => openMenuAt(event, view, t.tabs.instanceActions, instanceMenu(view, instance))}
      class={`ocw-tab ocw-is-${connectionState(instance.connection.state)}`}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      title={instance.directory ?? instance.url}
      data-place={index}
      style={{ gridColumn: index + 1 }}
      onClick={() => void actions.selectInstance(instance.id)}
    >
      <span class="ocw-dot" aria-hidden="true" />
      <span class="ocw-tab-title" dir="auto">
        {instance.title}
      </span>
      {instance.connection.state !== "connected" && (
        <span class="ocw-hidden">, {t.tabs.connectionStates[connectionState(instance.connection.state)]}</span>
      )}
      {instance.waiting > 0 && <WaitingBadge count={instance.waiting} />}
    </button>
  );
}

export function WaitingBadge({ count }: { count: number }): JSX.Element {
  return (
    <span class="ocw-waiting" title={t.tabs.waitingCount(count)}>
      <span class="ocw-hidden">{t.tabs.waitingForYou} </span>
      {count}
    </span>
  );
}
