/** webfetch and websearch: the address is always visible. */
import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ToolPart } from "../../../protocol";
import { withoutTail } from "../../../text/text_end";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { Live } from "./io_blocks";
import { number, string } from "./read_json";
import type { ToolKind, ToolProps } from "./tool_kind";

const ADDRESS = /https?:\/\/[^\s<>"'()[\]{}\\^`|\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+/g;
/** Longer output gets no links. */
const LINKED = 100_000;

/** A link to a web address; any other address as text. */
function Address({ url }: { url: string }): JSX.Element {
  if (!/^https?:\/\//i.test(url)) return <span>{visible(url)}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {visible(url)}
    </a>
  );
}

/** A text with its addresses made links. */
function linked(text: string): ComponentChildren[] {
  const pieces: ComponentChildren[] = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const url = withoutTail(found[0], ".,;:!?*_");
    pieces.push(text.slice(from, found.index), <Address key={found.index} url={url} />);
    from = found.index + url.length;
  }
  return [...pieces, text.slice(from)];
}

function FetchBody({ cell, part }: ToolProps): JSX.Element {
  const url = string(part.input.url);
  return (
    <>
      {url && (
        <p class="ocw-tool-text">
          <Address url={url} />
        </p>
      )}
      <Live cell={cell} field="output" label={t.parts.content} />
    </>
  );
}

function SearchBody({ cell, part }: ToolProps): JSX.Element {
  const pieces = useMemo(() => (part.output.length <= LINKED ? linked(part.output) : undefined), [part]);
  if (part.state !== "completed" || !pieces) return <Live cell={cell} field="output" label={t.parts.results} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard
    <pre class="ocw-io ocw-io-output" role="group" aria-label={t.parts.results} tabIndex={0}>
      {pieces}
    </pre>
  );
}

function asked(part: ToolPart): string {
  const format = string(part.input.format);
  return format && format !== "markdown" ? t.parts.asFormat(format) : "";
}

function wanted(part: ToolPart): string {
  const count = number(part.input.numResults);
  return count === undefined ? "" : t.parts.resultCount(count);
}

export const webfetch: ToolKind = {
  icon: "globe",
  mono: true,
  title: (part) => string(part.input.url) ?? part.title ?? "",
  facts: asked,
  Body: FetchBody,
};
export const websearch: ToolKind = {
  icon: "globe",
  title: (part) => string(part.input.query) ?? part.title ?? "",
  facts: wanted,
  Body: SearchBody,
};
