/** The messages between kernel and page. `opencode_widget/model/wire.py` defines them and states their rules. */
export type { Command, CommandName, FromKernel, Outcome, Reply, ToKernel } from "./commands";
export * from "./state.gen";
