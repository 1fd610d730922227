import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { SessionId, ToolPart, ToolState } from "../../protocol";
import type { PartCell } from "../../store/cells";
import { useView } from "../context";
import * as format from "../format";
import { Icon, type IconName, Spinner } from "../icons";
import { bindText } from "./binding";
import { inputText, toolTitle } from "./input";
import type { PartProps } from "./part";

const ICONS: Record<string, IconName> = {
  bash: "terminal",
  edit: "edit",
  write: "edit",
  patch: "edit",
  multiedit: "edit",
  apply_patch: "edit",
  read: "file",
  grep: "search",
  glob: "search",
  list: "list",
  ls: "list",
  webfetch: "globe",
  websearch: "globe",
  task: "agent",
  question: "question",
  todowrite: "list",
  todoread: "list",
};

const STATES: Record<ToolState, string> = {
  pending: "preparing",
  running: "running",
  completed: "done",
  error: "failed",
  interrupted: "cut off",
};

/** One line: what it is, what it does, how it stands; open while it runs, unless the person chose otherwise. */
export function ToolView({ cell, message, session }: PartProps): JSX.Element {
  const part = cell.part.value as ToolPart;
  const [chosen, setChosen] = useState<boolean>();
  const working = part.state === "pending" || part.state === "running";
  const open = chosen ?? working;
  return (
    <details
      class={`ocw-fold ocw-tool ocw-tool-${part.state}`}
      open={open}
      onToggle={(event) => event.currentTarget.open !== open && setChosen(event.currentTarget.open)}
    >
      <summary>
        <StateIcon state={part.state} tool={part.tool} />
        <span class="ocw-tool-name">{part.tool}</span>
        <span class="ocw-tool-title">{toolTitle(part)}</span>
        <span class="ocw-hidden">, {STATES[part.state]}</span>
        <span class="ocw-tool-time">{working ? "" : format.between(part.started, part.finished)}</span>
        <Icon name="chevron" class="ocw-chevron" />
      </summary>
      {open && <Inside cell={cell} message={message.value.id} session={session} />}
      {part.child !== undefined && <ChildLink child={part.child} />}
    </details>
  );
}

function StateIcon({ state, tool }: { state: ToolState; tool: string }): JSX.Element {
  if (state === "pending" || state === "running") return <Spinner />;
  if (state === "error") return <Icon name="alert" class="ocw-bad" />;
  if (state === "interrupted") return <Icon name="cut" class="ocw-warn" />;
  return <Icon name={ICONS[tool] ?? "tool"} />;
}

interface InsideProps {
  cell: PartCell;
  message: string;
  session: SessionId;
}

function Inside({ cell, message, session }: InsideProps): JSX.Element {
  const part = cell.part.value as ToolPart;
  const input = inputText(part);
  return (
    <div class="ocw-tool-inside">
      {input ? (
        <Block label="Input">{input}</Block>
      ) : (
        part.state === "pending" && <Live cell={cell} field="raw" label="Input" />
      )}
      <Live cell={cell} field="output" label="Output" />
      {part.outputLength !== undefined && part.outputLength > part.output.length && (
        <ShowAll cell={cell} message={message} session={session} />
      )}
      {part.error && (
        <div class="ocw-error">
          <Icon name="alert" />
          <div class="ocw-pre-wrap">{part.error}</div>
        </div>
      )}
    </div>
  );
}

function Block({ label, children }: { label: string; children: string }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard
    <pre class="ocw-io" role="group" aria-label={label} tabIndex={0}>
      {children}
    </pre>
  );
}

/** Text that grows beside the virtual DOM. Empty, it takes no room (`:empty` in the style sheet). */
function Live({ cell, field, label }: { cell: PartCell; field: "raw" | "output"; label: string }): JSX.Element {
  const element = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => (element.current ? bindText(element.current, cell, field) : undefined), [cell, field]);
  // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard
  return <pre class={`ocw-io ocw-io-${field}`} role="group" aria-label={label} tabIndex={0} ref={element} />;
}

function ShowAll({ cell, message, session }: InsideProps): JSX.Element {
  const view = useView();
  const [busy, setBusy] = useState(false);
  const part = cell.part.value as ToolPart;
  const load = async () => {
    const instance = view.instance.peek()?.id ?? "";
    setBusy(true);
    const reply = await view.actions.run({ name: "part", args: { instance, session, message, part: part.id } });
    setBusy(false);
    if (reply.ok && reply.result) cell.part.value = reply.result as ToolPart;
  };
  return (
    <button type="button" class="ocw-button ocw-small" disabled={busy} onClick={() => void load()}>
      {busy ? "Loading…" : `Show all (${format.count(part.outputLength ?? 0)} characters)`}
    </button>
  );
}

function ChildLink({ child }: { child: SessionId }): JSX.Element {
  const view = useView();
  const instance = view.instance.value?.id ?? "";
  const session = view.sessionsOf(instance).find((each) => each.id === child);
  return (
    <button type="button" class="ocw-link" onClick={() => void view.actions.selectSession(instance, child)}>
      <Icon name="arrow" />
      Go to {session?.title ? `“${session.title}”` : "the sub-agent’s session"}
      {session?.status === "busy" && <Spinner />}
    </button>
  );
}
