// What an agent, or what an agent has read, may say to do harm: `?hostile=NAME` puts it wherever text can reach.

const FAMILIES = ["audit", "boxes", "hosts", "links", "markdown", "math", "reordered", "scripts", "terminal"];
const HERE = new URL("../hostile/", import.meta.url);

/** A family of texts of `tests/hostile`, as one; `{ text, times }` is a text that is repeated. */
async function family(name) {
  const entries = await (await fetch(new URL(`${name}.json`, HERE))).json();
  return entries.map((each) => (typeof each === "string" ? each : each.text.repeat(each.times))).join("\n\n");
}

/** The text of a family; without a name, or with one that there is not, none. */
export const corpus = async (name) => (FAMILIES.includes(name) ? family(name) : undefined);

/** What the page looks things up by. All other strings are text of a server, or of an agent. */
const KEPT = new Set([
  ..."type op epoch to id key kind role state status mode dialect features activeInstance activeSession active_instance".split(
    " ",
  ),
  ..."instance session transcript message part after parent child source priority format subagent_type operation".split(
    " ",
  ),
  ..."default value conditions defaultAgent defaultModel page field".split(" "),
]);
const KEPT_WHERE_KNOWN = new Set(["tool", "permission"]);
const DIFFS = new Set(["diff", "patch"]);

/** `value` with `text` in place of each of its strings. */
export function poison(value, text, key = "") {
  if (typeof value === "string") return poisoned(value, text, key);
  if (Array.isArray(value)) return value.map((each) => poison(each, text, key));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, each]) => [name, poison(each, text, name)]);
  if (key === "input") entries.push([text.slice(0, 300), text]);
  return Object.fromEntries(entries);
}

function poisoned(value, text, key) {
  if (KEPT.has(key) && key !== "message") return value;
  if (key === "message") return /^[a-z0-9-]+$/i.test(value) ? value : text;
  if (KEPT_WHERE_KNOWN.has(key) && /^[a-z]+$/.test(value)) return value;
  if (DIFFS.has(key)) return diffOf(text);
  if (key === "url") return value.startsWith("data:image/png") ? value : `javascript:alert(1)//${text}`;
  return key === "mime" && value.startsWith("image/") ? value : text;
}

function diffOf(text) {
  const lines = text.split("\n");
  const range = `1,${lines.length}`;
  const changed = [...lines.map((line) => `-${line}`), ...lines.map((line) => `+${line} `)].join("\n");
  return `--- a/${lines[0]}\n+++ b/${lines[0]}\n@@ -${range} +${range} @@ ${lines[0]}\n${changed}\n`;
}
