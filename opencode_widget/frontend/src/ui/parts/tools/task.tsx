import type { JSX } from "preact";
import { lookUp } from "../../../lookup";
import type { Session, ToolPart } from "../../../protocol";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Spinner } from "../../lib/controls/spinner";
import * as format from "../../lib/format";
import { Icon } from "../../lib/icons";
import { useView } from "../../state/context";
import { InlineCode } from "../text/inline_code";
import { Code, Live } from "./io_blocks";
import { firstString, object, string } from "./read_json";
import type { ToolKind, ToolProps } from "./tool_kind";

const [OPENING, CLOSING] = ["<task_result>", "</task_result>"];
/** The tags that 2.x writes around the result. */
const [HEAD, FOOT] = [/^<subagent\b[^>]*>\n?/, "</subagent>"];

/** The sub-agent's answer, without what OpenCode adds for the model. */
export function resultOf(output: string): string {
  const begin = output.indexOf(OPENING);
  const end = begin < 0 ? -1 : output.indexOf(CLOSING, begin);
  if (end >= 0) return output.slice(begin + OPENING.length, end).replace(/^\n|\n$/g, "");
  const head = HEAD.exec(output)?.[0];
  if (head !== undefined) return withoutFoot(output.slice(head.length));
  const metadata = output.indexOf("<task_metadata>");
  return metadata < 0 ? output : output.slice(0, metadata).trimEnd();
}

function withoutFoot(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.endsWith(FOOT) ? trimmed.slice(0, -FOOT.length).replace(/\n$/, "") : text;
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}

function Body({ cell, part }: ToolProps): JSX.Element {
  const prompt = string(part.input.prompt);
  return (
    <>
      {prompt && (
        <Code label={t.parts.task} class="ocw-task-prompt">
          {visible(prompt)}
        </Code>
      )}
      <Live cell={cell} field="output" label={t.parts.answer} clean={resultOf} />
    </>
  );
}

/** The status of the sub-agent's session, and a link to it. */
function Below({ part }: ToolProps): JSX.Element | null {
  const view = useView();
  const { child } = part;
  if (child === undefined) return null;
  const instance = view.selection.instanceId;
  const session = view.selection.sessionsOf(instance).find((each) => each.id === child);
  return (
    <div class="ocw-task">
      <TaskStatus part={part} session={session} />
      <button
        type="button"
        class="ocw-link"
        aria-label={t.parts.goToNamed(session?.title ? format.sessionTitle(session) : undefined)}
        title={session?.title}
        onClick={() => void view.actions.selectSession(instance, child)}
      >
        {t.parts.goTo}
        <Icon name="arrow" />
      </button>
    </div>
  );
}

function TaskStatus({ part, session }: { part: ToolPart; session: Session | undefined }): JSX.Element {
  const last = part.state === "completed" ? lastLine(resultOf(part.output)) : "";
  return (
    <span class="ocw-task-status">
      {session?.status === "busy" && <Spinner />}
      <span class={session?.waiting ? "ocw-warn" : "ocw-muted"}>{statusText(part, session)}</span>
      {last && (
        <span class="ocw-task-last">
          <InlineCode text={visible(last)} />
        </span>
      )}
      {session?.cost ? <span class="ocw-muted">{format.cost(session.cost)}</span> : null}
    </span>
  );
}

/** "explore" -> "Explore" */
function capitalized(agent: string | undefined): string | undefined {
  return agent && agent.charAt(0).toUpperCase() + agent.slice(1);
}

const ENDS: Record<string, () => string> = {
  completed: () => t.parts.done,
  error: () => t.parts.failed,
  interrupted: () => t.parts.interrupted,
};

function statusText(part: ToolPart, session: Session | undefined): string {
  if (session?.waiting) return t.parts.needsYourAnswer;
  if (session?.status === "retry") return session.statusText ?? t.parts.retryingSoon;
  if (session?.status === "busy") return t.parts.working;
  if (object(part.metadata).status === "running") return t.parts.runningInBackground;
  return lookUp(ENDS, part.state)?.() ?? t.parts.starting;
}

export const task: ToolKind = {
  icon: "agent",
  name: (part) => capitalized(firstString(part.input, "subagent_type", "agent")),
  title: (part) => string(part.input.description) ?? part.title ?? "",
  Body,
  Below,
};
