/** The models as items of a picker. Pure. */
import type { Model } from "../../../protocol";
import { modelKey } from "../../lib/models";
import type { PickerItem } from "./picker";

/** A list up to this length needs no search or recent group. */
const FEW = 8;

/** Lists recent models first, then all of them under their provider, in the server's order. */
export function modelItems(models: Model[], recent: string[]): PickerItem[] {
  const known = new Map(models.map((model) => [modelKey(model), model]));
  const lately = recent.flatMap((key) => known.get(key) ?? []);
  const grouped = byProvider(models).map((model) => itemOf(model, model.providerName));
  if (models.length <= FEW) return grouped;
  const others = grouped.filter((item) => !lately.some((model) => modelKey(model) === item.value));
  return [...lately.map((model) => itemOf(model, "Recent")), ...others];
}

function itemOf(model: Model, group: string): PickerItem {
  return { value: modelKey(model), label: model.name, group, detail: model.providerName };
}

function byProvider(models: Model[]): Model[] {
  const groups = new Map<string, Model[]>();
  for (const model of models) {
    const group = groups.get(model.providerName);
    if (group) group.push(model);
    else groups.set(model.providerName, [model]);
  }
  return [...groups.values()].flat();
}
