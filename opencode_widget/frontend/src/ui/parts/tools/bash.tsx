import type { JSX } from "preact";
import type { ToolPart } from "../../../protocol";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Code } from "./io_blocks";
import { OutputTail } from "./output_tail";
import { number, object, string } from "./read_json";
import type { ToolKind, ToolProps } from "./tool_kind";
import { firstLine } from "./tool_titles";

const TAGS = ["shell_metadata", "bash_metadata"];

/**
 * Splits off the remarks that OpenCode appends for the model: why the command ended early, where the whole output is.
 */
function divided(output: string): { printed: string; remarks: string } {
  const end = output.trimEnd();
  const tag = TAGS.find((each) => end.endsWith(`</${each}>`));
  const at = tag ? end.lastIndexOf(`<${tag}>`) : -1;
  if (!tag || at < 0) return { printed: output, remarks: "" };
  return { printed: output.slice(0, at).trimEnd(), remarks: end.slice(at + tag.length + 2, -(tag.length + 3)) };
}

export function withoutRemarks(output: string): string {
  return divided(output).printed;
}

export function remarks(output: string): string[] {
  return divided(output).remarks.split("\n").filter(Boolean);
}

/** "exit 1" if the command failed; a note if it goes on in the background. */
function exitWords(part: ToolPart): string {
  const { exit, signal, timeout, status } = object(part.metadata);
  if (part.state === "completed" && status === "running") return t.parts.inTheBackground;
  if (timeout === true) return t.parts.timedOut;
  if (string(signal)) return String(signal);
  const code = number(exit);
  return code === undefined || code === 0 ? "" : t.parts.exit(code);
}

function Body({ cell, part }: ToolProps): JSX.Element {
  const command = string(part.input.command) ?? "";
  const workdir = string(part.input.workdir);
  const silent = part.state === "completed" && withoutRemarks(part.output).trim() === "";
  return (
    <>
      {part.input.description !== undefined && <p class="ocw-tool-text">{String(part.input.description)}</p>}
      {command && (
        <Code label={t.parts.command} language="bash" class="ocw-command">
          {visible(command)}
        </Code>
      )}
      {workdir && <p class="ocw-tool-text">{t.parts.inFolder(workdir)}</p>}
      <OutputTail cell={cell} part={part} clean={withoutRemarks} />
      {silent && <p class="ocw-tool-text">{t.parts.noOutput}</p>}
      {remarks(part.output).map((line) => (
        <p key={line} class="ocw-tool-remark">
          {line}
        </p>
      ))}
    </>
  );
}

export const bash: ToolKind = {
  icon: "terminal",
  mono: true,
  title: (part) => firstLine(string(part.input.command) ?? part.title ?? ""),
  facts: exitWords,
  isBad: (part) => !["", t.parts.inTheBackground].includes(exitWords(part)),
  live: true,
  Body,
};
