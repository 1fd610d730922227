/** Reads JSON that tools report: any field may be missing or have an unexpected type. Pure. */

export type Json = Record<string, unknown>;

export function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function string(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The first of these fields that is a string. */
export function firstString(from: Json, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const found = string(from[key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
