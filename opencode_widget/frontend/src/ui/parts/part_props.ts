/** What every view of a part is given. */
import type { ReadonlySignal } from "@preact/signals";
import type { MessageHead, SessionId } from "../../protocol";
import type { PartCell } from "../../store/transcript";

export interface PartProps {
  cell: PartCell;
  message: ReadonlySignal<MessageHead>;
  session: SessionId;
}
