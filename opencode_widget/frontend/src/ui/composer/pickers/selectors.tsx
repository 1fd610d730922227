import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Instance } from "../../../protocol";
import { t } from "../../../words/words";
import { findModel, modelName, promptAgents } from "../../lib/models";
import type { PickerName } from "../../state/composer";
import { useView, type View } from "../../state/context";
import {
  effectiveChoice,
  NO_VARIANT,
  type PromptChoice,
  withAgent,
  withVariant,
} from "../../state/options/effective_choice";
import { modelItems } from "./model_items";
import { ModelMarkButtons, ModelMarks } from "./model_marks";
import { Picker, type PickerItem } from "./picker";

const marks = new ModelMarks();

/** Agent, model and variant of the next prompt; the session's own until the user chooses others. */
export function Selectors(): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  const session = view.selection.session.value;
  const shell = useComputed(() => view.composer.draft(view.selection.key).content.value.shell).value;
  if (!instance) return null;
  const { agent, model, variant } = effectiveChoice(view.composer.choice(view.selection.key).value, session, instance);
  return (
    <div class="ocw-selectors">
      <AgentPicker view={view} instance={instance} value={agent ?? session?.agent} />
      <ModelPicker view={view} instance={instance} value={model} />
      {!shell && <VariantPicker view={view} instance={instance} model={model} wanted={variant} />}
    </div>
  );
}

interface Props {
  view: View;
  instance: Instance;
  value: string | undefined;
}

function AgentPicker({ view, instance, value }: Props): JSX.Element | null {
  const items = useMemo(() => agentItems(instance), [instance.agents]);
  if (items.length === 0) return null;
  const shown = value ?? items[0]?.value ?? "";
  return (
    <Picker
      name={t.composer.agent}
      items={items}
      value={shown}
      shown={shown}
      {...openState(view, "agent")}
      choose={(agent) => change(view, (choice) => withAgent(choice, agent, view.selection.session.peek(), instance))}
    />
  );
}

function agentItems(instance: Instance): PickerItem[] {
  return promptAgents(instance).map(({ name, description }) => ({ value: name, label: name, detail: description }));
}

function ModelPicker({ view, instance, value = "" }: Props): JSX.Element | null {
  const open = view.composer.picker.value === "model";
  useMemo(() => open && marks.reload(), [open]);
  const [favourites, hidden, showHidden] = [marks.favourites.value, marks.hidden.value, marks.showHidden.value];
  const items = useMemo(
    () => modelItems(instance.models, marks.recent.all, { favourites, hidden, showHidden, value }),
    [instance.models, open, favourites, hidden, showHidden, value],
  );
  if (items.length === 0) return null;
  return (
    <Picker
      name={t.composer.model}
      items={items}
      value={value}
      shown={value ? modelName(instance, value) : t.composer.serverDefault}
      foot={(item) => <ModelMarkButtons marks={marks} item={item} />}
      isStarred={(model) => favourites.includes(model)}
      {...openState(view, "model")}
      choose={(model) => {
        marks.recent.add(model);
        change(view, ({ variant: _, ...choice }) => ({ ...choice, model }));
      }}
    />
  );
}

interface VariantProps {
  view: View;
  instance: Instance;
  model: string | undefined;
  wanted: string | undefined;
}

function VariantPicker({ view, instance, model, wanted }: VariantProps): JSX.Element | null {
  const variants = findModel(instance, model)?.variants;
  const items = useMemo(
    () => [NO_VARIANT, ...(variants ?? []).filter((each) => each !== NO_VARIANT)].map(itemOf),
    [variants],
  );
  const session = view.selection.session.value;
  if (!variants || variants.length === 0) return null;
  const value = wanted !== undefined && variants.includes(wanted) ? wanted : NO_VARIANT;
  return (
    <Picker
      name={t.composer.variant}
      items={items}
      value={value}
      shown={value}
      {...openState(view, "variant")}
      choose={(variant) => change(view, (choice) => withVariant(choice, variant, session, instance))}
    />
  );
}

function itemOf(value: string): PickerItem {
  return { value, label: value };
}

function openState(view: View, name: PickerName) {
  return {
    kind: name,
    open: view.composer.picker.value === name,
    onOpen: (open: boolean) => {
      if (open || view.composer.picker.peek() === name) view.composer.picker.value = open ? name : undefined;
    },
  };
}

function change(view: View, changed: (choice: PromptChoice) => PromptChoice): void {
  const { composer, selection } = view;
  composer.choose(selection.key, changed(composer.choice(selection.key).peek()));
}
