/**
 * Mermaid removes front matter, directives and comments before it parses a diagram, and counts the lines that remain. This
 * finds the line in the source as it was written. Pure.
 */

export function sourceLine(source: string, counted: number): number {
  const kept = countedLines(source.split(/\r\n?|\n/));
  return (kept[counted - 1] ?? kept.at(-1) ?? 0) + 1;
}

/** The indexes of the lines that Mermaid counts. */
function countedLines(lines: readonly string[]): number[] {
  const kept: number[] = [];
  let blank: number[] = [];
  for (let at = afterFrontMatter(lines); at < lines.length; at += 1) {
    const line = lines[at]?.trimStart() ?? "";
    if (line.startsWith("%%{")) {
      at = endOfDirective(lines, at);
      blank.push(at);
    } else if (line === "") blank.push(at);
    // A comment goes with the blank lines before it.
    else if (/^%%./.test(line)) blank = [];
    else {
      // Blank lines at the start are not counted.
      kept.push(...(kept.length > 0 ? blank : []), at);
      blank = [];
    }
  }
  return kept;
}

function afterFrontMatter(lines: readonly string[]): number {
  if (lines[0]?.trim() !== "---") return 0;
  const end = lines.findIndex((line, at) => at > 1 && line.trim() === "---");
  return end + 1;
}

/** The line on which the directive that starts at a line ends. */
function endOfDirective(lines: readonly string[], start: number): number {
  const end = lines.findIndex((line, at) => at >= start && line.includes("}%%"));
  return end < 0 ? start : end;
}
