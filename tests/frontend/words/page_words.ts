/**
 * Finds the words that the page shows: texts of elements, names of controls, and strings that read as words. The values
 * that a text has holes for are named in braces. What the kernel sends (errors, names, titles) is not the page's.
 */
import { parseAst } from "vite";

interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

/** Attributes and properties whose strings people read or hear. */
const ATTRIBUTES = new Set(
  "aria-label aria-description aria-valuetext title placeholder label what alt words why legend hint detail all announcement".split(
    " ",
  ),
);
const PROPERTIES = new Set("label title description detail text action message barred placeholder words".split(" "));
/** Functions whose strings are no words, or words for developers. */
const MECHANICS =
  /^(classNames|console\.\w+|CSS\.\w+|lookUp|addEventListener|removeEventListener)$|\.(querySelector(All)?|closest|matches|has|get|includes|startsWith|endsWith|indexOf|split|replace(All)?|setAttribute|(add|remove)EventListener|test|exec|add|toggle|remove)$/;
const SKIPPED = new Set([
  "ImportDeclaration",
  "ExportAllDeclaration",
  "TSLiteralType",
  "TSTypeAliasDeclaration",
  "TSInterfaceDeclaration",
  "TSTypeAnnotation",
  "TSTypeParameterInstantiation",
  "NewExpression",
  "MemberExpression",
  "SwitchCase",
]);
const CODE = /ocw-|^--|^[.#[]|^https?:|[{};<>]|^[\w-]+: |^[a-z]+-[a-z-]+( [a-z-]+)*$|^[a-z]+_[a-z_]+$|^M\d/;

/** The words of a source file, in no order. */
export function wordsIn(source: string, name: string): string[] {
  const finder = new Finder(source);
  finder.visit(parseAst(source, { lang: name.endsWith("x") ? "tsx" : "ts", astType: "ts" }) as unknown as Node, []);
  return finder.found;
}

class Finder {
  readonly found: string[] = [];

  constructor(readonly source: string) {}

  visit(node: Node, above: Node[]): void {
    if (SKIPPED.has(node.type) || this.#isMechanics(node)) return;
    const words = this.#wordsOf(node, above);
    if (words !== undefined && /\p{L}{2}/u.test(words)) this.found.push(words);
    for (const [field, value] of Object.entries(node)) {
      if (node.type === "Property" && field === "key") continue;
      for (const child of [value].flat()) if (isNode(child)) this.visit(child, [...above, node]);
    }
  }

  #isMechanics({ type, callee }: Node): boolean {
    return type === "CallExpression" && isNode(callee) && MECHANICS.test(this.#text(callee));
  }

  #wordsOf(node: Node, above: Node[]): string | undefined {
    if (node.type === "JSXElement" || node.type === "JSXFragment") return this.#elementWords(node);
    const words = this.#stringOf(node);
    return words !== undefined && isRead(words, above) ? words : undefined;
  }

  /** An element's text with holes; undefined if it has none of its own. */
  #elementWords({ children }: Node): string | undefined {
    const pieces = (children as Node[]).map((child) => this.#childWords(child));
    const own = (children as Node[]).some(({ type, value }) => type === "JSXText" && /\p{L}/u.test(String(value)));
    return own ? pieces.join("").replace(/\s+/g, " ").trim() : undefined;
  }

  #childWords(child: Node): string {
    if (child.type === "JSXText") return String(child.value).replace(/^\s*\n\s*|\s*\n\s*$/g, "");
    if (child.type !== "JSXExpressionContainer") return "{…}";
    const expression = child.expression as Node;
    return expression.type === "Literal" ? String(expression.value) : this.#hole(expression);
  }

  /** The value of a string or of a template. */
  #stringOf(node: Node): string | undefined {
    if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
    if (node.type !== "TemplateLiteral") return undefined;
    const holes = (node.expressions as Node[]).map((expression) => this.#hole(expression));
    const texts = (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
    return texts.map((text, at) => text + (holes[at] ?? "")).join("");
  }

  /** The name of what fills a hole, as far as it has one. */
  #hole(expression: Node): string {
    const name = /^(?:[\w.?]+\.)?(\w+)$/.exec(this.#text(expression))?.[1];
    return `{${name ?? "…"}}`;
  }

  #text({ start, end }: Node): string {
    return this.source.slice(start, end);
  }
}

/** True for a string that people read, by where it stands and how it is written. */
function isRead(words: string, above: Node[]): boolean {
  const up = above.at(-1);
  if (up?.type === "BinaryExpression" && /^([!=]==?|in)$/.test(String(up.operator))) return false;
  const attribute = above.findLast(({ type }) => type === "JSXAttribute" || type === "JSXElement");
  if (attribute?.type === "JSXAttribute") return isNode(attribute.name) && holdsWords(attribute.name, words);
  const text = words.replace(/\{[^}]*\}/g, "");
  if (!/\p{L}{2}/u.test(text) || CODE.test(text)) return false;
  return /\s/.test(text) || isWord(text, up);
}

/** `name` is that of a control where it begins with a capital, and else that of an icon. */
function holdsWords({ name }: Node, words: string): boolean {
  return ATTRIBUTES.has(String(name)) || (name === "name" && /^\p{Lu}/u.test(words));
}

/** A word alone is read where it begins with a capital, is counted, or stands where only words do. */
function isWord(word: string, up: Node | undefined): boolean {
  if (/^[A-Z][a-z]+…?$/.test(word)) return true;
  if (up?.type === "CallExpression") return isNode(up.callee) && up.callee.name === "plural";
  if (up?.type === "JSXExpressionContainer") return true;
  return up?.type === "Property" && isNode(up.key) && PROPERTIES.has(String(up.key.name));
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}
