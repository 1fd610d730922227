import type { JSX } from "preact";
import type { ToolPart } from "../../../protocol";
import { languageOf } from "../../../text/markdown/code/file_language";
import { shortPath } from "../../../text/paths";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Diagnostics } from "./diagnostics";
import { Code, Live } from "./io_blocks";
import { object, string } from "./read_json";
import { existedBefore, linesWritten, pathOf } from "./tool_files";
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

function facts(part: ToolPart): string {
  const exists = existedBefore(part);
  const count = linesWritten(part);
  const lines = count === undefined ? "" : t.counts.lines(count);
  return [exists === false ? "new" : exists === true ? "replaced" : "", lines].filter(Boolean).join(", ");
}

export const write: ToolKind = {
  icon: "edit",
  mono: true,
  title: (part, directory) => shortPath(pathOf(part), directory) || (part.title ?? ""),
  facts,
  Body,
};
