/** grep, glob and list: the query, the number of results, and the results. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ToolPart } from "../../../protocol";
import { shortPath, shortPaths } from "../../../text/paths";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Code, Live } from "./io_blocks";
import { number, object, string } from "./read_json";
import type { ToolKind, ToolProps } from "./tool_kind";

function Body({ cell, part, directory }: ToolProps): JSX.Element {
  const output = useMemo(() => foundText(part.output, directory), [part, directory]);
  if (part.state !== "completed") return <Live cell={cell} field="output" label={t.parts.output} />;
  return (
    <Code label={t.parts.found} class="ocw-io-output">
      {output}
    </Code>
  );
}

/** The results without the count, which the tool's line shows. */
function foundText(output: string, directory: string | undefined): string {
  return visible(shortPaths(output.replace(/^Found \d+ matches[^\n]*\n/, ""), directory));
}

function where(part: ToolPart, directory: string | undefined): string {
  const path = string(part.input.path);
  const short = path === undefined ? "." : shortPath(path, directory);
  const include = string(part.input.include);
  return [short === "." ? "" : t.parts.inPath(short), include && `(${include})`].filter(Boolean).join(" ");
}

function sought(part: ToolPart, directory: string | undefined): string {
  return [string(part.input.pattern) ?? part.title ?? "", where(part, directory)].filter(Boolean).join(" ");
}

/** "12 matches", or "100+ files" where the server stopped at a limit. */
function found(key: string, words: (count: number) => string): (part: ToolPart) => string {
  return (part) => {
    const metadata = object(part.metadata);
    const count = number(metadata[key]);
    if (count === undefined) return "";
    return metadata.truncated === true ? words(count).replace(" ", "+ ") : words(count);
  };
}

export const grep: ToolKind = {
  icon: "search",
  title: sought,
  mono: true,
  facts: found("matches", (count) => t.counts.matches(count)),
  Body,
};
export const glob: ToolKind = {
  icon: "search",
  title: sought,
  mono: true,
  facts: found("count", (count) => t.counts.files(count)),
  Body,
};
export const list: ToolKind = {
  icon: "list",
  mono: true,
  title: (part, directory) => shortPath(string(part.input.path) ?? ".", directory),
  facts: found("count", (count) => t.counts.files(count)),
  Body,
};
