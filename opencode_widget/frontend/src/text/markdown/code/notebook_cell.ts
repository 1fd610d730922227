/** Code of other languages as a notebook cell of a Python kernel: a magic of IPython says how it runs. Pure. */
import { lookUp } from "../../../lookup";

const MAGICS: Record<string, string> = {
  bash: "%%bash",
  sh: "%%sh",
  shell: "%%bash",
  zsh: "%%bash",
  console: "%%bash",
  html: "%%html",
  svg: "%%svg",
  javascript: "%%javascript",
  js: "%%javascript",
  latex: "%%latex",
  tex: "%%latex",
  markdown: "%%markdown",
  md: "%%markdown",
  perl: "%%perl",
  ruby: "%%ruby",
};
const PROMPTED = new Set(["pycon", "python", "py", "ipython"]);

/** Is there a way to run it that differs from a plain copy? */
export function canBeCell(language: string): boolean {
  return lookUp(MAGICS, language) !== undefined || language === "pycon";
}

/** What to paste into a cell. */
export function asCell(code: string, language: string): string {
  if (PROMPTED.has(language)) return withoutPrompts(code);
  const magic = lookUp(MAGICS, language);
  if (magic === undefined) return code;
  const plain = language === "console" || language === "shell" ? code.replace(/^\$ /gm, "") : code;
  return `${magic}\n${plain}`;
}

/** Of a session with `>>>` only what was typed. */
function withoutPrompts(code: string): string {
  const lines = code.split("\n");
  const typed = lines.filter((line) => /^(?:>>>|\.\.\.)(?: |$)/.test(line));
  return typed.length === 0 ? code : typed.map((line) => line.slice(4)).join("\n");
}
