/**
 * Indents JSON by its signs alone. To parse it and write it again would change it: a number has more digits than
 * JavaScript keeps, a name can stand twice, and 1.0 becomes 1. Pure.
 */

/** A string, a sign, or anything else up to the next sign. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;
const STEP = "  ";
/** Deeper values are indented no further: a hostile text could nest as deep as it is long. */
const DEEPEST = 100;

/** The text, which must be JSON, with a line for each value. */
export function indentJson(text: string): string {
  const tokens = text.match(TOKEN) ?? [];
  const lines: string[] = [];
  let [line, depth] = ["", 0];
  const end = () => {
    lines.push(line);
    line = STEP.repeat(Math.max(0, Math.min(depth, DEEPEST)));
  };
  tokens.forEach((token, index) => {
    const opens = token === "{" || token === "[";
    const closes = token === "}" || token === "]";
    const before = tokens[index - 1];
    if (closes) {
      depth -= 1;
      if (before !== "{" && before !== "[") end();
    }
    line += token === ":" ? ": " : token;
    if (opens) depth += 1;
    const next = tokens[index + 1];
    if ((opens && next !== "}" && next !== "]") || token === ",") end();
  });
  return [...lines, line].join("\n");
}
