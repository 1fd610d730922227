/** Looks up models and agents. Pure. */
import type { Agent, Instance, Model } from "../../protocol";

export function modelKey(model: Model): string {
  return `${model.provider}/${model.id}`;
}

export function findModel(instance: Instance | undefined, key: string | undefined): Model | undefined {
  return instance?.models.find((model) => modelKey(model) === key);
}

export function modelName(instance: Instance | undefined, key: string): string {
  return findModel(instance, key)?.name ?? key;
}

/** Agents that take prompts. */
export function promptAgents(instance: Instance | undefined): Agent[] {
  return (instance?.agents ?? []).filter((agent) => agent.mode !== "subagent");
}
