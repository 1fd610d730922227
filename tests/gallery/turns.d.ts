import type { State } from "./scenes";

export function turnScenes(calm: () => State): Record<string, () => State>;
