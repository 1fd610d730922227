/**
 * Finds, in a source file, the strings that people read: texts of elements, names of controls, and strings that are
 * written as words are. The values that a text has holes for are named in braces.
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
/** Attributes whose strings are no words, or words only in the form of a name ("Close"). */
const MECHANICAL =
  /^(class|style|id|type|role|href|key|ref|for|d|viewBox|points|name|value|rel|target|sandbox|allow|preserveAspectRatio|lang|dir|icon|data-.*|aria-.*)$/;
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
  "SwitchCase",
]);
const CODE = /ocw-|^--|^[.#[]|^https?:|[{}<>]|;(?! )|^[a-z-]+: |^[a-z]+-[a-z-]+( [a-z-]+)*$|^[a-z]+_[a-z_]+$|^M\d/;
const FUNCTIONS = /Function|MethodDefinition|PropertyDefinition|ClassBody/;
/** A string is in an attribute unless an element or a handler stands between. */
const AROUND = /^(JSXAttribute|JSXElement|ArrowFunctionExpression|FunctionExpression)$/;

/** The words of a source file, in no order. */
export function wordsIn(source: string, name: string): string[] {
  const finder = new Finder(source);
  finder.visit(parsed(source, name), []);
  return finder.found;
}

/** Every string and template of a source file. */
export function stringsIn(source: string, name: string): string[] {
  const finder = new Finder(source, true);
  finder.visit(parsed(source, name), []);
  return finder.found;
}

/** The lines, counted from 1, where `t` is read while the module is loaded, and so before a language is chosen. */
export function earlyReads(source: string, name: string): number[] {
  const lines: number[] = [];
  const visit = (node: Node): void => {
    if (node.type === "ImportDeclaration" || FUNCTIONS.test(node.type)) return;
    const { object } = node;
    if (node.type === "MemberExpression" && isNode(object) && object.type === "Identifier" && object.name === "t")
      lines.push(source.slice(0, node.start).split("\n").length);
    for (const value of Object.values(node)) for (const child of [value].flat()) if (isNode(child)) visit(child);
  };
  visit(parsed(source, name));
  return lines;
}

function parsed(source: string, name: string): Node {
  return parseAst(source, { lang: name.endsWith("x") ? "tsx" : "ts", astType: "ts" }) as unknown as Node;
}

class Finder {
  readonly found: string[] = [];

  constructor(
    readonly source: string,
    readonly all = false,
  ) {}

  visit(node: Node, above: Node[]): void {
    if (SKIPPED.has(node.type)) return;
    const words = this.#wordsOf(node, above);
    if (words !== undefined && /\p{L}{2}/u.test(words.replace(/\{[^}]*\}/g, ""))) this.found.push(words);
    for (const child of this.#childrenOf(node)) this.visit(child, [...above, node]);
  }

  /** What may hold words: of a call of a mechanical function only what it is called on. */
  #childrenOf(node: Node): Node[] {
    const { type, callee, object } = node;
    if (type === "MemberExpression") return isNode(object) ? [object] : [];
    if (type === "NewExpression" && isNode(callee) && !/^(Map|Set|Error)$/.test(this.#text(callee))) return [];
    if (type === "CallExpression" && isNode(callee) && MECHANICS.test(this.#text(callee)))
      return isNode(callee.object) ? [callee.object] : [];
    const fields = Object.entries(node).filter(([field]) => !(type === "Property" && field === "key"));
    return fields.flatMap(([, value]) => [value].flat().filter(isNode));
  }

  #wordsOf(node: Node, above: Node[]): string | undefined {
    if (node.type === "JSXElement" || node.type === "JSXFragment") return this.#elementWords(node);
    const words = this.#stringOf(node);
    return words !== undefined && (this.all || isRead(words, above, this.#nameOf(above))) ? words : undefined;
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

  /** The name of the attribute that a string is in; undefined outside of attributes. */
  #nameOf(above: Node[]): string | undefined {
    const around = above.findLast(({ type }) => AROUND.test(type));
    return around?.type === "JSXAttribute" && isNode(around.name) ? this.#text(around.name) : undefined;
  }

  #text({ start, end }: Node): string {
    return this.source.slice(start, end);
  }
}

/** True for a string that people read, by where it stands and how it is written. */
function isRead(words: string, above: Node[], attribute: string | undefined): boolean {
  const up = above.at(-1);
  if (up?.type === "BinaryExpression" && /^([!=]==?|in)$/.test(String(up.operator))) return false;
  if (attribute !== undefined) {
    if (holdsWords(attribute, words)) return true;
    if (MECHANICAL.test(attribute)) return false;
  }
  const text = words.replace(/\{[^}]*\}/g, "");
  if (!/\p{L}{2}/u.test(text) || CODE.test(text)) return false;
  return /\s/.test(text) || isWord(text, up);
}

/** `name` is that of a control where it begins with a capital, and else that of an icon. */
function holdsWords(attribute: string, words: string): boolean {
  return ATTRIBUTES.has(attribute) || (attribute === "name" && /^\p{Lu}/u.test(words));
}

/** A word alone is read where it begins with a capital, or stands where only words do. */
function isWord(word: string, up: Node | undefined): boolean {
  if (/^[A-Z][a-z]+…?$/.test(word)) return true;
  if (up?.type === "JSXExpressionContainer") return true;
  return up?.type === "Property" && isNode(up.key) && PROPERTIES.has(String(up.key.name));
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}
