import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ToolPart } from "../../../protocol";
import { indentJson } from "../../../text/indent_json";
import { visible } from "../../../text/visible";
import { yaml } from "../../../text/yaml";
import { t } from "../../../words/words";
import { CopyButton } from "../../lib/controls/copy_button";
import { Code, Live } from "./io_blocks";
import type { ToolKind, ToolProps } from "./tool_kind";
import { firstLine, toolTitle } from "./tool_titles";

/** Larger JSON is shown as it arrived. */
const PARSED = 200_000;

/** A JSON object or list with a line for each of its values, each value as it was written; undefined if it is no JSON. */
function indented(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > PARSED || !/^[[{]/.test(trimmed)) return undefined;
  try {
    JSON.parse(trimmed);
    return indentJson(trimmed);
  } catch {
    return undefined;
  }
}

/** The output as growing text, or as readable JSON if it is JSON. */
export function Output({ cell, part }: ToolProps): JSX.Element {
  const json = useMemo(() => (part.state === "completed" ? indented(part.output) : undefined), [part]);
  if (json === undefined) return <Live cell={cell} field="output" label={t.parts.output} as="terminal" />;
  return (
    <>
      <Code label={t.parts.output} language="json" class="ocw-io-output">
        {json}
      </Code>
      <CopyButton text={() => part.output} announcement={t.parts.outputCopied} />
    </>
  );
}

function Body(props: ToolProps): JSX.Element {
  const input = visible(yaml(props.part.input));
  return (
    <>
      {input && (
        <Code label={t.parts.input} language="yaml">
          {input}
        </Code>
      )}
      <Output {...props} />
    </>
  );
}

/** MCP tools, and unknown ones. */
/** What is telling, else the short ones of the arguments. */
function title(part: ToolPart): string {
  const short = Object.entries(part.input).filter(([, value]) => value !== null && typeof value !== "object");
  return toolTitle(part) || short.map(([name, value]) => `${name}: ${firstLine(String(value))}`).join(", ");
}

export const other: ToolKind = { icon: "tool", title, live: true, Body };
