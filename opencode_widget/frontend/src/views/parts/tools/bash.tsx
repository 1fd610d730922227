import type { JSX } from "preact";
import type { ToolPart } from "../../../protocol";
import { firstLine } from "../input";
import { visible } from "../visible";
import { Code, Live } from "./io";
import type { ToolKind, ToolProps } from "./kind";
import { number, object, string } from "./read";

/** What OpenCode adds for the model: why the command ended early, where the whole output is. */
const REMARKS = /\s*<(shell|bash)_metadata>\n?([\s\S]*?)\n?<\/\1_metadata>\s*$/;

export function withoutRemarks(output: string): string {
  return output.replace(REMARKS, "");
}

export function remarks(output: string): string[] {
  return (REMARKS.exec(output)?.[2] ?? "").split("\n").filter(Boolean);
}

/** "exit 1", where it did not go well. */
function exitWords(part: ToolPart): string {
  const exit = number(object(part.metadata).exit);
  return exit === undefined || exit === 0 ? "" : `exit ${exit}`;
}

function Body({ cell, part }: ToolProps): JSX.Element {
  const command = string(part.input.command) ?? "";
  const workdir = string(part.input.workdir);
  const silent = part.state === "completed" && withoutRemarks(part.output).trim() === "";
  return (
    <>
      {part.input.description !== undefined && <p class="ocw-tool-says">{String(part.input.description)}</p>}
      {command && (
        <Code label="Command" language="bash" class="ocw-command">
          {visible(command)}
        </Code>
      )}
      {workdir && <p class="ocw-tool-says">in {workdir}</p>}
      <Live cell={cell} field="output" label="Output" as="terminal" clean={withoutRemarks} />
      {silent && <p class="ocw-tool-says">No output</p>}
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
  title: (part) => firstLine(string(part.input.command) ?? part.title ?? ""),
  facts: exitWords,
  live: true,
  Body,
};
