/**
 * Looking things up by names that a server or an agent chose. `TABLE[name]` would find what every object has: "constructor",
 * "toString", "__proto__". A test (house.test.ts) fails where a table is read in that way. Pure.
 */

/** What the table itself has under this name. */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, name: unknown): Value | undefined {
  return typeof name === "string" && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** `value` if it is one of the words that we know, else `fallback`: no class or attribute is made of a foreign word. */
export function known<Word extends string>(words: readonly Word[], value: unknown, fallback: Word): Word {
  return words.find((word) => word === value) ?? fallback;
}
