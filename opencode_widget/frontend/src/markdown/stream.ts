/**
 * Markdown that arrives in pieces. Its blocks are rendered once, when nothing that may still come can change them, and never
 * touched again; only the last, open one is rendered as it grows. Plain words go straight into the text node at the end.
 *
 * However it is cut, the result is that of `renderMarkdown` on the whole: a block is finished at an empty line followed by
 * a line that is not indented and continues no list, and the lexer itself says that a block ends there.
 */
import { CodeBlock } from "./code";
import { closingLine, FenceReader } from "./fence";
import { morph } from "./morph";
import { renderToken } from "./render";
import { settle } from "./settle";
import { copyLinks, type Links, languageOf, lex, noLinks, type Token, type Tokens } from "./syntax";

/** Words that mean nothing in Markdown where they follow other words. */
const PLAIN = /^[\p{L}\p{N}\p{M} ,;.:'"?!)%…–—“”‘’-]+$/u;
const MAY_END = /\n\n(?=\S)|(?:^|\n)(?:```|~~~)/;
const OPEN_FENCE = /^(`{3,}|~{3,})([^\n]*)\n/;
/** An open block of more characters than this is shown raw at its end, and rendered more rarely. */
const LONG = 12_000;

/** Milliseconds that marked-up words may wait to be shown. */
const LONGEST_WAIT = 24;

interface Finished {
  source: string;
  nodes: ChildNode[];
}

export class MarkdownStream {
  #tail = "";
  #carriage = false;
  #links: Links = noLinks();
  #fence: { reader: FenceReader; block: CodeBlock; code: string[] } | undefined;
  /** Children of the element that are finished. */
  #done = 0;
  /** Finished blocks that a later link definition may change. */
  #withBrackets: Finished[] = [];
  /** Where plain words can be appended. */
  #live: Text | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restUntil = 0;

  /** Paths within `folder` are shown relative to it. */
  constructor(
    readonly element: HTMLElement,
    readonly folder?: string,
  ) {}

  append(text: string): void {
    const words = this.#newlines(text);
    if (words === "") return;
    if (this.#fence) return this.#feed(words);
    this.#tail += words;
    if (this.#live && PLAIN.test(words)) return this.#live.appendData(words);
    const wait = this.#restUntil - performance.now();
    if (wait <= 0) return this.#render();
    if (this.#live && this.#tail.length > LONG) this.#live.appendData(words);
    else this.#live = undefined;
    this.#timer ??= setTimeout(() => this.#render(), wait);
  }

  /** All has come. */
  finish(): void {
    if (this.#carriage) this.append("\n");
    this.dispose();
    if (this.#fence) this.#closeFence(this.#fence.reader.finish());
    if (this.#tail !== "") this.#commit(this.#tail.length);
    this.#live = undefined;
  }

  /** The rest of the text, or the whole of it, at once. */
  write(text: string): void {
    const words = this.#newlines(text);
    if (this.#fence) this.#feed(words);
    else this.#tail += words;
    this.finish();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** CR LF and CR are LF, also where a cut goes through them. */
  #newlines(text: string): string {
    const whole = this.#carriage ? `\r${text}` : text;
    this.#carriage = whole.endsWith("\r");
    if (!whole.includes("\r")) return whole;
    return (this.#carriage ? whole.slice(0, -1) : whole).replace(/\r\n?/g, "\n");
  }

  /** Renders what is open; then rests in proportion to what that took. */
  #render(): void {
    this.dispose();
    const start = performance.now();
    if (MAY_END.test(this.#tail)) this.#advance();
    if (!this.#fence) this.#drawTail();
    const end = performance.now();
    this.#restUntil = end + this.#rest(end - start);
  }

  /** A slow page has a fifth of its time taken by this, and a word never waits for long; a very long block is rendered rarely. */
  #rest(spent: number): number {
    return this.#tail.length > LONG ? 30 * spent : Math.min(4 * spent, LONGEST_WAIT);
  }

  /** Finishes what can be finished. */
  #advance(): void {
    const tokens = lex(this.#tail, copyLinks(this.#links));
    const last = tokens.at(-1);
    const fence = last?.type === "code" ? OPEN_FENCE.exec(last.raw) : null;
    if (last && fence && isOpen(last, fence[1] ?? "")) return this.#openFence(last as Tokens.Code, fence);
    const end = finishedLength(tokens, this.#tail);
    if (end > 0) this.#commit(end);
  }

  /** The first `length` characters of the tail will not change any more. */
  #commit(length: number): void {
    const known = Object.keys(this.#links).length;
    const fragment = document.createDocumentFragment();
    const blocks: Array<[string, number, number]> = [];
    for (const token of lex(this.#tail.slice(0, length), this.#links)) {
      const before = fragment.childNodes.length;
      fragment.append(renderToken(token, this.folder));
      if (token.raw.includes("[")) blocks.push([token.raw, before, fragment.childNodes.length]);
    }
    const count = fragment.childNodes.length;
    morph(this.element, this.#done, fragment);
    const nodes = Array.from(this.element.childNodes).slice(this.#done, this.#done + count);
    if (Object.keys(this.#links).length > known) this.#renderLinksAgain();
    for (const [source, from, to] of blocks) this.#withBrackets.push({ source, nodes: nodes.slice(from, to) });
    this.#done = this.element.childNodes.length;
    this.#tail = this.#tail.slice(length);
    this.#live = undefined;
  }

  /** A definition came after the blocks that may refer to it. */
  #renderLinksAgain(): void {
    for (const block of this.#withBrackets) {
      const [first] = block.nodes;
      if (!first) continue;
      const fragment = document.createDocumentFragment();
      for (const token of lex(block.source, copyLinks(this.#links))) fragment.append(renderToken(token, this.folder));
      const nodes = Array.from(fragment.childNodes);
      first.before(fragment);
      for (const node of block.nodes) node.remove();
      block.nodes = nodes;
    }
  }

  #drawTail(): void {
    const { text, open } = settle(this.#tail);
    const fragment = document.createDocumentFragment();
    for (const token of lex(text, copyLinks(this.#links))) fragment.append(renderToken(token, this.folder));
    morph(this.element, this.#done, fragment);
    this.#live = open ? this.#lastText() : undefined;
  }

  /** The text node at the very end, ending with the same space as the source does. */
  #lastText(): Text | undefined {
    let node: Node | null = this.element.childNodes[this.#done] ? this.element.lastChild : null;
    while (node && node.nodeType !== Node.TEXT_NODE) node = node.lastChild;
    const space = /[ \t]*$/.exec(this.#tail)?.[0] ?? "";
    if (node && space && !(node as Text).data.endsWith(space)) (node as Text).appendData(space);
    return (node as Text | null) ?? undefined;
  }

  #openFence(token: Tokens.Code, found: RegExpExecArray): void {
    const start = this.#tail.length - token.raw.length;
    const inside = this.#tail.slice(start + found[0].length);
    if (start > 0) this.#commit(start);
    else morph(this.element, this.#done, document.createDocumentFragment());
    const block = new CodeBlock(languageOf(token.lang));
    this.element.append(block.element);
    this.#fence = { reader: new FenceReader(found[1] ?? ""), block, code: [] };
    this.#tail = "";
    this.#live = undefined;
    if (inside) this.#feed(inside);
  }

  #feed(text: string): void {
    const fence = this.#fence;
    if (!fence) return;
    const { code, rest } = fence.reader.feed(text);
    if (code) {
      fence.code.push(code);
      fence.block.append(code);
    }
    if (rest === undefined) return;
    this.#closeFence("");
    this.#tail = rest;
    this.#render();
  }

  #closeFence(end: string): void {
    const fence = this.#fence;
    if (!fence) return;
    fence.block.finish(fence.code.join("") + end);
    this.#fence = undefined;
    this.#done = this.element.childNodes.length;
  }
}

/** Fenced code is open if the lexer found no closing line; the last line may become one. */
function isOpen(token: Token, marker: string): boolean {
  const lines = token.raw.split("\n");
  const closing = closingLine(marker);
  return lines.length < 2 || !lines.slice(1).some((line) => closing.test(line));
}

/** How much of `source` is finished: up to the last block that begins after an empty line and continues nothing. */
function finishedLength(tokens: Token[], source: string): number {
  let length = 0;
  let finished = 0;
  let block: Token | undefined;
  for (const token of tokens) {
    if (token.type !== "space" && block && begins(source, length, block)) finished = length;
    length += token.raw.length;
    if (token.type !== "space") block = token;
  }
  return length === source.length ? finished : 0;
}

function begins(source: string, at: number, before: Token): boolean {
  if (isClosedFence(before)) return true;
  if (!source.startsWith("\n\n", at - 2) || !/\S/.test(source[at] ?? "")) return false;
  return before.type !== "list" || !/[-*+0-9]/.test(source[at] ?? "");
}

function isClosedFence(block: Token): boolean {
  return block.type === "code" && block.codeBlockStyle !== "indented" && block.raw.endsWith("\n");
}
