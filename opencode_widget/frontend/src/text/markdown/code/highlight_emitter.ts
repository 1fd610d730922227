import type { Emitter } from "highlight.js";

/** Scopes nest this deep at most. The words of deeper ones stand in the deepest that is drawn. */
const DEEPEST = 40;

/** Code of another language costs as much as so many scopes, however little it is. */
const SUBLANGUAGE = 5;

/** Receives the tokens of highlight.js and makes DOM of them: a scope becomes `<span class="hljs-...">`. */
export class HighlightEmitter implements Emitter {
  readonly root: DocumentFragment = document.createDocumentFragment();
  /** The scopes that are open and drawn. */
  readonly #open: Node[] = [];
  /** How many scopes are open beyond the deepest. */
  #beyond = 0;
  #length = 0;
  #cost = 0;
  #deepest = 0;
  #boundary: { node: Text; offset: number; length: number } | undefined;

  /** About how many scopes could be drawn in the time that this took. */
  get cost(): number {
    return this.#cost;
  }

  /** The number of characters before the last line that begins outside of every scope; 0 if there is none. */
  get boundary(): number {
    return this.#boundary?.length ?? 0;
  }

  /** Drops all that comes behind the boundary. */
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

  /** Code of another language within this one: the script of a page, say. */
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

  /** The result is `root`; highlight.js asks for HTML as well. */
  toHTML(): string {
    return "";
  }

  get #parent(): Node {
    return this.#open.at(-1) ?? this.root;
  }
}

/** "title.function" is `hljs-title function_`, as highlight.js writes it. */
function className(scope: string): string {
  const [first = "", ...rest] = scope.split(".");
  return [`hljs-${first}`, ...rest.map((name, depth) => name + "_".repeat(depth + 1))].join(" ");
}
