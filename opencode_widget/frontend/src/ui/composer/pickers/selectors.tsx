import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Instance, Session } from "../../../protocol";
import { findModel, modelName, promptAgents } from "../../lib/models";
import type { PickerName, PromptChoice } from "../../state/composer";
import { useView, type View } from "../../state/context";
import { chosenModel } from "./chosen_model";
import { modelItems } from "./model_items";
import { Picker, type PickerItem } from "./picker";
import { RecentChoices } from "./recent_choices";

const recentModels = new RecentChoices("models");

/** Agent, model and variant of the next prompt; the session's own until the user chooses others. */
export function Selectors(): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  const session = view.selection.session.value;
  const shell = useComputed(() => view.composer.draft(view.selection.key).content.value.shell).value;
  if (!instance) return null;
  const { choice, model } = chosenModel(view);
  return (
    <div class="ocw-selectors">
      <AgentPicker view={view} instance={instance} value={choice.agent ?? session?.agent ?? instance.defaultAgent} />
      <ModelPicker view={view} instance={instance} value={model} />
      {!shell && <VariantPicker view={view} instance={instance} model={model} wanted={variantOf(choice, session)} />}
    </div>
  );
}

/** A variant belongs to its model, so the session's variant does not apply when the user chooses another model. */
function variantOf(choice: PromptChoice, session: Session | undefined): string | undefined {
  return choice.variant ?? (choice.model === undefined ? session?.variant : undefined);
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
      name="Agent"
      items={items}
      value={shown}
      shown={shown}
      {...openState(view, "agent")}
      choose={(agent) => choose(view, { agent })}
    />
  );
}

function agentItems(instance: Instance): PickerItem[] {
  return promptAgents(instance).map(({ name, description }) => ({ value: name, label: name, detail: description }));
}

function ModelPicker({ view, instance, value = "" }: Props): JSX.Element | null {
  const open = view.composer.picker.value === "model";
  const items = useMemo(() => modelItems(instance.models, recentModels.all), [instance.models, open]);
  if (items.length === 0) return null;
  return (
    <Picker
      name="Model"
      items={items}
      value={value}
      shown={value ? modelName(instance, value) : "Model"}
      {...openState(view, "model")}
      choose={(model) => {
        recentModels.add(model);
        choose(view, { model, variant: undefined });
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

const DEFAULT = "default";

function VariantPicker({ view, instance, model, wanted }: VariantProps): JSX.Element | null {
  const variants = findModel(instance, model)?.variants;
  const items = useMemo(
    () => [DEFAULT, ...(variants ?? []).filter((each) => each !== DEFAULT)].map((value) => ({ value, label: value })),
    [variants],
  );
  if (!variants || variants.length === 0) return null;
  const value = wanted !== undefined && variants.includes(wanted) ? wanted : DEFAULT;
  return (
    <Picker
      name="Variant"
      items={items}
      value={value}
      shown={value}
      {...openState(view, "variant")}
      choose={(variant) => choose(view, { variant: variant === DEFAULT ? undefined : variant })}
    />
  );
}

function openState(view: View, name: PickerName) {
  return {
    open: view.composer.picker.value === name,
    onOpen: (open: boolean) => {
      if (open || view.composer.picker.peek() === name) view.composer.picker.value = open ? name : undefined;
    },
  };
}

function choose(view: View, change: PromptChoice): void {
  const { composer, selection } = view;
  composer.choose(selection.key, { ...composer.choice(selection.key).peek(), ...change });
}
