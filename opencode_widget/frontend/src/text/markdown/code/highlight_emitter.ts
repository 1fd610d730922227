import type { Emitter } from "highlight.js";

/** The maximum nesting of scopes. The text of deeper scopes goes into the deepest one drawn. */
const DEEPEST = 40;

/** An embedded language costs as much as this many scopes, however little code it has. */
const SUBLANGUAGE = 5;

/** Receives highlight.js tokens and builds DOM: a scope becomes `<span class="hljs-...">`. */
export class HighlightEmitter implements Emitter {
  readonly root: DocumentFragment = document.createDocumentFragment();
  /** The open scopes that are drawn. */
  readonly #open: Node[] = [];
  /** The number of open scopes beyond the maximum depth. */
  #beyond = 0;
  #length = 0;
  #cost = 0;
  #deepest = 0;
  #boundary: { node: Text; offset: number; length: number } | undefined;

  /** The approximate number of scopes that could be drawn in the time this took. */
  get cost(): number {
    return this.#cost;
  }

  /** The number of characters before the last line that starts outside of every scope; 0 if there is none. */
  get boundary(): number {
    return this.#boundary?.length ?? 0;
  }

  /** Drops everything after the boundary. */
  cutAtBoundary(): void {
    if (!this.#boundary) return;
    const { node, offset } = this.#boundary;
    node.data = node.data.slice(0, offset);
    while (node.nextSibling) node.nextSibling.remove();
  }

  addText(text: string): void {
    if (text === "") return;
    const node = document.createTextNode(text);
    this.#parent.appendChild(node);
    const offset = text.lastIndexOf("\n") + 1;
    if (offset > 0 && this.#open.length === 0) this.#boundary = { node, offset, length: this.#length + offset };
    this.#length += text.length;
  }

  startScope(scope: string): void {
    this.#cost += 1;
    if (this.#open.length >= DEEPEST) {
      this.#beyond += 1;
      return;
    }
    const span = document.createElement("span");
    span.className = className(scope);
    this.#parent.appendChild(span);
    this.#open.push(span);
    this.#deepest = Math.max(this.#deepest, this.#open.length);
  }

  endScope(): void {
    if (this.#beyond > 0) this.#beyond -= 1;
    else this.#open.pop();
  }

  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  /** Adds code of an embedded language, for example the script in an HTML page. */
  __addSublanguage(emitter: Emitter): void {
    if (!(emitter instanceof HighlightEmitter)) return;
    const deepest = this.#open.length + emitter.#deepest;
    this.#deepest = Math.max(this.#deepest, Math.min(deepest, DEEPEST));
    this.#length += emitter.#length;
    this.#cost += emitter.#cost + SUBLANGUAGE;
    if (deepest <= DEEPEST) this.#parent.appendChild(emitter.root);
    else this.#parent.appendChild(document.createTextNode(emitter.root.textContent ?? ""));
  }

  finalize(): void {}

  /** highlight.js requires this method; the result is `root`. */
  toHTML(): string {
    return "";
  }

  get #parent(): Node {
    return this.#open.at(-1) ?? this.root;
  }
}

/** "title.function" becomes `hljs-title function_`, as highlight.js writes it. */
function className(scope: string): string {
  const [first = "", ...rest] = scope.split(".");
  return [`hljs-${first}`, ...rest.map((name, depth) => name + "_".repeat(depth + 1))].join(" ");
}
