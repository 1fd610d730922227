/** What the page needs to know of a tool to draw it. */
import type { ComponentChildren, ComponentType } from "preact";
import type { MessageId, SessionId, ToolPart } from "../../../protocol";
import type { PartCell } from "../../../store/transcript";
import type { IconName } from "../../lib/icons";

export interface ToolProps {
  cell: PartCell;
  part: ToolPart;
  message: MessageId;
  session: SessionId;
  /** The instance's folder. */
  directory: string | undefined;
}

export interface ToolKind {
  icon: IconName;
  /** What its line begins with, instead of the tool's own name; undefined if the tool's name says most. */
  name?: (part: ToolPart) => string | undefined;
  /** The text of its line, after the tool's name. */
  title: (part: ToolPart, directory: string | undefined) => string;
  /** True if the text is a command, a path or a pattern. */
  mono?: boolean;
  /** Counts, in a few words. */
  facts?: (part: ToolPart) => ComponentChildren;
  /** True if the counts tell of a failure, although the tool itself did not fail. */
  isBad?: (part: ToolPart) => boolean;
  /** True if the tool's time is the user's. */
  untimed?: boolean;
  /** True if the tool is open while it runs, unless the user folds it. */
  live?: boolean;
  Body: ComponentType<ToolProps>;
  /** Drawn below the line even while the tool is folded. */
  Below?: ComponentType<ToolProps>;
}
