/** The code of a message as cells of the notebook. Pure. */
import type { Token } from "marked";
import type { Part } from "../../protocol";
import { asCell, isCode } from "../../text/markdown/code/notebook_cell";
import { languageOf, lex, noLinks } from "../../text/markdown/syntax";

/** Two fences at least, each of which opens and closes; without them nothing is read as Markdown. */
const FENCES = 4;

/** The sources of the cells, if the message has several blocks of code that a Python kernel can run. */
export function severalCells(parts: Part[]): string[] {
  const texts = parts.flatMap((part) => (part.kind === "text" && mayHaveBlocks(part.text) ? part.text : ""));
  const cells = texts.flatMap((text) => (text === "" ? [] : lex(text, noLinks()).flatMap(cellsIn)));
  return cells.length > 1 ? cells : [];
}

function mayHaveBlocks(text: string): boolean {
  return text.split("```").length + text.split("~~~").length - 2 >= FENCES / 2;
}

/** The cells in a block of Markdown and in the blocks within it, such as those of a list. */
function cellsIn(token: Token): string[] {
  if (token.type === "code") {
    const language = languageOf(token.lang);
    return isCode(language) ? [asCell(token.text, language)] : [];
  }
  const inside: Token[] = [
    ...(("items" in token && token.items) || []),
    ...(("tokens" in token && token.tokens) || []),
  ];
  return inside.flatMap(cellsIn);
}
