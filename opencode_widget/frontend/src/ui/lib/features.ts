import type { Feature, Instance } from "../../protocol";

/** The features of an instance. State saved by an older widget has no list of them. */
export function features(instance: Instance | undefined): ReadonlySet<Feature> {
  return new Set<Feature>(instance?.features ?? []);
}
