/** Looking up models and agents. Pure. */
import type { Agent, Instance, Model } from "../protocol";

export function modelKey(model: Model): string {
  return `${model.provider}/${model.id}`;
}

export function findModel(instance: Instance | undefined, key: string | undefined): Model | undefined {
  return instance?.models.find((model) => modelKey(model) === key);
}

export function modelName(instance: Instance | undefined, key: string): string {
  return findModel(instance, key)?.name ?? key;
}

/** Models under their provider, both in the order in which the server lists them. */
export function byProvider(models: Model[]): Array<[string, Model[]]> {
  const groups = new Map<string, Model[]>();
  for (const model of models) groups.set(model.providerName, [...(groups.get(model.providerName) ?? []), model]);
  return [...groups];
}

/** Agents that take prompts. */
export function promptAgents(instance: Instance | undefined): Agent[] {
  return (instance?.agents ?? []).filter((agent) => agent.mode !== "subagent");
}
