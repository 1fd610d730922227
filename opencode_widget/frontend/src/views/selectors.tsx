import type { JSX } from "preact";
import type { Instance, Session } from "../protocol";
import { type Choice, useView } from "./context";
import { byProvider, findModel, modelKey, modelName, promptAgents } from "./models";

/** Agent, model and variant of the next prompt; as the session has them, until the person chooses. */
export function Selectors(): JSX.Element | null {
  const view = useView();
  const instance = view.instance.value;
  const session = view.session.value;
  const choice = view.choice(view.place);
  if (!instance) return null;
  const choose = (change: Choice) => {
    choice.value = { ...choice.peek(), ...change };
  };
  const model = choice.value.model ?? session?.model ?? instance.defaultModel;
  return (
    <div class="ocw-selectors">
      <AgentSelect instance={instance} session={session} choice={choice.value} choose={choose} />
      <ModelSelect instance={instance} model={model} choose={choose} />
      <VariantSelect instance={instance} session={session} model={model} choice={choice.value} choose={choose} />
    </div>
  );
}

type Choose = (change: Choice) => void;

interface AgentProps {
  instance: Instance;
  session: Session | undefined;
  choice: Choice;
  choose: Choose;
}

function AgentSelect({ instance, session, choice, choose }: AgentProps): JSX.Element | null {
  const agents = promptAgents(instance);
  const value = choice.agent ?? session?.agent ?? instance.defaultAgent ?? agents[0]?.name ?? "";
  if (agents.length === 0) return null;
  const known = agents.some((agent) => agent.name === value);
  return (
    <select
      aria-label="Agent"
      title="Agent"
      value={value}
      onChange={(event) => choose({ agent: event.currentTarget.value })}
    >
      {!known && <option value={value}>{value}</option>}
      {agents.map((agent) => (
        <option key={agent.name} value={agent.name} title={agent.description}>
          {agent.name}
        </option>
      ))}
    </select>
  );
}

interface ModelProps {
  instance: Instance;
  model: string | undefined;
  choose: Choose;
}

function ModelSelect({ instance, model = "", choose }: ModelProps): JSX.Element | null {
  if (instance.models.length === 0) return null;
  return (
    <select
      aria-label="Model"
      title="Model"
      value={model}
      onChange={(event) => choose({ model: event.currentTarget.value, variant: undefined })}
    >
      {!findModel(instance, model) && <option value={model}>{model ? modelName(instance, model) : "Model"}</option>}
      {byProvider(instance.models).map(([provider, models]) => (
        <optgroup key={provider} label={provider}>
          {models.map((each) => (
            <option key={modelKey(each)} value={modelKey(each)}>
              {each.name}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function VariantSelect({
  instance,
  session,
  model,
  choice,
  choose,
}: AgentProps & { model: string | undefined }): JSX.Element | null {
  const variants = findModel(instance, model)?.variants ?? [];
  if (variants.length === 0) return null;
  const wanted = choice.variant ?? (choice.model === undefined ? session?.variant : undefined) ?? "";
  // A server may name the absence of a variant too ("default").
  const value = variants.includes(wanted) ? wanted : "";
  return (
    <select
      aria-label="Variant"
      title="Variant"
      value={value}
      onChange={(event) => choose({ variant: event.currentTarget.value || undefined })}
    >
      <option value="">default</option>
      {variants.map((variant) => (
        <option key={variant} value={variant}>
          {variant}
        </option>
      ))}
    </select>
  );
}
