import type { JSX } from "preact";
import type { ToolPart } from "../../../protocol";
import { languageOf } from "../../../text/markdown/code/file_language";
import { shortPath } from "../../../text/paths";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Diagnostics } from "./diagnostics";
import { Code, Live } from "./io_blocks";
import { object, string } from "./read_json";
import { pathOf } from "./tool_files";
import type { ToolKind, ToolProps } from "./tool_kind";

function Body({ cell, part, directory }: ToolProps): JSX.Element {
  const path = pathOf(part);
  const content = string(part.input.content);
  return (
    <>
      {content === undefined ? (
        <Live cell={cell} field="output" label={t.parts.output} />
      ) : (
        <Code label={t.parts.contentOf(shortPath(path, directory))} language={languageOf(path)} class="ocw-io-output">
          {visible(content)}
        </Code>
      )}
      <Diagnostics metadata={object(part.metadata)} files={[path]} directory={directory} />
    </>
  );
}

/** Whether the file existed before: 1.x reports it as data, 2.x in words. */
function existed(part: ToolPart): unknown {
  const { exists, existed } = object(part.metadata);
  const verb = /^(Created|Wrote) file /.exec(part.output)?.[1];
  return exists ?? existed ?? (verb === undefined ? undefined : verb === "Wrote");
}

function facts(part: ToolPart): string {
  const content = string(part.input.content);
  const exists = existed(part);
  const lines = content === undefined ? "" : t.counts.lines(content.replace(/\n$/, "").split("\n").length);
  return [exists === false ? "new" : exists === true ? "replaced" : "", lines].filter(Boolean).join(", ");
}

export const write: ToolKind = {
  icon: "edit",
  mono: true,
  title: (part, directory) => shortPath(pathOf(part), directory) || (part.title ?? ""),
  facts,
  Body,
};
