/** Commands as a page sends them, and their outcomes. Arguments and results are generated: see `state.gen.ts`. */
import type {
  Ack,
  Arguments,
  Bye,
  Frame,
  Hello,
  Ping,
  Problem,
  Received,
  Results,
  Snapshot,
  Visible,
  Reply as WireReply,
} from "./state.gen";

export type CommandName = keyof Arguments;

/** Any command, or one of those named. */
export type Command<Name extends CommandName = CommandName> = {
  [Each in Name]: { name: Each; args: Arguments[Each] };
}[Name];

/** How a command ended; `result` is absent where the command has none. */
export type Outcome<Name extends CommandName = CommandName> =
  | { ok: true; result?: Results[Name] }
  | { ok: false; problem: Problem };

export type Reply = Omit<WireReply, "result"> & { result?: Results[CommandName] };

export type FromKernel = Frame | Snapshot | Reply | Received | Ping;

export type ToKernel =
  | Hello
  | Bye
  | Ack
  | Visible
  | { type: "command"; page: string; id: number; name: CommandName; args: Arguments[CommandName] };
