/**
 * The agent, model and variant that will answer the next prompt. Pure.
 *
 * What the pickers show is what a prompt names, so that no rule of the server's can make another one of it. In this
 * order:
 *
 * 1. What the user chose for the next prompt. To choose an agent that has a model of its own gives up an earlier choice
 *    of a model; see `withAgent`.
 * 2. The agent's own model, unless the session went on with another one under this agent.
 * 3. What the session used last.
 * 4. The server's default. A prompt does not name it. A server may keep to itself which model that is; then none is
 *    shown.
 */
import type { Agent, Instance, Session } from "../../../protocol";
import { promptAgents } from "../../lib/models";

/** The user's choices for a prompt; absent: not chosen. */
export interface PromptChoice {
  agent?: string;
  model?: string;
  variant?: string;
}

/** What the server calls the choice of no variant. */
export const NO_VARIANT = "default";

/** What the next prompt shows. */
export function effectiveChoice(
  choice: PromptChoice,
  session: Session | undefined,
  instance: Instance | undefined,
): PromptChoice {
  const named = namedChoice(choice, session, instance);
  const agent = named.agent ?? instance?.defaultAgent;
  const model = named.model ?? instance?.defaultModel;
  return defined({ agent, model, variant: named.variant });
}

/** What the next prompt names: what it shows, without the server's defaults. */
export function namedChoice(
  choice: PromptChoice,
  session: Session | undefined,
  instance: Instance | undefined,
): PromptChoice {
  const known = promptAgents(instance);
  // The agent of a sub-agent's session takes no prompts of the user.
  const ofSession = known.find(({ name }) => name === session?.agent)?.name;
  const agent = choice.agent ?? ofSession;
  const own = known.find(({ name }) => name === (agent ?? instance?.defaultAgent));
  return defined({ agent, ...modelOf(choice, session, own) });
}

function modelOf(choice: PromptChoice, session: Session | undefined, own: Agent | undefined): PromptChoice {
  if (choice.model !== undefined) {
    return { model: choice.model, variant: choice.variant ?? (choice.model === own?.model ? own?.variant : undefined) };
  }
  const wentOn = session?.agent === own?.name && session?.model !== undefined;
  const from = own?.model !== undefined && !wentOn ? own : session;
  return { model: from?.model, variant: choice.variant ?? from?.variant };
}

/** The choice after the user chose an agent. */
export function withAgent(
  choice: PromptChoice,
  agent: string,
  session: Session | undefined,
  instance: Instance | undefined,
): PromptChoice {
  const own = promptAgents(instance).find(({ name }) => name === agent)?.model;
  if (own === undefined) return { ...choice, agent };
  return namedChoice({ agent }, session, instance).model === own ? { agent } : { agent, model: own };
}

/** The choice after the user chose a variant. An agent's own variant is given up by name. */
export function withVariant(
  choice: PromptChoice,
  variant: string,
  session: Session | undefined,
  instance: Instance | undefined,
): PromptChoice {
  const { variant: _, ...others } = choice;
  const chosen = { ...others, variant };
  const { variant: otherwise } = namedChoice(others, session, instance);
  return variant === NO_VARIANT && otherwise === undefined ? others : chosen;
}

function defined(choice: { [Name in keyof PromptChoice]: PromptChoice[Name] | undefined }): PromptChoice {
  return Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));
}
