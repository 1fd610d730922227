/** The props of every part view. */
import type { ReadonlySignal } from "@preact/signals";
import type { MessageHead, SessionId } from "../../protocol";
import type { PartCell } from "../../store/transcript";

export interface PartProps {
  cell: PartCell;
  message: ReadonlySignal<MessageHead>;
  session: SessionId;
}
