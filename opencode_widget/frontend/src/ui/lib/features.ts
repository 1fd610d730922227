import type { Feature, Instance } from "../../protocol";

/** What an instance can do. A widget that an older version saved has no list of it. */
export function features(instance: Instance | undefined): ReadonlySet<Feature> {
  return new Set<Feature>(instance?.features ?? []);
}
