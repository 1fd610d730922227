/** The models as items of a picker. Pure. */
import type { Model } from "../../../protocol";
import { t } from "../../../words/words";
import { modelKey } from "../../lib/models";
import type { PickerItem } from "./picker";

/** A list up to this length needs no search or recent group. */
const FEW = 8;

/** Keys of models, "provider/id", the latest first. */
interface Marked {
  favourites: string[];
  hidden: string[];
  /** Lists the hidden ones too, last in their groups' order. */
  showHidden: boolean;
  /** The model in use is listed although it is hidden. */
  value: string;
}

const NONE: Marked = { favourites: [], hidden: [], showHidden: false, value: "" };

/** Lists favourites first, then recent models, then all others under their provider, in the server's order. */
export function modelItems(models: Model[], recent: string[], marked = NONE): PickerItem[] {
  const { favourites, hidden, showHidden, value } = marked;
  const away = new Set(showHidden ? [] : hidden.filter((key) => key !== value));
  const listed = models.filter((model) => !away.has(modelKey(model)));
  const known = new Map(listed.map((model) => [modelKey(model), model]));
  const first = new Map<string, PickerItem>();
  const put = (keys: string[], group: string) => {
    for (const key of keys) {
      const model = known.get(key);
      if (model && !first.has(key)) first.set(key, itemOf(model, group));
    }
  };
  put(favourites, t.composer.favorites);
  if (models.length > FEW) put(recent, t.composer.recent);
  const others = byProvider(listed).filter((model) => !first.has(modelKey(model)));
  return [...first.values(), ...others.map((model) => itemOf(model, model.providerName))];
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
