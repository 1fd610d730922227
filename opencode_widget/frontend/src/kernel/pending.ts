/** Prompts that were submitted on this page and are not in the transcript yet. Pure. */
import type { Command, InstanceId, Message, MessageHead, SessionId } from "../protocol";

export type PromptCommand = "prompt" | "run_command" | "shell";

/** A prompt as it leaves the composer; the actions add the key. */
export type Outgoing = {
  [Name in PromptCommand]: { name: Name; args: Omit<Command<Name>["args"], "key"> };
}[PromptCommand];

export interface Pending {
  key: string;
  instance: InstanceId;
  /** Absent until the kernel has created the session. */
  session?: SessionId;
  text: string;
  /** What is sent for it. */
  command: Outgoing;
  created: number;
  /** True while the prompt has not left this page and can be taken back. */
  ours: boolean;
  /** The message that the kernel's reply named. */
  message?: string;
}

/** Removes the pending prompt that the arrived message confirms. */
export function withoutArrived(pending: Pending[], head: MessageHead): Pending[] {
  const left = pending.filter((each) => each.key !== head.key && (!each.message || each.message !== head.id));
  return left.length === pending.length ? pending : left;
}

export function withoutKey(pending: Pending[], key: string): Pending[] {
  return pending.filter((each) => each.key !== key);
}

/** Removes prompts that a whole transcript settles: a prompt that the kernel has confirmed is in it, or was removed. */
export function withoutShown(pending: Pending[], session: SessionId, messages: Message[]): Pending[] {
  const open = messages.reduce((left, message) => withoutArrived(left, message.head), pending);
  return open.filter((each) => each.session !== session || each.message === undefined);
}
