/** Advice for an answer that failed, where the server's message gives none. Pure. */
import { lookUp } from "../../lookup";
import type { Problem } from "../../protocol";

interface Remedy {
  text: string;
  /** A remedy that a button offers. */
  offer?: "compact" | "continue" | "sign in";
}

const BY_NAME: Record<string, Remedy> = {
  ProviderAuthError: {
    text: "Run `opencode auth login` in a terminal and restart the server, or choose another model.",
    offer: "sign in",
  },
  ProviderModelNotFoundError: { text: "Choose another model and try again." },
  ContextOverflowError: { text: "Compact the conversation, or start a new session.", offer: "compact" },
  MessageOutputLengthError: { text: "The reply hit the model's length limit.", offer: "continue" },
  ContentFilterError: { text: "The provider's content filter blocked this. Try rephrasing." },
};

/** Providers' errors arrive as "APIError" or "UnknownError", so their messages tell the kinds apart. */
const BY_WORDS: Array<[RegExp, Remedy]> = [
  [/model.{0,60}(not found|does not exist)|no such model/i, BY_NAME.ProviderModelNotFoundError as Remedy],
  [/context.{0,60}(length|window)|too many tokens|prompt is too long/i, BY_NAME.ContextOverflowError as Remedy],
  [/api.?key|unauthori[sz]ed|\b401\b|credential/i, BY_NAME.ProviderAuthError as Remedy],
  [/rate.?limit|overloaded|\b(429|503|529)\b/i, { text: "The provider is overloaded. Wait a moment and try again." }],
];

export function remedyFor({ name, message, remedy }: Problem): Remedy | undefined {
  if (remedy) return { text: remedy };
  return lookUp(BY_NAME, name) ?? BY_WORDS.find(([words]) => words.test(message))?.[1];
}
