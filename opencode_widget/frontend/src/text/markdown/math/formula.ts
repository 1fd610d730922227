/** Decides where Markdown has a formula, and where a dollar is just a dollar. Pure. */

/** Two adjacent words are prose: `$5 a month and $6`, `$HOME and $PATH`. Words in `\text{...}` are ignored. */
const PROSE = /(?<![\\A-Za-z])[A-Za-z]{2,}[ ,.;:]+[A-Za-z]{2,}/;
const PRICE = /^\d[\d.,]*(?:\s+[A-Za-z]{2,}|\s*$)/;
const TEXT = /\\(?:text|mathrm|operatorname|mbox)\*?\{[^}]*\}/g;
const LONGEST = 400;

interface Formula {
  raw: string;
  tex: string;
  display: boolean;
}

/** The formula at the very start of `source`, within a paragraph. */
export function inlineFormula(source: string): Formula | undefined {
  if (source.startsWith("\\(")) return between(source, "\\(", "\\)", false);
  if (source.startsWith("\\[")) return between(source, "\\[", "\\]", true);
  if (source.startsWith("$$")) return between(source, "$$", "$$", true);
  return dollars(source);
}

/** True if `source`, which ends within a formula, may become one. */
export function isOpenFormula(source: string): boolean {
  if (/^\\[([]/.test(source)) return !/\n[ \t]*\n/.test(source);
  if (source.startsWith("$$")) return !source.includes("$$", 2) && !/\n[ \t]*\n/.test(source);
  return /^\$(?![\s$])[^$\n`]*$/.test(source) && mayBeMath(source.slice(1), true);
}

const OPEN_BLOCK = /^ {0,3}(?:\$\$|\\\[)[ \t]*\n(?:[^\S\n]*\S[^\n]*(?:\n|$))*/;

/** A display formula; without `tex` it has no end, and its source is shown. */
export function blockFormula(source: string): { raw: string; tex?: string } | undefined {
  const indent = /^ {0,3}(?=\$\$|\\\[)/.exec(source)?.[0];
  if (indent === undefined) return undefined;
  const closed = inlineFormula(source.slice(indent.length));
  const length = indent.length + (closed?.raw.length ?? 0);
  const end = /^[ \t]*(?:\n|$)/.exec(source.slice(length))?.[0];
  if (closed && end !== undefined) return { raw: source.slice(0, length) + end, tex: closed.tex };
  const open = OPEN_BLOCK.exec(source);
  return open ? { raw: open[0] } : undefined;
}

function between(source: string, opening: string, closing: string, display: boolean): Formula | undefined {
  const end = source.indexOf(closing, opening.length);
  if (end < 0) return undefined;
  const tex = source.slice(opening.length, end).trim();
  if (tex === "" || /\n[ \t]*\n/.test(tex)) return undefined;
  return { raw: source.slice(0, end + closing.length), tex, display };
}

/** Pandoc's rule: no space inside the dollars, no letter or digit after them; and no prose between them. */
function dollars(source: string): Formula | undefined {
  const found = /^\$(?![\s$])((?:\\[^\n]|[^\\$\n`])+?)(?<!\s)\$(?![\p{L}\p{N}$])/u.exec(source);
  const tex = found?.[1];
  if (!found || tex === undefined || !mayBeMath(tex, false)) return undefined;
  return { raw: found[0], tex, display: false };
}

function mayBeMath(tex: string, open: boolean): boolean {
  if (tex.length > LONGEST || tex.includes("**")) return false;
  const bare = tex.replace(TEXT, "");
  return !PROSE.test(bare) && (!PRICE.test(bare) || (!open && /^\d[\d.,]*$/.test(bare) && !/[.,]$/.test(bare)));
}
