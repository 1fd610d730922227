/** Advice for an answer that failed, where the server's message gives none. Pure. */
import { lookUp } from "../../lookup";
import type { Problem } from "../../protocol";
import { t } from "../../words/words";

interface Remedy {
  text: string;
  /** A remedy that a button offers. */
  offer?: "compact" | "continue" | "sign in";
}

const BY_NAME: Record<string, () => Remedy> = {
  ProviderAuthError: () => ({ text: t.message.signInOrChooseModel, offer: "sign in" }),
  ProviderModelNotFoundError: () => ({ text: t.message.chooseAnotherModel }),
  ContextOverflowError: () => ({ text: t.message.compactOrStartNew, offer: "compact" }),
  MessageOutputLengthError: () => ({ text: t.message.lengthLimit, offer: "continue" }),
  ContentFilterError: () => ({ text: t.message.contentFilter }),
  Overloaded: () => ({ text: t.message.overloaded }),
};

/** Providers' errors arrive as "APIError" or "UnknownError", so their messages tell the kinds apart. */
const BY_WORDS: Array<[words: RegExp, name: string]> = [
  [/model.{0,60}(not found|does not exist)|no such model/i, "ProviderModelNotFoundError"],
  [/context.{0,60}(length|window)|too many tokens|prompt is too long/i, "ContextOverflowError"],
  [/api.?key|unauthori[sz]ed|\b401\b|credential/i, "ProviderAuthError"],
  [/rate.?limit|overloaded|\b(429|503|529)\b/i, "Overloaded"],
];

export function remedyFor({ name, message, remedy }: Problem): Remedy | undefined {
  if (remedy) return { text: remedy };
  const kind = lookUp(BY_NAME, name) ?? lookUp(BY_NAME, BY_WORDS.find(([words]) => words.test(message))?.[1] ?? "");
  return kind?.();
}
