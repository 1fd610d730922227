/** Prompts that left this page and are not in the transcript yet. Pure. */
import type { InstanceId, Message, MessageHead, SessionId } from "../protocol";

export interface Pending {
  key: string;
  instance: InstanceId;
  /** Absent until the kernel made the session. */
  session?: SessionId;
  text: string;
  created: number;
  /** It has not left this page, and can be taken back. */
  ours: boolean;
  /** The message that the kernel's reply named. */
  message?: string;
}

/** Those that the arrived message is not. */
export function withoutArrived(pending: Pending[], head: MessageHead): Pending[] {
  const left = pending.filter((each) => each.key !== head.key && (!each.message || each.message !== head.id));
  return left.length === pending.length ? pending : left;
}

export function withoutKey(pending: Pending[], key: string): Pending[] {
  return pending.filter((each) => each.key !== key);
}

/** What a whole transcript leaves: a prompt that the kernel has confirmed is in it, or gone. */
export function withoutShown(pending: Pending[], session: SessionId, messages: Message[]): Pending[] {
  const open = messages.reduce((left, message) => withoutArrived(left, message.head), pending);
  return open.filter((each) => each.session !== session || each.message === undefined);
}
