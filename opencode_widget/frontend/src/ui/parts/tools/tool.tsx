import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ToolPart, ToolState } from "../../../protocol";
import type { PartCell } from "../../../store/transcript";
import { shortPath } from "../../../text/paths";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { classNames } from "../../lib/class_names";
import { Spinner } from "../../lib/controls/spinner";
import * as format from "../../lib/format";
import { Icon } from "../../lib/icons";
import { toolState } from "../../lib/statuses";
import { useView } from "../../state/context";
import { openFile } from "../../state/files/open_file";
import { ToolFiles } from "../file";
import { keepFold } from "../keep_fold";
import type { PartProps } from "../part_props";
import { Live, ShowAll } from "./io_blocks";
import { PartialInput } from "./partial_input";
import { pathOf } from "./tool_files";
import type { ToolKind, ToolProps } from "./tool_kind";
import { kindOf } from "./tool_table";
import { firstLine } from "./tool_titles";
import { decisionOf, useWaiting } from "./waiting";

/** States shown in words, as a glance must tell them from "completed". */
const STATES_IN_LETTERS = new Set<ToolState>(["pending", "error", "interrupted"]);

/** One line: the tool, what it does, its state and duration; unfolded, everything else. */
export function ToolView({ cell, message, session }: PartProps): JSX.Element {
  const part = cell.part.value as ToolPart;
  const kind = kindOf(part.tool);
  const view = useView();
  const directory = view.selection.instance.value?.directory;
  const fold = view.foldOf(cell);
  const waiting = useWaiting(part, { message: message.value.id, session });
  const decision = decisionOf(part);
  const open = fold.value ?? (isWorking(part) && !waiting && (kind.live ?? false));
  const props = { cell, part, message: message.value.id, session, directory };
  return (
    <div
      class={`ocw-tool ocw-tool-${toolState(part.state)} ${decision ? "ocw-tool-declined" : ""}`}
      data-tool={part.tool}
    >
      <details class="ocw-fold" open={open} onToggle={keepFold(fold, open)}>
        <summary>
          <Head cell={cell} part={part} kind={kind} directory={directory} waiting={waiting} decision={decision} />
        </summary>
        {open && <Inside {...props} kind={kind} />}
      </details>
      {pathOf(part) && <OpenButton part={part} directory={directory} />}
      {!open && part.error && !decision && <p class="ocw-tool-problem">{firstLine(part.error)}</p>}
      {kind.Below && <kind.Below {...props} />}
      {part.files && <ToolFiles cell={cell} message={message} session={session} files={part.files} />}
    </div>
  );
}

/** Opens the file of the tool in the host. It is no part of the line that folds, whose click would unfold it. */
function OpenButton({ part, directory }: { part: ToolPart; directory: string | undefined }): JSX.Element {
  const view = useView();
  const { offset } = part.input;
  const path = pathOf(part);
  const place = typeof offset === "number" && offset > 1 ? `${path}:${offset}` : path;
  const label = t.parts.openPath(visible(shortPath(path, directory)));
  return (
    <button
      type="button"
      class="ocw-bare ocw-tool-open"
      aria-label={label}
      title={label}
      onClick={({ currentTarget }) => void openFile(view, currentTarget, place)}
    >
      <Icon name="open" />
    </button>
  );
}

function isWorking({ state }: ToolPart): boolean {
  return state === "pending" || state === "running";
}

interface HeadProps {
  cell: PartCell;
  part: ToolPart;
  kind: ToolKind;
  directory: string | undefined;
  waiting: boolean;
  decision: string | undefined;
}

function Head({ cell, part, kind, directory, waiting, decision }: HeadProps): JSX.Element {
  const title = visible(kind.title(part, directory));
  const facts = kind.facts?.(part);
  return (
    <>
      {waiting ? (
        <span class="ocw-dot ocw-dot-waiting" />
      ) : (
        <StateIcon state={part.state} kind={kind} decided={decision !== undefined} />
      )}
      <span class="ocw-tool-name">{visible(kind.name?.(part) ?? part.tool)}</span>
      {isWritten(part) ? (
        <PartialInput cell={cell} />
      ) : (
        <span class={classNames("ocw-tool-title", kind.mono && "ocw-tool-mono")} title={title}>
          {title}
        </span>
      )}
      {facts && <span class={classNames("ocw-tool-facts", kind.isBad?.(part) && "ocw-bad")}>{facts}</span>}
      <span class={STATES_IN_LETTERS.has(part.state) ? "ocw-tool-state" : "ocw-hidden"}>
        {decision ?? t.parts.toolStates[toolState(part.state)]}
      </span>
      {waiting ? (
        <span class="ocw-tool-time ocw-warn">{t.parts.waitingForYou}</span>
      ) : (
        !kind.untimed && <Time part={part} />
      )}
      <Icon name="chevron" class="ocw-chevron" />
    </>
  );
}

function StateIcon({ state, kind, decided }: { state: ToolState; kind: ToolKind; decided: boolean }): JSX.Element {
  if (state === "pending") return <Spinner preparing />;
  if (state === "running") return <Spinner />;
  if (decided) return <Icon name="cut" />;
  if (state === "error") return <Icon name="alert" class="ocw-bad" />;
  if (state === "interrupted") return <Icon name="cut" class="ocw-warn" />;
  return <Icon name={kind.icon} />;
}

function Time({ part }: { part: ToolPart }): JSX.Element {
  const elapsed = useElapsed(part.state === "running");
  const started = part.started === undefined ? undefined : part.started + (part.waited ?? 0);
  const words = part.state === "running" ? elapsed : format.between(started, part.finished);
  return <span class="ocw-tool-time">{words ?? ""}</span>;
}

/**
 * How long this page has seen the tool run, as the server's clock may differ from the page's. Undefined in the first
 * second.
 */
function useElapsed(running: boolean): string | undefined {
  const since = useRef(Date.now());
  const [now, setNow] = useState(since.current);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  const seconds = Math.round((now - since.current) / 1_000);
  return seconds > 0 ? format.duration(seconds * 1_000) : undefined;
}

function isWritten({ state, input }: ToolPart): boolean {
  return state === "pending" && Object.keys(input).length === 0;
}

/** The arguments while the model writes them; once complete, the tool's own view. */
function Inside({ kind, ...props }: ToolProps & { kind: ToolKind }): JSX.Element {
  const { cell, part } = props;
  return (
    <div class="ocw-tool-inside">
      {isWritten(part) ? <Live cell={cell} field="raw" label={t.parts.input} /> : <kind.Body {...props} />}
      <ShowAll {...props} />
      {part.error && decisionOf(part) && <p class="ocw-tool-text">{visible(part.error)}</p>}
      {part.error && !decisionOf(part) && (
        <div class="ocw-error">
          <Icon name="alert" />
          <div class="ocw-pre-wrap">{part.error}</div>
        </div>
      )}
      {part.state === "interrupted" && <p class="ocw-tool-remark">{t.parts.interruptedEarly}</p>}
    </div>
  );
}
