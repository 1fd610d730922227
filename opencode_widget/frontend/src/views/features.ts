import type { Feature, Instance } from "../protocol";

/** What a server cannot do is not offered. */
export function can(instance: Instance | undefined, feature: Feature): boolean {
  return instance?.features?.includes(feature) ?? false;
}
