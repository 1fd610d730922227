/**
 * Colours code. The time that highlight.js takes can grow with the square of the code's length, so it gets the code in
 * pieces, and in each piece long runs of the same kind of character are shortened. The text is never altered: a piece
 * that highlight.js does not return unchanged is shown without colours.
 */
import { coloursOf, knows } from "./languages";

/** Longer code is not coloured at all. */
export const COLOURED = 30_000;
/** The length of a piece. */
const PIECE = 8_000;
/** A piece ends where a line starts outside of strings and comments, but has at least this many characters. */
const SHORTEST_PIECE = 4_000;
/** Longer words and longer repetitions of a sign are shortened. */
const RUN = 64;
const LONG_RUN = new RegExp(`[\\w$]{${RUN + 1},}|([^\\w$])\\1{${RUN},}`, "g");

/** No further piece is coloured after this many scopes; code written by people has fewer. */
const DEAREST = 6_000;

/** The code as coloured nodes; as one text node if the language is unknown or the code is too long. */
export function highlight(code: string, language: string): Node {
  if (!knows(language) || code.length > COLOURED) return document.createTextNode(code);
  const fragment = document.createDocumentFragment();
  let [at, spent] = [0, 0];
  while (at < code.length && spent <= DEAREST) {
    const piece = nextPiece(code.slice(at, at + PIECE), language, at + PIECE >= code.length);
    if (!piece) break;
    fragment.append(piece.nodes);
    at += piece.length;
    spent += piece.cost;
  }
  if (at < code.length) fragment.append(code.slice(at));
  return fragment;
}

interface Piece {
  nodes: Node;
  /** The number of characters of code in the piece. */
  length: number;
  /** The cost, in scopes drawn. */
  cost: number;
}

/** The next coloured piece of `code`; undefined if it cannot be coloured. */
function nextPiece(code: string, language: string, last: boolean): Piece | undefined {
  const { text, removed } = shorten(code);
  const colours = coloursOf(text, language);
  if (!colours || colours.root.textContent !== text) return undefined;
  if (!last) {
    if (colours.boundary < Math.min(SHORTEST_PIECE, text.length / 2)) return undefined;
    colours.cutAtBoundary();
  }
  return { nodes: colours.root, length: restore(colours.root, removed), cost: colours.cost };
}

interface Removed {
  /** The position in the shortened text. */
  at: number;
  text: string;
}

function shorten(code: string): { text: string; removed: Removed[] } {
  const removed: Removed[] = [];
  let missing = 0;
  const text = code.replace(LONG_RUN, (run, _, at: number) => {
    removed.push({ at: at + RUN - missing, text: run.slice(RUN) });
    missing += run.length - RUN;
    return run.slice(0, RUN);
  });
  return { text, removed };
}

/** Puts the removed characters back into the text nodes. Returns the length of the whole. */
function restore(root: Node, removed: readonly Removed[]): number {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let [before, length, next] = [0, 0, 0];
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    const end = before + node.length;
    const inserted: Removed[] = [];
    for (let found = removed[next]; found && found.at <= end; found = removed[++next]) inserted.push(found);
    node.data = inserted.reduceRight(
      (data, { at, text }) => data.slice(0, at - before) + text + data.slice(at - before),
      node.data,
    );
    before = end;
    length += node.length;
  }
  return length;
}
