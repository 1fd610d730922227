/** What has to be known of a tool to draw it. */
import type { ComponentChildren, ComponentType } from "preact";
import type { MessageId, SessionId, ToolPart } from "../../../protocol";
import type { PartCell } from "../../../store/transcript";
import type { IconName } from "../../lib/icons";

export interface ToolProps {
  cell: PartCell;
  part: ToolPart;
  message: MessageId;
  session: SessionId;
  /** The folder of the instance. */
  directory: string | undefined;
}

export interface ToolKind {
  icon: IconName;
  /** Its one line, behind its name. */
  title: (part: ToolPart, directory: string | undefined) => string;
  /** Counts, in a few words. */
  facts?: (part: ToolPart) => ComponentChildren;
  /** It is worth looking at while it runs: open unless the person chose otherwise. */
  live?: boolean;
  Body: ComponentType<ToolProps>;
  /** What shows also where it is folded. */
  Below?: ComponentType<ToolProps>;
}
