/** Turns code of other languages into a cell for a Python kernel, by the IPython magic that runs it. Pure. */
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
const PYTHON = new Set(["python", "py", "python3", "ipython", "ipython3"]);
const PROMPTED = new Set(["pycon", "python", "py", "ipython"]);

/** True if a cell for this language differs from a plain copy. */
export function canBeCell(language: string): boolean {
  return lookUp(MAGICS, language) !== undefined || language === "pycon";
}

/** True if a Python kernel can run code in this language in a cell of its own. */
export function isCode(language: string): boolean {
  return PYTHON.has(language) || canBeCell(language);
}

/** The text to paste into a cell. */
export function asCell(code: string, language: string): string {
  if (PROMPTED.has(language)) return withoutPrompts(code);
  const magic = lookUp(MAGICS, language);
  if (magic === undefined) return code;
  const plain = language === "console" || language === "shell" ? code.replace(/^\$ /gm, "") : code;
  return `${magic}\n${plain}`;
}

/** Keeps only the input of a `>>>` session. */
function withoutPrompts(code: string): string {
  const lines = code.split("\n");
  const typed = lines.filter((line) => /^(?:>>>|\.\.\.)(?: |$)/.test(line));
  return typed.length === 0 ? code : typed.map((line) => line.slice(4)).join("\n");
}
