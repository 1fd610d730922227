/** Tools with little to show: skills, language servers, invalid calls, the end of a plan. */
import type { JSX } from "preact";
import type { ToolPart } from "../../../protocol";
import { shortPath } from "../../../text/paths";
import { t } from "../../../words/words";
import { Live } from "./io_blocks";
import { Output, other } from "./other";
import { firstString, number, object, string } from "./read_json";
import type { ToolKind, ToolProps } from "./tool_kind";

/** A skill's text, without the tags around it. */
function skillText(output: string): string {
  return output.replace(/^<skill_content[^>]*>\n?/, "").replace(/\n?<(?:skill_files>|\/skill_content>)[\s\S]*$/, "");
}

function SkillBody({ cell }: ToolProps): JSX.Element {
  return <Live cell={cell} field="output" label={t.parts.skill} clean={skillText} />;
}

export const skill: ToolKind = {
  icon: "note",
  title: (part) =>
    string(part.input.name) ?? string(object(part.metadata).name) ?? string(part.input.id) ?? part.title ?? "",
  Body: SkillBody,
};

/** "hover src/parser.py:12:5" */
function asked(part: ToolPart, directory: string | undefined): string {
  const path = firstString(part.input, "filePath", "file_path");
  const place = [number(part.input.line), number(part.input.character)].filter((value) => value !== undefined);
  const where = path === undefined ? string(part.input.query) : [shortPath(path, directory), ...place].join(":");
  return [string(part.input.operation), where].filter(Boolean).join(" ");
}

export const lsp: ToolKind = {
  icon: "search",
  title: asked,
  facts: (part) => {
    const { result } = object(part.metadata);
    return Array.isArray(result) ? t.counts.results(result.length) : "";
  },
  Body: Output,
};

/** A call that OpenCode could not run as the model wrote it. */
export const invalid: ToolKind = {
  ...other,
  icon: "alert",
  title: (part) => t.parts.invalidCall(string(part.input.tool)),
  live: false,
};

export const plan: ToolKind = {
  ...other,
  icon: "note",
  title: (part) => part.title ?? t.parts.planReady,
  live: false,
};
