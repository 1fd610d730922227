/** What the kernel and a page say to each other. The contract is `opencode_widget/model/wire.py`, with its rules. */
export type { Command, CommandName, FromKernel, Outcome, Reply, ToKernel } from "./commands";
export * from "./state.gen";
