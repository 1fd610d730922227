/**
 * Renders Markdown that arrives in pieces. A block is rendered once, when no later text can change it, and never
 * touched again; only the last, open block is rendered as it grows. Plain words go straight into the text node at the
 * end.
 *
 * However the text is cut, the result equals that of `renderMarkdown` on the whole: a block is finished at an empty
 * line followed by a line that is not indented and continues no list, and the lexer itself says that a block ends
 * there. A block without an end is cut at a length that depends on the text alone.
 */

import { tailOf } from "../text_end";
import { cutOf, finishedLength, isOpen } from "./blocks/block_boundaries";
import { type Finished, LinkReferences } from "./blocks/link_references";
import { Newlines } from "./blocks/newlines";
import { completeTail } from "./blocks/unfinished";
import { CodeBlock } from "./code/code_block";
import { FenceReader } from "./code/fence";
import { morph } from "./morph";
import { renderDraft, renderToken } from "./render";
import { type Links, languageOf, lexDraft, noLinks, read, type Tokens } from "./syntax";

/** Words that have no meaning in Markdown where they follow other words. */
const PLAIN = /^[\p{L}\p{N}\p{M} ,;.:'"?!)%…–—“”‘’-]+$/u;
const MAY_END = /\n\n(?=\S)|(?:^|\n)(?:```|~~~| {0,3}#)|\n\[\^/;
const OPEN_FENCE = /^(`{3,}(?!`)|~{3,}(?!~))[^\n]*\n/;
/** An open block of more characters than this is shown raw at its end, and rendered less often. */
const LONG = 12_000;
/** The approximate number of characters of a long text that are drawn in one step. */
const STEP = 2_000;
/** At least this many characters are drawn in one step, whatever they cost. */
const SHORT = 1_000;

/** Milliseconds of work after which the page gets a turn, where a long text arrives at once. */
const TURN = 30;
/** Milliseconds that marked-up words may wait before they are shown. */
const LONGEST_WAIT = 24;

export class MarkdownStream {
  #tail = "";
  readonly #newlines = new Newlines();
  #links: Links = noLinks();
  #fence: { reader: FenceReader; block: CodeBlock; code: string[] } | undefined;
  /** The number of characters at the start of the tail that are finished but not all drawn for good. */
  #owed = 0;
  /** The last node of the finished blocks. */
  #last: ChildNode | undefined;
  /** Finished blocks that a later link definition may change. */
  readonly #references = new LinkReferences();
  /** The text node to which plain words can be appended. */
  #live: Text | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restUntil = 0;
  /** Blocks are not redrawn for their links before this time. */
  #linksRestUntil = 0;

  /** Paths within `folder` are shown relative to it. */
  constructor(
    readonly element: HTMLElement,
    readonly folder?: string,
  ) {}

  append(text: string): void {
    const words = this.#newlines.of(text);
    if (words === "") return;
    if (this.#fence) {
      this.#feed(words);
      if (!this.#fence) this.#render();
      return;
    }
    this.#tail += words;
    if (this.#live && PLAIN.test(words)) return this.#live.appendData(words);
    const wait = this.#restUntil - performance.now();
    if (wait <= 0) return this.#render();
    if (this.#live && this.#tail.length > LONG) this.#live.appendData(words);
    else this.#live = undefined;
    this.#timer ??= setTimeout(() => this.#render(), wait);
  }

  /** Ends the text; a long one is drawn in turns. */
  finish(): void {
    if (this.#newlines.waits) this.append("\n");
    this.#complete(performance.now() + TURN);
  }

  /** Writes the rest of the text, or the whole of it, at once. */
  write(text: string): void {
    const words = this.#newlines.of(text);
    if (this.#fence) this.#feed(words);
    else this.#tail += words;
    this.finish();
  }

  /** Draws the rest of a finished text without giving the page a turn. */
  flush(): void {
    this.#complete(Number.POSITIVE_INFINITY);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Renders the open block, then rests in proportion to the time that took. */
  #render(): void {
    this.dispose();
    const start = performance.now();
    if (!this.#advance(start + TURN)) {
      this.#timer = setTimeout(() => this.#render());
      return;
    }
    if (!this.#fence) this.#drawTail();
    const end = performance.now();
    this.#restUntil = end + this.#rest(end - start);
    if (this.#references.hasStale) this.#renderLinksLater(end);
  }

  /** A slow page spends a fifth of its time on rendering; a word waits `LONGEST_WAIT` at most. */
  #rest(spent: number): number {
    return this.#tail.length > LONG ? 30 * spent : Math.min(4 * spent, LONGEST_WAIT);
  }

  /** Finishes the blocks that can be finished; false if the time runs out first. */
  #advance(until: number): boolean {
    while (!this.#fence && (this.#owed > 0 || this.#tail.length > STEP)) {
      if (this.#owed > 0) this.#commitOwed(until);
      else if (!this.#finishStep(until)) return true;
      if (performance.now() > until) return false;
    }
    if (!this.#fence && MAY_END.test(this.#tail)) this.#finishBlocks(this.#tail, 0, until);
    return this.#owed === 0;
  }

  /** Finishes as few blocks as possible at the start of a long tail. False if none has an end yet. */
  #finishStep(until: number): boolean {
    const before = this.#tail;
    const cut = cutOf(before);
    if (cut === undefined && !MAY_END.test(before)) return false;
    const most = cut ?? before.length;
    for (let size = STEP; size < most; size *= 2) {
      this.#finishBlocks(before.slice(0, size), 0, until);
      if (this.#tail !== before) return true;
    }
    this.#finishBlocks(before.slice(0, most), cut ?? 0, until);
    return this.#tail !== before;
  }

  /** Draws the rest of a finished text; what the time does not allow is drawn later. */
  #complete(until: number): void {
    this.dispose();
    if (!this.#advance(until)) return this.#completeLater();
    if (this.#fence) this.#closeFence(this.#fence.reader.finish());
    if (this.#tail !== "") this.#commit(this.#tail.length, until);
    if (this.#owed > 0) return this.#completeLater();
    this.#live = undefined;
    if (!this.#renderLinksAgain(until)) this.#completeLater();
  }

  #completeLater(): void {
    this.#timer = setTimeout(() => this.#complete(performance.now() + TURN));
  }

  /** Finishes the blocks of `source`, the tail's start, that have an end; if none has, `otherwise` characters. */
  #finishBlocks(source: string, otherwise: number, until: number): void {
    const tokens = lexDraft(source, this.#links);
    const last = tokens.at(-1);
    const fence = last?.type === "code" ? OPEN_FENCE.exec(last.raw) : null;
    if (last && fence && isOpen(last, fence[1] ?? "")) {
      const start = source.length - last.raw.length;
      if (start > 0) this.#commit(start, until);
      return this.#owed > 0 ? undefined : this.#openFence(last as Tokens.Code, fence);
    }
    const end = finishedLength(tokens, source) || otherwise;
    if (end > 0) this.#commit(end, until);
  }

  /** Makes the first `length` characters of the tail final, and draws as many of their blocks as time allows. */
  #commit(length: number, until: number): void {
    this.#owed = length;
    this.#commitOwed(until);
  }

  /** Draws at least one block. The rest is parsed again later, which gives the same blocks. */
  #commitOwed(until: number): void {
    const fragment = document.createDocumentFragment();
    const blocks: Array<[string, number, number]> = [];
    const source = this.#tail.slice(0, this.#owed);
    const { tokens, labels } = read(source, this.#links);
    let [count, length] = [0, 0];
    for (const token of tokens) {
      if (length > 0 && source.length > SHORT && performance.now() > until) break;
      length += token.raw.length;
      const before = count;
      const node = renderToken(token, this.folder);
      count += node.nodeType === Node.DOCUMENT_FRAGMENT_NODE ? node.childNodes.length : 1;
      fragment.append(node);
      if (token.raw.includes("[")) blocks.push([token.raw, before, count]);
    }
    morph(this.element, this.#last, fragment);
    const nodes = this.#finishNodes();
    this.#references.define(labels);
    for (const [raw, from, to] of blocks) this.#references.add({ source: raw, nodes: nodes.slice(from, to) });
    this.#tail = this.#tail.slice(length);
    this.#owed -= length;
    this.#live = undefined;
  }

  /** Marks everything drawn as finished; returns the nodes that were not finished before. */
  #finishNodes(): ChildNode[] {
    const nodes: ChildNode[] = [];
    let node = this.#last ? this.#last.nextSibling : this.element.firstChild;
    for (; node; node = node.nextSibling) nodes.push(node);
    this.#last = nodes.at(-1) ?? this.#last;
    return nodes;
  }

  /** Redraws at once; in a stream of definitions, rarely enough to take a fifth of the time. */
  #renderLinksLater(now: number): void {
    const wait = this.#linksRestUntil - now;
    if (wait <= 0) {
      this.#renderLinksAgain(now + TURN);
      const end = performance.now();
      this.#linksRestUntil = end + 4 * (end - now);
    }
    if (this.#references.hasStale) this.#timer ??= setTimeout(() => this.#render(), Math.max(wait, 0));
  }

  /** Redraws blocks whose links were defined after them; false if the time runs out first. */
  #renderLinksAgain(until: number): boolean {
    for (let block = this.#references.nextStale(); block; block = this.#references.nextStale()) {
      this.#renderAgain(block);
      if (performance.now() > until) return !this.#references.hasStale;
    }
    return true;
  }

  #renderAgain(block: Finished): void {
    const [first] = block.nodes;
    if (!first) return;
    const fragment = document.createDocumentFragment();
    for (const token of lexDraft(block.source, this.#links)) fragment.append(renderToken(token, this.folder));
    const nodes = Array.from(fragment.childNodes);
    first.before(fragment);
    if (block.nodes.at(-1) === this.#last) this.#last = nodes.at(-1);
    for (const node of block.nodes) node.remove();
    block.nodes = nodes;
  }

  #drawTail(): void {
    const { text, open } = completeTail(this.#tail);
    morph(this.element, this.#last, renderDraft(lexDraft(text, this.#links), this.folder));
    this.#live = open ? this.#lastText() : undefined;
  }

  /** The text node at the very end, if it ends with the same space as the source. */
  #lastText(): Text | undefined {
    let node: Node | null = this.element.lastChild === this.#last ? null : this.element.lastChild;
    while (node && node.nodeType !== Node.TEXT_NODE) node = node.lastChild;
    const space = tailOf(this.#tail, " \t");
    if (node && space && !(node as Text).data.endsWith(space)) (node as Text).appendData(space);
    return (node as Text | null) ?? undefined;
  }

  /** Opens fenced code that starts the tail and has no end so far. */
  #openFence(token: Tokens.Code, found: RegExpExecArray): void {
    const inside = this.#tail.slice(found[0].length);
    morph(this.element, this.#last, document.createDocumentFragment());
    const block = new CodeBlock(languageOf(token.lang));
    this.element.append(block.element);
    this.#fence = { reader: new FenceReader(found[1] ?? ""), block, code: [] };
    this.#tail = "";
    this.#live = undefined;
    if (inside) this.#feed(inside);
  }

  /** Feeds the open fence; after its closing line, the rest becomes the tail. */
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
  }

  #closeFence(end: string): void {
    const fence = this.#fence;
    if (!fence) return;
    fence.block.finish(fence.code.join("") + end);
    this.#fence = undefined;
    this.#last = fence.block.element;
  }
}
