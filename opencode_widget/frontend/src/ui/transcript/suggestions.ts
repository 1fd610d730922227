/** What an empty conversation offers to do. Pure. */
import type { Instance, Session } from "../../protocol";
import { t } from "../../words/words";

/** What the demo's scripted model can do, in the words that it knows (`demo/scenarios.py`; a test compares them). */
export const DEMO_PROMPTS = ["Why does test_split fail?", "Run the tests", "Use a subagent", "Ask me something"];
/** The provider of the demo's only model. */
const DEMO = "demo";
const RECENT = 2;

/** None until the models are known: what one is about to press must not change. */
export function suggestedPrompts({ models }: Instance): string[] {
  if (models.length === 0) return [];
  return models.every(({ provider }) => provider === DEMO) ? DEMO_PROMPTS : t.transcript.suggestions;
}

/** The sessions to continue, latest first; those of sub-agents belong to others. */
export function recentSessions(sessions: Session[], here: string | undefined): Session[] {
  return sessions
    .filter(
      ({ id, parent, title, archived }) =>
        id !== here && parent === undefined && title !== "" && archived === undefined,
    )
    .sort((a, b) => b.updated - a.updated)
    .slice(0, RECENT);
}
