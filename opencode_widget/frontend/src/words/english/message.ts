import type { Tokens } from "../../protocol";
import { counts } from "./counts";

export const message = {
  revertToHere: "Revert to here",
  /** Files of a prompt make every later answer fail. `prompt`: its text, which may be "". */
  filesGoWithEveryPrompt: (files: string[], prompt: string) => {
    const named = files.map((file) => `“${file}”`).join(", ");
    const where = prompt === "" ? "a prompt without text" : `the prompt “${prompt}”`;
    return `${named} in ${where} ${files.length === 1 ? "is" : "are"} sent to the model with every later prompt.`;
  },
  tokens: (count: string) => `${count} tokens`,
  tokenKinds: ({ input, output, reasoning, cacheRead, cacheWrite }: Tokens) =>
    `${input} in, ${output} out, ${reasoning} reasoning, cache ${cacheRead} read, ${cacheWrite} written`,
  you: "You",
  sending: "Sending",
  agentNamed: (agent: string) => `Agent ${agent}`,
  agent: "Agent",
  compactedSummary: "Conversation compacted; this is its summary",
  waitingForModel: "Waiting for the model",
  stopped: "Stopped",
  stoppedEarly: "Stopped before it answered",
  /** `why` the provider wanted a pause; "" if unknown. */
  stoppedWhileWaiting: (why: string) => `Stopped while waiting to retry${why && ` (${why})`}`,
  compact: "Compact",
  notSent: (reason: string) => `Not sent: ${reason}`,
  continue: "Continue",
  notice: "Notice",
  messageActions: "Message actions",
  copiedAsMarkdown: "Copied as Markdown",
  copyAsMarkdown: "Copy as Markdown",
  tryAgain: "Try again",
  editAndResend: "Edit and resend",
  forkFromHere: "Fork from here",
  insertAllCode: "Insert all code as cells below",
  revertToHereQuestion: "Revert to here?",
  revertRemoves: (files: number) =>
    `Removes this prompt and everything after it, and restores ${counts.files(files)}. You can undo this until your next prompt.`,
  revert: "Revert",
  failedSuffix: " (failed)",
  stoppedSuffix: " (stopped)",
  charactersOmitted: (left: number) => `\n… ${left} characters omitted …\n`,
  file: (name: string) => `- file: ${name}`,
  sendAfterReply: "Send after reply",
  sendAtNextStep: "Send at next step",
  edit: "Edit",
  remove: "Remove",
  steering: "Steering – read at the next step",
  queued: "Queued – sent after this reply",
  signInOrChooseModel: "Run `opencode auth login` in a terminal and restart the server, or choose another model.",
  chooseAnotherModel: "Choose another model and try again.",
  compactOrStartNew: "Compact the conversation, or start a new session.",
  lengthLimit: "The reply hit the model's length limit.",
  contentFilter: "The provider's content filter blocked this. Try rephrasing.",
  overloaded: "The provider is overloaded. Wait a moment and try again.",
  cancel: "Cancel",
  restoreEverything: "Restore everything (Escape)",
  restore: "Restore",
  restoreNext: "Restore the next prompt and its reply",
  restoreAll: "Restore all",
  editedPrompt: "Edited prompt",
  reverted: "Reverted",
  messagesReverted: (count: number) => `${counts.messages(count)} reverted`,
  fromPromptOn: (prompt: string) => `from “${prompt}” on`,
  /** What an edited prompt has reverted until it is sent or canceled. */
  editingPrompt: (messages: number, files: number) => {
    const changes = files > 0 ? ` and the changes of ${counts.files(files)}` : "";
    return `Editing this prompt; ${counts.messages(messages)}${changes} reverted until you cancel`;
  },
  exploring: "Exploring",
  explored: "Explored",
  filesChanged: (files: number) => `${counts.files(files)} changed`,
  reviewTurn: "Review this turn's changes",
  notAnswered: "Not answered",
  sendAgain: "Send again",
  takeBack: "Take back",
};
