/** Values as YAML that people can read; it need not parse. Pure. */

const DEEPEST = 8;
/** A string that needs no quotes. */
const BARE =
  /^(?![-?:,[\]{}#&*!|>'"%@`\s]|(?:true|false|null|yes|no|~|[\d.+-][\d.eE+-]*)$)(?:(?!: | #)[^\n\r\t])*[^\s:]$/i;

/** The value on several lines; the empty string for an empty object or list. */
export function yaml(value: unknown): string {
  if (isEmpty(value)) return "";
  return lines(value, 0).join("\n");
}

function lines(value: unknown, depth: number): string[] {
  if (Array.isArray(value) && !isEmpty(value)) return value.flatMap((item) => listItem(item, depth));
  if (isObject(value) && !isEmpty(value))
    return Object.entries(value).flatMap(([key, item]) => entry(key, item, depth));
  return [scalar(value)];
}

function listItem(item: unknown, depth: number): string[] {
  if (isBlock(item)) return [`- ${blockHead(item)}`, ...blockLines(item)];
  if (depth >= DEEPEST) return ["- …"];
  const [first = "", ...rest] = lines(item, depth + 1);
  return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
}

function entry(key: string, item: unknown, depth: number): string[] {
  const name = BARE.test(key) ? key : JSON.stringify(key);
  if (isBlock(item)) return [`${name}: ${blockHead(item)}`, ...blockLines(item)];
  if (typeof item !== "object" || item === null || isEmpty(item)) return [`${name}: ${scalar(item)}`];
  if (depth >= DEEPEST) return [`${name}: …`];
  return [`${name}:`, ...lines(item, depth + 1).map((line) => `  ${line}`)];
}

function scalar(value: unknown): string {
  if (typeof value === "string") return BARE.test(value) ? value : JSON.stringify(value);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[]" : "{}";
  return String(value ?? "null");
}

/** True for a text of several lines, which goes below its name. */
function isBlock(value: unknown): value is string {
  return typeof value === "string" && value.includes("\n");
}

function blockHead(text: string): string {
  return text.endsWith("\n") ? "|" : "|-";
}

function blockLines(text: string): string[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
