/**
 * Safe lookups by names that a server or an agent chose. `TABLE[name]` would also find what every object inherits:
 * "constructor", "toString", "__proto__". architecture.test.ts fails where a table is read in that way. Pure.
 */

/** The table's own value under this name. */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, name: unknown): Value | undefined {
  return typeof name === "string" && Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * `value` if it is one of the known words, else `fallback`, so that no class or attribute is made of a foreign word.
 */
export function known<Word extends string>(words: readonly Word[], value: unknown, fallback: Word): Word {
  return words.find((word) => word === value) ?? fallback;
}
